"""The two views of company sign-in: the start, and the callback from the provider."""

import logging
from collections.abc import Callable
from functools import wraps

from allauth.account.utils import get_next_redirect_url
from allauth.decorators import rate_limit
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.signals import user_login_failed
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.company import pending
from accounts.company.identity import account_for, read_identity
from accounts.company.provider import begin_authorization, fetch_claims
from accounts.company.refusals import CANCELLED, PROVIDER_REFUSED, STALE, SignInRefused

log = logging.getLogger(__name__)

View = Callable[[HttpRequest], HttpResponse]


def _company_sign_in(view: View) -> View:
    """Turn SignInRefused into its page. Without company sign-in, return 404."""

    @wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponse:
        if not settings.OIDC_ISSUER:
            raise Http404
        try:
            return view(request)
        except SignInRefused as refusal:
            return _refusal_page(request, refusal)

    return wrapped


@login_not_required
@never_cache
@require_POST
@_company_sign_in
@rate_limit(action="login")  # type: ignore[untyped-decorator]  # allauth has no types
def begin(request: HttpRequest) -> HttpResponse:
    """Show the page that leads the browser to the provider.

    Our `form-action` policy would block a redirect, and every further redirect of the provider.
    """
    next_url = get_next_redirect_url(request)
    if request.user.is_authenticated:
        return redirect(next_url or settings.LOGIN_REDIRECT_URL)
    started = begin_authorization()
    context = {"address": started.pop("url"), "name": settings.OIDC_NAME}
    response = render(request, "socialaccount/leaving.html", context)
    pending.give(request, response, started.pop("state"), {**started, "next": next_url})
    return response


@login_not_required
@never_cache
@require_GET
@_company_sign_in
def callback(request: HttpRequest) -> HttpResponse:
    """Handle the provider's response and sign the user in."""
    sign_in = pending.take(request)
    if sign_in is None and request.user.is_authenticated:  # the same callback a second time, or another tab was faster
        return redirect(settings.LOGIN_REDIRECT_URL)
    if sign_in is None:
        raise SignInRefused(STALE)
    if "error" in request.GET or "code" not in request.GET:
        raise SignInRefused(CANCELLED if request.GET.get("error") == "access_denied" else PROVIDER_REFUSED)
    identity = read_identity(fetch_claims(request, sign_in))
    account_for(identity)
    login = SocialLogin(account=SocialAccount(provider=settings.OIDC_ISSUER, uid=identity.subject))
    login.state["next"] = sign_in["next"]
    response: HttpResponse = complete_social_login(request, login)
    return response


def _refusal_page(request: HttpRequest, refusal: SignInRefused) -> HttpResponse:
    """Log the refusal and return its page. Both contain only our own words."""
    reason = refusal.reason
    # Anybody can request the callback with an invented state, as often as they like: that must not fill the logs.
    may_be_invented = reason is STALE
    log.log(
        logging.INFO if may_be_invented else logging.WARNING,
        "company sign-in: %s%s",
        reason.key,
        f" ({refusal.cause})" if refusal.cause else "",
    )
    if not may_be_invented:
        credentials = {"email": refusal.email, "refused": reason.key}
        user_login_failed.send(sender=__name__, credentials=credentials, request=request)
    return render(request, "socialaccount/refused.html", {"reason": reason}, status=reason.status)
