"""The two addresses of company sign-in: where it begins, and where the provider sends people back to."""

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.decorators import rate_limit
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.company.provider import CompanyOAuth2Adapter, refuse
from accounts.company.refusals import UNPROVEN, Refused

View = Callable[[HttpRequest], HttpResponse]


def _where_there_is_one(view: View) -> View:
    """Without company sign-in its addresses do not exist."""

    @wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponse:
        if not settings.OIDC_ISSUER:
            raise Http404
        return view(request)

    return wrapped


@login_not_required
@never_cache
@require_POST
@_where_there_is_one
@rate_limit(action="login")  # type: ignore[untyped-decorator]  # allauth has no types
def begin(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider: by a page of ours.

    A redirect would be held to the pages' `form-action`, through every address that the provider leads on to.
    """
    next_url = get_next_redirect_url(request)
    if request.user.is_authenticated:
        return redirect(next_url or settings.LOGIN_REDIRECT_URL)
    nonce = secrets.token_urlsafe(32)
    try:
        sent = (
            get_adapter(request)
            .get_provider(request, None)
            .redirect(request, AuthProcess.LOGIN, next_url=next_url, auth_params={"nonce": nonce}, nonce=nonce)
        )
    except Refused as refusal:
        return refuse(request, refusal)
    return render(request, "socialaccount/leaving.html", {"address": sent.url, "name": settings.OIDC_NAME})


class _Callback(OAuth2CallbackView):  # type: ignore[misc]  # allauth has no types
    adapter: CompanyOAuth2Adapter

    def _get_state(self, request: HttpRequest, provider: Any) -> Any:  # noqa: ANN401 - allauth's
        state, response = super()._get_state(request, provider)
        if state is not None:
            self.adapter.nonce = state["nonce"]
            # A provider that says who it is, is the one that was asked: RFC 9207.
            if request.GET.get("iss", self.adapter.described.issuer) != self.adapter.described.issuer:
                raise Refused(UNPROVEN, cause="iss")
        return state, response


@login_not_required
@never_cache
@require_GET
@_where_there_is_one
def callback(request: HttpRequest) -> HttpResponse:
    """Take what the provider sent the browser back with, and sign in."""
    try:
        response: HttpResponse = _Callback.adapter_view(CompanyOAuth2Adapter(request, settings.OIDC_ISSUER))(request)
    except Refused as refusal:
        return refuse(request, refusal)
    return response
