"""Makes a backup of one moment while Quo Admin keeps running. The file appears whole or not at all."""

import os
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection, connections, transaction
from django.db.migrations.recorder import MigrationRecorder

from numbers.database import snapshot
from numbers.database.locks import LOCK_FILE
from numbers.operations.backups import BackupError, files, tables
from numbers.operations.backups.files import LOCK_TIMEOUT, SIDE_FILES
from numbers.operations.storage import reason
from quo_admin import env

_DRAFT = ".quo-admin-backup-"
_ABANDONED = 24 * 3600.0  # seconds after which a draft's process must have been killed
_READER, _FILE = "backup-reader", "backup-file"
# Identifies a backup in the SQLite header, where `file` reads it. No registered format uses this id.
APPLICATION_ID = 0x51756F41


class Damaged(BackupError):
    """The current database cannot be read completely."""


def make(path: Path, *, overwrite: bool = False) -> tuple[Path, files.Contents]:
    """Write a backup to `path`, or under a dated name if `path` is a folder. Return its path and contents.

    Raises BackupError. Then no new file is left and an existing file is unchanged.
    """
    target = path / f"quo-admin-{datetime.now(UTC):%Y-%m-%d-%H%M%S}.sqlite3" if path.is_dir() else path
    if _is_in_use(target):
        raise BackupError(f"{target} is a file of Quo Admin's own, which no backup may replace: choose another name.")
    if not overwrite and os.path.lexists(target):
        raise BackupError(f"{target} is there already. Choose another name, or --overwrite it.")
    if target.is_file() and target.stat().st_size and not _is_backup(target):
        raise BackupError(f"{target} is no backup, and only a backup is overwritten: choose another name.")
    if not target.parent.is_dir():
        raise BackupError(f"There is no folder {target.parent}: make it first.")
    with _appearing(target, overwrite=overwrite) as draft:
        _fill(draft)
        written = files.contents(draft)
    return target, written


def keep(target: Path) -> None:
    """Write what a restore replaces to `target`.

    On SQLite a newer version may have written it, which then can restore it. Its schema may use functions that only
    that version has, so its pages are copied and not read.
    """
    live = files.live_file()
    if not (live and files.unknown_migrations()):
        make(target)
        return
    with _appearing(target) as draft:
        with closing(sqlite3.connect(live, timeout=LOCK_TIMEOUT)) as source, closing(sqlite3.connect(draft)) as copy:
            source.backup(copy, pages=-1, progress=_refuse_if_locked)
        with closing(sqlite3.connect(draft, isolation_level=None)) as copy:
            copy.execute("PRAGMA secure_delete = ON")
            _mark(copy)


@contextmanager
def _appearing(target: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Yield the path of a draft that becomes `target` after the block. Raises BackupError."""
    draft = target.parent / f"{_DRAFT}{os.getpid()}-{secrets.token_hex(4)}"
    try:
        _remove_abandoned_drafts(target.parent)
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield draft
        files.sync_to_disk(draft)
        _put_in_place(draft, target, overwrite=overwrite)
    except OSError as error:
        raise BackupError(f"The backup could not be written to {target.parent}: {error.strerror}.") from None
    except (sqlite3.Error, DatabaseError) as error:
        if files.is_damage(error) and files.live_file():
            raise Damaged(f"The database is damaged: {files.one_line(error)}. Restore a backup.") from None
        says = reason(error, f"The database says: {files.one_line(error)}")
        raise BackupError(f"The backup could not be made. {says}") from None
    finally:
        with suppress(OSError):
            files.remove(draft)


def _is_in_use(target: Path) -> bool:
    """Return whether Quo Admin works with the file `target`, under any spelling. In DATA_DIR: all files but backups."""
    real = Path(os.path.realpath(target))
    live = files.live_file()
    if live and any(_is_same(real, Path(f"{live.resolve()}{end}")) for end in ("", *SIDE_FILES, f".{LOCK_FILE}")):
        return True
    if _is_same(real, env.dotenv_path(os.environ).resolve()):
        return True
    folders = (settings.DATA_DIR, settings.DATA_DIR / "cache")
    return real.is_file() and not _is_backup(real) and any(_is_same(real.parent, folder) for folder in folders)


def _is_same(one: Path, other: Path) -> bool:
    return one == other or (one.exists() and other.exists() and one.samefile(other))


def _is_backup(file: Path) -> bool:
    with file.open("rb") as opened_file:
        return opened_file.read(72)[68:] == APPLICATION_ID.to_bytes(4, "big")


def _remove_abandoned_drafts(folder: Path) -> None:
    """Remove the drafts of killed backups. Nothing else uses their names or removes them."""
    for draft in folder.glob(f"{_DRAFT}*"):
        with suppress(OSError):
            if time.time() - draft.stat().st_mtime > _ABANDONED:
                draft.unlink()


def _put_in_place(draft: Path, target: Path, *, overwrite: bool) -> None:
    if overwrite:
        draft.replace(target)
        for suffix in SIDE_FILES:  # SQLite would apply the replaced file's side files to this one
            Path(f"{target}{suffix}").unlink(missing_ok=True)
    else:
        try:
            os.link(draft, target)  # unlike a rename, fails if the target has appeared meanwhile
        except FileExistsError:
            raise BackupError(f"{target} is there already. Choose another name, or --overwrite it.") from None
        except OSError:  # a file system without links
            draft.rename(target)
    files.sync_to_disk(target.parent)


def _fill(draft: Path) -> None:
    live = files.live_file()
    if live and not live.exists():
        raise BackupError(f"There is no database yet at {live}.")
    applied = set(MigrationRecorder(connection).applied_migrations())
    if not applied:
        raise BackupError("There is nothing in the database yet: starting Quo Admin prepares it.")
    if files.unknown_migrations():
        raise BackupError("The database was changed by a newer version of Quo Admin: back it up with that one.")
    if live:
        _copy_pages(live, draft)
    elif files.our_migrations() - applied:
        raise BackupError("The database is not up to date yet: run manage.py migrate, then back up.")
    else:
        _copy_rows(draft)
    _finish(draft)


def _copy_pages(live: Path, draft: Path) -> None:
    """Copy a SQLite database in one step, so the copy is of one moment. In WAL mode nobody waits.

    Pending migrations do not matter: a backup before an upgrade must not depend on the upgrade.
    """
    with closing(sqlite3.connect(live, timeout=LOCK_TIMEOUT)) as source, closing(sqlite3.connect(draft)) as copy:
        source.backup(copy, pages=-1, progress=_refuse_if_locked)
        damage = files.damage_in(copy, "quick_check")
    if damage:
        raise Damaged(f"The database is damaged: {damage}. Restore a backup.")


def _refuse_if_locked(status: int, _remaining: int, _total: int) -> None:
    """Stop once SQLite has waited LOCK_TIMEOUT for a lock. Python's own loop waits forever."""
    if status == sqlite3.SQLITE_BUSY:
        raise BackupError("The database is locked by something else; try again when that has ended.")


def _copy_rows(draft: Path) -> None:
    """Copy every table, as of one moment, into a new SQLite database."""
    files.migrate(draft)
    reader = connection.copy(_READER)  # leaves the caller's transaction alone
    connections[_READER] = reader
    try:
        with (
            files.opened(draft, _FILE) as copy,
            snapshot.one_moment(_READER),
            copy.constraint_checks_disabled(),
            transaction.atomic(using=_FILE),
        ):
            tables.empty(_FILE)
            tables.copy(_READER, _FILE)
    finally:
        reader.close()
        del connections[_READER]


def _finish(draft: Path) -> None:
    """Turn the draft into a single file without sessions. VACUUM also erases their deleted rows."""
    with closing(sqlite3.connect(draft, isolation_level=None, timeout=LOCK_TIMEOUT)) as copy:
        _mark(copy)
        copy.execute("VACUUM")


def _mark(copy: sqlite3.Connection) -> None:
    copy.execute("PRAGMA journal_mode = DELETE")
    tables.delete_sessions(copy)
    copy.execute(f"PRAGMA application_id = {APPLICATION_ID}")
