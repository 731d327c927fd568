"""Company sign-in as it should go, and who comes into which account, against a provider over real HTTP."""

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
from tests.support.oidc_provider import SUBJECT, Key, Provider

pytestmark = pytest.mark.django_db


def policy(response: Any) -> dict[str, str]:
    parts = response.headers["Content-Security-Policy"].split(";")
    return dict(part.strip().partition(" ")[::2] for part in parts)


# The way there and back


def test_the_sign_in_page_has_a_button_for_it(client: Client, provider: Provider) -> None:
    page = client.get(LOGIN).content.decode()

    assert "Sign in with Example Inc." in page
    assert f'action="{BEGIN}"' in page
    assert provider.seen == []


def test_without_settings_there_is_no_button_and_no_address_for_it(client: Client) -> None:
    assert BEGIN not in client.get(LOGIN).content.decode()
    assert begin(client).status_code == 404
    assert client.get(CALLBACK).status_code == 404


def test_it_signs_in_to_the_account_with_the_same_address(client: Client, user: User, provider: Provider) -> None:
    response = sign_in_by_company(client)

    assert response.headers["Location"] == "/"
    assert is_signed_in(client)
    assert SocialAccount.objects.get().user == user


def test_the_password_stays_what_it_was(client: Client, user: User, provider: Provider) -> None:
    sign_in_by_company(client)

    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_it_returns_to_the_page_that_was_asked_for(client: Client, user: User, provider: Provider) -> None:
    page = client.get(LOGIN, {"next": "/numbers/?q=1"}).content.decode()
    assert page.count('<input type="hidden" name="next" value="/numbers/?q=1">') == 2

    assert sign_in_by_company(client, next="/numbers/?q=1").headers["Location"] == "/numbers/?q=1"


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\x00/"])
def test_it_never_leads_elsewhere(client: Client, user: User, provider: Provider, address: str) -> None:
    assert sign_in_by_company(client, next=address).headers["Location"] == "/"


def test_the_provider_is_asked_with_everything_that_protects_the_answer(client: Client, provider: Provider) -> None:
    first, second = (parse_qs(urlsplit(address_of(begin(client))).query) for _ in range(2))

    assert first["redirect_uri"] == ["http://127.0.0.1:8000/accounts/company/callback/"]
    assert first["response_type"] == ["code"]
    assert first["code_challenge_method"] == ["S256"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 16
        assert first[name] != second[name]


def test_a_visitor_cannot_change_what_the_provider_is_asked(client: Client, provider: Provider) -> None:
    response = client.post(f"{BEGIN}?scope=admin&auth_params=prompt%3Dnone&process=connect&action=rerequest")

    asked = parse_qs(urlsplit(address_of(response)).query)
    assert set(asked["scope"][0].split()) == {"openid", "email", "profile"}
    assert "prompt" not in asked


def test_a_provider_that_wants_the_secret_in_a_header_gets_it_there(
    client: Client, user: User, provider: Provider
) -> None:
    provider.methods = ["client_secret_basic"]
    sign_in_by_company(client)

    assert is_signed_in(client)


def test_claims_that_the_token_leaves_out_are_asked_for(client: Client, user: User, provider: Provider) -> None:
    provider.userinfo, provider.claims = provider.claims, {}
    sign_in_by_company(client)

    assert is_signed_in(client)
    assert "/userinfo" in provider.seen


def test_coming_back_asks_the_provider_for_each_thing_once(client: Client, user: User, provider: Provider) -> None:
    back = ask_provider(address_of(begin(client)))
    provider.seen.clear()
    come_back(client, back)

    assert provider.seen == ["/.well-known/openid-configuration", "/token", "/keys"]


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (RSAKey.generate_key(2048, {"kid": "two"}), "PS256"),
        (ECKey.generate_key("P-256", {"kid": "two"}), "ES256"),
        (ECKey.generate_key("P-384", {"kid": "two"}), "ES384"),
        pytest.param(
            *(OKPKey.generate_key("Ed25519", {"kid": "two"}), "EdDSA"),
            marks=pytest.mark.filterwarnings("ignore:EdDSA is deprecated"),  # and still what providers call it
        ),
    ],
)
def test_a_signature_that_only_the_owner_of_a_key_can_make_is_taken(
    client: Client, user: User, provider: Provider, key: Key, algorithm: str
) -> None:
    provider.key, provider.algorithm = key, algorithm
    provider.published.append(key.as_dict(private=False))
    sign_in_by_company(client)

    assert is_signed_in(client)


def test_a_token_that_names_no_key_is_held_to_the_only_one(client: Client, user: User, provider: Provider) -> None:
    provider.header = {"kid": None}
    sign_in_by_company(client)

    assert is_signed_in(client)


def test_a_key_of_an_unknown_kind_keeps_nobody_out(client: Client, user: User, provider: Provider) -> None:
    provider.published[:0] = [{"kid": "new", "kty": "EC", "crv": "P-999", "x": "AA", "y": "AA"}, {"kty": "AKP"}]
    sign_in_by_company(client)

    assert is_signed_in(client)


def test_a_slash_at_the_end_of_the_issuer_makes_no_other_of_it(client: Client, user: User, provider: Provider) -> None:
    provider.dress = lambda description: description | {"issuer": f"{provider.url}/"}
    provider.claims |= {"iss": f"{provider.url}/"}
    sign_in_by_company(client)

    assert is_signed_in(client)


def test_passwords_that_the_server_keeps_for_others_are_not_sent(
    client: Client, user: User, provider: Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password something\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    provider.methods = ["client_secret_basic"]
    sign_in_by_company(client)

    assert is_signed_in(client)


def test_it_begins_by_a_form_of_ours_only(client: Client, provider: Provider) -> None:
    assert client.get(BEGIN).status_code == 405
    assert begin(Client(enforce_csrf_checks=True)).status_code == 403


def test_whoever_is_signed_in_is_not_sent_away(client: Client, user: User, provider: Provider) -> None:
    client.force_login(user)

    assert begin(client, next="/numbers/").headers["Location"] == "/numbers/"


def test_nothing_is_loosened_for_the_provider(client: Client, provider: Provider) -> None:
    assert policy(client.get(LOGIN)) == policy(begin(client)) == policy(client.get("/accounts/signup/"))


def test_signing_in_changes_the_session_key(client: Client, user: User, provider: Provider) -> None:
    sent = begin(client)
    before = client.session.session_key
    come_back(client, ask_provider(address_of(sent)))

    assert client.session.session_key != before


def test_nothing_of_the_provider_is_kept(client: Client, user: User, provider: Provider) -> None:
    sign_in_by_company(client)
    sign_in_by_company(Client())

    assert not SocialToken.objects.exists()
    assert SocialAccount.objects.get().extra_data == {}


def test_no_second_step_is_asked_for(client: Client, user: User, provider: Provider) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret  # noqa: PLC0415 - needs the apps

    TOTP.activate(user, generate_totp_secret())

    assert sign_in_by_company(client).headers["Location"] == "/"
    assert is_signed_in(client)


# Who comes into which account


def test_afterwards_the_lasting_name_counts_and_no_address(client: Client, user: User, provider: Provider) -> None:
    sign_in_by_company(client)
    other = User.objects.create_user("other@example.com")
    provider.claims = {"email": other.email, "email_verified": True}

    again = Client()
    sign_in_by_company(again)

    assert again.session["_auth_user_id"] == str(user.pk)


def test_somebody_else_with_the_same_address_is_refused(client: Client, user: User, provider: Provider) -> None:
    sign_in_by_company(client)
    provider.claims |= {"sub": "another"}

    again = Client()
    response = sign_in_by_company(again)

    assert response.status_code == 403
    assert b"Your account belongs to another company account" in response.content
    assert not is_signed_in(again)


def test_a_link_is_good_for_its_issuer_only(client: Client, user: User, provider: Provider) -> None:
    SocialAccount.objects.create(provider="https://old.example.com", uid=SUBJECT, user=user)
    provider.claims |= {"email": "somebody@example.com"}

    assert sign_in_by_company(client).status_code == 403
    assert not is_signed_in(client)


def test_a_link_with_an_earlier_issuer_keeps_nobody_out(client: Client, user: User, provider: Provider) -> None:
    SocialAccount.objects.create(provider="https://old.example.com", uid="ann", user=user)
    sign_in_by_company(client)

    assert is_signed_in(client)


@pytest.mark.parametrize(
    "vouched", [{"email_verified": True}, {"email_verified": "true"}, {"xms_edov": True}, {"xms_edov": "1"}]
)
def test_an_address_that_the_provider_vouches_for_links(
    client: Client, user: User, provider: Provider, vouched: dict[str, Any]
) -> None:
    provider.claims = {"email": "ANN@Example.com", **vouched}
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
def test_an_address_that_nobody_vouches_for_links_to_nothing(
    client: Client, user: User, provider: Provider, settings: Settings, claims: dict[str, Any]
) -> None:
    settings.OIDC_DOMAINS = frozenset({"example.com"})
    provider.claims |= claims

    response = sign_in_by_company(client)

    assert response.status_code == 403
    assert b"Your email address is not confirmed" in response.content
    assert not SocialAccount.objects.exists()


def test_letters_that_become_others_in_lower_case_are_not_taken(client: Client, provider: Provider) -> None:
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
def test_google_is_believed_where_it_knows(
    client: Client, provider: Provider, monkeypatch: pytest.MonkeyPatch, claims: dict[str, Any], status: int
) -> None:
    monkeypatch.setattr("accounts.company.people.GOOGLE", "127.0.0.1")
    for email in (EMAIL, "ann@gmail.com", "ann@notgmail.com"):
        User.objects.create_user(email)
    provider.claims |= claims

    assert sign_in_by_company(client).status_code == status


def test_an_unknown_person_is_refused(client: Client, provider: Provider) -> None:
    response = sign_in_by_company(client)

    assert response.status_code == 403
    assert b"You have no account in Quo Admin" in response.content
    assert not User.objects.exists()


def test_people_of_the_companys_domains_get_an_account_as_viewers(
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
def test_people_of_other_domains_get_none(client: Client, provider: Provider, settings: Settings, email: str) -> None:
    settings.OIDC_DOMAINS = frozenset({"example.com"})
    provider.claims |= {"email": email}

    assert sign_in_by_company(client).status_code == 403
    assert not User.objects.exists()


@pytest.mark.parametrize("is_linked", [True, False])
def test_an_account_that_is_switched_off_stays_so(
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


def test_of_two_first_sign_ins_at_once_one_is_asked_to_try_again(
    client: Client, provider: Provider, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OIDC_DOMAINS = frozenset({"example.com"})
    make = User.objects.create_user

    def make_after_another(email: str, **fields: Any) -> User:
        make(email)
        return make(email, **fields)

    monkeypatch.setattr(User.objects, "create_user", make_after_another)

    response = sign_in_by_company(client)

    assert response.status_code == 409
    assert b"Go to sign-in and try again." in response.content


# Only by company sign-in


@pytest.fixture
def only(provider: Provider, settings: Settings) -> Provider:
    settings.OIDC_ONLY = True
    return provider


def test_only_by_company_shows_no_password_form(client: Client, only: Provider) -> None:
    page = client.get(LOGIN).content.decode()

    assert "Sign in with Example Inc." in page
    assert "password" not in page.lower()
    assert "passkey" not in page.lower()


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_only_by_company_refuses_a_password_in_a_sentence(
    client: Client, user: User, only: Provider, accept: str
) -> None:
    response = client.post(LOGIN, {"login": EMAIL, "password": PASSWORD}, headers={"accept": accept})

    assert response.status_code == 403
    assert b"Nobody signs in with a password here. Sign in with Example Inc." in response.content
    assert not is_signed_in(client)


def test_only_by_company_refuses_passkeys(client: Client, only: Provider) -> None:
    for response in (client.get("/accounts/passkey/"), client.post("/accounts/passkey/", {"credential": "{}"})):
        assert response.status_code == 403


def test_only_by_company_lets_the_company_in(client: Client, user: User, only: Provider) -> None:
    sign_in_by_company(client)

    assert is_signed_in(client)


def test_beside_company_sign_in_the_password_works_unless_forbidden(
    client: Client, user: User, provider: Provider
) -> None:
    sign_in(client)

    assert is_signed_in(client)
