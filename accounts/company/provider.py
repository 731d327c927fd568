"""django-allauth's OpenID Connect, held to one provider and closed where it trusts more than it must.

allauth keeps the state and the PKCE verifier, and signs in. Ours is all that is asked of the provider and every check
of what it answers: allauth asks for no nonce and takes an ID token without its signature.
"""

import base64
import logging
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base import AuthError
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.company.http import ask
from accounts.company.people import account_of, person
from accounts.company.refusals import CANCELLED, MISUNDERSTOOD, PROVIDER_REFUSED, STALE, Reason, Refused
from accounts.company.tokens import verified
from quo_admin import parsers

log = logging.getLogger(__name__)


class _Description(msgspec.Struct):
    """What the provider says of itself, as far as it is used. The names are OpenID Connect Discovery's."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class _Tokens(msgspec.Struct):
    id_token: str
    access_token: str


class _Keys(msgspec.Struct):
    keys: list[Any]


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def described() -> _Description:
    """Ask the provider to describe itself. Raises Refused where it describes somebody else."""
    issuer = settings.OIDC_ISSUER
    found = ask(f"{issuer}/.well-known/openid-configuration", _Description)
    places = [found.authorization_endpoint, found.token_endpoint, found.jwks_uri]
    if found.userinfo_endpoint:
        places.append(found.userinfo_endpoint)
    try:
        cleaned = [parsers.url(place) for place in places]
    except ValueError:
        raise Refused(MISUNDERSTOOD, cause="endpoints") from None
    if found.issuer.rstrip("/") != issuer:
        raise Refused(MISUNDERSTOOD, cause="issuer")
    if origin(cleaned[0]) != origin(issuer):  # nobody is sent elsewhere
        raise Refused(MISUNDERSTOOD, cause="authorization endpoint")
    if issuer.startswith("https:") and not all(place.startswith("https:") for place in cleaned):
        raise Refused(MISUNDERSTOOD, cause="endpoints without https")
    return found


class CompanyOAuth2Adapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth has no types
    """One sign-in's dealings with the provider. `nonce` is what the sign-in began with."""

    nonce = ""
    basic_auth = False

    def __init__(self, request: HttpRequest, provider_id: str) -> None:
        super().__init__(request, provider_id)
        self._found: _Description | None = None

    @property
    def described(self) -> _Description:
        if self._found is None:
            self._found = described()
        return self._found

    @property
    def openid_config(self) -> dict[str, Any]:
        config: dict[str, Any] = msgspec.to_builtins(self.described)
        return config

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:  # noqa: ARG002 - allauth's signature
        return f"{settings.SITE_URL}{reverse('company_callback')}"

    def get_access_token_data(
        self,
        request: HttpRequest,
        app: SocialApp,
        client: Any,  # noqa: ANN401 - allauth's
        pkce_code_verifier: str | None = None,
    ) -> _Tokens:
        form = {
            "grant_type": "authorization_code",
            "code": request.GET["code"],
            "redirect_uri": client.callback_url,
            "code_verifier": pkce_code_verifier or "",
        }
        if "client_secret_post" in self.described.token_endpoint_auth_methods_supported:
            form |= {"client_id": app.client_id, "client_secret": app.secret}
            return ask(self.described.token_endpoint, _Tokens, form=form)
        pair = f"{quote(app.client_id, safe='')}:{quote(app.secret, safe='')}"
        headers = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
        return ask(self.described.token_endpoint, _Tokens, form=form, headers=headers)

    def parse_token(self, data: _Tokens) -> SocialToken:  # noqa: ARG002 - allauth's signature
        return SocialToken()  # none is kept

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:  # noqa: ARG002 - allauth's
        tokens: _Tokens = kwargs["response"]
        claims = verified(
            tokens.id_token,
            ask(self.described.jwks_uri, _Keys).keys,
            issuer=self.described.issuer,
            client_id=app.client_id,
            nonce=self.nonce,
        )
        if not isinstance(claims.get("email"), str) and self.described.userinfo_endpoint:
            claims = self._more(tokens.access_token, claims["sub"])  # the address and its proof from one place
        who = person(claims)
        account_of(who)
        account = SocialAccount(provider=settings.OIDC_ISSUER, uid=who.subject, extra_data={})
        return SocialLogin(provider=self.get_provider(), account=account)

    def _more(self, access_token: str, subject: Any) -> dict[str, Any]:  # noqa: ANN401 - as the token has it
        """Ask for the claims about the same person that some providers leave out of the ID token."""
        headers = {"Authorization": f"Bearer {access_token}"}
        claims: dict[str, Any] = ask(self.described.userinfo_endpoint, dict[str, Any], headers=headers)
        if claims.get("sub") != subject:  # somebody else's: OpenID Connect Core 1.0, section 5.3.2
            raise Refused(MISUNDERSTOOD, cause="sub of userinfo")
        return claims


class CompanyProvider(OpenIDConnectProvider):  # type: ignore[misc]  # allauth has no types
    oauth2_adapter_class = CompanyOAuth2Adapter
    pkce_enabled_default = True


class CompanyAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """The one provider is the settings'; none is ever taken from the database."""

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:  # noqa: ANN401, ARG002 - allauth's
        if not settings.OIDC_ISSUER:
            return []
        return [
            SocialApp(
                provider=CompanyProvider.id,
                provider_id=settings.OIDC_ISSUER,  # so a link is good for this issuer's people only
                name=settings.OIDC_NAME,
                client_id=settings.OIDC_CLIENT_ID,
                secret=settings.OIDC_CLIENT_SECRET,
            )
        ]

    def get_provider(self, request: HttpRequest, provider: Any, client_id: Any = None) -> CompanyProvider:  # noqa: ANN401 - allauth's
        return CompanyProvider(request, app=self.get_app(request, provider, client_id))

    def list_providers(self, request: HttpRequest) -> list[CompanyProvider]:
        return [CompanyProvider(request, app=app) for app in self.list_apps(request)]

    def get_requests_session(self) -> Any:  # noqa: ANN401 - allauth's signature
        raise NotImplementedError("The provider is asked by accounts.company.http alone.")

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002 - allauth's
        return False  # who may have an account is decided before, in people.py

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: CompanyProvider,  # noqa: ARG002 - allauth's signature
        error: Any = None,  # noqa: ANN401 - allauth's
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Show our page for it instead of allauth's, which knows what the provider wrote."""
        if isinstance(exception, Refused):
            raise ImmediateHttpResponse(refuse(request, exception))
        reason = PROVIDER_REFUSED if "state" in (extra_context or {}) else STALE
        raise ImmediateHttpResponse(refuse(request, Refused(CANCELLED if error == AuthError.CANCELLED else reason)))


def refuse(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """Say on a page what happened and what to do, and in the log why: both in our own words."""
    reason: Reason = refusal.reason
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
