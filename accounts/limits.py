"""How long a rate-limited visitor must wait: allauth counts attempts, but does not say.

The only use of allauth's private code. tests/accounts/test_allauth_internals.py notices changes in it.
"""

import math
import time

from allauth.core.internal.ratelimit import decorator, get_cache_key, get_rates
from django.core.cache import cache
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

LOCK_SECONDS = 10  # how long an attempt waits for the one before it

ACCOUNT, MFA = "allauth.account", "allauth.mfa"  # the apps that define the limits
# The rate limit of each URL name.
_ACTIONS = {
    "account_login": (ACCOUNT, "login"),
    "company_login": (ACCOUNT, "login"),
    "account_change_password": (ACCOUNT, "change_password"),
    "account_reauthenticate": (ACCOUNT, "reauthenticate"),
    "mfa_reauthenticate": (ACCOUNT, "reauthenticate"),
    "mfa_reauthenticate_webauthn": (ACCOUNT, "reauthenticate"),
    "mfa_login_webauthn": (MFA, "webauthn_login"),
}
limit_challenges = decorator(app=MFA, action="webauthn_login", limit_get=True)
_CODES = {"too_many_login_attempts", "rate_limited"}


def seconds_left(request: HttpRequest, action: str, *, key: str = "", app: str = ACCOUNT) -> int:
    """Return the seconds until the limits on `action` allow the next attempt, or 0 if they allow it now."""
    waits = [0.0]
    for rate in get_rates(app=app, action=action):
        times = cache.get(get_cache_key(request, app=app, action=action, rate=rate, key=key), [])  # newest first
        if len(times) >= rate.amount:
            waits.append(times[rate.amount - 1] + rate.duration - time.time())
    return math.ceil(max(waits))


def is_limited(form: Form) -> bool:
    """Return whether the form was refused because of too many failed attempts."""
    return any(error.code in _CODES for errors in form.errors.as_data().values() for error in errors)


def mark_rate_limited(response: HttpResponse, request: HttpRequest, key: str) -> None:
    """Turn a form's page into a 429 response; `key` is what the failed attempts count for."""
    response.status_code = 429
    _set_retry_after(response, seconds_left(request, "login_failed", key=key))


def handler429(request: HttpRequest) -> HttpResponse:
    """Return the 429 page, with Retry-After if the wait is known."""
    response = render(request, "429.html", status=429)
    match = request.resolver_match
    if match and match.url_name in _ACTIONS:
        app, action = _ACTIONS[match.url_name]
        _set_retry_after(response, seconds_left(request, action, app=app))
    return response


def _set_retry_after(response: HttpResponse, seconds: int) -> None:
    if seconds > 0:
        response["Retry-After"] = str(seconds)
