"""Writes many rows of a table at once, without making an object of each."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model


def insert(
    model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[str | int | None]], *, same: Mapping[str, Any]
) -> None:
    """Insert `rows`, whose values are of `columns` in their order; of `same`, each row gets the same values.

    Columns have the names of their attributes (`phone_number_id`). All others stay null. Nothing is validated, and
    no keys are returned. Raises DatabaseError.
    """
    meta = model._meta
    by_name = {field.attname: field for field in meta.local_concrete_fields}
    fields = [by_name[name] for name in (*columns, *same)]
    quoted = [connection.ops.quote_name(name) for name in (meta.db_table, *(str(field.column) for field in fields))]
    fixed = tuple(
        field.get_db_prep_save(value, connection=connection)
        for field, value in zip(fields[len(columns) :], same.values(), strict=True)
    )
    places = ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {quoted[0]} ({', '.join(quoted[1:])}) VALUES ({places})"  # noqa: S608 - our own words
    with connection.cursor() as cursor:
        cursor.executemany(sql, [(*row, *fixed) for row in rows])
