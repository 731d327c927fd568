"""How long somebody waits whom a limit on signing in has stopped: allauth counts, and does not say."""

import math
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from accounts.allauth_internals import attempts

ACCOUNT, MFA = "allauth.account", "allauth.mfa"  # whose limits they are
_CODES = {"too_many_login_attempts", "rate_limited"}

View = Callable[..., HttpResponseBase]


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


def says_when(view: View, action: str, *, app: str = ACCOUNT) -> View:
    """Have the view say when to come again where the limit on `action` answers in its place."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if response.status_code == 429 and not response.has_header("Retry-After"):
            _say_when(response, seconds_left(request, action, app=app))
        return response

    return wrapped


def _say_when(response: HttpResponseBase, seconds: int) -> None:
    if seconds > 0:
        response["Retry-After"] = str(seconds)
