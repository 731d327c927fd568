"""A page is what a slice of the whole list is, however deep it lies, and costs as little."""

import re
from itertools import pairwise

import pytest
from django.core.paginator import Paginator
from django.db import connection
from django.test.utils import CaptureQueriesContext

from numbers.filters import NumberFilters
from numbers.models import NumberState
from numbers.paging import Rows
from numbers.querysets import SORTS
from tests.support.pages import remember
from tests.support.quo_answers import number, user

COUNT = 23


@pytest.fixture
def many(db: None) -> None:
    """Numbers of which several are alike in whatever they may be sorted by."""
    remember(
        *[
            number(f"PN{place}", name=f"Desk {place % 4}", symbol="★" * (place % 2), users=[user("US1")][: place % 3])
            for place in range(COUNT)
        ]
    )


@pytest.mark.parametrize("sort", [*SORTS, "-name", "-teammates"])
@pytest.mark.parametrize("size", [1, 4, COUNT, COUNT + 1])
def test_the_pages_together_are_the_list(many: None, sort: str, size: int) -> None:
    states = NumberFilters(sort=sort).states()
    paginator = Paginator(Rows(states, NumberState.objects.all()), size)
    assert [state.pk for page in paginator for state in page] == [state.pk for state in states]


def test_of_an_empty_list_the_only_page_is_empty(db: None) -> None:
    paginator = Paginator(Rows(NumberFilters().states(), NumberState.objects.all()), 5)
    assert (paginator.num_pages, list(paginator.page(1))) == (1, [])


def test_a_row_can_be_had_by_its_place(many: None) -> None:
    states = NumberFilters().states()
    assert [Rows(states, NumberState.objects.all())[place] for place in (0, COUNT - 1)] == [
        states[0],
        states[COUNT - 1],
    ]


def test_no_more_than_half_of_the_list_is_passed_over(many: None) -> None:
    with CaptureQueriesContext(connection) as asked:
        for page in Paginator(Rows(NumberFilters().states(), NumberState.objects.all()), 2):
            list(page)
    passed = [int(found[1]) for query in asked if (found := re.search(r"OFFSET (\d+)", query["sql"]))]
    assert max(passed) <= COUNT / 2
    assert any(later < earlier for earlier, later in pairwise(passed))


def test_what_is_passed_over_is_not_read(many: None) -> None:
    with CaptureQueriesContext(connection) as asked:
        Paginator(Rows(NumberFilters().states(), NumberState.objects.all()), 2).page(5)
    (deep,) = [query["sql"] for query in asked if "OFFSET" in query["sql"]]
    columns = deep.partition(" FROM ")[0]
    assert columns.count('"numbers_numberstate".') == 1
    assert '"id"' in columns
