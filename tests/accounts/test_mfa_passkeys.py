"""Passkeys on the server: malformed credentials are refused in a sentence."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from pytest_django import Settings

from accounts.mfa import passkeys
from accounts.models import User
from tests.support.accounts import LOGIN, PASSWORD, is_signed_in, sign_in
from tests.support.second_steps import ADD, AGAIN, ANSWER, HOSTILE, PASSKEY, SECURITY, STEP

pytestmark = pytest.mark.django_db

REJECTED = "This passkey was not accepted."


@pytest.fixture
def site_with_name(settings: Settings) -> None:
    settings.SITE_URL = "http://localhost:8000"


@pytest.fixture
def passkey(user: User) -> Authenticator:
    """Store a passkey with unusable data."""
    return Authenticator.objects.create(user=user, type="webauthn", data={"name": "Desk", "credential": {}}, pk=7)


# Where passkeys work


@pytest.mark.parametrize(
    ("site_url", "word"),
    [
        ("http://127.0.0.1:8000", "an address with a name"),
        ("https://203.0.113.5", "an address with a name"),
        ("http://[::1]:8000", "an address with a name"),
        ("http://phones.example.com", "Passkeys need https."),
        ("http://localhost:8000", ""),
        ("https://phones.example.com", ""),
    ],
)
def test_a_sentence_explains_why_passkeys_cannot_work(settings: Settings, site_url: str, word: str) -> None:
    settings.SITE_URL = site_url

    assert word in passkeys.obstacle()
    assert bool(passkeys.obstacle()) == bool(word)


def test_passkeys_are_bound_to_the_host_name_of_the_site(client: Client, settings: Settings) -> None:
    settings.SITE_URL = "https://phones.example.com:8443"

    options = client.get(PASSKEY, headers={"accept": "application/json"}).json()["request_options"]["publicKey"]

    assert options["rpId"] == "phones.example.com"
    assert options["userVerification"] == "required"
    assert options.get("allowCredentials", []) == []


def test_the_sign_in_page_offers_passkeys_only_where_they_work(client: Client, settings: Settings) -> None:
    assert PASSKEY not in client.get(LOGIN).content.decode()
    settings.SITE_URL = "http://localhost:8000"
    assert PASSKEY in client.get(LOGIN).content.decode()


def test_no_passkey_can_be_added_where_they_do_not_work(client: Client, user: User) -> None:
    sign_in(client)

    assert client.get(ADD).headers["Location"] == SECURITY


# Malformed credentials


def request_challenge(client: Client) -> None:
    assert client.get(PASSKEY, headers={"accept": "application/json"}).status_code == 200


@pytest.mark.parametrize("credential", HOSTILE)
def test_a_malformed_credential_signs_nobody_in(
    client: Client, site_with_name: None, passkey: Authenticator, credential: str
) -> None:
    request_challenge(client)
    response = client.post(PASSKEY, {"credential": credential}, follow=True)

    assert response.status_code == 200
    assert REJECTED in response.content.decode() or "sent no passkey" in response.content.decode()
    assert not is_signed_in(client)


@pytest.mark.parametrize("credential", HOSTILE)
def test_a_malformed_credential_is_not_added(client: Client, site_with_name: None, user: User, credential: str) -> None:
    sign_in(client)
    client.post(AGAIN, {"password": PASSWORD})
    client.get(ADD)
    response = client.post(ADD, {"credential": credential, "name": "Desk"})

    assert response.status_code == 200
    assert REJECTED in response.content.decode() or "sent no passkey" in response.content.decode()
    assert not Authenticator.objects.exists()


def test_a_passkey_without_a_challenge_is_refused(client: Client, site_with_name: None, passkey: Authenticator) -> None:
    client.post(PASSKEY, {"credential": json.dumps(ANSWER)})

    assert not is_signed_in(client)


def test_a_passkey_of_a_user_without_a_password_is_refused(
    client: Client, site_with_name: None, user: User, passkey: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    user.set_unusable_password()
    user.save()
    monkeypatch.setattr("accounts.mfa.forms.PasskeySignInForm.clean_credential", lambda _form: passkey)

    response = client.post(PASSKEY, {"credential": json.dumps(ANSWER)}, follow=True)

    assert "Your account has no passkeys." in response.content.decode()
    assert not is_signed_in(client)


def test_passkey_sign_in_is_rate_limited(client: Client, site_with_name: None, settings: Settings) -> None:
    settings.MFA_RATE_LIMITS = {"webauthn_login": "1/m/ip"}

    assert [client.post(PASSKEY, {"credential": "{}"}).status_code for _ in range(2)] == [302, 429]


# Owners


def test_a_user_cannot_remove_the_passkey_of_another(
    client: Client, site_with_name: None, passkey: Authenticator
) -> None:
    other = User.objects.create_user("other@example.com", PASSWORD)
    client.force_login(other)
    client.post(AGAIN, {"password": PASSWORD})

    for response in (client.get(f"{SECURITY}passkeys/7/remove/"), client.post(f"{SECURITY}passkeys/7/remove/")):
        assert response.status_code == 404
    assert Authenticator.objects.filter(pk=7).exists()


def test_the_name_of_a_passkey_is_escaped_and_shortened(client: Client, user: User) -> None:
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "<b>" + "x" * 500, "credential": {}})
    client.force_login(user)

    page = client.get(SECURITY).content.decode()

    assert "&lt;b&gt;xxx" in page
    assert "x" * 61 not in page


def test_the_sign_in_page_does_not_reveal_whether_an_account_has_a_passkey(
    client: Client, site_with_name: None, user: User
) -> None:
    before = sign_in(client, password="wrong").content.decode()
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "Desk", "credential": {}})
    after = sign_in(Client(), password="wrong").content.decode()

    assert len(before) == len(after)
    assert STEP not in after
