"""SQLite files that hold a whole Quo Admin database: opening, checking and describing them."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from numbers.operations.backups import BackupError
from numbers.vocabulary.terminal import printable

LOCK_TIMEOUT = 20.0  # seconds
_DAMAGED = {"XX001", "XX002"}  # PostgreSQL's codes for damaged data and a damaged index
SIDE_FILES = ("-journal", "-wal", "-shm")


def live_file() -> Path | None:
    """Return the file of the database in use, or None for PostgreSQL and for a database in memory."""
    database = connections[DEFAULT_DB_ALIAS]
    if isinstance(database, DatabaseWrapper) and not database.is_in_memory_db():
        return Path(str(database.settings_dict["NAME"]))
    return None


@contextmanager
def opened(file: Path, alias: str = DEFAULT_DB_ALIAS) -> Iterator[DatabaseWrapper]:
    """Let `alias` mean the database in `file`, in this thread, until the block ends.

    The default alias is meant for migrations, which need not name a database.
    """
    options = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(file), "OPTIONS": {"timeout": LOCK_TIMEOUT}}
    wrapper = DatabaseWrapper(connections.configure_settings({DEFAULT_DB_ALIAS: options})[DEFAULT_DB_ALIAS], alias)
    previous = connections[alias] if alias == DEFAULT_DB_ALIAS else None
    connections[alias] = wrapper
    ContentType.objects.clear_cache()  # the cached ids belong to one database
    try:
        yield wrapper
    finally:
        wrapper.close()
        ContentType.objects.clear_cache()
        if previous is None:
            del connections[alias]
        else:
            connections[alias] = previous


def migrate(file: Path) -> None:
    """Bring the database in `file` to the newest schema. An empty file becomes a new database."""
    with opened(file):
        call_command("migrate", verbosity=0, interactive=False)


@cache
def our_migrations() -> frozenset[tuple[str, str]]:
    """Return the migrations of this version, as (app, name). A database may have others from a newer version.

    They are read once: an upgrade replaces the files of a running server.
    """
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations or ())


def unknown_migrations() -> set[tuple[str, str]]:
    """Return the migrations of the database in use that this version does not have. Only a newer version has them."""
    return set(MigrationRecorder(connections[DEFAULT_DB_ALIAS]).applied_migrations()) - our_migrations()


@dataclass(frozen=True)
class Contents:
    """How many rows a backup has. `schema` is the last migration of each app."""

    numbers: int
    states: int
    teammates: int
    syncs: int
    accounts: int
    demo: bool | None  # whether any data is the demo's; None while there is none
    mixed: bool  # whether other data is real
    bytes: int
    schema: dict[str, str]

    def __str__(self) -> str:
        version = ", ".join(f"{app} {self.schema[app].partition('_')[0]}" for app in ("numbers", "accounts"))
        size = f"{self.bytes / 1_000_000:.1f} MB"
        demo = "demo data, " if self.demo else ""
        return (
            f"{demo}{_counted(self.numbers, 'number')}, {_counted(self.states, 'state')}, "
            f"{_counted(self.teammates, 'teammate')}, {_counted(self.accounts, 'account')}; {size}, schema {version}"
        )


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def applied_in(database: sqlite3.Connection) -> set[tuple[str, str]]:
    return set(database.execute("SELECT app, name FROM django_migrations"))


def contents(file: Path) -> Contents:
    """Count the rows in `file`, of any version. Raises sqlite3.Error if it is not a Quo Admin database."""
    with closing(sqlite3.connect(file, timeout=LOCK_TIMEOUT)) as database:

        def count(table: str) -> int:
            return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - our own table names

        both = "SELECT max(demo), min(demo) FROM numbers_sync WHERE outcome = 'succeeded'"
        any_demo, all_demo = database.execute(both).fetchone()
        return Contents(
            numbers=count("numbers_phonenumber"),
            states=count("numbers_numberstate"),
            teammates=count("numbers_teammate"),
            syncs=count("numbers_sync"),
            accounts=count("accounts_user"),
            demo=None if any_demo is None else bool(any_demo),
            mixed=any_demo != all_demo,
            bytes=file.stat().st_size,
            schema=dict(sorted(applied_in(database))),
        )


def damage_in(database: sqlite3.Connection, check: str, ignored: tuple[str, ...] = ()) -> str:
    """Return the first damage that the PRAGMA `check` finds, as one line, or "". Skips lines about `ignored`."""
    lines = [line for (report,) in database.execute(f"PRAGMA {check}") for line in report.splitlines()]
    return next((line for line in lines if line != "ok" and not line.startswith(("***", *ignored))), "")


def check(file: Path) -> None:
    """Raise BackupError unless `file` is an undamaged Quo Admin database that this version can read."""
    try:
        with closing(sqlite3.connect(file, timeout=LOCK_TIMEOUT)) as database:
            if damage := damage_in(database, "integrity_check"):
                raise BackupError(f"The file is damaged, so nothing was restored. SQLite says: {damage}")
            unknown = applied_in(database) - our_migrations()
            contents(file)
    except (sqlite3.Error, KeyError):
        raise BackupError("The file is not a backup of Quo Admin, or it is damaged.") from None
    if unknown:
        app, name = min(unknown)
        raise BackupError(
            f"The backup was made by a newer version of Quo Admin (it has {app} {name}): install that version first."
        )


def is_damage(error: Exception) -> bool:
    """Return whether the database could not read its own files. For every other problem SQLite raises a subclass."""
    is_found_by_postgresql = getattr(error.__cause__, "sqlstate", "") in _DAMAGED
    return is_found_by_postgresql or type(error) in {sqlite3.DatabaseError, DatabaseError}


def one_line(error: Exception) -> str:
    """Return a database's error text as one line without terminal control characters."""
    return printable(" ".join(str(error).split()))


def sync_to_disk(path: Path) -> None:
    """Make a file, or a folder's entries, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(file: Path) -> None:
    """Remove a database file and SQLite's side files."""
    for suffix in ("", *SIDE_FILES):
        Path(f"{file}{suffix}").unlink(missing_ok=True)
