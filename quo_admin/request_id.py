"""An id for each request and for each sync of a timer: what a person is told, and what every line of the log bears."""

import logging
import re
import secrets
import time
from collections.abc import Callable
from contextvars import ContextVar
from http import HTTPMethod

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from quo_admin.shown_path import shown_path

HEADER = "X-Request-ID"
MAX_LENGTH = 64

# Asked every few seconds by machines: the log is for what people do.
UNLOGGED = frozenset({"/healthz", "/readyz", "/metrics"})

# People read an id to each other: no letters that look like digits, and none of I, L, O, U.
_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"
_GROUPS = 3
_GROUP = 4

_METHODS = frozenset(method.value for method in HTTPMethod)

_current: ContextVar[str] = ContextVar("request_id", default="")

log = logging.getLogger(__name__)


def current() -> str:
    """Return the id of what this thread does: "" outside of any request and sync."""
    return _current.get()


def begin(kind: str = "", *, given: str = "") -> str:
    """Begin something with an id of its own, and return it: `given` where that is well formed, else a fresh one."""
    begun = given if re.fullmatch(rf"[A-Za-z0-9_-]{{1,{MAX_LENGTH}}}", given) else _fresh(kind)
    _current.set(begun)
    return begun


def end() -> None:
    """What follows in this thread belongs to nothing that has an id."""
    _current.set("")


def _fresh(kind: str) -> str:
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join([*filter(None, [kind]), *groups])


class RequestIdMiddleware:
    """Gives each request its id, sends it back, and writes the request's line into the log. The outermost of all.

    An id that comes with the request is taken, whoever sent it: a proxy's makes one thread through its log and ours,
    and nothing is ever decided by an id. It is a label of a few harmless characters.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # It does not end here: an export is still being sent when this returns, and may still fail.
        request_id = begin(given=request.headers.get(HEADER, ""))
        began = time.monotonic()
        response = self.get_response(request)
        response.headers[HEADER] = request_id
        if not (request.path in UNLOGGED or request.path.startswith(settings.STATIC_URL)):
            _log(request, response.status_code, time.monotonic() - began)
        return response


def _log(request: HttpRequest, status: int, seconds: float) -> None:
    method = str(request.method)
    log.info(
        "request",
        extra={
            "method": method if method in _METHODS else "other",
            "path": shown_path(request),
            "status": status,
            "duration_ms": round(seconds * 1000),
        },
    )
