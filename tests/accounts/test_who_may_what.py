"""Every address × role × method, held against one table that people can read."""

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


@override_settings(DEBUG=False, DEMO=True)  # no demo workspace runs: there is nobody to be asked
@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_may_do_what_the_table_says_and_nothing_else(db: None, who: str) -> None:
    remember(number("PN1", users=[user("US1")]))
    somebody = person(who)
    browser = browser_of(somebody)

    wrong = []
    for (route, method), promised in table().items():
        found = outcome(browser, method, path_of(route, somebody))
        if found != promised[PEOPLE.index(who)]:
            wrong.append(f"{method} {route}: {found}, promised {promised[PEOPLE.index(who)]}")

    assert not wrong, "\n".join(wrong)
