"""Sessions end by themselves: some time after the last thing somebody did, and some time after they signed in."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, signals
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import DatabaseError, connection, transaction
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

BEGAN, USED = "began", "used"  # seconds since 1970
NOTED_EVERY = 300  # seconds: the time of the last use is written this often at most
MOMENT = 250  # milliseconds
HOUR, DAY = 3600, 24 * 3600

IDLE = "You were signed out because nothing was done here for a while. Sign in to go on."
OLD = "You were signed out because you signed in some time ago. Sign in to go on."


@receiver(signals.user_logged_in)
def _begin(request: HttpRequest, **_more: object) -> None:
    now = int(time.time())
    request.session[BEGAN] = request.session[USED] = now
    SessionStore.clear_expired()  # nobody has to remember a timer for it


class SessionLimitsMiddleware:
    """Signs out whoever has been away for too long, before any page is made for them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            self._hold_to_limits(request, int(time.time()))
        return self.get_response(request)

    def _hold_to_limits(self, request: HttpRequest, now: int) -> None:
        if reason := over(request.session, now):
            logout(request)
            messages.warning(request, reason)
        elif not is_automatic(request) and now - request.session.get(USED, 0) >= NOTED_EVERY:
            _note_use(request.session, now)


def _note_use(session: SessionBase, now: int) -> None:
    """Write when something was last done. Where nothing can be written, the page comes all the same."""
    session.setdefault(BEGAN, now)
    session[USED] = now
    with suppress(DatabaseError, SessionInterrupted, UpdateError), impatient(), transaction.atomic():
        session.save()
    session.modified = False  # else it would be tried again once the page is there, and the page fail with it


@contextmanager
def impatient() -> Iterator[None]:
    """Wait for another writer of SQLite a moment only: somebody is waiting for a page."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        usual = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout = {MOMENT}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")


def over(session: SessionBase, now: int) -> str:
    """Return why the session is over, as a sentence; nothing while it is not. One of an older version begins now."""
    if now - session.get(BEGAN, now) >= settings.SESSION_MAX_DAYS * DAY:
        return OLD
    if now - session.get(USED, now) >= settings.SESSION_IDLE_HOURS * HOUR:
        return IDLE
    return ""


def is_automatic(request: HttpRequest) -> bool:
    """Say whether the page asks by itself: nobody needs to sit before it. Claiming it only ends a session sooner."""
    return "X-By-Itself" in request.headers
