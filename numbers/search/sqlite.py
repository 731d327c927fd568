"""The index of a SQLite database: how it is made, kept by triggers, and told from one that is not whole."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from numbers.search.indexed import INDEXED, TERMS, Indexed, letters_and_pairs


def teach(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """Teach a new connection to SQLite what the triggers ask for."""
    if connection.vendor == "sqlite":
        _teach(connection.connection)


def _teach(database: sqlite3.Connection) -> None:
    database.create_function(TERMS, 1, letters_and_pairs, deterministic=True)


@contextmanager
def opened(connection: BaseDatabaseWrapper) -> Iterator[sqlite3.Connection]:
    """Give what stands behind Django's cursors: whether there is an index is no question of a page's own.

    Raises DatabaseError, as they do.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors:
        yield connection.connection


def _table(each: Indexed) -> str:
    # Without the texts, which are there already. Of letters and pairs the places in them are not asked.
    how = "detail = none, tokenize = 'ascii'" if each.short else "tokenize = 'trigram case_sensitive 1'"
    return f"CREATE VIRTUAL TABLE {each.name} USING fts5(search_text, content = '', {how})"


@cache
def knows_trigrams() -> bool:
    """Say whether this SQLite can have the index: from 3.34 on, where it was built with FTS5."""
    return can_make(_table(each) for each in INDEXED)


def can_make(tables: Iterable[str]) -> bool:
    """Say whether this SQLite can make tables by this SQL."""
    try:
        with closing(sqlite3.connect(":memory:")) as database:
            for sql in tables:
                database.execute(sql)
    except sqlite3.OperationalError:
        return False
    return True


def is_whole(database: sqlite3.Connection) -> bool:
    """Say whether the index is there and is kept. What was written while a trigger was missing is not in it."""
    if not knows_trigrams():
        return False
    wanted = dict(_definitions())
    places = ", ".join("?" * len(wanted))
    found = database.execute(f"SELECT name, sql FROM main.sqlite_master WHERE name IN ({places})", tuple(wanted))  # noqa: S608 - places only
    return dict(found.fetchall()) == wanted


def is_whole_in(connection: BaseDatabaseWrapper) -> bool:
    """Say the same of the database behind a connection; there is none on PostgreSQL."""
    if connection.vendor != "sqlite":
        return False
    with opened(connection) as database:
        return is_whole(database)


@cache
def _definitions() -> tuple[tuple[str, str], ...]:
    """What the index is made of: the name and the SQL of each part."""
    return tuple(part for each in INDEXED for part in ((each.name, _table(each)), *_triggers(each)))


def _triggers(each: Indexed) -> Iterator[tuple[str, str]]:
    """Yield their names and definitions."""
    index, table, key = each.name, each.table, each.key
    old, new = (f"{row}.{key}, {each.text(row)}" for row in ("OLD", "NEW"))
    add = f"INSERT INTO {index} (rowid, search_text) SELECT {new} WHERE {each.is_in('NEW')}"
    forget = f"INSERT INTO {index} ({index}, rowid, search_text) SELECT 'delete', {old} WHERE {each.is_in('OLD')}"
    differs = f"({old}, {each.is_in('OLD')}) IS NOT ({new}, {each.is_in('NEW')})"
    for name, when, what in (
        ("inserted", f"AFTER INSERT ON {table}", add),
        ("updated", f"AFTER UPDATE ON {table} WHEN {differs}", f"{forget}; {add}"),
        ("deleted", f"AFTER DELETE ON {table}", forget),
    ):
        yield f"{index}_{name}", f"CREATE TRIGGER {index}_{name} {when} BEGIN {what}; END"


def _forget_triggers(database: sqlite3.Connection) -> None:
    for each in INDEXED:
        for name, _ in _triggers(each):
            database.execute(f"DROP TRIGGER IF EXISTS main.{name}")


def make(database: sqlite3.Connection) -> None:
    """Make the index of what is there, whatever of it there was. A SQLite that cannot have it only lets go of it."""
    _forget_triggers(database)
    if not knows_trigrams():
        return
    _teach(database)
    for each in INDEXED:
        index = each.name
        found = database.execute("SELECT sql FROM main.sqlite_master WHERE name = ?", (index,)).fetchone()
        if found != (_table(each),):  # or it is of an earlier version
            database.execute(f"DROP TABLE IF EXISTS main.{index}")
            database.execute(_table(each))
        database.execute(f"INSERT INTO {index} ({index}) VALUES ('delete-all')")  # noqa: S608 - our own words
        database.execute(
            f"INSERT INTO {index} (rowid, search_text) SELECT row.{each.key}, {each.text('row')}"  # noqa: S608 - our own words
            f" FROM main.{each.table} AS row WHERE {each.is_in('row')} ORDER BY 1"
        )
        for _, trigger in _triggers(each):
            database.execute(trigger)


@contextmanager
def made_anew_after() -> Iterator[None]:
    """In a transaction that writes most of the states: triggers cost ten times what all states at once do."""
    is_kept = is_whole_in(connection)
    if is_kept:
        with opened(connection) as database:
            _forget_triggers(database)
    yield
    if is_kept:
        with opened(connection) as database:
            make(database)


def differences() -> Iterator[tuple[str, int]]:
    """Yield table and id of each state that is open and not in the index, or in it and not open."""
    if not is_whole_in(connection):
        return
    for each in INDEXED:
        table = each.table
        there = f"SELECT {each.key} AS id FROM {table} AS row WHERE {each.is_in('row')}"  # noqa: S608 - our own words
        known = f"SELECT id FROM {each.name}_docsize"  # noqa: S608 - our own words
        either = f"SELECT id FROM ({there} UNION {known}) EXCEPT SELECT id FROM ({there} INTERSECT {known})"  # noqa: S608 - our own words
        with opened(connection) as database:
            yield from ((table, pk) for (pk,) in database.execute(either))
