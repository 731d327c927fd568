"""Invariants of the database itself, independent of its content."""

import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import CharField, DateTimeField, Exists, ForeignKey, OuterRef, TextField
from django.utils.dateparse import parse_datetime

from numbers.operations.invariants.breach import REBUILD, Broken

_LACKS_ENTRIES = re.compile("row [0-9]+ missing from index|wrong # of entries in index")


def nothing_is_orphaned() -> Broken:
    """Every row that a foreign key names exists, in all tables."""
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed or model._meta.proxy:
            continue
        for field in model._meta.local_concrete_fields:
            if isinstance(field, ForeignKey) and getattr(field, "db_constraint", True):
                parents = field.related_model._base_manager.filter(**{field.target_field.name: OuterRef(field.attname)})
                orphans = model._base_manager.filter(~Exists(parents), **{f"{field.name}__isnull": False})
                table, parent = model._meta.db_table, field.related_model._meta.db_table
                for pk in orphans.order_by("pk").values_list("pk", flat=True).iterator():
                    yield f"row {pk} of {table}", None, f"it names a row of {parent} that is not there."


def the_file_is_unharmed() -> Broken:
    if connection.vendor != "sqlite":
        return
    for (said,) in _rows("PRAGMA integrity_check"):
        if said != "ok":
            advice = f" {REBUILD}" if _LACKS_ENTRIES.search(said) else ""
            yield "the database file", None, f"SQLite finds it damaged: {said}.{advice}"


def times_and_texts_can_be_read() -> Broken:
    """Every time is a time and every text a text. SQLite stores anything in any column."""
    if connection.vendor != "sqlite":
        return
    for model in (*apps.get_app_config("accounts").get_models(), *apps.get_app_config("numbers").get_models()):
        table, key = model._meta.db_table, str(model._meta.pk.column)
        columns = {str(field.column): field for field in model._meta.local_concrete_fields}
        times = [name for name, field in columns.items() if isinstance(field, DateTimeField)]
        raw = ", ".join([key, *(f"+{name}" for name in times)])  # `+` makes SQLite return the raw value
        for pk, *values in _rows(f"SELECT {raw} FROM {table} ORDER BY {key}"):  # noqa: S608 - our own names
            for name, value in zip(times, values, strict=True):
                if value is not None and not _is_time(value):
                    yield f"row {pk} of {table}", None, f"its {name} is no time and cannot be read."
        texts = [name for name, field in columns.items() if isinstance(field, CharField | TextField)]
        types = ", ".join(f"typeof({name})" for name in texts) or "NULL"
        for pk, *kinds in _rows(f"SELECT {key}, {types} FROM {table} WHERE 'blob' IN ({types}) ORDER BY {key}"):  # noqa: S608 - our own names
            wrong = " and ".join(name for name, kind in zip(texts, kinds, strict=True) if kind == "blob")
            yield f"row {pk} of {table}", None, f"its {wrong} is no text and cannot be read."


def _rows(sql: str) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        yield from cursor


def _is_time(value: object) -> bool:
    try:
        return isinstance(value, str) and parse_datetime(value) is not None
    except ValueError:  # such as February 30
        return False
