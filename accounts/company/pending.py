"""The unfinished sign-ins of a browser. They are kept in a signed cookie, so starting one stores nothing here."""

from typing import Any

from authlib.integrations.django_client import DjangoIntegration
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

SECONDS = 600
MAX_LENGTH = 3_800  # characters: browsers ignore a cookie of more than 4,096 with its name and attributes
_SALT = "accounts.company.pending"


class PendingSignIns(DjangoIntegration):  # type: ignore[misc]  # Authlib has no types
    """Authlib's store, whose methods take the content of our cookie in place of a session."""

    expires_in = SECONDS


PENDING = PendingSignIns("company")


def give(request: HttpRequest, response: HttpResponse, state: str, sign_in: dict[str, Any]) -> None:
    """Add a started sign-in to those of the browser, which are sent back with the callback."""
    pending = _read(request)
    PENDING.set_state_data(pending, state, sign_in)
    response.set_cookie(
        settings.COMPANY_COOKIE_NAME,
        _signed(pending),
        max_age=SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def take(request: HttpRequest) -> dict[str, Any] | None:
    """Return the sign-in that the callback belongs to, once and within SECONDS; else None."""
    state = request.GET.get("state", "")
    sign_in: dict[str, Any] | None = PENDING.get_state_data(_read(request), state)
    return sign_in if sign_in and cache.add(f"company-sign-in-{state}", 1, SECONDS) else None


def _read(request: HttpRequest) -> dict[str, Any]:
    """Return the sign-ins that have not expired, oldest first."""
    try:
        pending: dict[str, Any] = signing.loads(request.COOKIES.get(settings.COMPANY_COOKIE_NAME, ""), salt=_SALT)
    except signing.BadSignature:
        return {}
    PENDING.clear_state_data(pending, "")
    return pending


def _signed(pending: dict[str, Any]) -> str:
    """Return the newest sign-ins that fit into a cookie. One that does not fit alone leads to the start page."""
    while len(text := signing.dumps(pending, salt=_SALT, compress=True)) > MAX_LENGTH:
        oldest = next(iter(pending))
        if len(pending) > 1:
            del pending[oldest]
        else:
            pending[oldest]["data"]["next"] = None
    return text
