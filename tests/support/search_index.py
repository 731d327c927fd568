"""Compares the search index with the texts it is made from."""

from typing import Any

from django.db import connection

from numbers.invariants.facts import searches_read_what_holds_now
from numbers.models import SearchText, TeammateState
from numbers.querysets import current
from numbers.search import sqlite
from numbers.search.finding import search_numbers
from numbers.search.indexed import INDEXED

INDEXES = {each.model: each.name for each in INDEXED if not each.short}


(PAIRS,) = (each.name for each in INDEXED if each.short)


def ask(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall() if cursor.description else []


def held(index: str) -> list[tuple[Any, ...]]:
    """The rows that SQLite's index knows, and each term that it knows of them."""
    ask(f"CREATE VIRTUAL TABLE temp.held USING fts5vocab(main, {index}, instance)")
    known = ask("SELECT DISTINCT doc, term FROM temp.held ORDER BY doc, term")
    ask("DROP TABLE temp.held")
    return known


def assert_right() -> None:
    """What is searched is what holds now, and the index knows it."""
    assert list(searches_read_what_holds_now()) == []
    assert_kept()


def assert_kept() -> None:
    """The index is there, and knows all that is searched and nothing else."""
    if connection.vendor == "postgresql":
        assert all(ask("SELECT to_regclass(%s) IS NOT NULL", index) == [(True,)] for index in INDEXES.values())
        return
    assert sqlite.is_whole(connection.connection)
    texts = [(row.pk, f"{row.own} {row.teammates}") for row in SearchText.objects.all()]
    states = TeammateState.objects.filter(until=None).values_list("pk", "search_text")
    for model, known in ((SearchText, texts), (TeammateState, states)):
        right = {(pk, text[start : start + 3]) for pk, text in known for start in range(len(text) - 2)}
        assert held(INDEXES[model]) == sorted(right, key=lambda pair: (pair[0], pair[1].encode()))
    short = {
        (pk, text[start : start + length]) for pk, text in texts for length in (1, 2) for start in range(len(text))
    }
    right = {(pk, letters.encode().hex()) for pk, letters in short if " " not in letters}
    assert held(PAIRS) == sorted(right)
    assert list(sqlite.differences()) == []


def found(query: str) -> list[str]:
    return sorted(search_numbers(current(), query)[0].values_list("phone_number__quo_id", flat=True))
