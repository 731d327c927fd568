"""How long somebody waits whom a limit on signing in has stopped: allauth counts, and does not say."""

import math
import time

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.allauth_internals import attempts

ACCOUNT, MFA = "allauth.account", "allauth.mfa"  # whose limits they are
# Which limit an address is held to.
_ACTIONS = {
    "account_login": (ACCOUNT, "login"),
    "company_login": (ACCOUNT, "login"),
    "account_change_password": (ACCOUNT, "change_password"),
    "account_reauthenticate": (ACCOUNT, "reauthenticate"),
    "mfa_reauthenticate": (ACCOUNT, "reauthenticate"),
    "mfa_reauthenticate_webauthn": (ACCOUNT, "reauthenticate"),
    "mfa_login_webauthn": (MFA, "webauthn_login"),
}
_CODES = {"too_many_login_attempts", "rate_limited"}


def seconds_left(request: HttpRequest, action: str, *, key: str = "", app: str = ACCOUNT) -> int:
    """Return after how many seconds the limits on `action` let the next one through; 0 where they do now."""
    waits = [0.0]
    for rate, times in attempts(request, app=app, action=action, key=key):
        if len(times) >= rate.amount:
            waits.append(times[rate.amount - 1] + rate.duration - time.time())
    return math.ceil(max(waits))


def is_limited(form: Form) -> bool:
    """Say whether the form was refused because of too many failed attempts."""
    return any(error.code in _CODES for errors in form.errors.as_data().values() for error in errors)


def refuse_for_now(response: HttpResponse, request: HttpRequest, key: str) -> None:
    """Make the page of a form into the answer to too many failed attempts; `key` is what they count for."""
    response.status_code = 429
    _say_when(response, seconds_left(request, "login_failed", key=key))


def handler429(request: HttpRequest) -> HttpResponse:
    """Answer in the place of a view that a limit keeps from answering, and say when to come again."""
    response = render(request, "429.html", status=429)
    match = request.resolver_match
    if match and match.url_name in _ACTIONS:
        app, action = _ACTIONS[match.url_name]
        _say_when(response, seconds_left(request, action, app=app))
    return response


def _say_when(response: HttpResponse, seconds: int) -> None:
    if seconds > 0:
        response["Retry-After"] = str(seconds)
