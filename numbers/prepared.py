"""Questions that every page asks. To put the SQL of one together takes ten times as long as to answer it."""

from collections.abc import Callable
from functools import cache
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


class Prepared(Generic[Row]):
    """A queryset that is put together once for each kind of database, with places for the values that differ.

    `make` returns it for values of the given types, each of which must come into the SQL as a parameter, unchanged.
    """

    def __init__(self, make: Callable[..., QuerySet[Row]], *types: type[str] | type[int]) -> None:
        self._make = make
        self._places: tuple[str | int, ...] = tuple(
            f"\x00{place}" if type_ is str else -(10**15) - place for place, type_ in enumerate(types)
        )
        self._sql = cache(self._put_together)

    def rows(self, *values: str | int) -> list[Row]:
        """Return what the queryset would have, asked with these values. Raises DatabaseError."""
        rows, sql, params = self._sql(connection.vendor)
        given = dict(zip(self._places, values, strict=True))
        return list(rows.raw(sql, [given.get(param, param) for param in params]))

    def first(self, *values: str | int) -> Row | None:
        """Return the first of them, if there is any. The queryset must be cut to one."""
        return next(iter(self.rows(*values)), None)

    def _put_together(self, _vendor: str) -> tuple[Any, str, tuple[Any, ...]]:
        made = self._make(*self._places)
        sql, params = made.query.sql_with_params()
        return made.model._default_manager, sql, tuple(params)
