"""Starts what `manage.py run` serves: the demo workspace and the web server."""

import os
import re
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.wsgi import get_wsgi_application
from gunicorn.app.base import BaseApplication

from numbers.demo import DemoAddress, note_address, note_path

WORKERS = 2
THREADS = 4


@contextmanager
def demo_workspace() -> Iterator[DemoAddress]:
    """Run the sandbox on a free loopback port and note its address for every process of this copy."""
    key = secrets.token_urlsafe(24)
    sandbox = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, sys.argv[0], "sandbox", "--port", "0", "--until-stdin-closes"],
        env={**os.environ, "SANDBOX_KEY": key},
        # Held open until this process ends, however it ends: then the sandbox ends, too.
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        # Ctrl-C reaches the web server first, which may still be answering from the sandbox.
        start_new_session=True,
    )
    try:
        address = DemoAddress(_address_from(sandbox), key)
        note_address(address)
        yield address
    finally:
        note_path().unlink(missing_ok=True)
        sandbox.terminate()
        sandbox.wait()
        for pipe in (sandbox.stdin, sandbox.stdout):
            if pipe:
                pipe.close()


def _address_from(sandbox: "subprocess.Popen[str]") -> str:
    for line in sandbox.stdout or ():
        found = re.search(r"http://127\.0\.0\.1:[0-9]+", line)
        if found:
            return found.group()
    raise CommandError("The demo workspace did not start. `manage.py sandbox` by itself says why.")


class _Server(BaseApplication):
    """gunicorn with this project's application, in this process."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:  # noqa: ANN401 - gunicorn's
        return get_wsgi_application()


def serve(when_ready: Callable[[], None]) -> None:
    """Serve until a signal ends it; `when_ready` is called once the address answers."""
    host = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
    _Server(
        {
            "bind": f"{host}:{settings.PORT}",
            "workers": WORKERS,
            "worker_class": "gthread",
            "threads": THREADS,
            "graceful_timeout": 5,
            "limit_request_line": 8190,  # an id may be long, and each of its characters three
            "loglevel": "warning",
            "when_ready": lambda _server: when_ready(),
        }
    ).run()
