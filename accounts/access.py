"""What the access log records, and when."""

import logging
from datetime import datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from allauth.account import signals as allauth_signals
from allauth.account.authentication import get_authentication_records
from allauth.mfa import signals as mfa_signals
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import signals
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.dispatch import Signal, receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import Truncator
from redis.exceptions import RedisError

from accounts.busy_timeout import busy_timeout
from accounts.models import AccessEvent, User
from quo_admin.proxies import client_address

log = logging.getLogger(__name__)

Event = AccessEvent.Event

BUSY_TIMEOUT = 3_000  # milliseconds: a user waits for the page, and a sync writes for a second or two
REPEAT_INTERVAL = 300  # seconds: a rate-limited visitor who keeps trying does not fill the log
ON_THE_SERVER = "somebody on the server"  # who runs the commands of `manage.py`
HOUR, DAY = 3600, 24 * 3600  # seconds
MAX_DETAIL = 500  # characters: a long query must not fill the log

_METHOD_NAMES = {
    "password": "password",
    "socialaccount": "company account",
    Authenticator.Type.TOTP: "authenticator app",
    Authenticator.Type.RECOVERY_CODES: "recovery code",
    Authenticator.Type.WEBAUTHN: "passkey",
}


def visitor_address(request: HttpRequest) -> str:
    """Return the visitor's network address, also behind the proxies that the settings trust."""
    return client_address(request.META, settings.TRUSTED_PROXIES)


def record(
    event: AccessEvent.Event,
    request: HttpRequest | None,
    *,
    user: User | AnonymousUser | None = None,
    email: str = "",
    detail: str = "",
) -> None:
    """Write a line about `user`, by default the signed-in user, or about an `email` that did not sign in.

    If the line cannot be written, log an error and carry on: the user's action matters more.
    The first line of each day also deletes the lines that are past their retention.
    """
    actor = user or getattr(request, "user", None)
    account = actor if isinstance(actor, User) and not email else None
    try:
        with busy_timeout(BUSY_TIMEOUT), transaction.atomic():
            AccessEvent.objects.create(
                at=timezone.now(),
                event=event,
                email=(account.email if account else email)[:254],
                user_id=account.pk if account else None,
                address=visitor_address(request) if request else "",
                detail=Truncator(detail).chars(MAX_DETAIL),
            )
        if _is_first_within(DAY, "access-log-pruned"):
            delete_expired()
    except DatabaseError as error:
        log.error("the access log cannot be written: %s", type(error).__name__)  # noqa: TRY400 - no values in the log


def retention_start() -> datetime:
    """Return the moment before which lines are past their retention."""
    return timezone.now() - timedelta(days=settings.ACCESS_LOG_DAYS)


def delete_expired() -> int:
    """Delete the lines that are past their retention; return how many."""
    return AccessEvent.objects.delete_before(retention_start())


def record_rate_limited(request: HttpRequest, email: str) -> None:
    """Record that sign-in was rate-limited, at most once per REPEAT_INTERVAL and address."""
    if _is_first_within(REPEAT_INTERVAL, f"limited:{visitor_address(request)}"):
        record(Event.SIGN_IN_LIMITED, request, email=email)


def record_sync_request(request: HttpRequest, subject: str, *, is_automatic: bool) -> None:
    """Record that a user started a sync. The automatic ones of open pages are recorded once an hour per user."""
    if not is_automatic:
        record(Event.ASKED_QUO, request, detail=subject)
    elif _is_first_within(HOUR, f"automatic-sync:{request.user.pk}"):
        record(Event.ASKED_QUO, request, detail=f"{subject}, by an open page")


def record_refusal(request: HttpRequest, status: int) -> None:
    """Record a refused request of a signed-in user, at most once per REPEAT_INTERVAL, route and user.

    A visitor's is recorded if it was rate-limited.
    """
    user = request.user
    match = request.resolver_match
    route = match.route if match else ""
    if not user.is_authenticated:
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            record_rate_limited(request, "unknown")
    elif _is_first_within(REPEAT_INTERVAL, f"refused:{user.pk}:{status}:{sha256(route.encode()).hexdigest()[:16]}"):
        record(Event.REFUSED, request, detail=f"{request.method} {request.get_full_path()}: {status}")


def record_passkey_failed(request: HttpRequest) -> None:
    """Record a rejected passkey, at most once per REPEAT_INTERVAL and address. Its owner is unknown."""
    if _is_first_within(REPEAT_INTERVAL, f"passkey-failed:{visitor_address(request)}"):
        record(Event.SIGN_IN_FAILED, request, email="unknown", detail="passkey")


def _is_first_within(seconds: int, key: str) -> bool:
    """Return whether this is the first call with the key in so many seconds; True if the cache cannot be written."""
    try:
        return bool(cache.add(key, 1, seconds))
    except (OSError, RedisError):
        return True


@receiver(signals.user_logged_in)
def _record_sign_in(request: HttpRequest, user: User, **_more: object) -> None:
    records = get_authentication_records(request, user)
    methods = [_METHOD_NAMES.get(used.get("type") or used["method"], "") for used in records]
    record(Event.SIGNED_IN, request, user=user, detail=", ".join(filter(None, methods)))


@receiver(signals.user_login_failed)
def _record_failed_sign_in(credentials: dict[str, Any], request: HttpRequest | None = None, **_more: object) -> None:
    email = str(credentials.get("email") or credentials.get("username") or "")
    detail = f"company account: {credentials['refused']}" if "refused" in credentials else ""
    record(Event.SIGN_IN_FAILED, request, email=email or "unknown", detail=detail)


@receiver(signals.user_logged_out)
def _record_sign_out(request: HttpRequest, user: User | None, **_more: object) -> None:
    if user is not None:
        detail = "by itself" if hasattr(request, "session_has_ended") else ""
        record(Event.SIGNED_OUT, request, user=user, detail=detail)


@receiver(allauth_signals.password_changed)
def _record_password_change(request: HttpRequest, user: User, **_more: object) -> None:
    record(Event.PASSWORD_CHANGED, request, user=user)


_CHANGES = {
    mfa_signals.authenticator_added: "added",
    mfa_signals.authenticator_removed: "removed",
    mfa_signals.authenticator_reset: "renewed",
}


@receiver(list(_CHANGES))
def _record_security_change(
    signal: Signal, request: HttpRequest, user: User, authenticator: Authenticator, **_more: object
) -> None:
    detail = f"{authenticator.get_type_display()} {_CHANGES[signal]}"
    record(Event.SECURITY_CHANGED, request, user=user, detail=detail)


@receiver(mfa_signals.authentication_failed)
def _record_failed_second_step(request: HttpRequest, user: User, **_more: object) -> None:
    record(Event.SIGN_IN_FAILED, request, user=user, detail="second step")
