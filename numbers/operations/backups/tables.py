"""Which tables a backup has, and how their rows come from one database into another.

All tables of all apps, so that one that is new is never forgotten. Content types and permissions, too, though
migrations make them: groups, accounts and the log of the administration pages name them by ids that differ from
one database to the next. Only sessions stay out: whoever finds a backup must not be signed in by it, and after a
restore everybody signs in anew. What stands in the cache (attempts to sign in, of the last minutes) is in no table.
"""

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


def _is_of_sessions(model: type[Model]) -> bool:
    return issubclass(model, AbstractBaseSession) or model._meta.app_label in _SESSION_APPS


def kept() -> list[type[Model]]:
    """Return the models whose rows a backup has, those in between two others included."""
    return [model for model in _models() if not _is_of_sessions(model)]


def session_tables() -> list[str]:
    return [model._meta.db_table for model in _models() if _is_of_sessions(model)]


def every_table() -> list[str]:
    return [model._meta.db_table for model in _models()]


def empty(alias: str) -> None:
    """Delete every row of every table. Foreign keys are for the caller to defer."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        for table in every_table():
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608 - our own words


def copy(source: str, target: str) -> None:
    """Copy every row that is kept from one database, by its alias, into the empty tables of another of its schema.

    A thousand rows at a time; the caller opens the transactions, and defers foreign keys in `target`.
    """
    for model in kept():
        _copy_rows(model, source, target)


def _copy_rows(model: type[Model], source: str, target: str) -> None:
    # What the model would do when it saves (a time of its own, a derived column) was done when the row was made.
    connection = connections[target]
    fields = [field for field in model._meta.local_concrete_fields if not field.generated]
    insert = statement(model._meta.db_table, fields, connection)
    rows = model._base_manager.using(source).order_by("pk").values_list(*(field.attname for field in fields))
    with connection.cursor() as cursor:
        for chunk in chunks(rows.iterator(chunk_size=_CHUNK), _CHUNK):
            cursor.executemany(
                insert,
                [
                    [_written(field, value, connection) for field, value in zip(fields, row, strict=True)]
                    for row in chunk
                ],
            )


def _written(field: Any, value: Any, connection: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    if value is None and isinstance(field, JSONField) and not field.null:
        return "null"  # JSON's, which reads like SQL's
    return field.get_db_prep_save(value, connection=connection)
