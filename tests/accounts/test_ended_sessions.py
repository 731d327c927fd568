"""Sessions that end immediately: of inactive and deleted accounts, and with OIDC_ONLY."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import AccountSession, User
from accounts.roles import Role, give_role
from tests.support.accounts import ADMIN_EMAIL, EMAIL, LOGIN, PASSWORD, is_signed_in, sign_in
from tests.support.company_sign_in import sign_in_by_company
from tests.support.oidc_provider import Provider

ENDED = "You were signed out because everybody signs in with Example Inc. now. Sign in to go on."


@pytest.fixture
def ann(client: Client, user: User) -> Client:
    """Return a browser in which Ann, a viewer, has signed in with her password."""
    give_role(user, Role.VIEWER)
    sign_in(client)
    assert is_signed_in(client)
    return client


# Inactive and deleted accounts


def set_active(user: User, *, is_active: bool) -> None:
    user.is_active = is_active
    user.save(update_fields=["is_active"])


def set_active_in_admin(user: User, *, is_active: bool) -> None:
    boss = User.objects.filter(email=ADMIN_EMAIL).first() or User.objects.create_superuser(ADMIN_EMAIL, PASSWORD)
    browser = Client()
    browser.force_login(boss)
    form = {"email": user.email, "name": "", "role": "viewer", **({"is_active": "on"} if is_active else {})}
    response = browser.post(f"/admin/accounts/user/{user.pk}/change/", form)
    assert response.status_code == 302, response.content
    assert User.objects.get(pk=user.pk).is_active == is_active


@pytest.mark.parametrize("switch", [set_active, set_active_in_admin])
def test_a_reactivated_account_has_none_of_its_earlier_sessions(
    ann: Client, user: User, switch: Callable[..., None]
) -> None:
    switch(user, is_active=False)
    switch(user, is_active=True)

    assert not is_signed_in(ann)
    sign_in(ann)
    assert is_signed_in(ann)


def test_deactivating_an_account_keeps_the_sessions_of_others(ann: Client) -> None:
    set_active(User.objects.create_user("other@example.com", PASSWORD), is_active=False)

    assert is_signed_in(ann)


def test_saving_an_active_account_keeps_its_sessions(ann: Client, user: User) -> None:
    user.name = "Ann"
    user.save()

    assert is_signed_in(ann)


@pytest.mark.parametrize("in_bulk", [True, False])
def test_deleting_an_account_deletes_its_sessions(ann: Client, user: User, in_bulk: bool) -> None:
    key = ann.session.session_key
    _ = User.objects.filter(pk=user.pk).delete() if in_bulk else user.delete()

    assert not AccountSession.objects.filter(pk=key).exists()


# With OIDC_ONLY


def test_oidc_only_ends_sessions_started_with_a_password(ann: Client, provider: Provider, settings: Settings) -> None:
    assert ann.get("/status/").status_code == 200
    settings.OIDC_ONLY = True

    response = ann.get("/status/", follow=True)

    assert response.redirect_chain == [(f"{LOGIN}?next=/status/", 302)]
    assert response.content.decode().count(ENDED) == 1
    assert not is_signed_in(ann)


def test_an_ended_session_stays_ended_when_passwords_are_allowed_again(
    ann: Client, provider: Provider, settings: Settings
) -> None:
    settings.OIDC_ONLY = True
    ann.get("/status/")
    settings.OIDC_ONLY = False

    assert not is_signed_in(ann)


@pytest.mark.parametrize("records", [None, [{"method": "mfa", "type": "webauthn", "passwordless": True, "at": 0}]])
def test_oidc_only_ends_sessions_started_with_a_passkey_or_an_unknown_method(
    ann: Client, provider: Provider, settings: Settings, records: object
) -> None:
    session = ann.session
    session["account_authentication_methods"] = records
    session.save()
    settings.OIDC_ONLY = True

    assert ann.get("/status/").status_code == 302


def test_oidc_only_keeps_sessions_started_with_a_company_account(
    client: Client, user: User, provider: Provider, settings: Settings
) -> None:
    give_role(user, Role.VIEWER)
    sign_in_by_company(client)
    settings.OIDC_ONLY = True

    assert client.get("/status/").status_code == 200


def test_without_oidc_only_sessions_started_with_a_password_continue(ann: Client, provider: Provider) -> None:
    assert ann.get("/status/").status_code == 200
    assert sign_in(Client(), EMAIL).status_code == 302
