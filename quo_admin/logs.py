"""The two forms of the log: lines for a terminal, and JSON, one object per line, for a collector.

Nothing personal and nothing secret comes into either:

- of an exception its type and where it happened, never its message and no values: both hold data;
- of a library's line the text that its author wrote, without what is filled in, numbers and signals excepted;
- of a request what `shown_path` allows;
- besides the message only the fields that are named here.

What Django refuses of a request, such as one that is too large, is a warning without a stack, whatever Django calls it:
everybody can send such a thing, and nothing of ours failed.

What does not print is escaped, so that no text can begin a line of its own or steer a terminal.
"""

import json
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from traceback import walk_tb
from typing import Any

from django.http import HttpRequest
from pythonjsonlogger.json import JsonFormatter as LibraryJsonFormatter

from quo_admin import request_id
from quo_admin.parsers import BASE_DIR
from quo_admin.shown_path import shown_path

OURS = ("accounts", "numbers", "quo_admin")
REFUSALS = "django.security."

# In the order of their appearance in a line.
FIELDS = (
    *("method", "path", "status", "duration_ms"),
    *("sync", "scope", "outcome", "seconds", "http_calls", "error_kind", "error_status", "quo_trace"),
    *("where", "exception", "frames"),
)

MAX_TEXT = 500
MAX_FRAMES = 20  # of each exception, the last ones
MAX_CAUSES = 5

_KEPT = ("name", "levelno", "levelname", "created", "msecs", "process")
_SIGNAL = re.compile(r"SIG[A-Z0-9]{2,10}")
_LABEL = re.compile(r"[A-Za-z0-9._:/-]{1,128}")


def label(text: str) -> str:
    """Return a word of somebody else's, such as Quo's trace, if it is one: it is meant for machines, but may be not."""
    return text if _LABEL.fullmatch(text) else "(unreadable)" if text else ""


class Console(logging.StreamHandler[Any]):
    """Writes to stderr. A line that cannot be written is lost: Python's own complaint would show what it holds."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Leave out that a machine was told no: it asks again in a few seconds, and reports it itself."""
        request = getattr(record, "request", None)
        is_told = isinstance(request, HttpRequest) and request.path in request_id.UNLOGGED and not record.exc_info
        return not is_told and super().filter(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - Python's
        pass


class PlainFormatter(logging.Formatter):
    """`2026-01-31 09:00:00,000 WARNING numbers.quo [id] message field=value`, and a traceback indented below."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        safe = _safe(record)
        values = {name: safe.__dict__[name] for name in FIELDS if name in safe.__dict__}
        frames = values.pop("frames", [])
        fields = "".join(f" {name}={_quoted(value)}" for name, value in values.items())
        safe.__dict__["request_id"] = safe.__dict__["request_id"] or "-"
        return super().format(safe) + fields + "".join(f"\n    {frame}" for frame in frames)


class JsonFormatter(LibraryJsonFormatter):
    """One object per line, in ASCII: `{"time": …, "level": …, "logger": …, "message": …, "request_id": …, …}`."""

    def __init__(self) -> None:
        super().__init__(
            ("asctime", "levelname", "name", "message", "request_id"),
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
        )

    def format(self, record: logging.LogRecord) -> str:
        return super().format(_safe(record))

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802, ARG002 - Python's
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _safe(record: logging.LogRecord) -> logging.LogRecord:
    """Return a record that holds nothing but what may be shown."""
    shown: dict[str, Any] = {name: getattr(record, name) for name in _KEPT}
    shown["request_id"] = request_id.current()
    shown |= {name: _clean(record.__dict__[name]) for name in FIELDS if record.__dict__.get(name) not in {None, ""}}
    request = getattr(record, "request", None)
    if record.name.partition(".")[0] in OURS:
        shown["msg"] = _filled(record)
    elif isinstance(request, HttpRequest):
        shown |= _of_request(record, request)
    else:
        shown |= {"msg": _authors_words(record), "where": f"{Path(record.pathname).name}:{record.lineno}"}
    shown["msg"] = _clean(shown["msg"])
    error = record.exc_info[1] if record.exc_info else None
    is_refusal = record.name.startswith(REFUSALS)
    if is_refusal:
        shown |= {"levelno": logging.WARNING, "levelname": "WARNING"}
    if error:
        shown["exception"] = type(error).__name__
    if error and not is_refusal:
        shown["frames"] = list(_frames(error))
    return logging.makeLogRecord(shown)


def _filled(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return str(record.msg)


def _of_request(record: logging.LogRecord, request: HttpRequest) -> dict[str, Any]:
    """What Django says of a request, in words of ours: in its own it quotes addresses, headers and exceptions."""
    told: dict[str, Any] = {"msg": "request", "path": _clean(shown_path(request))}
    status = getattr(record, "status_code", None)
    if isinstance(status, int) and status in {one.value for one in HTTPStatus}:
        told |= {"msg": HTTPStatus(status).phrase, "status": int(status)}
    return told


def _authors_words(record: logging.LogRecord) -> str:
    """What a library says, if it can be told from what it says it of: then that is left out."""
    if not isinstance(record.msg, str) or not isinstance(record.args, tuple) or not record.args:
        return "(what a library said is not shown: it may hold data)"
    try:
        return record.msg % tuple(_if_harmless(value) for value in record.args)
    except (TypeError, ValueError):
        return record.msg


def _if_harmless(value: object) -> object:
    is_harmless = isinstance(value, int | float) or (isinstance(value, str) and _SIGNAL.fullmatch(value))
    return value if is_harmless else "(…)"


def _frames(error: BaseException) -> Iterator[str]:
    """Where it happened, outermost first; then the same of what had caused it."""
    cause: BaseException | None = error
    for _ in range(MAX_CAUSES):
        if cause is None:
            return
        if cause is not error:
            yield f"caused by {type(cause).__name__}"
        for frame, line in list(walk_tb(cause.__traceback__))[-MAX_FRAMES:]:
            yield f"{_short(frame.f_code.co_filename)}:{line} {frame.f_code.co_name}"
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def _short(file: str) -> str:
    """A file's place in this project or among the packages."""
    return file.rpartition("site-packages/")[2].removeprefix(f"{BASE_DIR}/")


def _clean(value: object) -> object:
    """Return numbers as they are and text in one line, escaped where it does not print, and cut."""
    if value is None or isinstance(value, int | float):
        return value
    text = str(value)
    cut = text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in cut)


def _quoted(value: object) -> str:
    text = str(value)
    return text if re.fullmatch(r"[^\s\"=]+", text) else json.dumps(text, ensure_ascii=False)
