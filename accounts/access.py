"""What is written into the access log, and when."""

import logging
from datetime import datetime, timedelta
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
from redis.exceptions import RedisError

from accounts.models import AccessEvent, User
from accounts.patience import impatient
from quo_admin.proxies import client_address

log = logging.getLogger(__name__)

Event = AccessEvent.Event

PATIENCE = 3_000  # milliseconds: somebody waits for a page, and a sync writes for a second or two
ONE_LINE_EACH = 300  # seconds: whoever goes on trying after being made to wait does not fill the log
ON_THE_SERVER = "somebody on the server"  # who runs the commands of `manage.py`
HOUR, DAY = 3600, 24 * 3600  # seconds

_STEPS = {
    "password": "password",
    "socialaccount": "company account",
    Authenticator.Type.TOTP: "authenticator app",
    Authenticator.Type.RECOVERY_CODES: "recovery code",
    Authenticator.Type.WEBAUTHN: "passkey",
}


def visitor_address(request: HttpRequest) -> str:
    """Return the network address that asks: the visitor's, also behind proxies that the settings trust."""
    return client_address(request.META, settings.TRUSTED_PROXIES)


def record(
    event: AccessEvent.Event,
    request: HttpRequest | None,
    *,
    user: User | AnonymousUser | None = None,
    email: str = "",
    detail: str = "",
) -> None:
    """Write a line about `user`, else about who is signed in, or about an `email` that nobody has signed in with.

    Where it cannot be written, the log of errors says so, and what somebody wanted goes on. Lines whose time is over
    are dropped with the first line of a day.
    """
    who = user or getattr(request, "user", None)
    known = who if isinstance(who, User) and not email else None
    try:
        with impatient(PATIENCE), transaction.atomic():
            AccessEvent.objects.create(
                at=timezone.now(),
                event=event,
                email=(known.email if known else email)[:254],
                user_id=known.pk if known else None,
                address=visitor_address(request) if request else "",
                detail=detail,
            )
        if _is_first("access-log-looked-through", DAY):
            forget_old()
    except DatabaseError as error:
        log.error("the access log cannot be written: %s", type(error).__name__)  # noqa: TRY400 - no values in the log


def kept_since() -> datetime:
    """Return from when on the settings want lines kept."""
    return timezone.now() - timedelta(days=settings.ACCESS_LOG_DAYS)


def forget_old() -> int:
    """Drop the lines that are older than the settings want them kept; return how many."""
    return AccessEvent.objects.drop_before(kept_since())


def record_limited(request: HttpRequest, email: str) -> None:
    """Write that an address was made to wait: once in a while, however often it goes on trying."""
    if _is_first(f"limited:{visitor_address(request)}", ONE_LINE_EACH):
        record(Event.SIGN_IN_LIMITED, request, email=email)


def record_asked(request: HttpRequest, what: str, *, by_itself: bool) -> None:
    """Write that somebody has Quo asked; of an open page that asks by itself, once an hour for each person."""
    if not by_itself:
        record(Event.ASKED_QUO, request, detail=what)
    elif _is_first(f"by-itself:{request.user.pk}", HOUR):
        record(Event.ASKED_QUO, request, detail=f"{what}, by an open page")


def _is_first(key: str, seconds: int) -> bool:
    """Say whether nobody has asked so for so many seconds: where nothing can be kept, as on a full disk, always."""
    try:
        return bool(cache.add(key, 1, seconds))
    except (OSError, RedisError):
        return True


@receiver(signals.user_logged_in)
def _signed_in(request: HttpRequest, user: User, **_more: object) -> None:
    steps = [_STEPS.get(one.get("type") or one["method"], "") for one in get_authentication_records(request, user)]
    record(Event.SIGNED_IN, request, user=user, detail=", ".join(filter(None, steps)))


@receiver(signals.user_login_failed)
def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_more: object) -> None:
    email = str(credentials.get("email") or credentials.get("username") or "")
    refused = f"company account: {credentials['refused']}" if "refused" in credentials else ""
    record(Event.SIGN_IN_FAILED, request, email=email or "unknown", detail=refused)


def record_passkey_failed(request: HttpRequest) -> None:
    """Write that a passkey did not let anybody in, for each address once in a while; whose it is, nobody can say."""
    if _is_first(f"passkey-failed:{visitor_address(request)}", ONE_LINE_EACH):
        record(Event.SIGN_IN_FAILED, request, email="unknown", detail="passkey")


@receiver(signals.user_logged_out)
def _signed_out(request: HttpRequest, user: User | None, **_more: object) -> None:
    if user is not None:
        by_itself = "by itself" if hasattr(request, "is_ended_by_itself") else ""
        record(Event.SIGNED_OUT, request, user=user, detail=by_itself)


@receiver(allauth_signals.password_changed)
def _password_changed(request: HttpRequest, user: User, **_more: object) -> None:
    record(Event.PASSWORD_CHANGED, request, user=user)


_CHANGES = {
    mfa_signals.authenticator_added: "added",
    mfa_signals.authenticator_removed: "removed",
    mfa_signals.authenticator_reset: "renewed",
}


@receiver(list(_CHANGES))
def _security_changed(
    signal: Signal, request: HttpRequest, user: User, authenticator: Authenticator, **_more: object
) -> None:
    detail = f"{authenticator.get_type_display()} {_CHANGES[signal]}"
    record(Event.SECURITY_CHANGED, request, user=user, detail=detail)


@receiver(mfa_signals.authentication_failed)
def _second_step_failed(request: HttpRequest, user: User, **_more: object) -> None:
    record(Event.SIGN_IN_FAILED, request, user=user, detail="second step")
