"""What the company's provider is asked, and how its answers are checked.

Authlib makes the state, the nonce and the PKCE verifier, and verifies the ID token. We send the requests, which bounds
their time and size, and check the description: Authlib would obey all of it, even on how to check TLS.
"""

import base64
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec
from authlib.integrations.django_client import DjangoIntegration, DjangoOAuth2App
from authlib.oidc.core import CodeIDToken
from cryptography.exceptions import UnsupportedAlgorithm
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry

from accounts.company.http import ask
from accounts.company.refusals import MISUNDERSTOOD, UNPROVEN, SignInRefused
from quo_admin import parsers

# Signatures that only the owner of a private key can make: never "none", never one made with the client's secret.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
LEEWAY = 60  # seconds that the provider's clock may be off

# What a made-up token or key makes the libraries raise. Authlib asks for the keys again where none fits: RuntimeError.
_MALFORMED = (JoseError, UnsupportedAlgorithm, ValueError, TypeError, LookupError, ArithmeticError, AttributeError)
_UNPROVEN = (*_MALFORMED, RuntimeError)

Claims = dict[str, Any]


class Description(msgspec.Struct):
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


class States(DjangoIntegration):  # type: ignore[misc]  # Authlib has no types
    """The sign-ins that began in this browser, in its session."""

    expires_in = 600  # seconds

    def take(self, request: HttpRequest) -> dict[str, Any] | None:
        """Return what the session kept for the sign-in that the provider answers. It works once."""
        state = request.GET.get("state", "")
        self.clear_state_data(request.session, "")  # the expired ones
        kept: dict[str, Any] | None = self.get_state_data(request.session, state)
        if kept is not None:
            self.clear_state_data(request.session, state)
            request.session.save()  # at once: the same answer may be on its way a second time
        return kept


STATES = States("company")


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def described() -> Description:
    """Ask the provider to describe itself. Raises SignInRefused where it describes somebody else."""
    issuer = settings.OIDC_ISSUER
    found = ask(f"{issuer}/.well-known/openid-configuration", Description)
    places = [found.authorization_endpoint, found.token_endpoint, found.jwks_uri]
    if found.userinfo_endpoint:
        places.append(found.userinfo_endpoint)
    try:
        cleaned = [parsers.url(place) for place in places]
    except ValueError:
        raise SignInRefused(MISUNDERSTOOD, cause="endpoints") from None
    if found.issuer.rstrip("/") != issuer:
        raise SignInRefused(MISUNDERSTOOD, cause="issuer")
    if origin(cleaned[0]) != origin(issuer):  # nobody is sent elsewhere
        raise SignInRefused(MISUNDERSTOOD, cause="authorization endpoint")
    if issuer.startswith("https:") and not all(place.startswith("https:") for place in cleaned):
        raise SignInRefused(MISUNDERSTOOD, cause="endpoints without https")
    return found


def address_to_begin_at(request: HttpRequest, next_url: str | None) -> str:
    """Return the provider's sign-in address, and store its state in the session. Raises SignInRefused."""
    client = _client(described())
    begun = client.create_authorization_url(_callback_url())
    address: str = begun.pop("url")
    STATES.clear_state_data(request.session, "")  # the expired ones
    client.save_authorize_data(request, next=next_url, **begun)
    return address


def claims_of(request: HttpRequest, begun: dict[str, Any]) -> Claims:
    """Exchange the code in the browser's request for what the provider says about the person. Raises SignInRefused."""
    found = described()
    if request.GET.get("iss", found.issuer) != found.issuer:  # a provider that says who it is: RFC 9207
        raise SignInRefused(UNPROVEN, cause="iss")
    tokens = _redeem(found, request.GET["code"], begun["code_verifier"])
    client = _client(found, jwks={"keys": list(_usable(ask(found.jwks_uri, _Keys).keys))})
    try:
        claims: Claims = client.parse_id_token(
            {"id_token": tokens.id_token},
            nonce=begun["nonce"],
            claims_cls=CodeIDToken,
            claims_options={
                "iss": {"essential": True, "value": found.issuer},
                "aud": {"essential": True, "value": settings.OIDC_CLIENT_ID},
            },
            leeway=LEEWAY,
        )
    except _UNPROVEN as error:
        raise SignInRefused(UNPROVEN, cause=type(error).__name__) from None
    if isinstance(claims.get("email"), str) or not found.userinfo_endpoint:
        return claims
    # Some providers leave the address out of the ID token. It and its proof are taken from one place.
    headers = {"Authorization": f"Bearer {tokens.access_token}"}
    more: Claims = ask(found.userinfo_endpoint, dict[str, Any], headers=headers)
    if more.get("sub") != claims["sub"]:  # somebody else's: OpenID Connect Core 1.0, section 5.3.2
        raise SignInRefused(MISUNDERSTOOD, cause="sub of userinfo")
    return more


def _client(found: Description, **metadata: Any) -> DjangoOAuth2App:
    return DjangoOAuth2App(
        STATES,
        client_id=settings.OIDC_CLIENT_ID,
        authorize_url=found.authorization_endpoint,
        client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256"},
        id_token_signing_alg_values_supported=ALGORITHMS,
        **metadata,
    )


def _callback_url() -> str:
    return f"{settings.SITE_URL}{reverse('company_callback')}"


def _redeem(found: Description, code: str, verifier: str) -> _Tokens:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": _callback_url(),
        "code_verifier": verifier,
    }
    name, secret = settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET
    if "client_secret_post" in found.token_endpoint_auth_methods_supported:
        return ask(found.token_endpoint, _Tokens, form=form | {"client_id": name, "client_secret": secret})
    pair = f"{quote(name, safe='')}:{quote(secret, safe='')}"
    headers = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    return ask(found.token_endpoint, _Tokens, form=form, headers=headers)


def _usable(keys: list[Any]) -> Iterator[Any]:
    """Yield the public keys for signatures. A key of an unknown kind is skipped, so it locks nobody out."""
    for key in keys:
        with suppress(*_MALFORMED):
            if key.get("use", "sig") == "sig" and key["kty"] != "oct":
                JWKRegistry.import_key(key)
                yield key
