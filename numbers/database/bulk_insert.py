"""Writes many rows at once, without making a model object for each."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Model

from numbers.models import Assignment, NumberState, PhoneNumber, SearchText, Teammate, TeammateState

MANY = 500  # changed numbers; below that, PostgreSQL's autovacuum is soon enough


def statement(table: str, fields: Sequence["Field[Any, Any]"], connection: BaseDatabaseWrapper) -> str:
    """Return the SQL that inserts a row with a value for each field into `table`."""
    names, places = [table, *(str(field.column) for field in fields)], ", ".join(["%s"] * len(fields))
    into, *columns = map(connection.ops.quote_name, names)
    return f"INSERT INTO {into} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608 - our own words


def insert(
    model: type[Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[str | int | None]],
    *,
    constants: Mapping[str, Any],
    unique: str = "",
    updated: Sequence[str] = (),
) -> None:
    """Insert `rows`, whose values are in the order of `columns`. Each row also gets the values of `constants`.

    With `unique`, a row that conflicts on that column updates the existing row's columns `updated` (an upsert). Columns
    are attribute names (`phone_number_id`); all others stay null. Nothing is validated. Raises DatabaseError.
    """
    meta = model._meta
    by_name = {field.attname: field for field in meta.local_concrete_fields}
    fields = [by_name[name] for name in (*columns, *constants)]
    fixed = tuple(
        field.get_db_prep_save(value, connection=connection)
        for field, value in zip(fields[len(columns) :], constants.values(), strict=True)
    )
    sql = statement(meta.db_table, fields, connection) + (_on_conflict(unique, updated) if unique else "")
    with connection.cursor() as cursor:
        cursor.executemany(sql, [(*row, *fixed) for row in rows])


def _on_conflict(unique: str, columns: Sequence[str]) -> str:
    quote = connection.ops.quote_name
    new = ", ".join(f"{quote(column)} = EXCLUDED.{quote(column)}" for column in columns)
    return f" ON CONFLICT ({quote(unique)}) DO UPDATE SET {new}"


def refresh_statistics() -> None:
    """Update the statistics of PostgreSQL's planner, inside the transaction that changes many rows.

    The autovacuum does it a minute later. Until then the planner may believe that the tables are empty, and choose a
    plan that takes minutes. SQLite's planner needs no statistics.
    """
    if connection.vendor != "postgresql":
        return
    models = (PhoneNumber, NumberState, SearchText, Teammate, TeammateState, Assignment)
    tables = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in models)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {tables}")
