"""Writes many rows of a table at once, without making an object of each."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Model, QuerySet


def statement(table: str, fields: Sequence["Field[Any, Any]"], connection: BaseDatabaseWrapper) -> str:
    """Return the SQL that inserts a row of `table` with a value for each of the fields."""
    names, places = [table, *(str(field.column) for field in fields)], ", ".join(["%s"] * len(fields))
    into, *columns = map(connection.ops.quote_name, names)
    return f"INSERT INTO {into} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608 - our own words


def insert(
    model: type[Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[str | int | None]],
    *,
    same: Mapping[str, Any],
    unique: str = "",
    replaced: Sequence[str] = (),
) -> None:
    """Insert `rows`, whose values are of `columns` in their order; of `same`, each row gets the same values.

    Where there is a row of the same `unique`, its columns `replaced` get the new values instead. Columns have the
    names of their attributes (`phone_number_id`). All others stay null. Nothing is validated, and no keys are
    returned. Raises DatabaseError.
    """
    meta = model._meta
    by_name = {field.attname: field for field in meta.local_concrete_fields}
    fields = [by_name[name] for name in (*columns, *same)]
    fixed = tuple(
        field.get_db_prep_save(value, connection=connection)
        for field, value in zip(fields[len(columns) :], same.values(), strict=True)
    )
    sql = statement(meta.db_table, fields, connection) + (_or_replace(unique, replaced) if unique else "")
    with connection.cursor() as cursor:
        cursor.executemany(sql, [(*row, *fixed) for row in rows])


def insert_selected(model: type[Model], columns: Sequence[str], rows: QuerySet[Any, Any], *, unique: str) -> None:
    """Insert what `rows` selects, whose values are of `columns`; a row of the same `unique` is there with new values.

    `rows` must be filtered: without a WHERE, SQLite takes what follows for a join. Raises DatabaseError.
    """
    quoted = {column: connection.ops.quote_name(column) for column in columns}
    table, selected, params = connection.ops.quote_name(model._meta.db_table), *rows.query.sql_with_params()
    into = f"INSERT INTO {table} ({', '.join(quoted.values())})"
    with connection.cursor() as cursor:
        cursor.execute(f"{into} {selected}{_or_replace(unique, [name for name in columns if name != unique])}", params)


def _or_replace(unique: str, columns: Sequence[str]) -> str:
    quote = connection.ops.quote_name
    new = ", ".join(f"{quote(column)} = EXCLUDED.{quote(column)}" for column in columns)
    return f" ON CONFLICT ({quote(unique)}) DO UPDATE SET {new}"
