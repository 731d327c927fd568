"""A backup is one private file with all data of one moment. If it fails, the old file is untouched."""

import json
import os
import resource
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.session_store import SessionStore
from numbers.models import Sync
from numbers.operations.backups import BackupError, files, making, tables
from numbers.operations.backups.files import opened, sync_to_disk
from numbers.operations.invariants import breaches
from tests.support.databases import (
    SECRET,
    Site,
    all_rows,
    corrupt_file,
    corrupt_row,
    fill_database,
    needs_database,
    only_sqlite,
    rows_of,
    sync_history,
    without_runs,
)
from tests.support.endless_writer import written
from tests.support.processes import wait_until

pytestmark = needs_database

OLD = bytes(68) + making.APPLICATION_ID.to_bytes(4, "big") + b"the old one"  # the part that identifies a backup


def test_a_backup_has_every_row_of_every_table(site: Site) -> None:
    fill_database()
    before = all_rows()
    assert all(before.values()), "a table without rows proves nothing"

    call_command("backup", str(site.folder / "b.sqlite3"), verbosity=0)

    assert rows_of(site.folder / "b.sqlite3") == before
    assert without_runs(all_rows()) == without_runs(before)


def test_a_backup_is_one_private_file_with_our_application_id(site: Site) -> None:
    fill_database()
    folder = site.folder / "backups"
    folder.mkdir()

    call_command("backup", str(folder / "b.sqlite3"), verbosity=0)

    assert [file.name for file in folder.iterdir()] == ["b.sqlite3"]
    assert (folder / "b.sqlite3").stat().st_mode & 0o777 == 0o600
    head = (folder / "b.sqlite3").read_bytes()[:100]
    assert head[18:20] == b"\1\1", "no write-ahead log, which would be a second file"
    assert int.from_bytes(head[68:72], "big") == making.APPLICATION_ID


def test_a_backup_has_no_trace_of_sessions(site: Site) -> None:
    fill_database()
    call_command("backup", str(site.folder / "b.sqlite3"), verbosity=0)

    assert SECRET.encode() not in (site.folder / "b.sqlite3").read_bytes()
    with opened(site.folder / "b.sqlite3") as database, database.cursor() as cursor:
        for table in tables.session_tables():
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - our own table names
            assert cursor.fetchone() == (0,)


def test_a_backup_has_no_free_pages(site: Site) -> None:
    """Free pages could hold deleted sessions, because not every SQLite overwrites what it deletes."""
    long = SessionStore()
    long["of"] = [f"{one}{SECRET}" for one in range(5_000)]
    long.save(must_create=True)
    call_command("backup", str(site.folder / "b.sqlite3"), verbosity=0)

    with opened(site.folder / "b.sqlite3") as database, database.cursor() as cursor:
        cursor.execute("PRAGMA freelist_count")
        assert cursor.fetchone() == (0,)


def test_all_invariants_hold_in_a_backup(site: Site) -> None:
    sync_history()
    call_command("backup", str(site.folder / "b.sqlite3"), verbosity=0)

    with opened(site.folder / "b.sqlite3"):
        assert list(breaches()) == []


def test_the_command_prints_what_the_backup_has(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    fill_database()
    call_command("backup", str(site.folder / "b.sqlite3"))

    output = capsys.readouterr().out
    assert output.startswith(f"{site.folder / 'b.sqlite3'}: 3 numbers, 7 states, 2 teammates, 1 account; ")
    assert ", schema numbers 00" in output
    assert output.count("\n") == 1


def test_json_output_has_the_counts(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    fill_database()
    call_command("backup", str(site.folder / "b.sqlite3"), "--json")

    output = json.loads(capsys.readouterr().out)
    assert (output["numbers"], output["states"], output["accounts"], output["demo"]) == (3, 7, 1, False)
    assert output["bytes"] == (site.folder / "b.sqlite3").stat().st_size
    assert output["schema"]["numbers"].startswith("00")


@pytest.mark.parametrize("is_mixed", [False, True])
def test_a_backup_says_if_it_has_demo_data(site: Site, capsys: pytest.CaptureFixture[str], is_mixed: bool) -> None:
    fill_database()
    changed = Sync.objects.filter(pk=Sync.objects.earliest("pk").pk) if is_mixed else Sync.objects.all()
    changed.update(demo=True)
    call_command("backup", str(site.folder / "a.sqlite3"))
    call_command("backup", str(site.folder / "b.sqlite3"), "--json")

    text, output = capsys.readouterr().out.splitlines()
    assert text.startswith(f"{site.folder / 'a.sqlite3'}: demo data, 3 numbers, ")
    assert (json.loads(output)["demo"], json.loads(output)["mixed"]) == (True, is_mixed)


def test_a_backup_into_a_folder_gets_a_dated_name(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    (site.folder / "backups").mkdir()
    call_command("backup", str(site.folder / "backups"), "--json")

    (file,) = (site.folder / "backups").iterdir()
    assert file.match("quo-admin-20??-??-??-??????.sqlite3")
    assert json.loads(capsys.readouterr().out)["file"] == str(file)


def test_an_existing_file_is_only_replaced_with_overwrite(site: Site) -> None:
    fill_database()
    (site.folder / "backups").mkdir()
    file = site.folder / "backups" / "b.sqlite3"
    file.write_bytes(OLD)
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", str(file))
    assert file.read_bytes() == OLD

    call_command("backup", str(file), "--overwrite", verbosity=0)

    assert without_runs(rows_of(file)) == without_runs(all_rows())


def test_replacing_a_file_removes_its_side_files(site: Site) -> None:
    fill_database()
    folder = site.folder / "backups"
    folder.mkdir()
    for ending in ("", "-journal", "-wal", "-shm"):
        (folder / f"b.sqlite3{ending}").write_bytes(OLD)

    call_command("backup", str(folder / "b.sqlite3"), "--overwrite", verbosity=0)

    assert [file.name for file in folder.iterdir()] == ["b.sqlite3"]


def test_of_two_concurrent_backups_the_second_does_not_replace_the_first(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = site.folder / "b.sqlite3"

    def meanwhile(draft: Path) -> None:
        file.write_text("the first")
        sync_to_disk(draft)

    monkeypatch.setattr(files, "sync_to_disk", meanwhile)
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", str(file))
    assert file.read_text() == "the first"
    assert not list(site.folder.glob(".quo*"))


def test_a_missing_folder_is_named_in_the_error(site: Site) -> None:
    with pytest.raises(CommandError, match=r"There is no folder .*nowhere: make it first\."):
        call_command("backup", str(site.folder / "nowhere" / "b.sqlite3"))


@pytest.mark.parametrize("ending", ["/", "//", "/.", "/.."])
def test_a_path_that_must_be_a_folder_creates_no_file(site: Site, ending: str) -> None:
    with pytest.raises(CommandError, match=r"There is no folder .*nowhere/.*: make it first\."):
        call_command("backup", f"{site.folder / 'nowhere'}{ending}")
    assert not (site.folder / "nowhere").exists()


@pytest.fixture
def files_in_use(site: Site) -> list[Path]:
    """Return the files of a running Quo Admin in DATA_DIR. The database and its side files come first."""
    names = ["secret-key", "first-password", "run.lock", "demo.sqlite3", "cache/0123.djcache"]
    if site.file:
        beside = [f"{site.file.name}{end}" for end in ("-wal", "-shm", "-journal", ".sync.lock")]
        names = [site.file.name, *beside, *names]
    (site.folder / "cache").mkdir()
    for name in names:
        if not (site.folder / name).exists():
            (site.folder / name).touch()
    return [site.folder / name for name in names]


def test_a_backup_never_replaces_a_file_in_use(site: Site, files_in_use: list[Path]) -> None:
    connection.close()
    before = {file: file.stat().st_ino for file in files_in_use}
    for file in files_in_use:
        for options in ([], ["--overwrite"]):
            with pytest.raises(CommandError, match=f"{file.name} is a file of Quo Admin's own, which no backup may"):
                call_command("backup", str(file), *options)
    assert {file: file.stat().st_ino for file in files_in_use} == before


def test_a_backup_never_replaces_a_file_in_use_under_another_name(
    site: Site, files_in_use: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = site.folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "folder").symlink_to(site.folder)
    monkeypatch.chdir(elsewhere)
    for file in (files_in_use[0], site.folder / "secret-key"):
        (elsewhere / "link").unlink(missing_ok=True)
        (elsewhere / "link").symlink_to(file)
        names = [f"../{file.name}", f"{elsewhere}/folder/{file.name}", f"{elsewhere}/../{file.name}", "link"]
        for name in names:
            with pytest.raises(CommandError, match="is a file of Quo Admin's own"):
                call_command("backup", name, "--overwrite")


@only_sqlite
def test_a_backup_never_replaces_the_database_in_use_even_outside_data_dir(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if it has the id of a backup."""
    assert site.file
    call_command("backup", str(site.folder / "b.sqlite3"), verbosity=0)
    connection.close()
    (site.folder / "b.sqlite3").replace(site.file)
    monkeypatch.setattr(settings, "DATA_DIR", site.folder / "elsewhere")
    for end in ("", "-wal", "-shm", "-journal", ".sync.lock"):
        with pytest.raises(CommandError, match="is a file of Quo Admin's own"):
            call_command("backup", f"{site.file}{end}", "--overwrite")


def test_a_backup_in_data_dir_may_be_replaced(site: Site) -> None:
    for _ in range(2):
        call_command("backup", str(site.folder / "b.sqlite3"), "--overwrite", verbosity=0)
    fill_database()
    call_command("backup", str(site.folder / "b.sqlite3"), "--overwrite", verbosity=0)
    assert without_runs(rows_of(site.folder / "b.sqlite3")) == without_runs(all_rows())


def test_copying_a_locked_database_stops_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "LOCK_TIMEOUT", 0.05)
    with closing(sqlite3.connect(tmp_path / "live", isolation_level=None)) as writer:
        writer.execute("CREATE TABLE some_table (some_column)")
        writer.execute("BEGIN EXCLUSIVE")
        with pytest.raises(BackupError, match="The database is locked by something else"):
            making._copy_pages(tmp_path / "live", tmp_path / "draft")


def test_on_a_full_disk_the_old_backup_stays_and_no_draft_is_left(site: Site) -> None:
    fill_database()
    folder = site.folder / "backups"
    folder.mkdir()
    (folder / "b.sqlite3").write_bytes(OLD)
    if site.file:  # checkpoints the write-ahead log
        connection.close()

    def no_file_above_100_kb() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    done = site.manage("backup", str(folder / "b.sqlite3"), "--overwrite", preexec_fn=no_file_above_100_kb)

    assert done.returncode == 1
    assert done.stderr.startswith("CommandError: The backup could not be "), done.stderr
    assert done.stderr.count("\n") == 1
    assert [file.name for file in folder.iterdir()] == ["b.sqlite3"]
    assert (folder / "b.sqlite3").read_bytes() == OLD


KILLED = """
import os, signal, sys
import quo_admin, django
django.setup()
from django.core.management import call_command
from numbers.operations.backups import files
files.sync_to_disk = lambda _draft: os.kill(os.getpid(), signal.SIGKILL)
call_command("backup", sys.argv[1], "--overwrite")
"""


def test_a_killed_backup_keeps_the_old_one_and_a_later_backup_removes_its_draft(site: Site) -> None:
    folder = site.folder / "backups"
    folder.mkdir()
    (folder / "b.sqlite3").write_bytes(OLD)
    process = site.start("-c", KILLED, str(folder / "b.sqlite3"))
    assert process.communicate(timeout=120) == ("", "")
    assert process.returncode == -signal.SIGKILL
    (draft,) = set(folder.iterdir()) - {folder / "b.sqlite3"}
    assert draft.name.startswith(".")
    assert (folder / "b.sqlite3").read_bytes() == OLD

    call_command("backup", str(folder / "young.sqlite3"), verbosity=0)
    assert draft.exists(), "it may belong to a running backup"
    os.utime(draft, (0, time.time() - 2 * 24 * 3600))
    call_command("backup", str(folder / "later.sqlite3"), verbosity=0)
    assert not draft.exists()


def test_a_backup_during_writes_is_of_one_moment(site: Site) -> None:
    fill_database()
    writer = site.start("-m", "tests.support.endless_writer")
    try:
        assert writer.stdout
        assert writer.stdout.readline() == "writing\n", writer.communicate()
        moments: list[int] = []
        for name in ("a", "b", "c"):
            call_command("backup", str(site.folder / name), verbosity=0)
            with opened(site.folder / name):
                (moment,) = written()
            moments.append(moment)
            wait_until(lambda: max(written()) > moments[-1])
        assert moments == sorted(set(moments)), "it went on writing meanwhile"
    finally:
        writer.communicate(timeout=60)
    assert writer.returncode == 0


def test_a_file_that_is_not_a_backup_is_never_replaced(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "elsewhere" / "report"
    file.parent.mkdir()
    file.write_text("a month of work")

    with pytest.raises(CommandError, match="report is no backup, and only a backup is overwritten"):
        call_command("backup", str(file), overwrite=True)

    assert file.read_text() == "a month of work"


@pytest.mark.parametrize("is_there", [True, False])
def test_a_backup_never_replaces_the_settings_file(site: Site, monkeypatch: pytest.MonkeyPatch, is_there: bool) -> None:
    file = site.folder / "settings.env"
    if is_there:
        file.write_bytes(OLD)
    monkeypatch.setenv("ENV_FILE", str(file))

    with pytest.raises(CommandError, match="is a file of Quo Admin's own"):
        call_command("backup", str(file), overwrite=True)

    assert file.exists() == is_there


def test_a_database_of_a_newer_version_is_not_backed_up(site: Site) -> None:
    with connection.cursor() as cursor:
        values = "('numbers', '9999_later', '2030-01-01 00:00:00Z')"
        cursor.execute(f"INSERT INTO django_migrations (app, name, applied) VALUES {values}")  # noqa: S608 - our own table names
    try:
        with pytest.raises(CommandError, match="changed by a newer version of Quo Admin: back it up with that one"):
            call_command("backup", str(site.folder / "b.sqlite3"))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE name = '9999_later'")


@only_sqlite
def test_backing_up_a_missing_database_does_not_create_one(site: Site) -> None:
    assert site.file
    connection.close()
    site.file.unlink()
    with pytest.raises(CommandError, match="There is no database yet at"):
        call_command("backup", str(site.folder / "b.sqlite3"))
    assert not site.file.exists()


@only_sqlite
@pytest.mark.parametrize("harm", [corrupt_file, corrupt_row])
def test_a_damaged_database_is_not_backed_up(site: Site, harm: Callable[[Path], None]) -> None:
    assert site.file
    fill_database()
    connection.close()
    harm(site.file)
    (site.folder / "backups").mkdir()
    (site.folder / "backups" / "b.sqlite3").write_bytes(OLD)

    with pytest.raises(CommandError, match=r"The database is damaged: .* Restore a backup"):
        call_command("backup", str(site.folder / "backups" / "b.sqlite3"), "--overwrite")

    assert (site.folder / "backups" / "b.sqlite3").read_bytes() == OLD
