"""A failing restore changes nothing. A damaged or missing database can be restored."""

import errno
import shutil
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import connection

from numbers.operations.backups import files, restoring
from tests.support.databases import (
    Site,
    all_rows,
    corrupt_file,
    needs_database,
    only_postgresql,
    only_sqlite,
    restore,
    rows_of,
    session_count,
    without_runs,
)

pytestmark = needs_database


@pytest.mark.parametrize("share_left", [1.0, 0.5, 0.0], ids=["at the start", "half-way", "at the end"])
@only_sqlite
def test_a_restore_that_fails_halfway_changes_nothing_on_sqlite(
    site: Site, backup: Path, monkeypatch: pytest.MonkeyPatch, share_left: float
) -> None:
    before = all_rows()

    class Full(sqlite3.Connection):
        def backup(self, target: sqlite3.Connection, *, pages: int = -1, progress: Any = None, **options: Any) -> None:
            def look(status: int, remaining: int, total: int) -> None:
                progress(status, remaining, total)
                if pages == 1 and remaining - 1 <= share_left * total:
                    raise sqlite3.OperationalError("database or disk is full")

            super().backup(target, pages=pages, progress=look, **options)

    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Full))
    with pytest.raises(CommandError, match=r"Nothing was restored. The database says: database or disk is full"):
        restore(backup)
    assert all_rows() == before
    assert session_count() == 1
    assert not site.kept_backups()


@only_sqlite
def test_a_restore_that_times_out_on_a_lock_changes_nothing(
    site: Site, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert site.file
    before = all_rows()
    monkeypatch.setattr(restoring, "LOCK_TIMEOUT", 0.05)
    with closing(sqlite3.connect(site.file, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("BEGIN IMMEDIATE")
        with pytest.raises(CommandError, match=r"Nothing was restored. The database says: database is locked"):
            restore(backup)
    assert all_rows() == before
    assert not site.kept_backups()


@only_sqlite
def test_the_restored_database_is_not_marked_as_a_backup(site: Site, backup: Path) -> None:
    assert site.file
    restore(backup)
    connection.close()
    elsewhere = site.folder / "elsewhere"
    elsewhere.mkdir()
    copy = shutil.copyfile(site.file, elsewhere / "copy.sqlite3")
    with pytest.raises(CommandError, match="is no backup, and only a backup is overwritten"):
        call_command("backup", str(copy), "--overwrite")


@only_postgresql
def test_a_restore_that_fails_halfway_changes_nothing_on_postgresql(
    site: Site, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = all_rows()
    with closing(sqlite3.connect(backup)) as file:
        file.execute("UPDATE numbers_savedfilter SET name = ?", ["longer than it may be" * 10])
        file.commit()
    with pytest.raises(CommandError, match=r"Nothing was restored. The database says: value too long"):
        restore(backup, "--accept-findings")
    assert all_rows() == before
    assert session_count() == 1
    assert not site.kept_backups()


@only_sqlite
def test_a_damaged_database_is_copied_unchanged_and_replaced(
    site: Site, backup: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert site.file
    connection.close()
    corrupt_file(site.file)
    damaged = site.file.read_bytes()
    restore(backup)
    assert all_rows() == rows_of(backup)
    assert site.kept_backups()[0].read_bytes() == damaged
    assert "there is a new file now: restart Quo Admin" in capsys.readouterr().out


@only_sqlite
def test_the_new_database_and_the_copy_of_the_damaged_one_are_private(site: Site, backup: Path) -> None:
    assert site.file
    connection.close()
    corrupt_file(site.file)
    restore(backup)
    assert {file.stat().st_mode & 0o777 for file in (site.file, *site.kept_backups())} == {0o600}


@only_sqlite
def test_the_new_database_does_not_inherit_the_damaged_ones_write_ahead_log(site: Site, backup: Path) -> None:
    assert site.file
    connection.close()
    with closing(sqlite3.connect(site.file)) as in_use:
        in_use.execute("PRAGMA journal_mode = WAL")
        in_use.execute("INSERT INTO auth_group (name) VALUES ('In the log only')")
        in_use.commit()
        corrupt_file(site.file)
        restore(backup)
        assert all_rows() == rows_of(backup)


@pytest.mark.parametrize("copies", [0, 1])
@only_sqlite
def test_a_full_disk_leaves_the_damaged_database_unchanged_and_no_copy(
    site: Site, backup: Path, monkeypatch: pytest.MonkeyPatch, copies: int
) -> None:
    assert site.file
    connection.close()
    corrupt_file(site.file)
    damaged = site.file.read_bytes()
    fits = iter([True] * copies + [False])

    def sync(_path: Path) -> None:
        if not next(fits):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files, "sync_to_disk", sync)
    with pytest.raises(CommandError, match=r"Nothing was restored. The system says: No space left on device"):
        restore(backup)
    assert site.file.read_bytes() == damaged
    assert [file.name for file in site.folder.iterdir() if "restor" in file.name] == []


@only_sqlite
def test_a_restore_creates_a_missing_database(site: Site, backup: Path) -> None:
    assert site.file
    connection.close()
    site.file.unlink()
    restore(backup)
    assert all_rows() == rows_of(backup)
    assert not site.kept_backups()


@only_sqlite
def test_a_plain_copy_of_a_database_in_use_can_be_restored(site: Site, backup: Path) -> None:
    """Version 0.1.0 documented this way of making a backup. The newest data is in the write-ahead log."""
    assert site.file
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode = WAL")
    Group.objects.create(name="In the log only")
    before = all_rows()
    copy = site.folder / "copied" / "copy.sqlite3"
    copy.parent.mkdir()
    for suffix in ("", "-wal"):
        shutil.copyfile(f"{site.file}{suffix}", f"{copy}{suffix}")
    restore(backup)
    restore(copy)
    assert without_runs(all_rows()) == without_runs(before)
    assert session_count() == 0
