"""The index by which a search finds a word inside texts without reading them all; without it, it finds the same.

It holds each three letters in a row (trigrams) of the `search_text` of every open state, of numbers and of teammates.
On PostgreSQL that is an index like others. On SQLite it is a table of its own (FTS5), which triggers keep.

No migration makes it: whether it can be made depends on the database's server, not on its history, and on SQLite every
change of a column makes a new table and forgets the triggers of the old one. So after each `migrate` it is looked for,
and made anew where it is not whole.
"""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import cache
from typing import Any, TypeVar

from django.db import DatabaseError, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Model, QuerySet
from django.db.models.lookups import Contains
from django.db.models.sql.compiler import SQLCompiler

from numbers.models import NumberState, TeammateState

log = logging.getLogger(__name__)

TRIGRAM = 3  # letters; shorter words are in no index
_INDEXED: tuple[type[Model], ...] = (NumberState, TeammateState)

State = TypeVar("State", NumberState, TeammateState)


def holding(states: QuerySet[State], word: str) -> QuerySet[State]:
    """The open ones of `states` whose texts hold `word`, which is folded as they are."""
    return states.filter(_Holds(F("search_text"), word), until=None)


class _Holds(Contains):
    """Contains, of open states only: of others the index knows nothing.

    The index says only where the word may be, so that the text itself is asked in any case.
    """

    def as_sqlite(self, compiler: SQLCompiler, connection: Any) -> tuple[str, list[Any]]:  # noqa: ANN401 - of SQLite
        sql, params = self.as_sql(compiler, connection)
        word: str = self.rhs
        if len(word) < TRIGRAM or not _is_whole_in(connection):
            return sql, [*params]
        index = index_of(self.lhs.target.model)
        table = connection.ops.quote_name(self.lhs.alias)
        there = f"{table}.id IN (SELECT rowid FROM {index} WHERE {index} MATCH %s)"  # noqa: S608 - our own words
        return f"({sql} AND {there})", [*params, _every_trigram(word)]


def _every_trigram(word: str) -> str:
    trigrams = dict.fromkeys(word[start : start + TRIGRAM] for start in range(len(word) - TRIGRAM + 1))
    return " ".join('"{}"'.format(trigram.replace('"', '""')) for trigram in trigrams)


def index_of(model: type[Model]) -> str:
    """Return the name of a table's index, with which all begins that belongs to it."""
    return f"{model._meta.db_table}_trigrams"


def keep(using: str, **_signal: Any) -> None:
    """Make the index after a migration, where it is not there or not whole and the database can have it."""
    connection = connections[using]
    if not set(connection.introspection.table_names()).issuperset(model._meta.db_table for model in _INDEXED):
        return
    if connection.vendor == "sqlite":
        if not _is_whole_in(connection):
            with transaction.atomic(using=using), _opened(connection) as database:
                make(database)
    else:
        _keep_on_server(connection)


# SQLite


@contextmanager
def _opened(connection: BaseDatabaseWrapper) -> Iterator[sqlite3.Connection]:
    """Give what stands behind Django's cursors: whether there is an index is no question of a page's own.

    Raises DatabaseError, as they do.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors:
        yield connection.connection


def _table(name: str) -> str:
    # Without the texts, which are there already, and without the places in them, of which the texts are asked.
    options = "content = '', detail = none, tokenize = 'trigram case_sensitive 1'"
    return f"CREATE VIRTUAL TABLE {name} USING fts5(search_text, {options})"


@cache
def _is_possible() -> bool:
    """Say whether this SQLite knows trigrams: from 3.34 on, where it was built with FTS5."""
    try:
        with closing(sqlite3.connect(":memory:")) as database:
            database.execute(_table("tried"))
    except sqlite3.OperationalError:
        return False
    return True


def is_whole(database: sqlite3.Connection) -> bool:
    """Say whether the index is there and is kept. What was written while a trigger was missing is not in it."""
    return _is_possible() and _parts(database).issuperset(name for model in _INDEXED for name, _ in _triggers(model))


def _is_whole_in(connection: BaseDatabaseWrapper) -> bool:
    if connection.vendor != "sqlite":
        return False
    with _opened(connection) as database:
        return is_whole(database)


def is_part(name: str) -> bool:
    """Say whether a table or a trigger belongs to the index."""
    return name.startswith(tuple(index_of(model) for model in _INDEXED))


def _parts(database: sqlite3.Connection) -> set[str]:
    return {name for (name,) in database.execute("SELECT name FROM main.sqlite_master") if is_part(name)}


def _triggers(model: type[Model]) -> Iterator[tuple[str, str]]:
    """Yield their names and what each does."""
    index, table = index_of(model), model._meta.db_table
    add = f"INSERT INTO {index} (rowid, search_text) SELECT NEW.id, NEW.search_text WHERE NEW.until IS NULL"
    forget = (
        f"INSERT INTO {index} ({index}, rowid, search_text)"
        " SELECT 'delete', OLD.id, OLD.search_text WHERE OLD.until IS NULL"
    )
    differs = "(OLD.id, OLD.search_text, OLD.until IS NULL) IS NOT (NEW.id, NEW.search_text, NEW.until IS NULL)"
    for name, when, what in (
        ("inserted", f"AFTER INSERT ON {table}", add),
        ("updated", f"AFTER UPDATE OF id, search_text, until ON {table} WHEN {differs}", f"{forget}; {add}"),
        ("deleted", f"AFTER DELETE ON {table}", forget),
    ):
        yield f"{index}_{name}", f"{when} BEGIN {what}; END"


def _forget_triggers(database: sqlite3.Connection) -> None:
    for model in _INDEXED:
        for name, _ in _triggers(model):
            database.execute(f"DROP TRIGGER IF EXISTS main.{name}")


def make(database: sqlite3.Connection) -> None:
    """Make the index of what is there, whatever of it there was. A SQLite that cannot have it only lets go of it."""
    _forget_triggers(database)
    if not _is_possible():
        return
    for model in _INDEXED:
        index, table = index_of(model), model._meta.db_table
        if index not in _parts(database):
            database.execute(_table(index))
        database.execute(f"INSERT INTO {index} ({index}) VALUES ('delete-all')")  # noqa: S608 - our own words
        database.execute(
            f"INSERT INTO {index} (rowid, search_text)"  # noqa: S608 - our own words
            f" SELECT id, search_text FROM main.{table} WHERE until IS NULL ORDER BY id"
        )
        for name, what in _triggers(model):
            database.execute(f"CREATE TRIGGER {name} {what}")


@contextmanager
def made_anew_after() -> Iterator[None]:
    """In a transaction that writes most of the states: triggers cost ten times what all states at once do."""
    is_kept = _is_whole_in(connection)
    if is_kept:
        with _opened(connection) as database:
            _forget_triggers(database)
    yield
    if is_kept:
        with _opened(connection) as database:
            make(database)


def differences() -> Iterator[tuple[str, int]]:
    """Yield table and id of each state that is open and not in the index, or in it and not open."""
    if not _is_whole_in(connection):
        return
    for model in _INDEXED:
        table = model._meta.db_table
        there, known = f"SELECT id FROM {table} WHERE until IS NULL", f"SELECT id FROM {index_of(model)}_docsize"  # noqa: S608 - our own words
        either = f"SELECT id FROM ({there} UNION {known}) EXCEPT SELECT id FROM ({there} INTERSECT {known})"  # noqa: S608 - our own words
        with _opened(connection) as database:
            yield from ((table, pk) for (pk,) in database.execute(either))


# PostgreSQL


def _keep_on_server(connection: BaseDatabaseWrapper) -> None:
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            for model in _INDEXED:
                index, table = index_of(model), model._meta.db_table
                # "IF NOT EXISTS" would wait for everybody who writes before it looks.
                cursor.execute("SELECT to_regclass(%s) IS NULL", [index])
                if cursor.fetchone()[0]:
                    cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
                    columns = "USING gin (search_text gin_trgm_ops) WHERE until IS NULL"
                    cursor.execute(f"CREATE INDEX {index} ON {table} {columns}")
    except DatabaseError as error:
        log.info("searches read every text: this database server has no index of trigrams (%s)", type(error).__name__)


def sort_in() -> None:
    """After many changes: let PostgreSQL put into its index what it has only noted, and reads through in each search.

    Its autovacuum does so a minute or so later, even where only the owner of the index may: then nothing happens here.
    """
    with suppress(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        for model in _INDEXED:
            cursor.execute("SELECT gin_clean_pending_list(to_regclass(%s))", [index_of(model)])
