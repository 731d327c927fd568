"""Every address × role × method, compared with one readable table."""

import pytest
from django.test import override_settings

from tests.support.addresses import METHODS, PEOPLE, browser_of, outcome, path_of, person, routes, table
from tests.support.pages import remember
from tests.support.quo_answers import number, user


def test_every_address_is_in_the_table_and_nothing_else() -> None:
    assert {route for route, _ in table()} == set(routes())


@pytest.mark.parametrize("route", routes())
def test_every_method_of_an_address_is_in_the_table(route: str) -> None:
    assert [method for method in METHODS if (route, method) not in table()] == []


@override_settings(DEBUG=False, DEMO=True)  # no demo workspace runs, so syncs fail
@pytest.mark.parametrize("who", PEOPLE)
def test_each_role_may_do_exactly_what_the_table_says(db: None, who: str) -> None:
    remember(number("PN1", users=[user("US1")]))
    account = person(who)
    browser = browser_of(account)

    wrong = []
    for (route, method), expected in table().items():
        actual = outcome(browser, method, path_of(route, account))
        if actual != expected[PEOPLE.index(who)]:
            wrong.append(f"{method} {route}: {actual}, expected {expected[PEOPLE.index(who)]}")

    assert not wrong, "\n".join(wrong)
