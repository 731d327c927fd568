"""How long a request waits for PostgreSQL. A server that hangs must not hold up every thread of the web server.

Once a request has waited in vain, all others of this process fail at once. One of them tries again every few seconds.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock

from django.http import HttpRequest, HttpResponse

# Seconds that one query may take.
TRIVIAL = 2.0
PAGE = 10.0
SYNC = 120.0  # started by a page

TRY_AGAIN = 5.0  # seconds until a server that hangs is asked again

seconds: ContextVar[float | None] = ContextVar("seconds", default=None)  # None, in commands: wait forever


@contextmanager
def at_most(limit: float) -> Iterator[None]:
    """Wait for this many seconds at most, or fewer if that is the limit already."""
    before = seconds.set(min(limit, seconds.get() or limit))
    try:
        yield
    finally:
        seconds.reset(before)


class PatienceMiddleware:
    """Limits the queries of requests. The limit stays: the body of a response may be sent after it was returned."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        seconds.set(PAGE)
        return self.get_response(request)


class Hanging:
    """Whether the server hangs, as far as this process knows."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._next_try = 0.0

    def note(self) -> None:
        """Remember that somebody waited in vain."""
        with self._lock:
            self._next_try = time.monotonic() + TRY_AGAIN

    def forget(self) -> None:
        self._next_try = 0.0

    def may_try(self) -> bool:
        """Return whether the caller may ask the server. If it hangs, one caller at a time may."""
        with self._lock:
            now = time.monotonic()
            if now < self._next_try:
                return False
            if self._next_try:
                self._next_try = now + TRY_AGAIN  # the others do not wait for this try
            return True
