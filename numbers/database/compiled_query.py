"""Queries that every page asks: their SQL is put together once, which takes longer than to run it."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet

_AT_ONCE = 10_000  # rows: more would only keep the garbage collector busy
Row = TypeVar("Row", bound=Model)


class CompiledQuery(Generic[Row]):
    """The SQL of a queryset, to be run with any parameters.

    `make` returns the queryset; values that differ from run to run may be anything in it. `rows` takes the parameters
    as they stand in the SQL. tests/database/test_compiled_query.py compares each use with its plain queryset.
    """

    def __init__(self, make: Callable[[], QuerySet[Row]]) -> None:
        self._make = make
        self._compiled = cache(self._compile)

    def rows(self, *params: str | int) -> list[Row]:
        """Return the rows as objects of the model; what the queryset annotates is an attribute of each."""
        model, sql = self._compiled(connection.vendor)
        return list(model._default_manager.raw(sql, params))

    def first(self, *params: str | int) -> Row | None:
        return next(iter(self.rows(*params)), None)

    def _compile(self, _vendor: str) -> tuple[type[Row], str]:
        queryset = self._make()
        return queryset.model, queryset.query.sql_with_params()[0]


def raw_rows(queryset: QuerySet[Any, tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a `values_list` as the database has them, which takes half as long for thousands of them.

    For text and whole numbers, which Django would not convert.
    """
    with suppress(EmptyResultSet), connection.cursor() as cursor:
        cursor.execute(*queryset.query.sql_with_params())
        while rows := cursor.fetchmany(_AT_ONCE):
            yield from rows
