"""Results cached per version can be pickled without a query."""

import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.http import QueryDict

from numbers.filters import choices as filter_choices
from numbers.filters import numbers as number_filters
from numbers.filters import teammates as teammate_filters
from numbers.history.changes import changes_since
from numbers.memory.version import Version, memory_version
from numbers.pages import overview, teammates
from numbers.pages.number import number_page
from numbers.pages.numbers import number_list
from tests.support.pages import sync_all
from tests.support.quo_answers import number, user

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)

CACHED: dict[str, Callable[[Version], Any]] = {
    "number_list": lambda version: number_list(number_filters.parse(QueryDict("user=US1")), version),
    "number_page": lambda version: number_page("PN1", version),
    "teammate_list": lambda version: teammates.teammate_list(teammate_filters.parse(QueryDict()), version),
    "teammate_page": lambda version: teammates.teammate_page("US1", version),
    "summary": overview.summary,
    "changes_since": lambda version: changes_since(LONG_AGO, 8, LONG_AGO, version),
    "available_choices": filter_choices.available_choices,
    "fields_of": lambda version: filter_choices.fields_of(number_filters.parse(QueryDict()), version),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", CACHED)
def test_a_cached_result_is_pickled_without_a_query(name: str, django_assert_num_queries: Any) -> None:
    sync_all(number("PN1", users=[user("US1")]), number("PN2"))
    result = CACHED[name](memory_version())
    assert result is CACHED[name](memory_version())

    with django_assert_num_queries(0):
        copy = pickle.loads(pickle.dumps(result))  # noqa: S301 - our own data

    assert type(copy) is type(result)
