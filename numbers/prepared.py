"""Questions that every page asks. To put the SQL of one together takes ten times as long as to answer it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class _Question(Generic[Row]):
    """SQL and its parameters, and how its answer becomes objects: what a queryset finds out each time it is asked.

    The model's own columns come first; `annotated` says where the others are. `converters` are those of the columns
    that this database gives as something else, as Django's compilers have them.
    """

    sql: str
    params: tuple[Any, ...]
    model: type[Row]
    names: Sequence[str]
    annotated: Mapping[str, int]
    converters: Mapping[int, tuple[Sequence[Callable[..., Any]], Any]]

    def object_of(self, row: Sequence[Any]) -> Row:
        values = list(row)
        for place, (converters, expression) in self.converters.items():
            for convert in converters:
                values[place] = convert(values[place], expression, connection)
        made = self.model.from_db(connection.alias, self.names, values[: len(self.names)])
        for name, place in self.annotated.items():
            setattr(made, name, values[place])
        return made


class Prepared(Generic[Row]):
    """A queryset that is put together once for each kind of database, with places for the values that differ.

    `make` returns it for values of the given types, each of which must come into the SQL as a parameter, unchanged. It
    gives objects of one model, without others that belong to them.
    """

    def __init__(self, make: Callable[..., QuerySet[Row]], *types: type[str] | type[int]) -> None:
        self._make = make
        self._places: tuple[str | int, ...] = tuple(
            f"\x00{place}" if type_ is str else -(10**15) - place for place, type_ in enumerate(types)
        )
        self._question = cache(self._put_together)

    def rows(self, *values: str | int) -> list[Row]:
        """Return what the queryset would have, asked with these values. Raises DatabaseError."""
        question = self._question(connection.vendor)
        given = dict(zip(self._places, values, strict=True))
        with connection.cursor() as cursor:
            cursor.execute(question.sql, [given.get(param, param) for param in question.params])
            return [question.object_of(row) for row in cursor.fetchall()]

    def first(self, *values: str | int) -> Row | None:
        """Return the first of them, if there is any. The queryset must be cut to one."""
        return next(iter(self.rows(*values)), None)

    def _put_together(self, _vendor: str) -> _Question[Row]:
        made = self._make(*self._places)
        compiler = made.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        expressions = [expression for expression, *_ in compiler.select]
        names = [expressions[place].target.attname for place in compiler.klass_info["select_fields"]]
        converters = compiler.get_converters(expressions)
        return _Question(sql, tuple(params), made.model, names, compiler.annotation_col_map, converters)
