"""The start page's query count is fixed and independent of the number of rows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.support.databases import only_sqlite
from tests.support.pages import HTMX, PageClient, sync_all
from tests.support.query_counts import FRAGMENT, WHOLE
from tests.support.query_plans import plans_of
from tests.support.quo_answers import number, user

Pinned = Callable[..., Any]  # pytest-django's django_assert_num_queries

FACTS = 2  # the numbers with their cells, the teammates
ITEMS = 3  # the counts of assigned, unidentified and unconfirmed numbers
FIRST = 2  # unfinished ports: their keys, and the first by name
ABROAD = 2 * 2  # per channel: the teammates, and the first by name
WATCHED = 1  # the first complete sync
# The change keys, then for numbers the states, arrivals and departures, and for teammates the states.
CHANGES = WATCHED + 1 + 5


def company(count: int) -> None:
    """Remember numbers that need attention. The last answer changes one number and one teammate."""
    abroad = {"calling": {"Intl": "unrestricted"}, "messaging": {"Intl": "unrestricted"}}
    usual = [
        number(f"PN{place}", users=[user("US1"), user("US2")], restrictions=abroad, portingStatus="pending")
        for place in range(1, count)
    ]
    for name, users in (("A", [user("US1")]), ("B", [user("US1", lastName="Lee"), user("US2")]), ("C", [])):
        others = [{**record, "name": name, "users": [*users, user("US3")]} for record in usual]
        sync_all(number("PN0", name=name, users=users), *others, ago=timedelta(hours=1))
    sync_all(number("PN0", name="D", users=[user("US1", lastName="Roe")]), *others)


@pytest.mark.parametrize("count", [2, 60])
@pytest.mark.parametrize(("headers", "common"), [({}, WHOLE), (HTMX, FRAGMENT)])
def test_the_page_runs_a_fixed_number_of_queries(
    manager: PageClient, django_assert_num_queries: Pinned, count: int, headers: dict[str, str], common: int
) -> None:
    company(count)

    with django_assert_num_queries(common + FACTS + ITEMS + FIRST + ABROAD + CHANGES):
        Client.get(manager, "/", headers=headers)


def test_the_summary_is_counted_once_per_memory_version(manager: PageClient, django_assert_num_queries: Pinned) -> None:
    company(3)
    Client.get(manager, "/")

    with django_assert_num_queries(WHOLE + WATCHED):
        Client.get(manager, "/")

    company(4)
    with django_assert_num_queries(WHOLE + FACTS + ITEMS + FIRST + ABROAD + CHANGES):
        Client.get(manager, "/")


@only_sqlite
def test_recent_changes_are_found_without_reading_other_states(manager: PageClient) -> None:
    sync_all(number("PN1", users=[user("US1")]))

    (plan,) = (plan for plan in plans_of(lambda: Client.get(manager, "/")) if "UNION" in plan.sql)

    assert plan.only_searches, plan
    # The other half of a pair is found by number and teammate, not by scanning all rows of either.
    assert len([step for step in plan.steps if "phone_number_id=?" in step and "teammate_id=?" in step]) == 2
    assert not [step for step in plan.steps if "(teammate_id=?" in step], "this would scan the index"
