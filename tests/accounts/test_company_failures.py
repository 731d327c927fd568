"""Failed company sign-ins: nobody is signed in, and our page says what to do."""

import base64
import hmac
import json
import logging
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.signals import user_login_failed
from django.test import Client
from joserfc.jwk import ECKey, OctKey
from pytest_django import Settings

from accounts.company import provider as provider_module
from accounts.models import User
from tests.support.accounts import is_signed_in
from tests.support.company_sign_in import CALLBACK, address_of, ask_provider, begin, come_back, sign_in_by_company
from tests.support.oidc_provider import CLIENT_ID, CLIENT_SECRET, STRANGER, HttpsProvider, Provider, Reply

pytestmark = pytest.mark.django_db

DESCRIPTION = "/.well-known/openid-configuration"
SECRETS = (CLIENT_SECRET, "access-token-that-nobody-sees", "words of the provider", "eyJ", "code-0")
Fault = Callable[[Provider], object]


@pytest.fixture(autouse=True)
def _account(user: User) -> None:
    """Create the account that a successful sign-in would open."""


def assert_refused(client: Client, response: Any, heading: str, caplog: pytest.LogCaptureFixture) -> None:
    page = response.content.decode()
    assert f"<h1>{heading}</h1>" in page
    assert 'href="/accounts/login/"' in page
    assert response.status_code in {400, 403, 502}
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()
    assert heading == STALE or any(record.name == "accounts.company.views" for record in caplog.records)
    for text in (page, caplog.text):
        assert not [secret for secret in SECRETS if secret in text]


def _describes(**changes: Any) -> Fault:
    def change(provider: Provider) -> None:
        provider.dress = lambda description: description | changes

    return change


def _answers(path: str, body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Fault:
    def change(provider: Provider) -> None:
        provider.replies[path] = Reply(status, body, {"Content-Type": "application/json", **(headers or {})})

    return change


def _claims(**changes: Any) -> Fault:
    def change(provider: Provider) -> None:
        provider.claims |= changes

    return change


DOWN = "The company&#x27;s sign-in service does not answer"
ODD = "The company&#x27;s sign-in service answered oddly"
UNPROVEN = "The company&#x27;s sign-in could not be verified"
STALE = "This sign-in has ended"
COLLECTED = int(time.time())  # at collection, possibly many minutes before a test runs
DAY = 24 * 3600


@pytest.mark.parametrize(
    ("fault", "heading"),
    [
        (_answers(DESCRIPTION, b"<html>"), ODD),
        (_answers(DESCRIPTION, b""), ODD),
        (_answers(DESCRIPTION, b"[]"), ODD),
        (_answers(DESCRIPTION, b"null"), ODD),
        (_answers(DESCRIPTION, b"{}"), ODD),
        (_answers(DESCRIPTION, b"[" * 100_000), ODD),
        (_answers(DESCRIPTION, b"\xff\xfe"), ODD),
        (_answers(DESCRIPTION, b" " * 1_000_001), DOWN),
        (_answers(DESCRIPTION, b"", 503), DOWN),
        (_answers(DESCRIPTION, b"", 404), ODD),
        (_answers(DESCRIPTION, b"", 302, {"Location": "/elsewhere"}), ODD),
        (_answers(DESCRIPTION, b"not gzip", 200, {"Content-Encoding": "gzip"}), DOWN),
        (_describes(issuer="https://evil.example"), ODD),
        (_describes(issuer=42), ODD),
        (_describes(authorization_endpoint="https://evil.example/authorize"), ODD),
        (_describes(authorization_endpoint="javascript:alert(1)"), ODD),
        (_describes(authorization_endpoint="http://127.0.0.1:1/authorize"), ODD),
        (_describes(authorization_endpoint=""), ODD),
        (_describes(token_endpoint="file:///etc/passwd"), ODD),
        (_describes(jwks_uri="http://user:secret@127.0.0.1/keys"), ODD),
        (_describes(token_endpoint_auth_methods_supported={"a": 1}), ODD),
    ],
)
def test_the_browser_is_not_sent_to_a_provider_with_invalid_metadata(
    client: Client, provider: Provider, fault: Fault, heading: str, caplog: pytest.LogCaptureFixture
) -> None:
    fault(provider)

    assert_refused(client, begin(client), heading, caplog)


def test_an_https_provider_must_have_https_endpoints(
    client: Client, https_provider: HttpsProvider, caplog: pytest.LogCaptureFixture
) -> None:
    for name, value in (("jwks_uri", "http://login.example.com/x"), ("token_endpoint", "http://elsewhere.example/x")):
        https_provider(**{name: value})
        assert_refused(client, begin(client), ODD, caplog)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://login.example.com/authorize",
        "http://elsewhere.example/authorize",
        "javascript:alert(1)",
        "//elsewhere.example/authorize",
        "https://user:secret@elsewhere.example/authorize",
        "ftp://elsewhere.example/",
        "https://login.example.com/authorize?p=office#top",
        "https://login.example.com/authorize?p=of fice",
        "https://login.example.com/authorize?p=office\r\nX: y",
        "?p=office",
        "",
    ],
)
def test_an_https_provider_must_have_a_sign_in_page_with_https(
    client: Client, https_provider: HttpsProvider, endpoint: str, caplog: pytest.LogCaptureFixture
) -> None:
    https_provider(authorization_endpoint=endpoint)

    assert_refused(client, begin(client), ODD, caplog)


def test_an_unreachable_provider_is_named(
    client: Client, provider: Provider, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.OIDC_ISSUER = "http://127.0.0.1:1"

    assert_refused(client, begin(client), DOWN, caplog)


@pytest.mark.parametrize("path", [DESCRIPTION, "/token", "/keys"])
def test_a_slow_provider_times_out(
    client: Client, provider: Provider, monkeypatch: pytest.MonkeyPatch, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(provider_module, "SECONDS", 0.3)
    provider.hangs = path
    start = time.monotonic()

    assert_refused(client, sign_in_by_company(client), DOWN, caplog)
    assert time.monotonic() - start < 5


def _signed_by(key: Any, algorithm: str = "RS256") -> Fault:
    def change(provider: Provider) -> None:
        provider.key, provider.algorithm = key, algorithm

    return change


def _signed_with_the_client_secret(provider: Provider) -> None:
    """Algorithm confusion: fools a verifier that accepts any algorithm that the token names."""
    _signed_by(OctKey.import_key(CLIENT_SECRET * 2, {"kid": "one"}), "HS256")(provider)


def _signed_with_the_public_key(provider: Provider) -> None:
    public = provider.key.as_pem(private=False)
    provider.id_token = lambda nonce: _handmade_token(provider, "HS256", nonce, public)  # type: ignore[method-assign]


def _unsigned(provider: Provider) -> None:
    provider.id_token = lambda nonce: _handmade_token(provider, "none", nonce, b"")  # type: ignore[method-assign]


def _handmade_token(provider: Provider, algorithm: str, nonce: str, secret: bytes) -> str:
    """Return a token that no library would sign."""
    now = int(time.time())
    claims = {"iss": provider.url, "aud": CLIENT_ID, "sub": "s", "iat": now, "exp": now + 300, "nonce": nonce}
    parts = [json.dumps(part).encode() for part in ({"alg": algorithm, "kid": "one"}, claims | provider.claims)]
    signing_input = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    signature = hmac.digest(secret, signing_input, "sha256") if secret else b""
    return (signing_input + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


def _publishes_its_key_for_encryption(provider: Provider) -> None:
    provider.published = [key | {"use": "enc"} for key in provider.published]


def _publishes_its_key_for_another_algorithm(provider: Provider) -> None:
    provider.published = [key | {"alg": "RS512"} for key in provider.published]


def _publishes_its_key_with_another_id(provider: Provider) -> None:
    provider.published = [key | {"kid": "two"} for key in provider.published]


def _names_neither_of_two_keys(provider: Provider) -> None:
    provider.header = {"kid": None}
    provider.published.append(STRANGER.as_dict(private=False) | {"kid": "two"})


def _publishes(keys: Any) -> Fault:
    def change(provider: Provider) -> None:
        provider.published = keys

    return change


@pytest.mark.parametrize(
    ("fault", "heading"),
    [
        (_signed_by(STRANGER), UNPROVEN),
        (_signed_by(ECKey.generate_key("P-256", {"kid": "one"}), "ES256"), UNPROVEN),
        (_signed_with_the_client_secret, UNPROVEN),
        (_signed_with_the_public_key, UNPROVEN),
        (_unsigned, UNPROVEN),
        (_publishes([]), UNPROVEN),
        (_publishes_its_key_for_encryption, UNPROVEN),
        (_publishes_its_key_for_another_algorithm, UNPROVEN),
        (_publishes_its_key_with_another_id, UNPROVEN),
        (_names_neither_of_two_keys, UNPROVEN),
        (_publishes([{"kid": "one"}, 42, None]), UNPROVEN),
        (_publishes([{"kid": "one", "kty": "RSA", "n": 1, "e": []}]), UNPROVEN),
        (_publishes([{"kid": "one", "kty": "oct", "k": "c2VjcmV0"}]), UNPROVEN),
        (_publishes({"kid": "one"}), ODD),
        (_claims(iss="https://evil.example"), UNPROVEN),
        (_claims(iss=None), UNPROVEN),
        (_claims(aud="another"), UNPROVEN),
        (_claims(aud=[CLIENT_ID, "another"]), UNPROVEN),
        (_claims(azp="another"), UNPROVEN),
        (_claims(exp=COLLECTED - 600), UNPROVEN),
        (_claims(exp=None), UNPROVEN),
        (_claims(exp="soon"), UNPROVEN),
        (_claims(iat=COLLECTED + DAY), UNPROVEN),
        (_claims(iat=None), UNPROVEN),
        (_claims(nbf=COLLECTED + DAY), UNPROVEN),
        (_claims(nonce="another"), UNPROVEN),
        (_claims(nonce=None), UNPROVEN),
        (_claims(nonce={}), UNPROVEN),
        (_claims(sub=None), UNPROVEN),
        (_claims(sub=42), UNPROVEN),
        (_claims(sub=""), ODD),
        (_claims(sub="x" * 192), ODD),
        (_claims(sub="\x00"), ODD),
        (_answers("/token", b"{}"), ODD),
        (_answers("/token", b'{"access_token": "a", "id_token": 42}'), ODD),
        (_answers("/token", b'{"access_token": "a", "id_token": "x"}'), UNPROVEN),
        (_answers("/token", b'{"access_token": "a", "id_token": "e30.e30.e30"}'), UNPROVEN),
        (_answers("/token", b'{"access_token": "a", "id_token": "\\u0000.\\ud83d\\ude00."}'), UNPROVEN),
        (_answers("/token", b"access_token=a&id_token=b"), ODD),
        (_answers("/token", b'{"error_description": "<b>words of the provider</b>"}', 400), ODD),
        (_answers("/token", b"", 307, {"Location": "http://127.0.0.1:1/"}), ODD),
        (_answers("/keys", b"[]"), ODD),
        (_answers("/keys", b"", 500), DOWN),
    ],
)
def test_an_invalid_token_signs_nobody_in(
    client: Client, provider: Provider, fault: Fault, heading: str, caplog: pytest.LogCaptureFixture
) -> None:
    fault(provider)

    assert_refused(client, sign_in_by_company(client), heading, caplog)


def _userinfo(**claims: Any) -> Fault:
    def change(provider: Provider) -> None:
        provider.userinfo, provider.claims = claims, {}

    return change


def _verifies_no_address(provider: Provider) -> None:
    provider.userinfo, provider.claims = {"email": "ann@example.com"}, {"email_verified": True}


@pytest.mark.parametrize(
    ("fault", "heading"),
    [
        (_userinfo(sub="another", email="ann@example.com", email_verified=True), ODD),
        (_userinfo(email="ann@example.com"), "Your email address is not confirmed"),
        (_verifies_no_address, "Your email address is not confirmed"),
        (_answers("/userinfo", b"[]"), ODD),
        (_answers("/userinfo", b"", 401), ODD),
    ],
)
def test_userinfo_must_be_about_the_user_of_the_token_and_verified(
    client: Client, provider: Provider, fault: Fault, heading: str, caplog: pytest.LogCaptureFixture
) -> None:
    provider.claims = {}
    fault(provider)

    assert_refused(client, sign_in_by_company(client), heading, caplog)


# The callback


def callback_parameters(client: Client) -> dict[str, str]:
    """Start a sign-in; return the parameters that the provider sends back."""
    address = ask_provider(address_of(begin(client)))
    return dict(part.split("=") for part in urlsplit(address).query.split("&"))


def test_a_cancelled_sign_in_is_explained(client: Client, provider: Provider, caplog: pytest.LogCaptureFixture) -> None:
    back = {
        "state": callback_parameters(client)["state"],
        "error": "access_denied",
        "error_description": "words of the provider",
    }

    assert_refused(client, client.get(CALLBACK, back), "You have not signed in", caplog)


@pytest.mark.parametrize("error", ["server_error", "<b>words of the provider</b>", "", "x" * 10_000, "\x00"])
def test_an_error_text_of_the_provider_is_not_shown(
    client: Client, provider: Provider, error: str, caplog: pytest.LogCaptureFixture
) -> None:
    back = {"state": callback_parameters(client)["state"], "error": error, "error_uri": "https://evil.example/"}

    assert_refused(client, client.get(CALLBACK, back), "The company account did not let you in", caplog)


@pytest.mark.parametrize("state", ["", "unknown", "\x00", "x" * 10_000, "__proto__"])
def test_a_callback_with_an_unknown_state_is_refused(
    client: Client, provider: Provider, state: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert_refused(client, client.get(CALLBACK, {"code": "c", "state": state}), STALE, caplog)
    assert provider.seen == []


def test_a_callback_in_another_browser_is_refused(
    client: Client, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    address = ask_provider(address_of(begin(client)))

    assert_refused(Client(), come_back(Client(), address), STALE, caplog)


@pytest.mark.parametrize("code", ["", "wrong", "\x00", "x" * 10_000, "a&b=c"])
def test_an_unknown_code_signs_nobody_in(
    client: Client, provider: Provider, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    back = callback_parameters(client) | {"code": code}

    assert_refused(client, client.get(CALLBACK, back), ODD, caplog)


def test_a_code_of_another_sign_in_is_refused(
    client: Client, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    """The provider should refuse its PKCE verifier. If it does not, the nonce differs."""
    stolen = callback_parameters(Client())["code"]
    provider.checks_pkce = False

    assert_refused(client, client.get(CALLBACK, callback_parameters(client) | {"code": stolen}), UNPROVEN, caplog)


def test_a_callback_from_another_issuer_is_refused(
    client: Client, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    back = callback_parameters(client) | {"iss": "https://evil.example"}

    assert_refused(client, client.get(CALLBACK, back), UNPROVEN, caplog)


def test_a_callback_that_names_the_right_issuer_is_accepted(client: Client, provider: Provider) -> None:
    client.get(CALLBACK, callback_parameters(client) | {"iss": provider.url})

    assert is_signed_in(client)


def test_a_refusal_sends_the_signal_for_the_access_log(client: Client, provider: Provider) -> None:
    received: list[dict[str, Any]] = []

    def receive(credentials: dict[str, Any], **_more: Any) -> None:
        received.append(credentials)

    user_login_failed.connect(receive)
    User.objects.update(is_active=False)
    sign_in_by_company(client)
    user_login_failed.disconnect(receive)

    assert received == [{"email": "ann@example.com", "refused": "account switched off"}]


def test_an_invented_state_fills_no_log(client: Client, provider: Provider) -> None:
    received: list[object] = []

    def receive(**_signal: Any) -> None:
        received.append(1)

    user_login_failed.connect(receive)
    client.get(CALLBACK, {"code": "c", "state": "made up"})
    user_login_failed.disconnect(receive)

    assert received == []


def test_starting_a_company_sign_in_is_rate_limited(client: Client, provider: Provider, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}

    assert [begin(client).status_code for _ in range(2)] == [200, 429]


def test_a_successful_sign_in_logs_no_secrets(
    client: Client, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        sign_in_by_company(client)

    assert is_signed_in(client)
    assert CLIENT_SECRET not in caplog.text
    assert "eyJ" not in caplog.text
