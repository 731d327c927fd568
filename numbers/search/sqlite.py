"""The trigram index of a SQLite database: a table of FTS5, which triggers keep in step with the search texts."""

import logging
import sqlite3
from collections.abc import Iterable

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import RawSQL

from numbers.search.words import writings_of

log = logging.getLogger(__name__)

INDEX = "numbers_searchtext_index"
_FORMER = ("numbers_searchtext_trigrams", "numbers_searchtext_pairs", "numbers_teammatestate_trigrams")
_EVENTS = ("inserted", "updated", "deleted")

TRIGRAM = 3  # letters; shorter words are not in the index

# It reads the texts from the table of search texts and keeps no copy of them.
TABLE = f"""
    CREATE VIRTUAL TABLE {INDEX} USING fts5(
        own, teammates, content = numbers_searchtext, content_rowid = phone_number_id,
        tokenize = 'trigram case_sensitive 1'
    )
"""
_ADD = f"INSERT INTO {INDEX} (rowid, own, teammates) VALUES (NEW.phone_number_id, NEW.own, NEW.teammates);"  # noqa: S608 - our own words
_FORGET = f"""
    INSERT INTO {INDEX} ({INDEX}, rowid, own, teammates)
    VALUES ('delete', OLD.phone_number_id, OLD.own, OLD.teammates);
"""  # noqa: S608 - our own words
_FILL_AND_KEEP = (
    f"INSERT INTO {INDEX} ({INDEX}) VALUES ('rebuild')",  # noqa: S608 - our own words
    f"CREATE TRIGGER {INDEX}_inserted AFTER INSERT ON numbers_searchtext BEGIN {_ADD} END",
    f"CREATE TRIGGER {INDEX}_updated AFTER UPDATE ON numbers_searchtext BEGIN {_FORGET} {_ADD} END",
    f"CREATE TRIGGER {INDEX}_deleted AFTER DELETE ON numbers_searchtext BEGIN {_FORGET} END",
)


def is_part(name: str) -> bool:
    """Say whether a table or a trigger belongs to the index, or to one that an earlier version made."""
    return name.startswith((INDEX, *_FORMER))


def is_whole(connection: BaseDatabaseWrapper) -> bool:
    """Say whether the index and its triggers are there. What is written without a trigger is not in the index."""
    if connection.vendor != "sqlite":
        return False
    names = (INDEX, *(f"{INDEX}_{event}" for event in _EVENTS))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sqlite_master WHERE name IN (%s, %s, %s, %s)", names)
        return bool(cursor.fetchone()[0] == len(names))


def make(database: sqlite3.Connection) -> None:
    """Replace the index, of any version, by one of the texts that are there.

    A SQLite older than 3.34, or built without FTS5, cannot have it: then its triggers are removed.
    """
    for index in (INDEX, *_FORMER):
        for event in _EVENTS:
            database.execute(f"DROP TRIGGER IF EXISTS main.{index}_{event}")
    try:
        for index in (INDEX, *_FORMER):
            database.execute(f"DROP TABLE IF EXISTS main.{index}")
        database.execute(TABLE)
    except sqlite3.OperationalError as error:
        log.info("searches read every text: this SQLite has no index of trigrams (%s)", error)
        return
    for sql in _FILL_AND_KEEP:
        database.execute(sql)


def is_long(word: str) -> bool:
    """Say whether the index has every writing of a word."""
    return all(len(writing) >= TRIGRAM for writing in writings_of(word))


def matching(words: Iterable[str]) -> RawSQL:
    """Return the SQL of the keys of the search texts that each of these long words fits."""
    match = " AND ".join(map(_match, words))
    return RawSQL(f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH %s", [match])  # noqa: S608, S611 - our own words


def _match(word: str) -> str:
    """Return what asks FTS5 for a word: in any writing in the number's own text, as it is in the teammates'."""
    # FTS5 takes a quoted text as trigrams that follow one another, so it finds exactly that text.
    own = " OR ".join(_quoted(writing) for writing in sorted(writings_of(word)))
    return f"(own : ({own}) OR teammates : {_quoted(word)})"


def _quoted(text: str) -> str:
    return '"{}"'.format(text.replace('"', '""'))
