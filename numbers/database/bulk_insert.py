"""Writes many rows of a table at once, without making an object of each."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Model


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


def _or_replace(unique: str, columns: Sequence[str]) -> str:
    quote = connection.ops.quote_name
    new = ", ".join(f"{quote(column)} = EXCLUDED.{quote(column)}" for column in columns)
    return f" ON CONFLICT ({quote(unique)}) DO UPDATE SET {new}"
