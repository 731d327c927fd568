"""Where somebody is signed in: the list of their own sessions, which they can end."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.access import Event, record
from accounts.models import AccountSession, User
from accounts.session_store import SessionStore
from accounts.sessions import ADDRESS, BROWSER, LAST_USED_AT, STARTED_AT, end_sessions, is_past_limits

UNKNOWN = "An unknown browser"  # the session is from an older version


@dataclass(frozen=True)
class SignedIn:
    """One session of a user. `code` names it on pages, where its key must not appear."""

    code: str
    browser: str
    address: str
    since: datetime | None
    used: datetime | None
    is_this: bool
    key: str


def signed_in(request: HttpRequest) -> list[SignedIn]:
    """Return the user's sessions that are still valid: this one, then the others by their last use."""
    return sorted(_signed_in(request), key=_order, reverse=True)


def _order(one: SignedIn) -> tuple[bool, datetime]:
    return one.is_this, one.used or datetime.min.replace(tzinfo=UTC)


def _signed_in(request: HttpRequest) -> Iterator[SignedIn]:
    now, valid = int(time.time()), _user(request).get_session_auth_hash()
    for stored in AccountSession.objects.filter(user_id=request.user.pk, expire_date__gt=timezone.now()):
        session = SessionStore().decode(stored.session_data)
        has_password_of_now = constant_time_compare(session.get(HASH_SESSION_KEY, ""), valid)
        if SESSION_KEY in session and has_password_of_now and not is_past_limits(session, now):
            yield SignedIn(
                code=salted_hmac(__name__, stored.session_key, algorithm="sha256").hexdigest()[:32],
                browser=session.get(BROWSER, UNKNOWN),
                address=session.get(ADDRESS, ""),
                since=_moment(session.get(STARTED_AT)),
                used=_moment(session.get(LAST_USED_AT)),
                is_this=stored.session_key == request.session.session_key,
                key=stored.session_key,
            )


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)  # only signed-in users get here


def _moment(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def end_one(request: HttpRequest, code: str) -> bool:
    """End another session of the user; return whether there was one with this code."""
    other = next((one for one in signed_in(request) if one.code == code and not one.is_this), None)
    if other is None:
        return False
    AccountSession.objects.filter(user_id=request.user.pk, session_key=other.key).delete()
    record(Event.SIGNED_OUT, request, detail=f"elsewhere: {other.browser}, {other.address or 'no address'}")
    return True


def end_others(request: HttpRequest) -> None:
    """End every other session of the user, including sign-ins that wait for their second step."""
    end_sessions(_user(request), except_key=request.session.session_key)
    record(Event.SIGNED_OUT, request, detail="everywhere else")
