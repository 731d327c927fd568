"""Forms of pages that were open while somebody signed in: signing in changes the CSRF token of the whole browser."""

from collections.abc import Callable
from typing import Any

from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.middleware import SignInRequiredMiddleware
from quo_admin.addresses import wrong_origin
from quo_admin.navigation import own_origins

# The forms that only visitors who have not signed in can send, by the names of their URLs.
SIGN_IN_FORMS = frozenset({"account_login", "company_login", "mfa_authenticate", "mfa_login_webauthn"})


class OwnFormMiddleware:
    """Accepts a form without a valid CSRF token if the browser says that a page of this site sent it.

    Every current browser sends the origin of a form, and no page can change that header.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_args: Any) -> None:
        # Without cookies nobody can sign in: CsrfViewMiddleware refuses the form, and the page says so.
        if _is_own(request) and (request.COOKIES or getattr(view, "login_required", True)):
            request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # Django's own switch


def _is_own(request: HttpRequest) -> bool:
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    # Settings for privacy may hide the origin. Browsers send `Sec-Fetch-Site` only over https and to their own machine.
    is_hidden = origin in {None, "null"} and site is not None
    return (is_hidden or origin in own_origins(request)) and site in {None, "same-origin"}


def refuse(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer a form that CsrfViewMiddleware refuses: lead to where it can be sent again, or say why it cannot."""
    if problem := wrong_origin(request):
        return render(request, "403_csrf.html", {"problem": problem}, status=403)
    match = request.resolver_match
    is_sign_in = match is not None and match.url_name in SIGN_IN_FORMS
    response: HttpResponse
    if is_sign_in and request.user.is_authenticated:
        response = redirect(get_next_redirect_url(request) or settings.LOGIN_REDIRECT_URL)
    elif match and not request.user.is_authenticated and getattr(match.func, "login_required", True):
        response = SignInRequiredMiddleware(refuse).handle_no_permission(request, match.func)
    else:
        context = {
            "has_cookies": bool(request.COOKIES),
            "is_sign_in": is_sign_in,
            "next": get_next_redirect_url(request),
        }
        response = render(request, "403_csrf.html", context, status=403)
    return response
