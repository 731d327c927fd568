"""Restores a backup: everything in it takes the place of everything that is there, in one transaction.

A copy of the file is checked and brought to today's schema before anything is touched, and what was there is backed
up while nobody can write. So whenever it fails, or is killed, the database is as it was or as the backup has it.
"""

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

from numbers.database.bulk_insert import refresh_statistics
from numbers.database.locks import only_one_sync
from numbers.database.snapshot import one_moment
from numbers.operations.backups import BackupRefused, making, tables
from numbers.operations.backups.files import (
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
from numbers.operations.invariants import Breach, breaches

_FILE = "restored-file"


@dataclass(frozen=True)
class Prepared:
    """A copy of a backup, checked and of today's schema; `broken` is what does not hold in it."""

    file: Path
    contents: Contents
    broken: list[Breach]


@dataclass(frozen=True)
class Restored:
    """`kept` is where the state before is; None where there was none."""

    contents: Contents
    kept: Path | None
    must_restart: bool = False


@contextmanager
def prepared(path: Path) -> Iterator[Prepared]:
    """Give a copy of the backup `path`, ready to be restored; `path` itself is only read. Raises BackupRefused."""
    if path.is_dir():
        raise BackupRefused(f"{path} is a folder: name the file in it that is to be restored.")
    if not path.is_file():
        raise BackupRefused(f"There is no file {path}.")
    try:
        folder = Path(tempfile.mkdtemp(prefix="restoring-", dir=settings.DATA_DIR))
    except OSError as error:
        raise BackupRefused(f"{settings.DATA_DIR} cannot be written: {error.strerror}.") from None
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
            broken = list(breaches())
        return Prepared(file, contents(file), broken)
    except OSError as error:
        raise BackupRefused(f"The backup could not be copied to {settings.DATA_DIR}: {error.strerror}.") from None
    except (sqlite3.Error, DatabaseError) as error:
        raise BackupRefused(f"The backup could not be brought up to date. The database says: {said(error)}") from None


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
        database.execute("PRAGMA application_id = 0")  # it becomes the database in use, which is no backup


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
    """Raise BackupRefused where the backup has the office's numbers and this is the demo, or the other way round."""
    if backup.demo is None or backup.demo is settings.DEMO:
        return
    if backup.demo:
        raise BackupRefused("The backup is of the demo workspace, and would take the place of your own numbers.")
    raise BackupRefused("The backup is of a real workspace, and this is the demo: set QUO_API_KEY first, then restore.")


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
    """Replace everything with the contents of `backup`. Raises BackupRefused, and then changes nothing."""
    with only_one_sync() as mine:
        if not mine:
            raise BackupRefused("A sync or another restore is running right now; try again when it has ended.")
        name = f"before-restore-{datetime.now(UTC):%Y-%m-%d-%H%M%S-%f}.sqlite3"
        kept = settings.DATA_DIR / name
        file = live_file()
        try:
            return _into_file(backup, file, kept) if file else _into_server(backup, kept)
        except OSError as error:
            remove(kept)
            raise BackupRefused(f"Nothing was restored: {error.strerror}.") from None
        except (sqlite3.Error, DatabaseError) as error:
            remove(kept)
            raise BackupRefused(f"Nothing was restored. The database says: {said(error)}") from None


# SQLite


def _into_file(backup: Prepared, live: Path, kept: Path) -> Restored:
    if not live.exists():
        _into_its_place(backup.file, live, None)
        return Restored(backup.contents, None)
    try:
        is_kept = _replace_pages(backup.file, live, kept)
    except making.Damaged:
        _into_its_place(backup.file, live, kept)
        return Restored(backup.contents, kept, must_restart=True)
    return Restored(backup.contents, kept if is_kept else None)


def _replace_pages(file: Path, live: Path, kept: Path) -> bool:
    """Let SQLite copy every page in one transaction: readers see the old or the new, and other writers wait.

    Return whether there was something to keep. Raises making.Damaged.
    """
    found: list[bool] = []

    def keep_first(status: int, _remaining: int, _total: int) -> None:
        if status == sqlite3.SQLITE_BUSY:
            raise sqlite3.OperationalError("database is locked")  # Python's own loop would wait for ever
        if not found:  # the transaction has begun: nobody else can write, and what was there can still be read
            found.append(_has_tables(live))
            if found[0]:
                making.make(kept)

    try:
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(live, timeout=WAIT)) as target:
            target.execute("PRAGMA journal_mode = WAL")  # without it, nobody could read once the copy has begun
            target.execute("PRAGMA synchronous = FULL")
            source.backup(target, pages=1, progress=keep_first)
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            raise making.Damaged(str(error)) from None
        raise
    return found[0]


def _has_tables(file: Path) -> bool:
    with closing(sqlite3.connect(file, timeout=WAIT)) as database:
        return bool(database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])


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
        raise BackupRefused("The database was changed by a newer version of Quo Admin: restore with that one.")
    call_command("migrate", verbosity=0, interactive=False)
    with opened(backup.file, _FILE), transaction.atomic():
        _keep_writers_out()
        if applied:
            making.make(kept)
        with _without_triggers():
            tables.empty(DEFAULT_DB_ALIAS)
            tables.copy(_FILE, DEFAULT_DB_ALIAS)
            _count_on(backup.file)
        refresh_statistics()
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
