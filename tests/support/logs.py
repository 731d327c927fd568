"""Captures the log in its production format."""

import io
import json
import logging
import logging.config
from typing import Any

from django.conf import settings as live

from quo_admin.logs import Console


class Log:
    """The lines that were logged since the test began."""

    def __init__(self, form: str) -> None:
        self._stream = io.StringIO()
        levels = {"json": "INFO", "plain": "WARNING"}
        ours = {name: {"level": levels[form]} for name in ("accounts", "numbers", "quo_admin")}
        console = {**live.LOGGING["handlers"]["console"], "formatter": form, "stream": self._stream}
        logging.config.dictConfig(
            {**live.LOGGING, "handlers": {"console": console}, "loggers": {**live.LOGGING["loggers"], **ours}}
        )
        (self.handler,) = (handler for handler in logging.getLogger().handlers if isinstance(handler, Console))

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @property
    def objects(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]

    def of(self, logger: str) -> list[dict[str, Any]]:
        return [line for line in self.objects if line["logger"] == logger]
