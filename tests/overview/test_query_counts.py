"""How often the start page asks the database: pinned, and the same for few numbers and for many."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.pages.builders import HTMX, Office, remember
from tests.pages.test_query_counts import WHOLE
from tests.quo.samples import number, user

Pinned = Callable[..., Any]  # pytest-django's django_assert_num_queries

FACTS = 2  # the numbers with their cells, the teammates
ITEMS = 4  # nobody on it, forwarded outside, port not completed, not confirmed
ABROAD = 2  # who calls, who texts
CHANGES = 7  # the first look, which, how many; of numbers the states, who came, who went; of teammates the states


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


@pytest.mark.parametrize("count", [1, 60])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_it_asks_a_fixed_number_of_times(
    office: Office, django_assert_num_queries: Pinned, count: int, headers: dict[str, str]
) -> None:
    company(count)

    with django_assert_num_queries(WHOLE + FACTS + ITEMS + ABROAD + CHANGES):
        Client.get(office, "/", headers=headers)
