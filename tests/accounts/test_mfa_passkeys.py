"""Passkeys at the server's side: what is no passkey is refused in a sentence, whatever it is made of."""

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

REFUSED = "This passkey was not accepted."


@pytest.fixture
def named(settings: Settings) -> None:
    settings.SITE_URL = "http://localhost:8000"


@pytest.fixture
def key(user: User) -> Authenticator:
    """A passkey whose kept data nobody can use."""
    return Authenticator.objects.create(user=user, type="webauthn", data={"name": "Desk", "credential": {}}, pk=7)


# Where they can be


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
def test_where_passkeys_cannot_be_a_sentence_says_why(settings: Settings, site_url: str, word: str) -> None:
    settings.SITE_URL = site_url

    assert word in passkeys.obstacle()
    assert bool(passkeys.obstacle()) == bool(word)


def test_they_are_bound_to_the_name_in_the_address(client: Client, settings: Settings) -> None:
    settings.SITE_URL = "https://phones.example.com:8443"

    options = client.get(PASSKEY, headers={"accept": "application/json"}).json()["request_options"]["publicKey"]

    assert options["rpId"] == "phones.example.com"
    assert options["userVerification"] == "required"
    assert options.get("allowCredentials", []) == []


def test_the_sign_in_page_offers_passkeys_only_where_they_can_be(client: Client, settings: Settings) -> None:
    assert PASSKEY not in client.get(LOGIN).content.decode()
    settings.SITE_URL = "http://localhost:8000"
    assert PASSKEY in client.get(LOGIN).content.decode()


def test_where_they_cannot_be_none_is_added(client: Client, user: User) -> None:
    sign_in(client)

    assert client.get(ADD).headers["Location"] == SECURITY


# What is none


def question(client: Client) -> None:
    assert client.get(PASSKEY, headers={"accept": "application/json"}).status_code == 200


@pytest.mark.parametrize("credential", HOSTILE)
def test_what_is_no_passkey_signs_nobody_in(client: Client, named: None, key: Authenticator, credential: str) -> None:
    question(client)
    response = client.post(PASSKEY, {"credential": credential}, follow=True)

    assert response.status_code == 200
    assert REFUSED in response.content.decode() or "sent no passkey" in response.content.decode()
    assert not is_signed_in(client)


@pytest.mark.parametrize("credential", HOSTILE)
def test_what_is_no_passkey_is_not_added(client: Client, named: None, user: User, credential: str) -> None:
    sign_in(client)
    client.post(AGAIN, {"password": PASSWORD})
    client.get(ADD)
    response = client.post(ADD, {"credential": credential, "name": "Desk"})

    assert response.status_code == 200
    assert REFUSED in response.content.decode() or "sent no passkey" in response.content.decode()
    assert not Authenticator.objects.exists()


def test_a_passkey_without_a_question_is_refused(client: Client, named: None, key: Authenticator) -> None:
    client.post(PASSKEY, {"credential": json.dumps(ANSWER)})

    assert not is_signed_in(client)


def test_the_passkey_of_somebody_without_a_password_signs_nobody_in(
    client: Client, named: None, user: User, key: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    user.set_unusable_password()
    user.save()
    monkeypatch.setattr("accounts.mfa.forms.PasskeySignInForm.clean_credential", lambda _form: key)

    response = client.post(PASSKEY, {"credential": json.dumps(ANSWER)}, follow=True)

    assert "Your account has no passkeys." in response.content.decode()
    assert not is_signed_in(client)


def test_asking_too_often_is_limited(client: Client, named: None, settings: Settings) -> None:
    settings.MFA_RATE_LIMITS = {"webauthn_login": "1/m/ip"}

    assert [client.post(PASSKEY, {"credential": "{}"}).status_code for _ in range(2)] == [302, 429]


# Whose they are


def test_nobody_removes_the_passkey_of_another(client: Client, named: None, key: Authenticator) -> None:
    other = User.objects.create_user("other@example.com", PASSWORD)
    client.force_login(other)
    client.post(AGAIN, {"password": PASSWORD})

    for response in (client.get(f"{SECURITY}passkeys/7/remove/"), client.post(f"{SECURITY}passkeys/7/remove/")):
        assert response.status_code == 404
    assert Authenticator.objects.filter(pk=7).exists()


def test_its_name_is_shown_as_text(client: Client, user: User) -> None:
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "<b>" + "x" * 500, "credential": {}})
    client.force_login(user)

    page = client.get(SECURITY).content.decode()

    assert "&lt;b&gt;xxx" in page
    assert "x" * 61 not in page


def test_the_sign_in_page_says_no_more_to_whoever_has_a_passkey(client: Client, named: None, user: User) -> None:
    """Whether an account has one is nobody's business before the password is right."""
    before = sign_in(client, password="wrong").content.decode()
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "Desk", "credential": {}})
    after = sign_in(Client(), password="wrong").content.decode()

    assert len(before) == len(after)
    assert STEP not in after
