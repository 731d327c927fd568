"""Finds damage of the database, such as overwritten pages or lost tables, and says how to repair it."""

import sqlite3
from pathlib import Path

from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder

from numbers.database.locks import LOCK_FILE
from numbers.operations.backups.files import damage_in, is_damage, live_file, one_line, our_migrations
from numbers.operations.backups.tables import all_tables

RESTORE = "Restore a backup: `.venv/bin/python manage.py restore FILE`. See docs/backups.md."
_MIGRATIONS = MigrationRecorder.Migration._meta.db_table
_ABOUT_ROWS = ("CHECK constraint failed", "NULL value in")  # no reason to stop: `manage.py verify` reports them


def damage(*, thorough: bool = False) -> str:
    """Return how the database is damaged, as the end of a sentence about it, or "" if it looks well.

    Reads a row of each table, in milliseconds; if `thorough`, also all pages of a SQLite file, in a second for 250 MB.
    Raises DatabaseError if the database does not answer.
    """
    file = live_file()
    if file and (not file.is_file() or not file.stat().st_size):
        return _instead_of(file)
    try:
        if belongs_to_another_program():
            return "is another program's. Move it away first, or name another file in DATABASE_URL"
        found = _lost_table() or (_damaged_pages() if thorough and connection.vendor == "sqlite" else "")
    except (DatabaseError, sqlite3.DatabaseError) as error:
        if not is_damage(error):
            raise
        found = one_line(error)
    return f"is damaged: {found}" if found else ""


def refusal() -> str:
    """Return a sentence about damage that must be repaired before Quo Admin works with the database, or ""."""
    found = damage(thorough=True)
    return f"The database {live_file() or connection.display_name} {found}. {RESTORE}" if found else ""


def belongs_to_another_program() -> bool:
    """Return whether a SQLite file has only tables that are not ours. A server may hold those of others, too."""
    if connection.vendor != "sqlite":
        return False
    try:
        tables = connection.introspection.table_names()
    except DatabaseError as error:
        if is_damage(error):
            return False
        raise
    return bool(tables) and not _our_tables().intersection(tables)


def _our_tables() -> set[str]:
    return {*all_tables(), _MIGRATIONS}


def _instead_of(file: Path) -> str:
    """Return what is in the place of a database file that is not there. A new installation has nothing there."""
    log = Path(f"{file}-wal")
    if file.is_dir():
        return "is a folder. Move it away first"
    if file.exists():  # a start on a full disk leaves an empty file
        return "is empty, although it was in use" if Path(f"{file}.{LOCK_FILE}").exists() else ""
    if log.exists() and log.stat().st_size:
        return "is missing, and its latest changes are in the -wal file beside it. Put it back"
    return ""


def _lost_table() -> str:
    """Return which table is missing, or "". Reads a row of each other table, which may raise DatabaseError."""
    present = _our_tables().intersection(connection.introspection.table_names())
    # SQLite would prefer to read an index.
    hint = " NOT INDEXED" if connection.vendor == "sqlite" else ""
    rows = [f"(SELECT 1 FROM {connection.ops.quote_name(table)}{hint} LIMIT 1)" for table in present]  # noqa: S608 - ours
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(rows) or '1'}")
        cursor.fetchone()
    lost = sorted(_our_tables() - present)
    is_new = not present
    is_of_another_version = (
        _MIGRATIONS in present and our_migrations() != MigrationRecorder(connection).applied_migrations().keys()
    )
    return f"the table {lost[0]} is missing" if lost and not (is_new or is_of_another_version) else ""


def _damaged_pages() -> str:
    connection.ensure_connection()
    return damage_in(connection.connection, "quick_check", ignored=_ABOUT_ROWS)
