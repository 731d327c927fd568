"""Files that hold a whole database of Quo Admin in SQLite: how they are opened, and what is in one."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from numbers.operations.backups import BackupRefused
from numbers.vocabulary.terminal import printable

WAIT = 20.0  # seconds that a lock of somebody else may last
SIDE_FILES = ("-journal", "-wal", "-shm")


def live_file() -> Path | None:
    """Return the file of the database in use; None where that is PostgreSQL's, or in memory."""
    database = connections[DEFAULT_DB_ALIAS]
    if isinstance(database, DatabaseWrapper) and not database.is_in_memory_db():
        return Path(str(database.settings_dict["NAME"]))
    return None


@contextmanager
def opened(file: Path, alias: str = DEFAULT_DB_ALIAS) -> Iterator[DatabaseWrapper]:
    """Let `alias` mean the database in `file`, in this thread, until the end.

    As the default database for migrations: they need not say which database they mean, and then mean that one.
    """
    usual = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(file), "OPTIONS": {"timeout": WAIT}}
    wrapper = DatabaseWrapper(connections.configure_settings({DEFAULT_DB_ALIAS: usual})[DEFAULT_DB_ALIAS], alias)
    before = connections[alias] if alias == DEFAULT_DB_ALIAS else None
    connections[alias] = wrapper
    ContentType.objects.clear_cache()  # its ids are those of one database
    try:
        yield wrapper
    finally:
        wrapper.close()
        ContentType.objects.clear_cache()
        if before is None:
            del connections[alias]
        else:
            connections[alias] = before


def migrate(file: Path) -> None:
    """Bring the database in `file` to the newest schema; make one where the file is empty."""
    with opened(file):
        call_command("migrate", verbosity=0, interactive=False)


def unknown_migrations(applied: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return those of the applied migrations that this version of Quo Admin does not have: a newer one made them."""
    return applied - set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations or ())


def missing_migrations(applied: set[tuple[str, str]]) -> set[tuple[str, str]]:
    return set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations or ()) - applied


@dataclass(frozen=True)
class Contents:
    """What is in a backup, in numbers; `schema` is the last migration of each app."""

    numbers: int
    states: int
    teammates: int
    syncs: int
    accounts: int
    demo: bool | None  # whose numbers they are; None where there are none yet
    bytes: int
    schema: dict[str, str]

    def __str__(self) -> str:
        version = ", ".join(f"{app} {self.schema[app].partition('_')[0]}" for app in ("numbers", "accounts"))
        size = f"{self.bytes / 1_000_000:.1f} MB"
        return (
            f"{_counted(self.numbers, 'number')}, {_counted(self.states, 'state')}, "
            f"{_counted(self.teammates, 'teammate')}, {_counted(self.accounts, 'account')}; {size}, schema {version}"
        )

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def applied_in(database: sqlite3.Connection) -> set[tuple[str, str]]:
    return set(database.execute("SELECT app, name FROM django_migrations"))


def contents(file: Path) -> Contents:
    """Count what is in `file`, of whatever version. Raises sqlite3.Error where it is no database of Quo Admin."""
    with closing(sqlite3.connect(file, timeout=WAIT)) as database:

        def count(table: str) -> int:
            return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - our own words

        last = "SELECT demo FROM numbers_sync WHERE outcome = 'succeeded' ORDER BY id DESC LIMIT 1"
        demo = database.execute(last).fetchone()
        return Contents(
            numbers=count("numbers_phonenumber"),
            states=count("numbers_numberstate"),
            teammates=count("numbers_teammate"),
            syncs=count("numbers_sync"),
            accounts=count("accounts_user"),
            demo=None if demo is None else bool(demo[0]),
            bytes=file.stat().st_size,
            schema=dict(sorted(applied_in(database))),
        )


def damage_in(database: sqlite3.Connection, check: str) -> str:
    """Return the first damage that the PRAGMA `check` finds, in one line; an empty text if it finds none."""
    lines = [line for (found,) in database.execute(f"PRAGMA {check}") for line in found.splitlines()]
    return next((line for line in lines if line != "ok" and not line.startswith("***")), "")


def check(file: Path) -> None:
    """Raise BackupRefused unless `file` is a whole, unharmed database of Quo Admin that this version can read."""
    try:
        with closing(sqlite3.connect(file, timeout=WAIT)) as database:
            if damage := damage_in(database, "integrity_check"):
                raise BackupRefused(f"The file is damaged, so nothing was restored. SQLite says: {damage}")
            unknown = unknown_migrations(applied_in(database))
            contents(file)
    except (sqlite3.Error, KeyError):
        raise BackupRefused("The file is not a backup of Quo Admin, or it is damaged.") from None
    if unknown:
        app, name = min(unknown)
        raise BackupRefused(
            f"The backup was made by a newer version of Quo Admin (it has {app} {name}): install that version first."
        )


def is_damage(error: Exception) -> bool:
    """Say whether SQLite could not make sense of a file; of everything else it has more exact words."""
    return type(error) in {sqlite3.DatabaseError, DatabaseError}


def said(error: Exception) -> str:
    """Return what a database says of an error, which may be several lines, as one that steers no terminal."""
    return printable(" ".join(str(error).split()))


def sync_to_disk(path: Path) -> None:
    """Let a file, or what a folder says of its files, outlast a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(file: Path) -> None:
    """Remove a database's file and what SQLite keeps beside it."""
    for suffix in ("", *SIDE_FILES):
        Path(f"{file}{suffix}").unlink(missing_ok=True)
