"""When sessions end: after some time without use, some time after sign-in, and on demand."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa import signals as mfa_signals
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, signals
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import DatabaseError, transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from accounts.browsers import browser_name
from accounts.busy_timeout import busy_timeout
from accounts.models import AccountSession, User
from accounts.session_store import SessionStore
from quo_admin.proxies import client_address

# Keys of the session. Times are in seconds since 1970.
STARTED_AT, LAST_USED_AT = "began", "used"
BROWSER, ADDRESS = "browser", "address"  # from which it was signed in
WRITE_INTERVAL = 300  # seconds: the time of the last use is written at most this often
BUSY_TIMEOUT = 250  # milliseconds
HOUR, DAY = 3600, 24 * 3600

IDLE = "You were signed out because nothing was done here for a while. Sign in to go on."
OLD = "You were signed out because you signed in some time ago. Sign in to go on."
COMPANY_ONLY = "You were signed out because everybody signs in with {name} now. Sign in to go on."


@receiver(signals.user_logged_in)
def _start(request: HttpRequest, **_more: object) -> None:
    now = int(time.time())
    request.session[STARTED_AT] = request.session[LAST_USED_AT] = now
    request.session[BROWSER] = browser_name(request.headers.get("User-Agent", ""))
    request.session[ADDRESS] = client_address(request.META, settings.TRUSTED_PROXIES)
    SessionStore.clear_expired()  # so that no timer is needed


class SessionLimitsMiddleware:
    """Signs out users whose session has ended, before any view runs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            self._enforce_limits(request, int(time.time()))
        return self.get_response(request)

    def _enforce_limits(self, request: HttpRequest, now: int) -> None:
        if reason := end_reason(request, now):
            request.session_has_ended = True  # type: ignore[attr-defined]  # for the access log
            logout(request)
            messages.warning(request, reason)
        elif not is_automatic(request) and now - request.session.get(LAST_USED_AT, 0) >= WRITE_INTERVAL:
            _save_last_use(request.session, now)


def _save_last_use(session: SessionBase, now: int) -> None:
    """Write the time of the last use. If the database cannot be written, the page still opens."""
    session.setdefault(STARTED_AT, now)
    session[LAST_USED_AT] = now
    with suppress(DatabaseError, SessionInterrupted, UpdateError), busy_timeout(BUSY_TIMEOUT), transaction.atomic():
        session.save()
    session.modified = False  # otherwise Django saves it again with the response, which may fail


def end_reason(request: HttpRequest, now: int) -> str:
    """Return why the session has ended, as a sentence, or "" if it has not."""
    session = request.session
    if settings.OIDC_ONLY:
        records = get_authentication_records(request, request.user)
        if all(record["method"] != "socialaccount" for record in records):
            return COMPANY_ONLY.format(name=settings.OIDC_NAME)
    if _is_old(session, now):
        return OLD
    return IDLE if is_past_limits(session, now) else ""


def is_past_limits(session: SessionBase | dict[str, Any], now: int) -> bool:
    """Return whether the session was used too long ago, or has lasted too long."""
    return _is_old(session, now) or now - session.get(LAST_USED_AT, now) >= settings.SESSION_IDLE_HOURS * HOUR


def _is_old(session: SessionBase | dict[str, Any], now: int) -> bool:
    # Older versions wrote no start.
    return bool(now - session.get(STARTED_AT, now) >= settings.SESSION_MAX_DAYS * DAY)


def is_automatic(request: HttpRequest) -> bool:
    """Return whether a page sent the request without its user. A false header only ends the session sooner."""
    return "X-By-Itself" in request.headers


def end_sessions(user: User, *, except_key: str | None = None) -> int:
    """End every session of the user except the one with the key `except_key`; return how many.

    This includes sign-ins that wait for their second step.
    """
    ended, _ = AccountSession.objects.filter(user_id=user.pk).exclude(session_key=except_key).delete()
    return ended


@receiver([mfa_signals.authenticator_added, mfa_signals.authenticator_removed, mfa_signals.authenticator_reset])
def _end_other_sessions(request: HttpRequest, user: User, **_more: object) -> None:
    end_sessions(user, except_key=request.session.session_key)


@receiver(post_save, sender=User)
def _end_sessions_if_inactive(instance: User, **_more: object) -> None:
    if not instance.is_active:  # otherwise its sessions would work again once it is switched on
        end_sessions(instance)


@receiver(post_delete, sender=User)
def _end_sessions_of_deleted(instance: User, **_more: object) -> None:
    end_sessions(instance)
