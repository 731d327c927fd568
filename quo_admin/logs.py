"""The two log formats: lines for a terminal, and JSON, one object per line, for a collector.

Neither contains personal data or secrets:

- an exception is logged with its type and location, but without its message and values, which hold data;
- a library's message is logged as its author wrote it; of its arguments, only numbers and signals;
- a request is logged with what `logged_path` returns;
- besides the message, only the fields listed here are logged.

A request that Django refuses, for example because it is too large, is a warning without a stack: anybody can send one,
and nothing of ours failed.

Unprintable characters are escaped, so that no text can start a new line or control a terminal.
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

OURS = ("accounts", "numbers", "quo_admin")
REFUSALS = "django.security."

# In the order of a line.
FIELDS = (
    *("method", "path", "status", "duration_ms"),
    *("sync", "scope", "outcome", "seconds", "http_calls", "error_kind", "error_status", "quo_trace"),
    *("where", "exception", "frames"),
)

MAX_TEXT = 500
MAX_FRAMES = 20  # the innermost ones of each exception
MAX_CAUSES = 5

_COPIED = ("name", "levelno", "levelname", "created", "msecs", "process")
_SIGNAL = re.compile(r"SIG[A-Z0-9]{2,10}")
_LABEL = re.compile(r"[A-Za-z0-9._:/-]{1,128}")


def label(text: str) -> str:
    """Return a foreign identifier, such as Quo's trace, if it looks like one: it could be any text."""
    return text if _LABEL.fullmatch(text) else "(unreadable)" if text else ""


class Console(logging.StreamHandler[Any]):
    """Writes to stderr. A line that cannot be written is lost: Python's error message would show its content."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Drop error responses to machines: they retry in a few seconds and report errors themselves."""
        request = getattr(record, "request", None)
        is_response_to_machine = (
            isinstance(request, HttpRequest) and request.path in request_id.UNLOGGED and not record.exc_info
        )
        return not is_response_to_machine and super().filter(record)

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
    """Return a copy of the record with only what may be logged."""
    fields: dict[str, Any] = {name: getattr(record, name) for name in _COPIED}
    fields["request_id"] = request_id.current()
    fields |= {name: _clean(record.__dict__[name]) for name in FIELDS if record.__dict__.get(name) not in {None, ""}}
    request = getattr(record, "request", None)
    if record.name.partition(".")[0] in OURS:
        fields["msg"] = _formatted(record)
    elif isinstance(request, HttpRequest):
        fields |= _request_fields(record, request)
    else:
        fields |= {"msg": _library_message(record), "where": f"{Path(record.pathname).name}:{record.lineno}"}
    fields["msg"] = _clean(fields["msg"])
    error = record.exc_info[1] if record.exc_info else None
    is_refusal = record.name.startswith(REFUSALS)
    if is_refusal:
        fields |= {"levelno": logging.WARNING, "levelname": "WARNING"}
    if error:
        fields["exception"] = type(error).__name__
    if error and not is_refusal:
        fields["frames"] = list(_frames(error))
    return logging.makeLogRecord(fields)


def _formatted(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return str(record.msg)


def _request_fields(record: logging.LogRecord, request: HttpRequest) -> dict[str, Any]:
    """Return Django's message about a request in our words: Django quotes addresses, headers and exceptions."""
    fields: dict[str, Any] = {"msg": "request", "path": _clean(request_id.logged_path(request))}
    status = getattr(record, "status_code", None)
    if isinstance(status, int) and status in {known.value for known in HTTPStatus}:
        fields |= {"msg": HTTPStatus(status).phrase, "status": int(status)}
    return fields


def _library_message(record: logging.LogRecord) -> str:
    """Return a library's message with only harmless arguments, if it has separate arguments."""
    if not isinstance(record.msg, str) or not isinstance(record.args, tuple) or not record.args:
        return "(what a library said is not shown: it may hold data)"
    try:
        return record.msg % tuple(_harmless(value) for value in record.args)
    except (TypeError, ValueError):
        return record.msg


def _harmless(value: object) -> object:
    is_harmless = isinstance(value, int | float) or (isinstance(value, str) and _SIGNAL.fullmatch(value))
    return value if is_harmless else "(…)"


def _frames(error: BaseException) -> Iterator[str]:
    """Yield the locations of an error, outermost first, then those of its causes."""
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
    """Return a path relative to this project or to the installed packages."""
    return file.rpartition("site-packages/")[2].removeprefix(f"{BASE_DIR}/")


def _clean(value: object) -> object:
    """Return numbers unchanged, and other values as one line of printable text, truncated."""
    if value is None or isinstance(value, int | float):
        return value
    text = str(value)
    cut = text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in cut)


def _quoted(value: object) -> str:
    text = str(value)
    return text if re.fullmatch(r"[^\s\"=]+", text) else json.dumps(text, ensure_ascii=False)
