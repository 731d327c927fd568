"""The two addresses of company sign-in: where it begins, and where the provider sends people back to."""

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

from accounts.company.people import account_of, person
from accounts.company.provider import STATES, address_to_begin_at, claims_of
from accounts.company.refusals import CANCELLED, PROVIDER_REFUSED, STALE, SignInRefused

log = logging.getLogger(__name__)

View = Callable[[HttpRequest], HttpResponse]


def _company(view: View) -> View:
    """Show the page of a refusal where the view raises one. Without company sign-in its addresses do not exist."""

    @wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponse:
        if not settings.OIDC_ISSUER:
            raise Http404
        try:
            return view(request)
        except SignInRefused as refusal:
            return _refuse(request, refusal)

    return wrapped


@login_not_required
@never_cache
@require_POST
@_company
@rate_limit(action="login")  # type: ignore[untyped-decorator]  # allauth has no types
def begin(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider: by a page of ours.

    A redirect would be held to the pages' `form-action`, through every address that the provider leads on to.
    """
    next_url = get_next_redirect_url(request)
    if request.user.is_authenticated:
        return redirect(next_url or settings.LOGIN_REDIRECT_URL)
    address = address_to_begin_at(request, next_url)
    return render(request, "socialaccount/leaving.html", {"address": address, "name": settings.OIDC_NAME})


@login_not_required
@never_cache
@require_GET
@_company
def callback(request: HttpRequest) -> HttpResponse:
    """Take what the provider sent the browser back with, and sign in."""
    begun = STATES.take(request)
    if begun is None:
        raise SignInRefused(STALE)
    if "error" in request.GET or "code" not in request.GET:
        raise SignInRefused(CANCELLED if request.GET.get("error") == "access_denied" else PROVIDER_REFUSED)
    who = person(claims_of(request, begun))
    account_of(who)
    login = SocialLogin(account=SocialAccount(provider=settings.OIDC_ISSUER, uid=who.subject))
    login.state["next"] = begun["next"]
    response: HttpResponse = complete_social_login(request, login)
    return response


def _refuse(request: HttpRequest, refusal: SignInRefused) -> HttpResponse:
    """Say on a page what happened and what to do, and in the log why: both in our own words."""
    reason = refusal.reason
    # Anybody can open the address with a state of their own making, and as often as they like.
    is_strangers = reason is STALE
    log.log(
        logging.INFO if is_strangers else logging.WARNING,
        "company sign-in: %s%s",
        reason.key,
        f" ({refusal.cause})" if refusal.cause else "",
    )
    if not is_strangers:
        credentials = {"email": refusal.email, "refused": reason.key}
        user_login_failed.send(sender=__name__, credentials=credentials, request=request)
    return render(request, "socialaccount/refused.html", {"reason": reason}, status=reason.status)
