"""Sets the tables of a newer version aside on PostgreSQL, which this version cannot read and so cannot back up."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from numbers.operations.backups import tables

_FOREIGN_KEYS = """
    SELECT child.relname, parent.relname FROM pg_constraint key
    JOIN pg_class child ON child.oid = key.conrelid JOIN pg_class parent ON parent.oid = key.confrelid
    WHERE key.contype = 'f' AND child.relnamespace = current_schema()::regnamespace
"""
_TRIGGER_FUNCTIONS = """
    SELECT DISTINCT function.oid::regprocedure::text FROM pg_trigger trigger
    JOIN pg_proc function ON function.oid = trigger.tgfoid
    JOIN pg_class "table" ON "table".oid = trigger.tgrelid
    WHERE NOT trigger.tgisinternal AND function.pronamespace = current_schema()::regnamespace
    AND "table".relnamespace = current_schema()::regnamespace AND "table".relname = ANY(%s)
"""


def move_tables(schema: str, lock_timeout: float) -> None:
    """Move our tables, also those that only the newer version has, to a new `schema`, with all that belongs to them.

    The caller opens the transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{int(lock_timeout)}s'")
        names = sorted(_our_tables(cursor))
        cursor.execute(f"CREATE SCHEMA {schema}")
        cursor.execute(_TRIGGER_FUNCTIONS, [names])
        for (function,) in cursor.fetchall():
            cursor.execute(f"ALTER FUNCTION {function} SET SCHEMA {schema}")
        for name in names:
            cursor.execute(f"ALTER TABLE {connection.ops.quote_name(name)} SET SCHEMA {schema}")
    ContentType.objects.clear_cache()


def _our_tables(cursor: Any) -> set[str]:  # noqa: ANN401 - Django's cursor has no type
    """Return the tables of this version and of the newer one. Other programs may have tables beside them.

    A content type names each model of the newer version. Tables of many-to-many fields have none: they begin with the
    name of their model's table, and refer to it.
    """
    models = ContentType.objects.values_list("app_label", "model")
    known = {*tables.all_tables(), MigrationRecorder.Migration._meta.db_table}
    named = known | {f"{app}_{model}" for app, model in models}
    cursor.execute(_FOREIGN_KEYS)
    named |= {child for child, parent in cursor.fetchall() if parent in named and child.startswith(f"{parent}_")}
    present = {table.name for table in connection.introspection.get_table_list(cursor) if table.type in {"t", "p"}}
    return named & present
