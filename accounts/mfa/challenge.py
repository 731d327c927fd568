"""The challenge of a sign-in with a passkey. It is kept in a signed cookie, so asking for one stores nothing here."""

from typing import Any

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

SECONDS = 300  # browsers wait this long for a finger or a PIN
_SALT = "accounts.mfa.challenge"


def give(response: HttpResponse, state: dict[str, Any]) -> None:
    """Add what the server must remember of its challenge to the response."""
    response.set_cookie(
        settings.PASSKEY_COOKIE_NAME,
        signing.dumps(state, salt=_SALT),
        max_age=SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def take(request: HttpRequest) -> dict[str, Any] | None:
    """Return what `give` added, once and within SECONDS; else None."""
    try:
        state: dict[str, Any] = signing.loads(
            request.COOKIES.get(settings.PASSKEY_COOKIE_NAME, ""), salt=_SALT, max_age=SECONDS
        )
    except signing.BadSignature:
        return None
    return state if cache.add(f"passkey-challenge-{state['challenge']}", 1, SECONDS) else None
