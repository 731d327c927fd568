"""Sessions that end at once: of an account that is switched off or deleted, and where the company alone signs in."""

from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from accounts.roles import Role, give_role
from tests.support.accounts import EMAIL, LOGIN, PASSWORD, is_signed_in, sign_in
from tests.support.company_sign_in import sign_in_by_company
from tests.support.oidc_provider import Provider

ENDED = "You were signed out because everybody signs in with Example Inc. now. Sign in to go on."


@pytest.fixture
def ann(client: Client, user: User) -> Client:
    """A browser in which Ann, who may see pages, has signed in with her password."""
    give_role(user, Role.VIEWER)
    sign_in(client)
    assert is_signed_in(client)
    return client


# Switched off, and deleted


def saved(user: User, *, is_active: bool) -> None:
    user.is_active = is_active
    user.save(update_fields=["is_active"])


def in_the_administration(user: User, *, is_active: bool) -> None:
    boss, _ = User.objects.get_or_create(email="boss@example.com", is_superuser=True, is_staff=True)
    browser = Client()
    browser.force_login(boss)
    form = {"email": user.email, "name": "", "role": "viewer", **({"is_active": "on"} if is_active else {})}
    response = browser.post(f"/admin/accounts/user/{user.pk}/change/", form)
    assert response.status_code == 302, response.content
    assert User.objects.get(pk=user.pk).is_active == is_active


@pytest.mark.parametrize("switch", [saved, in_the_administration])
def test_an_account_switched_on_again_has_no_session_of_before(
    ann: Client, user: User, switch: Callable[..., None]
) -> None:
    switch(user, is_active=False)
    switch(user, is_active=True)

    assert not is_signed_in(ann)
    sign_in(ann)
    assert is_signed_in(ann)


def test_switching_off_leaves_the_sessions_of_others(ann: Client) -> None:
    saved(User.objects.create_user("other@example.com", PASSWORD), is_active=False)

    assert is_signed_in(ann)


def test_saving_an_account_that_is_on_ends_nothing(ann: Client, user: User) -> None:
    user.name = "Ann"
    user.save()

    assert is_signed_in(ann)


@pytest.mark.parametrize("at_once", [True, False])
def test_a_deleted_account_leaves_no_session(ann: Client, user: User, at_once: bool) -> None:
    key = ann.session.session_key
    _ = User.objects.filter(pk=user.pk).delete() if at_once else user.delete()

    assert not Session.objects.filter(pk=key).exists()


# The company alone


def test_a_session_begun_with_a_password_ends_where_the_company_alone_signs_in(
    ann: Client, provider: Provider, settings: Settings
) -> None:
    assert ann.get("/status/").status_code == 200
    settings.OIDC_ONLY = True

    response = ann.get("/status/", follow=True)

    assert response.redirect_chain == [(f"{LOGIN}?next=/status/", 302)]
    assert response.content.decode().count(ENDED) == 1
    assert not is_signed_in(ann)


def test_it_does_not_come_back_when_passwords_are_allowed_again(
    ann: Client, provider: Provider, settings: Settings
) -> None:
    settings.OIDC_ONLY = True
    ann.get("/status/")
    settings.OIDC_ONLY = False

    assert not is_signed_in(ann)


@pytest.mark.parametrize("records", [None, [{"method": "mfa", "type": "webauthn", "passwordless": True, "at": 0}]])
def test_so_does_one_begun_with_a_passkey_or_nobody_knows_how(
    ann: Client, provider: Provider, settings: Settings, records: object
) -> None:
    session = ann.session
    session["account_authentication_methods"] = records
    session.save()
    settings.OIDC_ONLY = True

    assert ann.get("/status/").status_code == 302


def test_a_session_begun_with_the_company_account_goes_on(
    client: Client, user: User, provider: Provider, settings: Settings
) -> None:
    give_role(user, Role.VIEWER)
    sign_in_by_company(client)
    settings.OIDC_ONLY = True

    assert client.get("/status/").status_code == 200


def test_beside_passwords_no_session_ends_for_how_it_began(ann: Client, provider: Provider) -> None:
    assert ann.get("/status/").status_code == 200
    assert sign_in(Client(), EMAIL).status_code == 302
