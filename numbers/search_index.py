"""The index by which a search finds a word inside texts without reading them all; without it, it finds the same.

It holds each three letters in a row (trigrams) of the search text of every number, and of every teammate's open state.
On PostgreSQL that is an index like others. On SQLite it is a table of its own (FTS5), which triggers keep; a second one
holds each letter and each two in a row of the numbers' texts, so that no word is too short for it.

No migration makes it: whether it can be made depends on the database's server, not on its history, and on SQLite every
change of a column makes a new table and forgets the triggers of the old one. So after each `migrate` it is looked for,
and made anew where it is not whole.
"""

import logging
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, TypeVar

from django.core.exceptions import FullResultSet
from django.db import DatabaseError, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Func, Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from numbers.models import SearchText, TeammateState

log = logging.getLogger(__name__)

TRIGRAM = 3  # letters; shorter words are in the second index only


@dataclass(frozen=True)
class Indexed:
    """A table and the columns of it that are in the index; `states` are so only while they are open.

    `short` is the index of letters and pairs.
    """

    model: type[Model]
    columns: tuple[str, ...]
    states: bool = False
    short: bool = False

    @property
    def name(self) -> str:
        """Of its table, or on PostgreSQL itself; with it begins the name of all that belongs to it."""
        return f"{self.table}_{'pairs' if self.short else 'trigrams'}"

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def key(self) -> str:
        return str(self.model._meta.pk.column)

    def text(self, row: str) -> str:
        """Return the SQL of what the index has of a row: its columns in one, where no word goes across."""
        text = " || ' ' || ".join(f"{row}.{column}" for column in self.columns)
        return f"{_TERMS}({text})" if self.short else text

    def is_in(self, row: str) -> str:
        return f"{row}.until IS NULL" if self.states else "TRUE"


INDEXED = (
    Indexed(SearchText, ("own", "teammates")),
    Indexed(SearchText, ("own", "teammates"), short=True),
    Indexed(TeammateState, ("search_text",), states=True),
)

Row = TypeVar("Row", bound=Model)
Writings = Sequence[Collection[str]]  # of each word, folded as the texts are


def holding(
    rows: QuerySet[Row], of: type[Model], words: Writings, *, key: str = "pk", one_by_one: bool = False
) -> QuerySet[Row]:
    """Those of `rows` whose `key` names a row of the model `of` that may hold every word, each in one of its writings.

    It spares reading the others, where the index is of help. The texts are to be asked too, where it cannot `count`.
    The rows are looked up by what is found, or `one_by_one`, as they come, in what is found.
    """
    for each in (each for each in INDEXED if each.model is of):
        rows = rows.filter(_MayHold(key, index=each.name, match=_match(each, words), one_by_one=one_by_one))
    return rows


def count(of: type[Model], words: Writings) -> int | None:
    """Return how many rows of the model `of` hold every word, where the index alone tells which ones; else None.

    It does where each word has one writing: it is asked of the whole text then, not of a column.
    """
    asked = [(each.name, match) for each in INDEXED if each.model is of and (match := _match(each, words))]
    if not asked or any(len(writings) > 1 for writings in words) or not _is_whole_in(connection):
        return None
    found = " INTERSECT ".join(f"SELECT rowid FROM {name} WHERE {name} MATCH %s" for name, _ in asked)  # noqa: S608 - our own words
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({found})", [match for _, match in asked])  # noqa: S608 - our own words
        return int(cursor.fetchone()[0])


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
        plain = "+" if self.extra["one_by_one"] else ""  # keeps SQLite from looking rows up by it
        return f"{plain}{key} IN (SELECT rowid FROM {index} WHERE {index} MATCH %s)", (*params, match)  # noqa: S608 - our own words


def _match(each: Indexed, words: Writings) -> str:
    """Return what asks FTS5 for every word; nothing for words of which one writing is none of this index."""
    parts = (
        " OR ".join(_asked(each, text) for text in writings)
        for writings in words
        if all((len(text) < TRIGRAM) is each.short for text in writings)
    )
    return " AND ".join(f"({part})" for part in parts)


def _asked(each: Indexed, text: str) -> str:
    # Trigrams that follow one another, as FTS5 takes a text in quotes, are the text itself.
    quoted = _term(text) if each.short else text.replace('"', '""')
    return f'"{quoted}"'


_TERMS = "quo_admin_letters_and_pairs"  # what SQLite calls `_letters_and_pairs`


def _letters_and_pairs(text: str) -> str:
    """Return the terms of a text's letters and of each two in a row, but for spaces: no word holds one."""
    terms = {*text, *map("".join, pairwise(text))}
    return " ".join(_term(term) for term in terms if " " not in term)


def _term(letters: str) -> str:
    # FTS5 knows no pairs by itself. Written as figures, any letters are one word to it.
    return letters.encode().hex()


def teach(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """Teach a new connection to SQLite what the triggers ask for."""
    if connection.vendor == "sqlite":
        _teach(connection.connection)


def _teach(database: sqlite3.Connection) -> None:
    database.create_function(_TERMS, 1, _letters_and_pairs, deterministic=True)


def keep(using: str, **_signal: Any) -> None:
    """Make the index after a migration, where it is not there or not whole and the database can have it."""
    connection = connections[using]
    if not set(connection.introspection.table_names()).issuperset(each.table for each in INDEXED):
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


def _table(each: Indexed) -> str:
    # Without the texts, which are there already. Of letters and pairs the places in them are not asked.
    how = "detail = none, tokenize = 'ascii'" if each.short else "tokenize = 'trigram case_sensitive 1'"
    return f"CREATE VIRTUAL TABLE {each.name} USING fts5(search_text, content = '', {how})"


@cache
def _is_possible() -> bool:
    """Say whether this SQLite knows trigrams: from 3.34 on, where it was built with FTS5."""
    try:
        with closing(sqlite3.connect(":memory:")) as database:
            for each in INDEXED:
                database.execute(_table(each))
    except sqlite3.OperationalError:
        return False
    return True


def is_whole(database: sqlite3.Connection) -> bool:
    """Say whether the index is there and is kept. What was written while a trigger was missing is not in it."""
    if not _is_possible():
        return False
    wanted = dict(_definitions())
    places = ", ".join("?" * len(wanted))
    found = database.execute(f"SELECT name, sql FROM main.sqlite_master WHERE name IN ({places})", tuple(wanted))  # noqa: S608 - places only
    return dict(found.fetchall()) == wanted


def _is_whole_in(connection: BaseDatabaseWrapper) -> bool:
    if connection.vendor != "sqlite":
        return False
    with _opened(connection) as database:
        return is_whole(database)


def is_part(name: str) -> bool:
    """Say whether a table or a trigger belongs to the index."""
    return name.startswith(tuple(each.name for each in INDEXED))


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
    if not _is_possible():
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
    for each in INDEXED:
        table = each.table
        there = f"SELECT {each.key} AS id FROM {table} AS row WHERE {each.is_in('row')}"  # noqa: S608 - our own words
        known = f"SELECT id FROM {each.name}_docsize"  # noqa: S608 - our own words
        either = f"SELECT id FROM ({there} UNION {known}) EXCEPT SELECT id FROM ({there} INTERSECT {known})"  # noqa: S608 - our own words
        with _opened(connection) as database:
            yield from ((table, pk) for (pk,) in database.execute(either))


# PostgreSQL

_ON_SERVER = tuple(each for each in INDEXED if not each.short)


def _keep_on_server(connection: BaseDatabaseWrapper) -> None:
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            for each in _ON_SERVER:
                index = each.name
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
        for each in _ON_SERVER:
            cursor.execute("SELECT gin_clean_pending_list(to_regclass(%s))", [each.name])
