"""An id for each request and each timed sync, which people see on error pages and every log line has."""

import logging
import re
import time
from collections.abc import Callable
from contextvars import ContextVar
from http import HTTPMethod, HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.crypto import get_random_string

HEADER = "X-Request-ID"
MAX_LENGTH = 64

# Machines request these every few seconds; the log is for what people do.
UNLOGGED = frozenset({"/healthz", "/readyz", "/checkz", "/metrics"})

# People read ids to each other: no letters that look like digits, and none of I, L, O, U.
_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"

_METHODS = frozenset(method.value for method in HTTPMethod)

# Quo's ids and our keys. Anything else in an address may be a name, an email address or a secret link.
_LOGGED_ID = re.compile(r"(?:PN|US)[A-Za-z0-9]{1,40}|[0-9]{1,9}")

_current: ContextVar[str] = ContextVar("request_id", default="")

log = logging.getLogger(__name__)


def current() -> str:
    """Return the id of this thread's request or sync, or ""."""
    return _current.get()


def begin(kind: str = "", *, given: str = "") -> str:
    """Set and return this thread's id: `given` if it is well formed, otherwise a new one."""
    if not re.fullmatch(rf"[A-Za-z0-9_-]{{1,{MAX_LENGTH}}}", given):
        groups = [get_random_string(4, _ALPHABET) for _ in range(3)]
        given = "-".join([kind, *groups] if kind else groups)
    _current.set(given)
    return given


def end() -> None:
    """Clear this thread's id."""
    _current.set("")


def logged_path(request: HttpRequest) -> str:
    """Return the path without the query; if it holds more than ids, its pattern: `/saved/<slug:code>/`."""
    try:
        match = request.resolver_match or resolve(request.path_info)
    except Resolver404:
        return "(no such page)"
    values = [str(value) for value in (*match.args, *match.kwargs.values())]
    return request.path if all(_LOGGED_ID.fullmatch(value) for value in values) else f"/{match.route}"


class RequestIdMiddleware:
    """Gives each request an id, returns it in a header, and logs the request, unless it gets a static file.

    An id that comes with the request is used, from any sender: a proxy's id connects its log with ours. Nothing depends
    on an id; it is a label of a few harmless characters.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # No `end` here: an export is still being sent when this returns, and may fail.
        request_id = begin(given=request.headers.get(HEADER, ""))
        began = time.monotonic()
        response = self.get_response(request)
        is_static = request.path.startswith(settings.STATIC_URL)
        if not is_static or response.status_code >= HTTPStatus.BAD_REQUEST:
            response.headers[HEADER] = request_id
        if not is_static and request.path not in UNLOGGED:
            fields = {
                "method": request.method if request.method in _METHODS else "other",
                "path": logged_path(request),
                "status": response.status_code,
                "duration_ms": round((time.monotonic() - began) * 1000),
            }
            log.info("request", extra=fields)
        return response
