"""The index by which a search finds a word inside texts without reading them all; without it, it finds the same.

It holds each three letters in a row (trigrams) of the search text of every number, and of every teammate's open state.
On PostgreSQL that is an index like others. On SQLite it is a table of its own (FTS5), which triggers keep.

No migration makes it: whether it can be made depends on the database's server, not on its history, and on SQLite every
change of a column makes a new table and forgets the triggers of the old one. So after each `migrate` it is looked for,
and made anew where it is not whole.
"""

import logging
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from django.core.exceptions import FullResultSet
from django.db import DatabaseError, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Func, Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from numbers.models import SearchText, TeammateState

log = logging.getLogger(__name__)

TRIGRAM = 3  # letters; shorter words are in no index


@dataclass(frozen=True)
class _Indexed:
    """A table and the columns of it that are in the index; `states` are so only while they are open."""

    model: type[Model]
    columns: tuple[str, ...]
    states: bool = False

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def key(self) -> str:
        return str(self.model._meta.pk.column)

    def text(self, row: str) -> str:
        """Return the SQL of what the index has of a row: its columns in one, where no word goes across."""
        return " || ' ' || ".join(f"{row}.{column}" for column in self.columns)

    def is_in(self, row: str) -> str:
        return f"{row}.until IS NULL" if self.states else "TRUE"


_INDEXED = (
    _Indexed(SearchText, ("own", "teammates")),
    _Indexed(TeammateState, ("search_text",), states=True),
)

Row = TypeVar("Row", SearchText, TeammateState)


def holding(rows: QuerySet[Row], words: Iterable[Collection[str]]) -> QuerySet[Row]:
    """Those of `rows` that may hold every word, each in one of its writings, folded as the texts are.

    It spares reading the others, where the index is of help. The texts themselves are to be asked in any case.
    """
    return rows.filter(_MayHold("pk", index=index_of(rows.model), match=_match(words)))


class _MayHold(Func):
    """Whether SQLite's index says that the row of this key may be what is looked for; PostgreSQL sees by itself."""

    output_field = BooleanField()

    def as_sql(self, *_args: Any, **_context: Any) -> tuple[str, tuple[str | int, ...]]:
        raise FullResultSet

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_context: Any
    ) -> tuple[str, tuple[str | int, ...]]:
        index, match = self.extra["index"], self.extra["match"]
        if not match or not _is_whole_in(connection):
            raise FullResultSet
        key, params = compiler.compile(self.get_source_expressions()[0])
        return f"{key} IN (SELECT rowid FROM {index} WHERE {index} MATCH %s)", (*params, match)  # noqa: S608 - our own words


def _match(words: Iterable[Collection[str]]) -> str:
    """Return what asks FTS5 for every trigram; nothing for words of which one writing is too short to be found."""
    parts = (
        " OR ".join(f"({_every_trigram(text)})" for text in writings)
        for writings in words
        if all(len(text) >= TRIGRAM for text in writings)
    )
    return " AND ".join(f"({part})" for part in parts)


def _every_trigram(word: str) -> str:
    trigrams = dict.fromkeys(word[start : start + TRIGRAM] for start in range(len(word) - TRIGRAM + 1))
    return " ".join('"{}"'.format(trigram.replace('"', '""')) for trigram in trigrams)


def index_of(model: type[Model]) -> str:
    """Return the name of a table's index, with which all begins that belongs to it."""
    return f"{model._meta.db_table}_trigrams"


def keep(using: str, **_signal: Any) -> None:
    """Make the index after a migration, where it is not there or not whole and the database can have it."""
    connection = connections[using]
    if not set(connection.introspection.table_names()).issuperset(each.table for each in _INDEXED):
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
    return _is_possible() and _parts(database).issuperset(name for each in _INDEXED for name, _ in _triggers(each))


def _is_whole_in(connection: BaseDatabaseWrapper) -> bool:
    if connection.vendor != "sqlite":
        return False
    with _opened(connection) as database:
        return is_whole(database)


def is_part(name: str) -> bool:
    """Say whether a table or a trigger belongs to the index."""
    return name.startswith(tuple(index_of(each.model) for each in _INDEXED))


def _parts(database: sqlite3.Connection) -> set[str]:
    return {name for (name,) in database.execute("SELECT name FROM main.sqlite_master") if is_part(name)}


def _triggers(each: _Indexed) -> Iterator[tuple[str, str]]:
    """Yield their names and what each does."""
    index, table, key = index_of(each.model), each.table, each.key
    old, new = (f"{row}.{key}, {each.text(row)}" for row in ("OLD", "NEW"))
    add = f"INSERT INTO {index} (rowid, search_text) SELECT {new} WHERE {each.is_in('NEW')}"
    forget = f"INSERT INTO {index} ({index}, rowid, search_text) SELECT 'delete', {old} WHERE {each.is_in('OLD')}"
    differs = f"({old}, {each.is_in('OLD')}) IS NOT ({new}, {each.is_in('NEW')})"
    for name, when, what in (
        ("inserted", f"AFTER INSERT ON {table}", add),
        ("updated", f"AFTER UPDATE ON {table} WHEN {differs}", f"{forget}; {add}"),
        ("deleted", f"AFTER DELETE ON {table}", forget),
    ):
        yield f"{index}_{name}", f"{when} BEGIN {what}; END"


def _forget_triggers(database: sqlite3.Connection) -> None:
    for each in _INDEXED:
        for name, _ in _triggers(each):
            database.execute(f"DROP TRIGGER IF EXISTS main.{name}")


def make(database: sqlite3.Connection) -> None:
    """Make the index of what is there, whatever of it there was. A SQLite that cannot have it only lets go of it."""
    _forget_triggers(database)
    if not _is_possible():
        return
    for each in _INDEXED:
        index = index_of(each.model)
        if index not in _parts(database):
            database.execute(_table(index))
        database.execute(f"INSERT INTO {index} ({index}) VALUES ('delete-all')")  # noqa: S608 - our own words
        database.execute(
            f"INSERT INTO {index} (rowid, search_text) SELECT row.{each.key}, {each.text('row')}"  # noqa: S608 - our own words
            f" FROM main.{each.table} AS row WHERE {each.is_in('row')} ORDER BY 1"
        )
        for name, what in _triggers(each):
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
    for each in _INDEXED:
        table = each.table
        there = f"SELECT {each.key} AS id FROM {table} AS row WHERE {each.is_in('row')}"  # noqa: S608 - our own words
        known = f"SELECT id FROM {index_of(each.model)}_docsize"  # noqa: S608 - our own words
        either = f"SELECT id FROM ({there} UNION {known}) EXCEPT SELECT id FROM ({there} INTERSECT {known})"  # noqa: S608 - our own words
        with _opened(connection) as database:
            yield from ((table, pk) for (pk,) in database.execute(either))


# PostgreSQL


def _keep_on_server(connection: BaseDatabaseWrapper) -> None:
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            for each in _INDEXED:
                index = index_of(each.model)
                # "IF NOT EXISTS" would wait for everybody who writes before it looks.
                cursor.execute("SELECT to_regclass(%s) IS NULL", [index])
                if cursor.fetchone()[0]:
                    cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
                    columns = ", ".join(f"{column} gin_trgm_ops" for column in each.columns)
                    where = f"WHERE {each.is_in(each.table)}" if each.states else ""
                    cursor.execute(f"CREATE INDEX {index} ON {each.table} USING gin ({columns}) {where}")
    except DatabaseError as error:
        log.info("searches read every text: this database server has no index of trigrams (%s)", type(error).__name__)


def sort_in() -> None:
    """After many changes: let PostgreSQL put into its index what it has only noted, and reads through in each search.

    Its autovacuum does so a minute or so later, even where only the owner of the index may: then nothing happens here.
    """
    with suppress(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        for each in _INDEXED:
            cursor.execute("SELECT gin_clean_pending_list(to_regclass(%s))", [index_of(each.model)])
