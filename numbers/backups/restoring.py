"""Restores a backup: everything in it takes the place of everything that is there, in one transaction.

A copy of the file is checked and brought to today's schema before anything is touched, and what was there is backed
up while nobody can write. So whenever it fails, or is killed, the database is as it was or as the backup has it.
"""

import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from numbers import planner
from numbers.backups import Refused, making, tables
from numbers.backups.files import (
    SIDE_FILES,
    WAIT,
    Contents,
    check,
    contents,
    is_damage,
    live_file,
    migrate,
    opened,
    remove,
    said,
    sync_to_disk,
    unknown_migrations,
)
from numbers.invariants import Finding, findings
from numbers.locks import only_one_sync
from numbers.snapshots import one_moment

_FILE = "restored-file"
_FORMER_INDEX = re.compile("numbers_.*_(trigrams|pairs)")


@dataclass(frozen=True)
class Prepared:
    """A copy of a backup, checked and of today's schema; `broken` is what does not hold in it."""

    file: Path
    contents: Contents
    broken: list[Finding]


@dataclass(frozen=True)
class Restored:
    """`kept` is where the state before is; None where there was none."""

    contents: Contents
    kept: Path | None
    must_restart: bool = False


@contextmanager
def prepared(path: Path) -> Iterator[Prepared]:
    """Give a copy of the backup `path`, ready to be restored; `path` itself is only read. Raises Refused."""
    if path.is_dir():
        raise Refused(f"{path} is a folder: name the file in it that is to be restored.")
    if not path.is_file():
        raise Refused(f"There is no file {path}.")
    try:
        folder = Path(tempfile.mkdtemp(prefix="restoring-", dir=settings.DATA_DIR))
    except OSError as error:
        raise Refused(f"{settings.DATA_DIR} cannot be written: {error.strerror}.") from None
    try:
        yield _prepare(path, folder / "backup.sqlite3")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _prepare(path: Path, file: Path) -> Prepared:
    try:
        _copy(path, file)
        check(file)
        migrate(file)
        _sign_out(file)
        _reserve_ids(file)
        with opened(file), one_moment():
            broken = list(findings())
        return Prepared(file, contents(file), broken)
    except OSError as error:
        raise Refused(f"The backup could not be copied to {settings.DATA_DIR}: {error.strerror}.") from None
    except (sqlite3.Error, DatabaseError) as error:
        raise Refused(f"The backup could not be brought up to date. The database says: {said(error)}") from None


def _copy(path: Path, file: Path) -> None:
    shutil.copyfile(path, file)
    file.chmod(0o600)
    # A bare copy of a database that was in use may have its newest part beside it.
    for suffix in ("-journal", "-wal"):
        beside = Path(f"{path}{suffix}")
        if beside.is_file():
            shutil.copyfile(beside, f"{file}{suffix}")


def _sign_out(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        for table in tables.session_tables():
            database.execute(f'DELETE FROM "{table}"')  # noqa: S608 - our own words
        database.execute("PRAGMA journal_mode = DELETE")


def _reserve_ids(file: Path) -> None:
    """Never give the id of an account again that a line of the access log names.

    What SQLite counted knows of it; a backup made of PostgreSQL has counted only the accounts that are in it.
    """
    with closing(sqlite3.connect(file)) as database, database:
        newest = database.execute(
            "SELECT max(seq) FROM (SELECT seq FROM sqlite_sequence WHERE name = 'accounts_user'"
            " UNION ALL SELECT user_id FROM accounts_accessevent)"
        ).fetchone()[0]
        database.execute("DELETE FROM sqlite_sequence WHERE name = 'accounts_user'")
        database.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('accounts_user', ?)", [newest or 0])


def refuse_to_mix(backup: Contents) -> None:
    """Raise Refused where the backup has the office's numbers and this is the demo, or the other way round."""
    if backup.demo is None or backup.demo is settings.DEMO:
        return
    if backup.demo:
        raise Refused("The backup is of the demo workspace, and would take the place of your own numbers.")
    raise Refused("The backup is of a real workspace, and this is the demo: set QUO_API_KEY first, then restore.")


def present() -> str:
    """Say in words what a restore would replace."""
    file = live_file()
    if file and not file.exists():
        return "nothing yet"
    try:
        if file:
            return str(contents(file))
        with connection.cursor() as cursor:
            cursor.execute("SELECT (SELECT count(*) FROM numbers_phonenumber), (SELECT count(*) FROM accounts_user)")
            numbers, accounts = cursor.fetchone()
    except (sqlite3.Error, DatabaseError, KeyError):
        return "nothing that can be read"
    return f"{numbers:,} numbers, {accounts:,} accounts"


def restore(backup: Prepared) -> Restored:
    """Replace everything by what is in `backup`, while no sync runs. Raises Refused; then everything is as it was."""
    with only_one_sync() as mine:
        if not mine:
            raise Refused("A sync or another restore is running right now; try again when it has ended.")
        name = f"before-restore-{datetime.now(UTC):%Y-%m-%d-%H%M%S-%f}.sqlite3"
        kept = settings.DATA_DIR / name
        file = live_file()
        try:
            return _into_file(backup, file, kept) if file else _into_server(backup, kept)
        except OSError as error:
            remove(kept)
            raise Refused(f"Nothing was restored: {error.strerror}.") from None
        except (sqlite3.Error, DatabaseError) as error:
            remove(kept)
            raise Refused(f"Nothing was restored. The database says: {said(error)}") from None


# SQLite


def _into_file(backup: Prepared, live: Path, kept: Path) -> Restored:
    if not live.exists():
        _into_its_place(backup.file, live, None)
        return Restored(backup.contents, None)
    try:
        with closing(sqlite3.connect(live, timeout=WAIT, isolation_level=None)) as database:
            is_kept = _replace_all(database, backup.file, kept)
    except making.Damaged:
        _into_its_place(backup.file, live, kept)
        return Restored(backup.contents, kept, must_restart=True)
    return Restored(backup.contents, kept if is_kept else None)


def _replace_all(database: sqlite3.Connection, file: Path, kept: Path) -> bool:
    """In one transaction, so that who reads meanwhile sees the old or the new; other writers wait.

    Return whether there was something to keep. Raises making.Damaged.
    """
    try:
        database.execute("PRAGMA foreign_keys = OFF")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("ATTACH DATABASE ? AS backup", [str(file)])
        database.execute("BEGIN IMMEDIATE")
        is_kept = bool(database.execute("SELECT count(*) FROM main.sqlite_master").fetchone()[0])
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            raise making.Damaged(str(error)) from None
        raise
    if is_kept:
        making.make(kept)
    _drop_all(database)
    _make_tables(database)
    _fill_tables(database)
    _make_the_rest(database)
    _commit(database)
    return is_kept


def _parts(database: sqlite3.Connection, schema: str) -> list[tuple[str, str, str]]:
    """Type, name and SQL of what somebody made; what SQLite makes by itself has no SQL, or a name of its own."""
    found = database.execute(f"SELECT type, name, sql FROM {schema}.sqlite_master WHERE sql IS NOT NULL ORDER BY rowid")  # noqa: S608 - names from SQLite itself
    return [row for row in found if not row[1].startswith("sqlite_")]


def _wanted_parts(database: sqlite3.Connection) -> list[tuple[str, str, str]]:
    """The parts of the backup, without an earlier version's search index, which a SQLite without FTS5 cannot drop."""
    return [part for part in _parts(database, "backup") if not _FORMER_INDEX.match(part[1])]


def _drop_all(database: sqlite3.Connection) -> None:
    # "IF EXISTS": with the search index of an earlier version, SQLite drops the tables that it consists of.
    for kind in ("trigger", "view", "index", "table"):
        for each, name, _ in _parts(database, "main"):
            if each == kind:
                database.execute(f'DROP {kind} IF EXISTS main."{name}"')


def _make_tables(database: sqlite3.Connection) -> None:
    for kind, _, sql in _wanted_parts(database):
        if kind == "table":
            database.execute(sql)


def _fill_tables(database: sqlite3.Connection) -> None:
    names = [name for kind, name, _ in _wanted_parts(database) if kind == "table"]
    for name in names:
        database.execute(f'INSERT INTO main."{name}" SELECT * FROM backup."{name}"')  # noqa: S608 - names from SQLite itself
    database.execute("DELETE FROM main.sqlite_sequence")
    database.execute("INSERT INTO main.sqlite_sequence SELECT * FROM backup.sqlite_sequence")


def _make_the_rest(database: sqlite3.Connection) -> None:
    for kind, _, sql in _wanted_parts(database):
        if kind != "table":
            database.execute(sql)


def _commit(database: sqlite3.Connection) -> None:
    database.execute("COMMIT")


def _into_its_place(file: Path, live: Path, kept: Path | None) -> None:
    """Make the live file from `file`, whole or not at all; keep one that SQLite cannot read as it is in `kept`."""
    connection.close()
    draft = live.with_name(f"{live.name}.restoring")
    try:
        _copy_safely(file, draft)
        for suffix in ("", *SIDE_FILES):
            beside = Path(f"{live}{suffix}")
            if kept and beside.exists():
                _copy_safely(beside, Path(f"{kept}{suffix}"))
        for suffix in SIDE_FILES:  # else SQLite would take them for the new file's
            Path(f"{live}{suffix}").unlink(missing_ok=True)
        draft.replace(live)
    finally:
        draft.unlink(missing_ok=True)  # else it would take the room of a disk that is full
    sync_to_disk(live.parent)


def _copy_safely(file: Path, target: Path) -> None:
    shutil.copyfile(file, target)
    target.chmod(0o600)
    sync_to_disk(target)


# PostgreSQL


def _into_server(backup: Prepared, kept: Path) -> Restored:
    applied = set(MigrationRecorder(connection).applied_migrations())
    if unknown_migrations(applied):
        raise Refused("The database was changed by a newer version of Quo Admin: restore with that one.")
    call_command("migrate", verbosity=0, interactive=False)
    with opened(backup.file, _FILE), transaction.atomic():
        _keep_writers_out()
        if applied:
            making.make(kept)
        with _without_triggers():
            tables.empty(DEFAULT_DB_ALIAS)
            tables.copy(_FILE, DEFAULT_DB_ALIAS)
            _count_on(backup.file)
        planner.refresh_statistics()
    return Restored(backup.contents, kept if applied else None)


def _quoted_tables() -> list[str]:
    return [connection.ops.quote_name(table) for table in tables.every_table()]


def _keep_writers_out() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{int(WAIT)}s'")
        cursor.execute(f"LOCK TABLE {', '.join(_quoted_tables())} IN EXCLUSIVE MODE")


@contextmanager
def _without_triggers() -> Iterator[None]:
    """Rows that nobody may change otherwise give way, too."""
    with connection.cursor() as cursor:
        for table in _quoted_tables():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in _quoted_tables():
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _count_on(file: Path) -> None:
    """Let new rows be counted from the restored ones, and from those that were deleted before."""
    with closing(sqlite3.connect(file)) as database:
        counted = database.execute("SELECT name, seq FROM sqlite_sequence WHERE seq > 0").fetchall()
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), tables.kept()):
            cursor.execute(sql)
        for table, newest in counted:
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, newest])
