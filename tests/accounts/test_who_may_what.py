"""Every address × role × method, compared with one readable table."""

import pytest
from django.test import override_settings

from tests.support.addresses import (
    ACTORS,
    METHODS,
    client_for,
    create_actor,
    outcome,
    path_for,
    promised_outcomes,
    routes,
)
from tests.support.pages import sync_all
from tests.support.quo_answers import number, user


def test_every_address_is_in_the_table_and_nothing_else() -> None:
    assert {route for route, _ in promised_outcomes()} == set(routes())


@pytest.mark.parametrize("route", routes())
def test_every_method_of_an_address_is_in_the_table(route: str) -> None:
    assert [method for method in METHODS if (route, method) not in promised_outcomes()] == []


@override_settings(DEBUG=False, DEMO=True)  # no demo workspace runs, so syncs fail
@pytest.mark.parametrize("who", ACTORS)
def test_each_role_may_do_exactly_what_the_table_says(db: None, who: str) -> None:
    sync_all(number("PN1", users=[user("US1")]))
    account = create_actor(who)
    browser = client_for(account)

    wrong = []
    for (route, method), expected in promised_outcomes().items():
        actual = outcome(browser, method, path_for(route, account))
        if actual != expected[ACTORS.index(who)]:
            wrong.append(f"{method} {route}: {actual}, expected {expected[ACTORS.index(who)]}")

    assert not wrong, "\n".join(wrong)
