"""How often the start page asks the database: pinned, and the same for few numbers and for many."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.support.databases import only_sqlite
from tests.support.pages import HTMX, Office, remember
from tests.support.query_counts import WHOLE
from tests.support.query_plans import plans_of
from tests.support.quo_answers import number, user

Pinned = Callable[..., Any]  # pytest-django's django_assert_num_queries

FACTS = 2  # the numbers with their cells, the teammates
ITEMS = 2  # on how many is somebody, how many are not confirmed
FIRST = 2  # of the ports that are not completed: which they are, and the first of them by name
ABROAD = 2 * 2  # who calls, who texts; and the first of each by name
WATCHED = 1  # the first look
CHANGES = (
    WATCHED + 1 + 5
)  # whether anything was known before; which; of numbers the states, who came, who went; of teammates the states


def company(count: int) -> None:
    """Numbers of which something needs somebody; of the last answer, one number and one teammate changed."""
    abroad = {"calling": {"Intl": "unrestricted"}, "messaging": {"Intl": "unrestricted"}}
    usual = [
        number(f"PN{place}", users=[user("US1"), user("US2")], restrictions=abroad, portingStatus="pending")
        for place in range(1, count)
    ]
    for name, users in (("A", [user("US1")]), ("B", [user("US1", lastName="Lee"), user("US2")]), ("C", [])):
        others = [{**record, "name": name, "users": [*users, user("US3")]} for record in usual]
        remember(number("PN0", name=name, users=users), *others, ago=timedelta(hours=1))
    remember(number("PN0", name="D", users=[user("US1", lastName="Roe")]), *others)


@pytest.mark.parametrize("count", [2, 60])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_it_asks_a_fixed_number_of_times(
    office: Office, django_assert_num_queries: Pinned, count: int, headers: dict[str, str]
) -> None:
    company(count)

    with django_assert_num_queries(WHOLE + FACTS + ITEMS + FIRST + ABROAD + CHANGES):
        Client.get(office, "/", headers=headers)


def test_how_everything_stands_is_counted_once_for_each_version_of_the_memory(
    office: Office, django_assert_num_queries: Pinned
) -> None:
    company(3)
    Client.get(office, "/")

    with django_assert_num_queries(WHOLE + WATCHED):
        Client.get(office, "/")

    company(4)
    with django_assert_num_queries(WHOLE + FACTS + ITEMS + FIRST + ABROAD + CHANGES):
        Client.get(office, "/")


@only_sqlite
def test_what_changed_lately_is_found_without_reading_what_did_not(office: Office) -> None:
    remember(number("PN1", users=[user("US1")]))

    (plan,) = (plan for plan in plans_of(lambda: Client.get(office, "/")) if "UNION" in plan.sql)

    assert plan.only_searches, plan
    # The other half of a pair: not all that began or ended at its moment, nor all that its teammate was ever on.
    assert len([step for step in plan.steps if "phone_number_id=?" in step and "teammate_id=?" in step]) == 2
    assert not [step for step in plan.steps if "(teammate_id=?" in step], "which would be all over the index"
