"""When sessions end: some time after the last thing somebody did, some time after they signed in, and on demand."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa import signals as mfa_signals
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout, signals
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.models import Session
from django.db import DatabaseError, transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User
from accounts.patience import impatient

BEGAN, USED = "began", "used"  # seconds since 1970
WAITING = "waiting"  # whose sign-in waits for its second step
NOTED_EVERY = 300  # seconds: the time of the last use is written this often at most
MOMENT = 250  # milliseconds
HOUR, DAY = 3600, 24 * 3600

IDLE = "You were signed out because nothing was done here for a while. Sign in to go on."
OLD = "You were signed out because you signed in some time ago. Sign in to go on."
ELSEWHERE = "You were signed out because everybody signs in with {name} now. Sign in to go on."


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
        if reason := over(request, now):
            request.is_ended_by_itself = True  # type: ignore[attr-defined]  # for the access log
            logout(request)
            messages.warning(request, reason)
        elif not is_automatic(request) and now - request.session.get(USED, 0) >= NOTED_EVERY:
            _note_use(request.session, now)


def _note_use(session: SessionBase, now: int) -> None:
    """Write when something was last done. Where nothing can be written, the page comes all the same."""
    session.setdefault(BEGAN, now)
    session[USED] = now
    with suppress(DatabaseError, SessionInterrupted, UpdateError), impatient(MOMENT), transaction.atomic():
        session.save()
    session.modified = False  # else it would be tried again once the page is there, and the page fail with it


def over(request: HttpRequest, now: int) -> str:
    """Return why the session is over, as a sentence; nothing while it is not. One of an older version begins now."""
    session = request.session
    if settings.OIDC_ONLY and not _is_by_company(request):
        return ELSEWHERE.format(name=settings.OIDC_NAME)
    if now - session.get(BEGAN, now) >= settings.SESSION_MAX_DAYS * DAY:
        return OLD
    if now - session.get(USED, now) >= settings.SESSION_IDLE_HOURS * HOUR:
        return IDLE
    return ""


def _is_by_company(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "socialaccount" for record in records)


def is_automatic(request: HttpRequest) -> bool:
    """Say whether the page asks by itself: nobody needs to sit before it. Claiming it only ends a session sooner."""
    return "X-By-Itself" in request.headers


def end_sessions(user: User, *, but: str | None = None) -> int:
    """Sign `user` out of every session except the one with the key `but`; return of how many.

    A sign-in that waits for its second step ends with them. Sessions are kept without a column that says whose they
    are: each is opened.
    """
    theirs = [
        session.session_key
        for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator()
        if session.session_key != but and _whose(session.get_decoded()) == str(user.pk)
    ]
    for start in range(0, len(theirs), 500):
        Session.objects.filter(session_key__in=theirs[start : start + 500]).delete()
    return len(theirs)


def _whose(kept: dict[str, Any]) -> str | None:
    return kept.get(SESSION_KEY) or kept.get(WAITING)


@receiver([mfa_signals.authenticator_added, mfa_signals.authenticator_removed, mfa_signals.authenticator_reset])
def _second_step_changed(request: HttpRequest, user: User, **_more: object) -> None:
    end_sessions(user, but=request.session.session_key)


@receiver(post_save, sender=User)
def _saved(instance: User, **_more: object) -> None:
    if not instance.is_active:  # else its sessions would go on once it is switched on again
        end_sessions(instance)


@receiver(post_delete, sender=User)
def _deleted(instance: User, **_more: object) -> None:
    end_sessions(instance)
