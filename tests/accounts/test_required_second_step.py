"""REQUIRE_SECOND_STEP leads people without a second step to set one up, before anything else."""

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from accounts.roles import Role, give_role
from tests.support.accounts import PASSWORD, sign_in
from tests.support.addresses import path_for, routes
from tests.support.company_sign_in import sign_in_by_company
from tests.support.oidc_provider import Provider
from tests.support.second_steps import AGAIN, APP, SECURITY, register_passkey

ASKED = "Quo Admin asks you for a second step."
VIEWER, MANAGER, ADMINISTRATOR = Role


def is_led_to_set_up(client: Client, path: str = "/status/") -> bool:
    return client.get(path).headers.get("Location") == SECURITY


@pytest.mark.parametrize(
    ("demanded", "roles"),
    [
        ("off", []),
        ("everyone", [VIEWER, MANAGER, ADMINISTRATOR]),
        ("viewer", [VIEWER, MANAGER, ADMINISTRATOR]),
        ("manager", [MANAGER, ADMINISTRATOR]),
        ("administrator", [ADMINISTRATOR]),
    ],
)
def test_the_setting_says_who_needs_a_second_step(
    client: Client, user: User, settings: Settings, demanded: str, roles: list[Role]
) -> None:
    settings.REQUIRE_SECOND_STEP = demanded
    sign_in(client)
    for role in Role:
        give_role(user, role)

        assert is_led_to_set_up(client) is (role in roles), role
        assert (ASKED in client.get(SECURITY).content.decode()) is (role in roles), role


@pytest.mark.parametrize("method", ["get", "post"])
def test_nothing_outside_the_own_account_opens_before(
    client: Client, administrator: User, settings: Settings, method: str
) -> None:
    settings.REQUIRE_SECOND_STEP = "everyone"
    client.force_login(administrator)

    opened = []
    for route in routes():
        path = path_for(route, administrator)
        if (
            not path.startswith(("/accounts/", "/healthz", "/readyz", "/checkz"))
            and getattr(client, method)(path).status_code == 200
        ):
            opened.append(path)

    assert opened == []


def test_htmx_is_led_there_as_a_whole_page(client: Client, administrator: User, settings: Settings) -> None:
    settings.REQUIRE_SECOND_STEP = "everyone"
    client.force_login(administrator)

    response = client.get("/numbers/", headers={"HX-Request": "true"})

    assert response.headers["HX-Redirect"] == SECURITY


@pytest.mark.usefixtures("secret")
def test_an_app_satisfies_it(client: Client, user: User, settings: Settings) -> None:
    settings.REQUIRE_SECOND_STEP = "everyone"
    give_role(user, VIEWER)
    client.force_login(user)

    assert not is_led_to_set_up(client)


def test_a_passkey_satisfies_it(client: Client, user: User, settings: Settings) -> None:
    settings.REQUIRE_SECOND_STEP = "everyone"
    give_role(user, VIEWER)
    register_passkey(user, "http://localhost:8000")
    client.force_login(user)

    assert not is_led_to_set_up(client)


def test_the_pages_that_set_it_up_open(client: Client, user: User, settings: Settings) -> None:
    settings.REQUIRE_SECOND_STEP = "everyone"
    sign_in(client)
    client.post(AGAIN, {"password": PASSWORD})

    assert client.get(SECURITY).status_code == 200
    assert client.get(APP).status_code == 200


def test_company_sign_in_does_not_need_it(client: Client, user: User, provider: Provider, settings: Settings) -> None:
    settings.REQUIRE_SECOND_STEP = "everyone"
    give_role(user, VIEWER)
    sign_in_by_company(client)

    assert not is_led_to_set_up(client)
