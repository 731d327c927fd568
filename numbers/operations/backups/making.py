"""Makes a backup: of one moment, while everything goes on; whole, or not at all."""

import os
import secrets
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection, connections, transaction
from django.db.migrations.recorder import MigrationRecorder

from numbers.database import snapshot
from numbers.database.locks import LOCK_FILE
from numbers.operations.backups import BackupRefused, tables
from numbers.operations.backups.files import (
    SIDE_FILES,
    WAIT,
    Contents,
    contents,
    damage_in,
    is_damage,
    live_file,
    migrate,
    missing_migrations,
    opened,
    remove,
    sync_to_disk,
    unknown_migrations,
)
from quo_admin import env

_DRAFT = ".quo-admin-backup-"
_ABANDONED = 24 * 3600.0  # seconds after which a draft belongs to a process that was killed
_READER, _FILE = "backup-reader", "backup-file"
# Says to `file` and to whoever looks at a header what it is; no other format is registered with it.
APPLICATION_ID = 0x51756F41


class Damaged(BackupRefused):
    """What is there now cannot be read through."""


def make(path: Path, *, overwrite: bool = False) -> tuple[Path, Contents]:
    """Write a backup to `path`, or under a dated name into the folder `path`; return where it is and what is in it.

    Raises BackupRefused with a sentence; then nothing is left, and a file that was there is as it was.
    """
    target = path / f"quo-admin-{datetime.now(UTC):%Y-%m-%d-%H%M%S}.sqlite3" if path.is_dir() else path
    if _is_our_own(target):
        raise BackupRefused(f"{target} is a file of Quo Admin's own, which no backup may replace: choose another name.")
    if not overwrite and os.path.lexists(target):
        raise BackupRefused(f"{target} is there already. Choose another name, or --overwrite it.")
    if target.is_file() and target.stat().st_size and not _is_backup(target):
        raise BackupRefused(f"{target} is no backup, and only a backup is overwritten: choose another name.")
    if not target.parent.is_dir():
        raise BackupRefused(f"There is no folder {target.parent}: make it first.")
    draft = target.parent / f"{_DRAFT}{os.getpid()}-{secrets.token_hex(4)}"
    try:
        _forget_abandoned(target.parent)
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        _fill(draft)
        found = contents(draft)
        sync_to_disk(draft)
        _put_in_place(draft, target, overwrite=overwrite)
    except OSError as error:
        raise BackupRefused(f"The backup could not be written to {target.parent}: {error.strerror}.") from None
    except (sqlite3.Error, DatabaseError) as error:
        if is_damage(error) and live_file():
            raise Damaged(f"The database is damaged: {_first_line(error)}. Restore a backup.") from None
        raise BackupRefused(f"The backup could not be made. The database says: {_first_line(error)}") from None
    finally:
        with suppress(OSError):
            remove(draft)
    return target, found


def _is_our_own(target: Path) -> bool:
    """Say whether `target`, however it is spelled, is a file that Quo Admin works with: in DATA_DIR all but backups."""
    real = Path(os.path.realpath(target))
    live = live_file()
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


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def _forget_abandoned(folder: Path) -> None:
    """Remove what backups left that were killed: no name that anybody uses, and nobody else removes it."""
    for draft in folder.glob(f"{_DRAFT}*"):
        with suppress(OSError):
            if time.time() - draft.stat().st_mtime > _ABANDONED:
                draft.unlink()


def _put_in_place(draft: Path, target: Path, *, overwrite: bool) -> None:
    if overwrite:
        draft.replace(target)
        for suffix in SIDE_FILES:  # of the file that was there: with them this one would be read wrongly
            Path(f"{target}{suffix}").unlink(missing_ok=True)
    else:
        try:
            os.link(draft, target)  # refuses, other than a renaming, where somebody was faster
        except FileExistsError:
            raise BackupRefused(f"{target} is there already. Choose another name, or --overwrite it.") from None
        except OSError:  # a file system without links
            draft.rename(target)
    sync_to_disk(target.parent)


def _fill(draft: Path) -> None:
    live = live_file()
    if live:
        if not live.exists():
            raise BackupRefused(f"There is no database yet at {live}.")
        _refuse_newer()
        _copy_pages(live, draft)
    else:
        missing = _refuse_newer()
        if missing:
            raise BackupRefused("The database is not up to date yet: run manage.py migrate, then back up.")
        _copy_rows(draft)
    _finish(draft)


def _refuse_newer() -> set[tuple[str, str]]:
    """Refuse a database that a newer version has changed; return the migrations that it lacks."""
    applied = set(MigrationRecorder(connection).applied_migrations())
    if not applied:
        raise BackupRefused("There is nothing in the database yet: `make run` prepares it.")
    if unknown_migrations(applied):
        raise BackupRefused("The database was changed by a newer version of Quo Admin: back it up with that one.")
    return missing_migrations(applied)


def _copy_pages(live: Path, draft: Path) -> None:
    """Copy a SQLite database, in one step: then it is of one moment, and in WAL mode nobody waits.

    As it is, even if an upgrade has not been made yet: a backup before an upgrade must not depend on it.
    """
    with closing(sqlite3.connect(live, timeout=WAIT)) as source, closing(sqlite3.connect(draft)) as copy:
        source.backup(copy, pages=-1, progress=_patience())
        damage = damage_in(copy, "quick_check")
    if damage:
        raise Damaged(f"The database is damaged: {damage}. Restore a backup.")


def _patience() -> Callable[[int, int, int], None]:
    """Return what ends waiting for a lock, which Python's own loop does not."""
    deadline = time.monotonic() + WAIT

    def look(_status: int, remaining: int, _total: int) -> None:
        if remaining and time.monotonic() > deadline:
            raise BackupRefused("The database is locked by something else; try again when that has ended.")

    return look


def _copy_rows(draft: Path) -> None:
    """Copy every table, as all of them are at one moment, into a new SQLite database."""
    migrate(draft)
    reader = connection.copy(_READER)  # of its own: what the caller has begun goes on
    connections[_READER] = reader
    try:
        with (
            opened(draft, _FILE) as copy,
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
    """Make it one single file, without sessions and without a trace of them."""
    with closing(sqlite3.connect(draft, isolation_level=None, timeout=WAIT)) as copy:
        copy.execute("PRAGMA journal_mode = DELETE")
        present = {name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for table in present.intersection(tables.session_tables()):
            copy.execute(f'DELETE FROM "{table}"')  # noqa: S608 - our own words
        copy.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        copy.execute("VACUUM")
