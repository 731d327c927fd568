"""The audit's query string: the list's filters, the grouping and two pages."""

import pytest
from django.http import QueryDict

from numbers.audit.groups import Grouping
from numbers.audit.query import AuditQuery, parse
from numbers.filters.numbers import NumberFilters

EVERY_KEY = "by=teammate&q=desk&messaging_us=restricted&sort=-number&page=3&odd=2"


def test_defaults_are_left_out_of_the_query() -> None:
    asked = parse(QueryDict("by=group&odd=1&page=1&sort=name&q="))

    assert asked == AuditQuery(NumberFilters())
    assert asked.query == ""


def test_parsing_and_writing_a_query_round_trips() -> None:
    asked = parse(QueryDict(EVERY_KEY))

    assert (asked.by, asked.outlier_page, asked.filters.page, asked.filters.q) == (Grouping.TEAMMATE, 2, 3, "desk")
    assert asked.query == EVERY_KEY
    assert asked.filters.notices == ()


def test_another_grouping_starts_on_the_first_pages() -> None:
    assert parse(QueryDict(EVERY_KEY)).grouped_by("kind").query == (
        "by=kind&q=desk&messaging_us=restricted&sort=-number"
    )


@pytest.mark.parametrize(
    ("pages", "query"),
    [({"page": 4}, "page=4&odd=2"), ({"outlier_page": 5}, "page=3&odd=5"), ({"page": 1, "outlier_page": 1}, "")],
)
def test_paging_one_part_keeps_the_page_of_the_other(pages: dict[str, int], query: str) -> None:
    assert parse(QueryDict("page=3&odd=2")).at(**pages).query == query


@pytest.mark.parametrize(
    ("query", "notice"),
    [
        ("by=colour", "“colour” is nothing that by can be (group, kind, teammate), so it was ignored."),
        ("odd=0", "“0” is no page, so the first one is shown."),
        ("by=kind&by=group", "“by” is given more than once; the last one counts."),
        ("by=kind&colour=red", "“colour” means nothing here and was ignored."),
    ],
)
def test_invalid_values_are_named_and_ignored(query: str, notice: str) -> None:
    assert parse(QueryDict(query)).filters.notices == (notice,)
