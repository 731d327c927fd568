"""The OpenID Connect exchange with the company's provider.

Authlib creates the state, the nonce and the PKCE verifier, and verifies the ID token. We send the requests, to bound
their time and size, and validate the metadata: Authlib would obey all of it, even on how to check TLS.
"""

import base64
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import msgspec
from authlib.integrations.django_client import DjangoOAuth2App
from authlib.oidc.core import CodeIDToken
from cryptography.exceptions import UnsupportedAlgorithm
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry

from accounts.company.pending import PENDING
from accounts.company.refusals import INVALID_TOKEN, MISUNDERSTOOD, UNREACHABLE, SignInRefused
from quo_admin import parsers
from quo_admin.http.environment import suspect
from quo_admin.http.session import BoundedSession, Deadline

SECONDS = 5.0  # for one request, from the first byte to the last: a sign-in sends four
MAX_BYTES = 1_000_000

# Asymmetric signatures only: never "none", never one made with the client secret.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
LEEWAY = 60  # seconds that the provider's clock may differ

# What the libraries raise for malformed tokens and keys. Authlib raises RuntimeError when no key matches.
_MALFORMED = (JoseError, UnsupportedAlgorithm, ValueError, TypeError, LookupError, ArithmeticError, AttributeError)
_TOKEN_ERRORS = (*_MALFORMED, RuntimeError)

Claims = dict[str, Any]
Shape = TypeVar("Shape")


class Metadata(msgspec.Struct):
    """The part of the provider's metadata that we use. The names are OpenID Connect Discovery's."""

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


def ask(
    url: str, shape: type[Shape], *, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> Shape:
    """Return the JSON at `url` as `shape`; a `form` is posted. Raises SignInRefused, which holds nothing that was sent.

    Redirects are not followed: the provider answers at the addresses in its own description.
    """
    method = "GET" if form is None else "POST"
    headers = {"Accept": "application/json", **(headers or {})}
    with BoundedSession(Deadline(SECONDS)) as session:
        reply = session.exchange(method, url, MAX_BYTES, partial(_explain, url), data=form, headers=headers)
    if reply.status != 200:
        raise SignInRefused(UNREACHABLE if reply.status >= 500 else MISUNDERSTOOD, cause=f"status {reply.status}")
    try:
        return msgspec.json.decode(reply.body, type=shape)
    except (ValueError, RecursionError):  # msgspec's own are ValueErrors
        raise SignInRefused(MISUNDERSTOOD, cause="not the JSON expected") from None


def _explain(url: str, error: Exception) -> SignInRefused:
    cause = "timeout" if isinstance(error, TimeoutError) else type(error).__name__
    variable = suspect(url, error)
    return SignInRefused(UNREACHABLE, cause=f"{cause}, see {variable}" if variable else cause, variable=variable)


def fetch_metadata() -> Metadata:
    """Fetch and validate the provider's metadata. Raises SignInRefused."""
    issuer = settings.OIDC_ISSUER
    metadata = ask(f"{issuer}/.well-known/openid-configuration", Metadata)
    endpoints = [metadata.authorization_endpoint, metadata.token_endpoint, metadata.jwks_uri]
    if metadata.userinfo_endpoint:
        endpoints.append(metadata.userinfo_endpoint)
    try:
        urls = [_without_query(endpoint) for endpoint in endpoints]
    except ValueError:
        raise SignInRefused(MISUNDERSTOOD, cause="endpoints") from None
    if metadata.issuer.rstrip("/") != issuer:
        raise SignInRefused(MISUNDERSTOOD, cause="issuer")
    # With https, the issuer itself says where its endpoints are. Amazon Cognito's sign-in page is on another host.
    if issuer.startswith("https:"):
        if not all(url.startswith("https:") for url in urls):
            raise SignInRefused(MISUNDERSTOOD, cause="endpoints without https")
    elif origin(urls[0]) != origin(issuer):
        raise SignInRefused(MISUNDERSTOOD, cause="authorization endpoint")
    return metadata


def _without_query(endpoint: str) -> str:
    """Return an endpoint's address as browsers spell it, without its query. Raises ValueError."""
    address, _, query = endpoint.partition("?")
    if not re.fullmatch(r"[!-~]*", query) or "#" in query:
        raise ValueError(endpoint)
    return parsers.url(address)


def begin_authorization() -> dict[str, str]:
    """Return the `url` of the provider's sign-in page, and the `state` and secrets of this sign-in.

    Raises SignInRefused.
    """
    started: dict[str, str] = _client(fetch_metadata()).create_authorization_url(_callback_url())
    return started


def fetch_claims(request: HttpRequest, pending: dict[str, Any]) -> Claims:
    """Exchange the code in the callback request for verified claims. Raises SignInRefused."""
    metadata = fetch_metadata()
    if request.GET.get("iss", metadata.issuer) != metadata.issuer:  # RFC 9207
        raise SignInRefused(INVALID_TOKEN, cause="iss")
    tokens = _exchange_code(metadata, request.GET["code"], pending["code_verifier"])
    client = _client(metadata, jwks={"keys": list(_signing_keys(ask(metadata.jwks_uri, _Keys).keys))})
    try:
        claims: Claims = client.parse_id_token(
            {"id_token": tokens.id_token},
            nonce=pending["nonce"],
            claims_cls=CodeIDToken,
            claims_options={
                "iss": {"essential": True, "value": metadata.issuer},
                "aud": {"essential": True, "value": settings.OIDC_CLIENT_ID},
            },
            leeway=LEEWAY,
        )
    except _TOKEN_ERRORS as error:
        raise SignInRefused(INVALID_TOKEN, cause=type(error).__name__) from None
    if isinstance(claims.get("email"), str) or not metadata.userinfo_endpoint:
        return claims
    # Some providers leave the email out of the ID token. Take it and its verification from the same source.
    headers = {"Authorization": f"Bearer {tokens.access_token}"}
    userinfo: Claims = ask(metadata.userinfo_endpoint, dict[str, Any], headers=headers)
    if userinfo.get("sub") != claims["sub"]:  # OpenID Connect Core 1.0, section 5.3.2
        raise SignInRefused(MISUNDERSTOOD, cause="sub of userinfo")
    return userinfo


def _client(metadata: Metadata, **options: Any) -> DjangoOAuth2App:
    return DjangoOAuth2App(
        PENDING,
        client_id=settings.OIDC_CLIENT_ID,
        authorize_url=metadata.authorization_endpoint,
        client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256"},
        id_token_signing_alg_values_supported=ALGORITHMS,
        **options,
    )


def _callback_url() -> str:
    return f"{settings.SITE_URL}{reverse('company_callback')}"


def _exchange_code(metadata: Metadata, code: str, verifier: str) -> _Tokens:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": _callback_url(),
        "code_verifier": verifier,
    }
    name, secret = settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET
    if "client_secret_post" in metadata.token_endpoint_auth_methods_supported:
        return ask(metadata.token_endpoint, _Tokens, form=form | {"client_id": name, "client_secret": secret})
    pair = f"{quote(name, safe='')}:{quote(secret, safe='')}"
    headers = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    return ask(metadata.token_endpoint, _Tokens, form=form, headers=headers)


def _signing_keys(keys: list[Any]) -> Iterator[Any]:
    """Yield the public keys for signatures. Skips unknown kinds of keys, so that a new one locks nobody out."""
    for key in keys:
        with suppress(*_MALFORMED):
            if key.get("use", "sig") == "sig" and key["kty"] != "oct":
                JWKRegistry.import_key(key)
                yield key
