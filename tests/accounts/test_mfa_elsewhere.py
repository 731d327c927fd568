"""Passkeys that were made while Quo Admin was at another address: browsers do not offer them here."""

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.mfa import passkeys
from accounts.models import User
from tests.support.accounts import LOGIN, sign_in
from tests.support.pages import find_one, parse_page, text_of, texts
from tests.support.second_steps import AGAIN, SECURITY, STEP, register_passkey

pytestmark = pytest.mark.django_db

OLD, HERE = "http://localhost:8000", "https://phones.example.com"
SENTENCE = f"Made under {OLD}: it does not work at {HERE}."


@pytest.fixture(autouse=True)
def _site(settings: Settings) -> None:
    settings.SITE_URL = HERE


@pytest.mark.parametrize(
    ("made", "works"),
    [
        (HERE, True),
        ("https://phones.example.com:8443", True),
        (OLD, False),
        ("https://example.com", False),
        ("https://www.phones.example.com", False),
        ("https://phones.example.org", False),
    ],
)
def test_a_passkey_works_only_under_the_host_name_that_it_was_made_for(user: User, made: str, works: bool) -> None:
    assert passkeys.address_elsewhere(register_passkey(user, made)) == ("" if works else made)


@pytest.mark.parametrize("credential", [{}, [], {"response": {}}, {"response": {"attestationObject": "AA"}}])
def test_an_unreadable_passkey_is_not_reported(user: User, credential: object) -> None:
    passkey = register_passkey(user, OLD)
    passkey.data["credential"] = credential

    assert passkeys.address_elsewhere(passkey) == ""


@pytest.mark.parametrize("origin", ["", "javascript:alert(1)", "<b>", "x" * 5000])
def test_an_odd_address_is_not_repeated(user: User, origin: str) -> None:
    passkey = register_passkey(user, OLD)
    passkey.data["credential"]["response"]["clientDataJSON"] = register_passkey(user, origin).data["credential"][
        "response"
    ]["clientDataJSON"]

    assert passkeys.address_elsewhere(passkey) == "another address"


# The list


def test_the_list_says_which_passkeys_do_not_work_here(client: Client, user: User) -> None:
    register_passkey(user, OLD, "Old laptop")
    register_passkey(user, HERE, "New laptop")
    client.force_login(user)

    old, new = texts(parse_page(client.get(SECURITY)).css(".passkeys li"))

    assert "Old laptop" in old
    assert SENTENCE in old
    assert "does not work" not in new


# Signing in


def test_the_second_step_says_it_and_asks_for_a_code(client: Client, user: User) -> None:
    register_passkey(user, OLD)
    sign_in(client)

    page = parse_page(client.get(STEP))

    assert f"Your passkey was made under {OLD} and does not work at {HERE}." in text_of(page)
    assert not page.css("form[data-passkey]")
    assert find_one(page, "#id_code").attributes.get("autofocus", "missing") is None


def test_the_second_step_offers_a_passkey_that_works_and_only_that(client: Client, user: User) -> None:
    register_passkey(user, OLD, "Old")
    register_passkey(user, HERE, "New")
    sign_in(client)

    page = parse_page(client.get(STEP))

    assert "does not work" not in text_of(page)
    assert len(page.css("form[data-passkey]")) == 1


def test_a_second_step_without_passkeys_says_nothing_of_them(client: Client, user: User, secret: str) -> None:
    sign_in(client)

    assert "passkey" not in text_of(parse_page(client.get(STEP)))


@pytest.mark.parametrize(("made", "is_offered"), [(OLD, False), (HERE, True)])
def test_reauthentication_offers_only_passkeys_that_work(
    client: Client, user: User, made: str, is_offered: bool
) -> None:
    register_passkey(user, made)
    client.force_login(user)

    assert ("Use a passkey" in text_of(parse_page(client.get(AGAIN)))) == is_offered


def test_the_sign_in_page_says_for_which_address_its_passkeys_are(client: Client) -> None:
    form = find_one(parse_page(client.get(LOGIN)), "form[data-passkey]")

    assert form.attributes["data-site"] == HERE
