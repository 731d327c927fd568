"""Invariants of the database itself, independent of its content."""

import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import (
    AutoField,
    BooleanField,
    CharField,
    DateTimeField,
    Exists,
    ForeignKey,
    IntegerField,
    JSONField,
    Max,
    OuterRef,
    TextField,
)
from django.utils.dateparse import parse_datetime

from accounts.models import AccessEvent, User
from numbers.models import Sync
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


def values_can_be_read() -> Broken:
    """Every value is of the kind of its column, and no text is too long. SQLite stores anything in any column."""
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
        tests: dict[str, tuple[str, str]] = {name: test for name, field in columns.items() if (test := _test_of(field))}
        if not tests:
            continue
        conditions = ", ".join(f"coalesce({test}, 0)" for test, _ in tests.values())
        for pk, *results in _rows(f"SELECT {key}, {conditions} FROM {table} WHERE 1 IN ({conditions}) ORDER BY {key}"):  # noqa: S608 - our own names
            for name, is_wrong in zip(tests, results, strict=True):
                if is_wrong:
                    yield f"row {pk} of {table}", None, f"its {name} {tests[name][1]}."


def choices_are_known() -> Broken:
    """Every value of a column with choices is one of them, or empty. Derived columns are compared elsewhere."""
    for model in (AccessEvent, Sync):
        for field in model._meta.local_concrete_fields:
            if field.choices:
                known = ["", *(value for value, _ in field.flatchoices)]
                others = model._base_manager.exclude(**{f"{field.name}__in": known})
                for pk, value in others.order_by("pk").values_list("pk", field.name).iterator():
                    what = f"its {field.name} is {value!r}, which is none of its choices."
                    yield f"row {pk} of {model._meta.db_table}", None, what


def _test_of(field: Any) -> tuple[str, str] | None:  # noqa: ANN401 - any field
    """Return a condition in SQL for values that the column must not have, and what is wrong with them."""
    name = field.column
    if isinstance(field, BooleanField):
        return f"+{name} NOT IN (0, 1)", "is neither true nor false"
    if isinstance(field, IntegerField) and not field.primary_key:
        return f"typeof({name}) NOT IN ('integer', 'null')", "is no number that can be read"
    if isinstance(field, JSONField):
        return f"NOT json_valid({name})", "is no JSON and cannot be read"
    if isinstance(field, CharField | TextField):
        too_long = f" OR length({name}) > {field.max_length}" if field.max_length else ""
        return f"(typeof({name}) = 'blob'{too_long})", "is no text that can be read, or is too long"
    return None


def _rows(sql: str) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        yield from cursor


def _is_time(value: object) -> bool:
    try:
        return isinstance(value, str) and parse_datetime(value) is not None
    except ValueError:  # such as February 30
        return False


def new_rows_get_new_ids() -> Broken:
    """No sequence would give a row an id that is taken, or an account one that the access log names."""
    named = AccessEvent.objects.aggregate(last=Max("user_id"))["last"] or 0
    for model in apps.get_models(include_auto_created=True):
        meta = model._meta
        if not isinstance(meta.pk, AutoField) or not meta.managed or meta.proxy:
            continue
        last = model._base_manager.aggregate(last=Max("pk"))["last"] or 0
        used = max(last, named) if model is User else last
        if used and sequence(meta.db_table) < used:
            yield meta.db_table, None, f"the id {used} is used, and its sequence would give it to a new row."


def sequence(table: str) -> int:
    """Return the last id that the sequence gave."""
    if connection.vendor == "sqlite":
        sql = f"SELECT max(seq) FROM sqlite_sequence WHERE name = '{table}'"  # noqa: S608 - our own name
    else:
        sql = f"SELECT pg_sequence_last_value(pg_get_serial_sequence('{table}', 'id')::regclass)"
    return next(_rows(sql))[0] or 0
