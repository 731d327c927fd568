"""Successful company sign-ins and the accounts that they open, with a provider over real HTTP."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client
from joserfc.jwk import ECKey, OKPKey, RSAKey
from pytest_django import Settings

from accounts.models import User
from accounts.roles import Role, role_of
from tests.support.accounts import EMAIL, LOGIN, PASSWORD, is_signed_in, sign_in
from tests.support.company_sign_in import (
    BEGIN,
    CALLBACK,
    address_of,
    ask_provider,
    begin,
    come_back,
    sign_in_by_company,
)
from tests.support.oidc_provider import SUBJECT, HttpsProvider, Key, Provider

pytestmark = pytest.mark.django_db


def policy(response: Any) -> dict[str, str]:
    parts = response.headers["Content-Security-Policy"].split(";")
    return dict(part.strip().partition(" ")[::2] for part in parts)


# To the provider and back


def test_the_sign_in_page_has_a_button_for_company_sign_in(client: Client, provider: Provider) -> None:
    page = client.get(LOGIN).content.decode()

    assert "Sign in with Example Inc." in page
    assert f'action="{BEGIN}"' in page
    assert provider.seen == []


def test_without_settings_company_sign_in_does_not_exist(client: Client) -> None:
    assert BEGIN not in client.get(LOGIN).content.decode()
    assert begin(client).status_code == 404
    assert client.get(CALLBACK).status_code == 404


def test_a_company_sign_in_opens_the_account_with_the_same_email(
    client: Client, user: User, provider: Provider
) -> None:
    response = sign_in_by_company(client)

    assert response.headers["Location"] == "/"
    assert is_signed_in(client)
    assert SocialAccount.objects.get().user == user


def test_a_company_sign_in_leaves_the_password_unchanged(client: Client, user: User, provider: Provider) -> None:
    sign_in_by_company(client)

    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_company_sign_in_returns_to_the_requested_page(client: Client, user: User, provider: Provider) -> None:
    page = client.get(LOGIN, {"next": "/numbers/?q=1"}).content.decode()
    assert page.count('<input type="hidden" name="next" value="/numbers/?q=1">') == 2

    assert sign_in_by_company(client, next="/numbers/?q=1").headers["Location"] == "/numbers/?q=1"


@pytest.mark.parametrize(
    "page",
    [
        "https://office.auth.eu-central-1.amazoncognito.com/oauth2/authorize",  # Amazon Cognito
        "https://login.example.org:8443/authorize",
    ],
)
def test_the_sign_in_page_may_be_on_another_host_than_the_issuer(
    client: Client, https_provider: HttpsProvider, page: str
) -> None:
    https_provider(authorization_endpoint=page)

    assert address_of(begin(client)).startswith(f"{page}?")


def test_the_query_of_a_sign_in_page_is_kept(client: Client, https_provider: HttpsProvider) -> None:
    """Azure AD B2C names the policy in the query of its endpoints."""
    page = "https://office.b2clogin.example/oauth2/v2.0/authorize?p=b2c_1_office"
    https_provider(
        authorization_endpoint=page,
        token_endpoint="https://office.b2clogin.example/oauth2/v2.0/token?p=b2c_1_office",
        jwks_uri="https://office.b2clogin.example/discovery/v2.0/keys?p=b2c_1_office",
    )

    address = address_of(begin(client))
    assert address.startswith(f"{page}&")
    assert parse_qs(urlsplit(address).query)["response_type"] == ["code"]


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\x00/"])
def test_a_company_sign_in_never_redirects_to_another_site(
    client: Client, user: User, provider: Provider, address: str
) -> None:
    assert sign_in_by_company(client, next=address).headers["Location"] == "/"


def test_the_authorization_request_has_a_fresh_state_nonce_and_challenge(client: Client, provider: Provider) -> None:
    first, second = (parse_qs(urlsplit(address_of(begin(client))).query) for _ in range(2))

    assert first["redirect_uri"] == ["http://127.0.0.1:8000/accounts/company/callback/"]
    assert first["response_type"] == ["code"]
    assert first["code_challenge_method"] == ["S256"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 16
        assert first[name] != second[name]


def test_a_visitor_cannot_change_the_authorization_request(client: Client, provider: Provider) -> None:
    response = client.post(f"{BEGIN}?scope=admin&auth_params=prompt%3Dnone&process=connect&action=rerequest")

    query = parse_qs(urlsplit(address_of(response)).query)
    assert set(query["scope"][0].split()) == {"openid", "email", "profile"}
    assert "prompt" not in query


def test_the_client_secret_is_sent_in_a_header_if_the_provider_requires_it(
    client: Client, user: User, provider: Provider
) -> None:
    provider.methods = ["client_secret_basic"]
    sign_in_by_company(client)

    assert is_signed_in(client)


def test_claims_missing_from_the_token_are_read_from_userinfo(client: Client, user: User, provider: Provider) -> None:
    provider.userinfo, provider.claims = provider.claims, {}
    sign_in_by_company(client)

    assert is_signed_in(client)
    assert "/userinfo" in provider.seen


def test_the_callback_sends_each_request_once(client: Client, user: User, provider: Provider) -> None:
    address = ask_provider(address_of(begin(client)))
    provider.seen.clear()
    come_back(client, address)

    assert provider.seen == ["/.well-known/openid-configuration", "/token", "/keys"]


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (RSAKey.generate_key(2048, {"kid": "two"}), "PS256"),
        (ECKey.generate_key("P-256", {"kid": "two"}), "ES256"),
        (ECKey.generate_key("P-384", {"kid": "two"}), "ES384"),
        pytest.param(
            *(OKPKey.generate_key("Ed25519", {"kid": "two"}), "EdDSA"),
            marks=pytest.mark.filterwarnings("ignore:EdDSA is deprecated"),  # but providers still use the name
        ),
    ],
)
def test_asymmetric_signatures_are_accepted(
    client: Client, user: User, provider: Provider, key: Key, algorithm: str
) -> None:
    provider.key, provider.algorithm = key, algorithm
    provider.published.append(key.as_dict(private=False))
    sign_in_by_company(client)

    assert is_signed_in(client)


def test_a_token_without_a_key_id_is_verified_with_the_only_key(client: Client, user: User, provider: Provider) -> None:
    provider.header = {"kid": None}
    sign_in_by_company(client)

    assert is_signed_in(client)


def test_keys_of_unknown_kinds_are_ignored(client: Client, user: User, provider: Provider) -> None:
    provider.published[:0] = [{"kid": "new", "kty": "EC", "crv": "P-999", "x": "AA", "y": "AA"}, {"kty": "AKP"}]
    sign_in_by_company(client)

    assert is_signed_in(client)


def test_a_trailing_slash_of_the_issuer_is_ignored(client: Client, user: User, provider: Provider) -> None:
    provider.dress = lambda description: description | {"issuer": f"{provider.url}/"}
    provider.claims |= {"iss": f"{provider.url}/"}
    sign_in_by_company(client)

    assert is_signed_in(client)


def test_passwords_in_netrc_are_not_sent(
    client: Client, user: User, provider: Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password something\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    provider.methods = ["client_secret_basic"]
    sign_in_by_company(client)

    assert is_signed_in(client)


def test_only_our_form_can_start_a_company_sign_in(client: Client, provider: Provider) -> None:
    assert client.get(BEGIN).status_code == 405
    assert begin(Client(enforce_csrf_checks=True)).status_code == 403


def test_a_signed_in_user_is_not_sent_to_the_provider(client: Client, user: User, provider: Provider) -> None:
    client.force_login(user)

    assert begin(client, next="/numbers/").headers["Location"] == "/numbers/"


def test_the_content_security_policy_is_the_same_with_a_provider(client: Client, provider: Provider) -> None:
    assert policy(client.get(LOGIN)) == policy(begin(client)) == policy(client.get("/accounts/signup/"))


def test_signing_in_changes_the_session_key(client: Client, user: User, provider: Provider) -> None:
    sent = begin(client)
    before = client.session.session_key
    come_back(client, ask_provider(address_of(sent)))

    assert client.session.session_key != before


def test_no_tokens_or_claims_are_stored(client: Client, user: User, provider: Provider) -> None:
    sign_in_by_company(client)
    sign_in_by_company(Client())

    assert not SocialToken.objects.exists()
    assert SocialAccount.objects.get().extra_data == {}


def test_company_sign_in_skips_our_second_step(client: Client, user: User, provider: Provider) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret  # noqa: PLC0415 - needs loaded apps

    TOTP.activate(user, generate_totp_secret())

    assert sign_in_by_company(client).headers["Location"] == "/"
    assert is_signed_in(client)


# Which account it opens


def test_later_sign_ins_use_the_permanent_id_and_ignore_the_email(
    client: Client, user: User, provider: Provider
) -> None:
    sign_in_by_company(client)
    other = User.objects.create_user("other@example.com")
    provider.claims = {"email": other.email, "email_verified": True}

    again = Client()
    sign_in_by_company(again)

    assert again.session["_auth_user_id"] == str(user.pk)


def test_another_identity_with_the_same_email_is_refused(client: Client, user: User, provider: Provider) -> None:
    sign_in_by_company(client)
    provider.claims |= {"sub": "another"}

    again = Client()
    response = sign_in_by_company(again)

    assert response.status_code == 403
    assert b"Your account belongs to another company account" in response.content
    assert not is_signed_in(again)


def test_a_link_is_valid_for_its_issuer_only(client: Client, user: User, provider: Provider) -> None:
    SocialAccount.objects.create(provider="https://old.example.com", uid=SUBJECT, user=user)
    provider.claims |= {"email": "somebody@example.com"}

    assert sign_in_by_company(client).status_code == 403
    assert not is_signed_in(client)


def test_a_link_with_an_earlier_issuer_does_not_block_a_new_one(client: Client, user: User, provider: Provider) -> None:
    SocialAccount.objects.create(provider="https://old.example.com", uid="ann", user=user)
    sign_in_by_company(client)

    assert is_signed_in(client)


@pytest.mark.parametrize(
    "verified", [{"email_verified": True}, {"email_verified": "true"}, {"xms_edov": True}, {"xms_edov": "1"}]
)
def test_a_verified_email_links_the_account(
    client: Client, user: User, provider: Provider, verified: dict[str, Any]
) -> None:
    provider.claims = {"email": "ANN@Example.com", **verified}
    sign_in_by_company(client)

    assert is_signed_in(client)


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": None},
        {"email_verified": False},
        {"email_verified": "false"},
        {"email_verified": {}},
        {"email_verified": None, "xms_edov": 0},
        {"email": None},
        {"email": "Ann"},
        {"email": ["ann@example.com"]},
        {"email": "ann@example.com\x00"},
        {"email": "ann@example.com, eve@example.com"},
        {"email": "ann@example.com" + "x" * 300},
    ],
)
def test_an_unverified_email_links_nothing(
    client: Client, user: User, provider: Provider, settings: Settings, claims: dict[str, Any]
) -> None:
    settings.OIDC_DOMAINS = frozenset({"example.com"})
    provider.claims |= claims

    response = sign_in_by_company(client)

    assert response.status_code == 403
    assert b"Your email address is not confirmed" in response.content
    assert not SocialAccount.objects.exists()


def test_letters_that_lower_case_to_ascii_do_not_match_an_account(client: Client, provider: Provider) -> None:
    User.objects.create_user("kate@example.com")
    provider.claims |= {"email": "\u212aate@example.com"}

    assert sign_in_by_company(client).status_code == 403
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({}, 403),
        ({"hd": "example.com"}, 302),
        ({"email": "ann@gmail.com"}, 302),
        ({"email": "ann@notgmail.com"}, 403),
    ],
)
def test_google_is_trusted_only_for_gmail_and_workspaces(
    client: Client, provider: Provider, monkeypatch: pytest.MonkeyPatch, claims: dict[str, Any], status: int
) -> None:
    monkeypatch.setattr("accounts.company.identity.GOOGLE", "127.0.0.1")
    for email in (EMAIL, "ann@gmail.com", "ann@notgmail.com"):
        User.objects.create_user(email)
    provider.claims |= claims

    assert sign_in_by_company(client).status_code == status


def test_an_identity_without_an_account_is_refused(client: Client, provider: Provider) -> None:
    response = sign_in_by_company(client)

    assert response.status_code == 403
    assert b"You have no account in Quo Admin" in response.content
    assert not User.objects.exists()


def test_emails_of_the_company_domains_get_a_viewer_account(
    client: Client, provider: Provider, settings: Settings
) -> None:
    settings.OIDC_DOMAINS = frozenset({"example.com"})
    provider.claims |= {"name": "Ann\u202e <b>Example</b>\x00" + "x" * 300}

    sign_in_by_company(client)

    assert is_signed_in(client)
    user = User.objects.get()
    assert (user.email, user.is_staff, user.is_superuser, role_of(user)) == (EMAIL, False, False, Role.VIEWER)
    assert not user.has_usable_password()
    assert user.name.startswith("Ann <b>Example</b>xxx")
    assert len(user.name) == 150


@pytest.mark.parametrize("email", ["ann@sub.example.com", "ann@notexample.com", "ann@example.com.evil.example"])
def test_emails_of_other_domains_get_no_account(
    client: Client, provider: Provider, settings: Settings, email: str
) -> None:
    settings.OIDC_DOMAINS = frozenset({"example.com"})
    provider.claims |= {"email": email}

    assert sign_in_by_company(client).status_code == 403
    assert not User.objects.exists()


@pytest.mark.parametrize("is_linked", [True, False])
def test_an_inactive_account_is_refused_and_stays_inactive(
    client: Client, user: User, provider: Provider, settings: Settings, is_linked: bool
) -> None:
    settings.OIDC_DOMAINS = frozenset({"example.com"})
    if is_linked:
        sign_in_by_company(Client())
    User.objects.update(is_active=False)

    response = sign_in_by_company(client)

    assert response.status_code == 403
    assert b"This account is switched off" in response.content
    assert not is_signed_in(client)
    assert SocialAccount.objects.exists() == is_linked


def test_the_second_of_two_simultaneous_first_sign_ins_must_try_again(
    client: Client, provider: Provider, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OIDC_DOMAINS = frozenset({"example.com"})
    create = User.objects.create_user

    def create_after_another(email: str, **fields: Any) -> User:
        create(email)
        return create(email, **fields)

    monkeypatch.setattr(User.objects, "create_user", create_after_another)

    response = sign_in_by_company(client)

    assert response.status_code == 409
    assert b"Go to sign-in and try again." in response.content


# With OIDC_ONLY


@pytest.fixture
def company_only(provider: Provider, settings: Settings) -> Provider:
    settings.OIDC_ONLY = True
    return provider


def test_with_oidc_only_there_is_no_password_form(client: Client, company_only: Provider) -> None:
    page = client.get(LOGIN).content.decode()

    assert "Sign in with Example Inc." in page
    assert "password" not in page.lower()
    assert "passkey" not in page.lower()


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_with_oidc_only_a_password_is_refused_in_a_sentence(
    client: Client, user: User, company_only: Provider, accept: str
) -> None:
    response = client.post(LOGIN, {"login": EMAIL, "password": PASSWORD}, headers={"accept": accept})

    assert response.status_code == 403
    assert b"Nobody signs in with a password here. Sign in with Example Inc." in response.content
    assert not is_signed_in(client)


def test_with_oidc_only_passkeys_are_refused(client: Client, company_only: Provider) -> None:
    for response in (client.get("/accounts/passkey/"), client.post("/accounts/passkey/", {"credential": "{}"})):
        assert response.status_code == 403


def test_with_oidc_only_company_sign_in_works(client: Client, user: User, company_only: Provider) -> None:
    sign_in_by_company(client)

    assert is_signed_in(client)


def test_without_oidc_only_passwords_work_beside_company_sign_in(
    client: Client, user: User, provider: Provider
) -> None:
    sign_in(client)

    assert is_signed_in(client)
