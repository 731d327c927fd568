"""Compares the search texts with the current state."""

from typing import Any

from django.db import connection

from numbers.memory.moment import NOW
from numbers.memory.numbers import numbers_at
from numbers.memory.search import postgresql
from numbers.memory.search.finding import search_numbers
from numbers.operations.invariants.facts import searches_read_what_holds_now


def run_sql(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall() if cursor.description else []


def assert_search_current() -> None:
    """Check that the search texts are current, and that PostgreSQL has its index."""
    assert list(searches_read_what_holds_now()) == []
    if connection.vendor == "postgresql":
        assert run_sql("SELECT to_regclass(%s) IS NOT NULL", postgresql.INDEX) == [(True,)]


def found_numbers(query: str) -> list[str]:
    return sorted(search_numbers(numbers_at(NOW), query, NOW).values_list("phone_number__quo_id", flat=True))
