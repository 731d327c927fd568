"""Compares the search index with the texts it is made from."""

from typing import Any

from django.db import connection

from numbers.invariants.facts import searches_read_what_holds_now
from numbers.models import SearchText
from numbers.querysets import current
from numbers.search import postgresql, sqlite
from numbers.search.finding import search_numbers


def ask(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall() if cursor.description else []


def held() -> list[tuple[Any, ...]]:
    """The rows that SQLite's index knows, and each term that it knows of them."""
    ask(f"CREATE VIRTUAL TABLE temp.held USING fts5vocab(main, {sqlite.INDEX}, instance)")
    known = ask("SELECT DISTINCT doc, col, term FROM temp.held")
    ask("DROP TABLE temp.held")
    return known


def assert_right() -> None:
    """What is searched is what holds now, and the index knows it."""
    assert list(searches_read_what_holds_now()) == []
    assert_kept()


def assert_kept() -> None:
    """The index is there, and knows all that is searched and nothing else."""
    if connection.vendor == "postgresql":
        assert ask("SELECT to_regclass(%s) IS NOT NULL", postgresql.INDEX) == [(True,)]
        return
    assert sqlite.is_whole(connection)
    right = {
        (row.pk, column, text[start : start + 3])
        for row in SearchText.objects.all()
        for column, text in (("own", row.own), ("teammates", row.teammates))
        for start in range(len(text) - 2)
    }
    known = held()
    assert (set(known), len(known)) == (right, len(right))


def found(query: str) -> list[str]:
    return sorted(search_numbers(current(), query).values_list("phone_number__quo_id", flat=True))
