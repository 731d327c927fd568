"""Which tables a backup has, and how their rows are copied between databases.

A backup has all tables of all apps, so a new table is never forgotten. It includes content types and permissions:
migrations create them with ids that differ between databases, and groups, accounts and the admin log refer to those
ids. Only sessions are left out: a stolen backup must not sign anyone in, and after a restore everybody signs in
again. Recent sign-in attempts are in the cache, not in a table.
"""

import sqlite3
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import connections
from django.db.models import JSONField, Model

from numbers.database.bulk_insert import statement
from numbers.database.paging import chunks

_CHUNK = 1_000
_SESSION_APPS = {"usersessions"}  # allauth's list of who is signed in from where


def _models() -> Iterator[type[Model]]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy and not model._meta.swapped:
            yield model


def _is_session(model: type[Model]) -> bool:
    return issubclass(model, AbstractBaseSession) or model._meta.app_label in _SESSION_APPS


def backed_up_models() -> list[type[Model]]:
    """Return the models whose rows a backup has, including many-to-many tables."""
    return [model for model in _models() if not _is_session(model)]


def session_tables() -> list[str]:
    return [model._meta.db_table for model in _models() if _is_session(model)]


def delete_sessions(database: sqlite3.Connection) -> None:
    """Delete all sessions in a SQLite database of any version."""
    present = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for table in present.intersection(session_tables()):
        database.execute(f'DELETE FROM "{table}"')  # noqa: S608 - our own table names


def all_tables() -> list[str]:
    return [model._meta.db_table for model in _models()]


def empty(alias: str) -> None:
    """Delete every row of every table. The caller must defer foreign keys."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        for table in all_tables():
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608 - our own table names


def copy(source: str, target: str) -> None:
    """Copy all rows of a backup from the database `source` into the empty tables of `target` (both are aliases).

    Both must have the same schema. The caller opens the transactions and defers foreign keys in `target`.
    """
    for model in backed_up_models():
        _copy_rows(model, source, target)


def _copy_rows(model: type[Model], source: str, target: str) -> None:
    # Insert directly: saving the model would set times and derived columns again.
    connection = connections[target]
    fields = [field for field in model._meta.local_concrete_fields if not field.generated]
    insert = statement(model._meta.db_table, fields, connection)
    rows = model._base_manager.using(source).order_by("pk").values_list(*(field.attname for field in fields))
    with connection.cursor() as cursor:
        for chunk in chunks(rows.iterator(chunk_size=_CHUNK), _CHUNK):
            cursor.executemany(
                insert,
                [
                    [_db_value(field, value, connection) for field, value in zip(fields, row, strict=True)]
                    for row in chunk
                ],
            )


def _db_value(field: Any, value: Any, connection: Any) -> Any:  # noqa: ANN401 - a column may hold anything
    if value is None and isinstance(field, JSONField) and not field.null:
        return "null"  # JSON null, which Django reads as None like SQL NULL
    return field.get_db_prep_save(value, connection=connection)
