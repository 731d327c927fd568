"""A page equals a slice of the whole list, and reads only its own rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from numbers.database.paging import chunks, page_of, rows_on
from numbers.filters.columns import COLUMNS
from numbers.filters.numbers import NumberFilters
from numbers.models import NumberState
from tests.support.pages import sync_all
from tests.support.quo_answers import number, user

COUNT = 23


def rows(sort: str, size: int, page: int, total: int = COUNT) -> list[int]:
    found = rows_on(page_of(total, size, page), NumberFilters(sort=sort).states(), NumberState.objects.all())
    return [state.pk for state in found]


@pytest.fixture
def many(db: None) -> None:
    """Numbers with equal values in each sort column."""
    sync_all(
        *[
            number(f"PN{place}", name=f"Desk {place % 4}", symbol="★" * (place % 2), users=[user("US1")][: place % 3])
            for place in range(COUNT)
        ]
    )


@pytest.mark.parametrize("sort", [*COLUMNS, "-name", "-teammates"])
@pytest.mark.parametrize("size", [1, 4, COUNT, COUNT + 1])
def test_all_pages_together_are_the_list(many: None, sort: str, size: int) -> None:
    pages = range(1, page_of(COUNT, size, 1).paginator.num_pages + 1)
    listed = [key for page in pages for key in rows(sort, size, page)]
    assert listed == [state.pk for state in NumberFilters(sort=sort).states()]


def test_an_empty_list_has_one_empty_page(db: None) -> None:
    assert page_of(0, 5, 1).paginator.num_pages == 1
    assert rows("name", 5, 1, total=0) == []


def test_a_page_beyond_the_last_is_the_last() -> None:
    assert page_of(COUNT, 5, 99).number == 5


def test_skipped_rows_are_not_read(many: None) -> None:
    with CaptureQueriesContext(connection) as captured:
        rows("name", 2, 5)
    (deep,) = [query["sql"] for query in captured if "OFFSET" in query["sql"]]
    columns = deep.partition(" FROM ")[0]
    assert columns.count('"numbers_numberstate".') == 1
    assert '"id"' in columns


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (3, [3]), (4, [3, 1]), (6, [3, 3])])
def test_chunks_have_the_given_size_and_the_last_one_the_rest(count: int, sizes: list[int]) -> None:
    assert [len(chunk) for chunk in chunks(iter(range(count)), 3)] == sizes
    assert [item for chunk in chunks(range(count), 3) for item in chunk] == list(range(count))
