"""Restores a backup: replaces the whole database in one transaction.

First a copy of the file is checked and migrated. Then the current data is backed up while nobody can write; if a newer
version wrote it, it is set aside. So if a restore fails or is killed at any point, the database holds either the old
data or the backup's.
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
from numbers.operations.backups import BackupError, files, making, set_aside, tables
from numbers.operations.backups.files import LOCK_TIMEOUT, SIDE_FILES, one_line
from numbers.operations.damage import belongs_to_another_program, damage
from numbers.operations.invariants import Breach, breaches, schema_breaches
from numbers.operations.storage import trouble
from quo_admin.folders import advice

_FILE = "restored-file"


@dataclass(frozen=True)
class Prepared:
    """A checked and migrated copy of a backup. `broken` lists where its invariants do not hold.

    If its schema was not that of the migrations, its rows are in a new database; `repaired` says what differed.
    """

    file: Path
    contents: files.Contents
    broken: list[Breach]
    repaired: list[Breach]


@dataclass(frozen=True)
class Restored:
    """What a restore left. `previous` says where the data before is, or is "" if there was none."""

    previous: str
    must_restart: bool = False


@contextmanager
def prepared(path: Path) -> Iterator[Prepared]:
    """Yield a copy of the backup `path`, ready to restore. Only reads `path` itself. Raises BackupError."""
    if path.is_dir():
        raise BackupError(f"{path} is a folder: name the file in it that is to be restored.")
    if not path.is_file():
        raise BackupError(f"There is no file {path}.")
    try:
        folder = Path(tempfile.mkdtemp(prefix="restoring-", dir=settings.DATA_DIR))
    except OSError as error:
        raise BackupError(advice(settings.DATA_DIR, error)) from None
    try:
        yield _prepare(path, folder / "backup.sqlite3")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _prepare(path: Path, file: Path) -> Prepared:
    try:
        _copy(path, file)
        files.check(file)
        files.migrate(file)
        if repaired := _schema_differences(file):
            _copy_into_new(file)
        _sign_out(file)
        _reserve_ids(file)
        with files.opened(file), one_moment():
            broken = list(breaches())
        return Prepared(file, files.contents(file), broken, repaired)
    except OSError as error:
        raise BackupError(f"The backup could not be copied to {settings.DATA_DIR}: {error.strerror}.") from None
    except (sqlite3.Error, DatabaseError) as error:
        raise BackupError(f"The backup could not be brought up to date. The database says: {one_line(error)}") from None


def _schema_differences(file: Path) -> list[Breach]:
    with files.opened(file):
        return list(schema_breaches())


def _copy_into_new(file: Path) -> None:
    """Replace the database in `file` by a new one with the same rows. Raises DatabaseError if they do not fit."""
    new = file.with_name("new.sqlite3")
    files.migrate(new)
    with (
        files.opened(file, _FILE),
        files.opened(new) as target,
        target.constraint_checks_disabled(),
        transaction.atomic(),
    ):
        tables.empty(DEFAULT_DB_ALIAS)
        tables.copy(_FILE, DEFAULT_DB_ALIAS)
    files.remove(file)
    new.replace(file)


def _copy(path: Path, file: Path) -> None:
    shutil.copyfile(path, file)
    file.chmod(0o600)
    # A plain copy of a database in use may have its newest data in side files.
    for suffix in ("-journal", "-wal"):
        beside = Path(f"{path}{suffix}")
        if beside.is_file():
            shutil.copyfile(beside, f"{file}{suffix}")


def _sign_out(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        tables.delete_sessions(database)
        database.execute("PRAGMA journal_mode = DELETE")
        database.execute("PRAGMA application_id = 0")  # the database in use must not look like a backup


def _reserve_ids(file: Path) -> None:
    """Never reuse an account id that the access log names.

    SQLite's own sequence covers deleted accounts. In a backup of PostgreSQL it covers only the accounts still there.
    """
    with closing(sqlite3.connect(file)) as database, database:
        newest = database.execute(
            "SELECT max(seq) FROM (SELECT seq FROM sqlite_sequence WHERE name = 'accounts_user'"
            " UNION ALL SELECT user_id FROM accounts_accessevent)"
        ).fetchone()[0]
        database.execute("DELETE FROM sqlite_sequence WHERE name = 'accounts_user'")
        database.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('accounts_user', ?)", [newest or 0])


def refuse_to_mix(backup: files.Contents) -> None:
    """Raise BackupError if the backup has real numbers and this is the demo, or the other way round, or has both."""
    if backup.mixed:
        raise BackupError("The backup holds the demo and a real workspace together: restore an older one.")
    if backup.demo is None or backup.demo is settings.DEMO:
        return
    if backup.demo:
        raise BackupError("The backup is of the demo workspace, and would take the place of your own numbers.")
    raise BackupError("The backup is of a real workspace, and this is the demo: set QUO_API_KEY first, then restore.")


def current_contents() -> str:
    """Describe what a restore would replace."""
    file = files.live_file()
    if file and not file.exists():
        return "nothing yet"
    return f"{_counted(file)}{', written by a newer version of Quo Admin' if is_newer() else ''}"


def is_newer() -> bool:
    """Return whether a newer version wrote what a restore would replace."""
    file = files.live_file()
    if file and not file.exists():
        return False
    try:
        return bool(files.unknown_migrations())
    except DatabaseError:
        return False


def _counted(file: Path | None) -> str:
    try:
        if file:
            return str(files.contents(file))
        with connection.cursor() as cursor:
            cursor.execute("SELECT (SELECT count(*) FROM numbers_phonenumber), (SELECT count(*) FROM accounts_user)")
            numbers, accounts = cursor.fetchone()
    except (sqlite3.Error, DatabaseError, KeyError):
        return "nothing that can be read"
    return f"{numbers:,} numbers, {accounts:,} accounts"


def restore(backup: Prepared) -> Restored:
    """Replace all data with the backup's while no sync runs. Raises BackupError; then nothing has changed."""
    with only_one_sync() as has_lock:
        if not has_lock:
            raise BackupError("A sync or another restore is running right now; try again when it has ended.")
        name = f"before-restore-{datetime.now(UTC):%Y-%m-%d-%H%M%S-%f}.sqlite3"
        previous = settings.DATA_DIR / name
        live = files.live_file()
        try:
            return _restore_sqlite(backup, live, previous) if live else _restore_postgresql(backup, previous)
        except OSError as error:
            files.remove(previous)
            raise BackupError(f"Nothing was restored. {trouble() or f'The system says: {error.strerror}.'}") from None
        except (sqlite3.Error, DatabaseError) as error:
            files.remove(previous)
            says = trouble() or f"The database says: {one_line(error)}"
            raise BackupError(f"Nothing was restored. {says}") from None


# SQLite


def _restore_sqlite(backup: Prepared, live: Path, previous: Path) -> Restored:
    if not live.exists():
        _replace_file(backup.file, live, None)
        return Restored("")
    if live.is_dir() or (live.stat().st_size and belongs_to_another_program()):
        raise BackupError(f"{live} is not a database of Quo Admin: move it away, then restore.")
    try:
        is_backed_up = _replace_pages(backup.file, live, previous)
    except making.Damaged:
        _replace_file(backup.file, live, previous)
        return Restored(str(previous), must_restart=True)
    return Restored(str(previous) if is_backed_up else "")


def _replace_pages(file: Path, live: Path, previous: Path) -> bool:
    """Let SQLite copy every page in one transaction. Readers see old or new data; other writers wait.

    Return whether there was data to back up. Raises making.Damaged.
    """
    if live.stat().st_size and (found := damage()):
        raise making.Damaged(found)
    had_data: list[bool] = []

    def back_up_first(status: int, _remaining: int, _total: int) -> None:
        if status == sqlite3.SQLITE_BUSY:
            raise sqlite3.OperationalError("database is locked")  # Python's own loop would wait forever
        if not had_data:  # the transaction has begun: nobody else can write, and the old data is still readable
            had_data.append(_has_tables(live))
            if had_data[0]:
                making.keep(previous)

    try:
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(live, timeout=LOCK_TIMEOUT)) as target:
            target.execute("PRAGMA journal_mode = WAL")  # otherwise nobody could read during the copy
            target.execute("PRAGMA synchronous = FULL")
            source.backup(target, pages=1, progress=back_up_first)
    except sqlite3.DatabaseError as error:
        if files.is_damage(error):
            raise making.Damaged(str(error)) from None
        raise
    return had_data[0]


def _has_tables(file: Path) -> bool:
    with closing(sqlite3.connect(file, timeout=LOCK_TIMEOUT)) as database:
        return bool(database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])


def _replace_file(file: Path, live: Path, previous: Path | None) -> None:
    """Replace the live file atomically. Copy an unreadable one byte for byte to `previous`."""
    connection.close()
    draft = live.with_name(f"{live.name}.restoring")
    try:
        _copy_durably(file, draft)
        for suffix in ("", *SIDE_FILES):
            beside = Path(f"{live}{suffix}")
            if previous and beside.exists():
                _copy_durably(beside, Path(f"{previous}{suffix}"))
        for suffix in SIDE_FILES:  # SQLite would apply them to the new file
            Path(f"{live}{suffix}").unlink(missing_ok=True)
        draft.replace(live)
    finally:
        draft.unlink(missing_ok=True)  # the disk may be full
    files.sync_to_disk(live.parent)


def _copy_durably(file: Path, target: Path) -> None:
    shutil.copyfile(file, target)
    target.chmod(0o600)
    files.sync_to_disk(target)


# PostgreSQL


def _restore_postgresql(backup: Prepared, previous: Path) -> Restored:
    if files.unknown_migrations():
        return _restore_beside_newer(backup, previous.stem.replace("-", "_"))
    applied = MigrationRecorder(connection).applied_migrations()
    call_command("migrate", verbosity=0, interactive=False)
    if differences := list(schema_breaches()):
        raise BackupError(
            f"Nothing was restored, because the database itself is not as the migrations make it. {differences[0]} "
            "Name another, empty database in DATABASE_URL."
        )
    with files.opened(backup.file, _FILE), transaction.atomic():
        _lock_out_writers()
        if applied:
            making.make(previous)
        _replace_rows(backup)
    return Restored(str(previous) if applied else "")


def _restore_beside_newer(backup: Prepared, schema: str) -> Restored:
    """Move the tables of a newer version to a schema of their own, and restore into new ones, in one transaction."""
    with files.opened(backup.file, _FILE), transaction.atomic():
        set_aside.move_tables(schema, LOCK_TIMEOUT)
        _migrate_in_transaction()
        _replace_rows(backup)
    return Restored(f"the schema {schema} of the database")


def _migrate_in_transaction() -> None:
    """Migrate without deferring foreign keys: a migration cannot alter a table with checks that another left to do."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        call_command("migrate", verbosity=0, interactive=False)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _replace_rows(backup: Prepared) -> None:
    with _without_triggers():
        tables.empty(DEFAULT_DB_ALIAS)
        tables.copy(_FILE, DEFAULT_DB_ALIAS)
        _reset_sequences(backup.file)
    refresh_statistics()


def _quoted_tables() -> list[str]:
    return [connection.ops.quote_name(table) for table in tables.all_tables()]


def _lock_out_writers() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{int(LOCK_TIMEOUT)}s'")
        cursor.execute(f"LOCK TABLE {', '.join(_quoted_tables())} IN EXCLUSIVE MODE")


@contextmanager
def _without_triggers() -> Iterator[None]:
    """Allow deleting rows that triggers protect."""
    with connection.cursor() as cursor:
        for table in _quoted_tables():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in _quoted_tables():
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _reset_sequences(file: Path) -> None:
    """Make ids of new rows higher than every restored id and every id deleted before the backup."""
    with closing(sqlite3.connect(file)) as database:
        sequences = database.execute("SELECT name, seq FROM sqlite_sequence WHERE seq > 0").fetchall()
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), tables.backed_up_models()):
            cursor.execute(sql)
        for table, newest in sequences:
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, newest])
