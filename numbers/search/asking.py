"""Asks the index which texts may hold some words."""

from collections.abc import Collection, Sequence
from typing import Any, TypeVar

from django.core.exceptions import FullResultSet
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Func, Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from numbers.search.indexed import INDEXED, TRIGRAM, Indexed, term
from numbers.search.sqlite import is_whole_in

Row = TypeVar("Row", bound=Model)
Writings = Sequence[Collection[str]]  # of each word, folded as the texts are


def holding(
    rows: QuerySet[Row], of: type[Model], words: Writings, *, key: str = "pk", one_by_one: bool = False
) -> QuerySet[Row]:
    """Those of `rows` whose `key` names a row of the model `of` that may hold every word, each in one of its writings.

    It spares reading the others, where the index is of help. The texts are to be asked too, where it cannot `count`.
    The rows are looked up by what is found, or `one_by_one`, as they come, in what is found.
    """
    for each in (each for each in INDEXED if each.model is of):
        rows = rows.filter(_MayHold(key, index=each.name, match=_match(each, words), one_by_one=one_by_one))
    return rows


def count(of: type[Model], words: Writings) -> int | None:
    """Return how many rows of the model `of` hold every word, where the index alone tells which ones; else None.

    It does where each word has one writing: it is asked of the whole text then, not of a column.
    """
    asked = [(each.name, match) for each in INDEXED if each.model is of and (match := _match(each, words))]
    if not asked or any(len(writings) > 1 for writings in words) or not is_whole_in(connection):
        return None
    found = " INTERSECT ".join(f"SELECT rowid FROM {name} WHERE {name} MATCH %s" for name, _ in asked)  # noqa: S608 - our own words
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({found})", [match for _, match in asked])  # noqa: S608 - our own words
        return int(cursor.fetchone()[0])


class _MayHold(Func):
    """Whether SQLite's index says that the row of this key may be what is looked for; PostgreSQL sees by itself."""

    output_field = BooleanField()

    def as_sql(self, *_args: Any, **_context: Any) -> tuple[str, tuple[str | int, ...]]:
        raise FullResultSet

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_context: Any
    ) -> tuple[str, tuple[str | int, ...]]:
        index, match = self.extra["index"], self.extra["match"]
        if not match or not is_whole_in(connection):
            raise FullResultSet
        key, params = compiler.compile(self.get_source_expressions()[0])
        plain = "+" if self.extra["one_by_one"] else ""  # keeps SQLite from looking rows up by it
        return f"{plain}{key} IN (SELECT rowid FROM {index} WHERE {index} MATCH %s)", (*params, match)  # noqa: S608 - our own words


def _match(each: Indexed, words: Writings) -> str:
    """Return what asks FTS5 for every word; nothing for words of which one writing is none of this index."""
    parts = (
        " OR ".join(_asked(each, text) for text in writings)
        for writings in words
        if all((len(text) < TRIGRAM) is each.short for text in writings)
    )
    return " AND ".join(f"({part})" for part in parts)


def _asked(each: Indexed, text: str) -> str:
    # Trigrams that follow one another, as FTS5 takes a text in quotes, are the text itself.
    quoted = term(text) if each.short else text.replace('"', '""')
    return f'"{quoted}"'
