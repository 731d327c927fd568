"""After a restore everything is as the backup has it, and what was there is kept; or nothing has changed at all."""

import errno
import re
import shutil
import sqlite3
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from accounts.models import AccessEvent
from numbers.backups import making, restoring
from numbers.backups.files import opened
from numbers.invariants import findings
from numbers.locks import only_one_sync
from numbers.models import NumberState, PhoneNumber, Sync
from tests.memory.factories import Office, number
from tests.memory.sites import (
    Site,
    change_everything,
    damage,
    damage_a_cell,
    everything,
    fill,
    needs_database,
    only_postgresql,
    only_sqlite,
    remember_a_history,
    rows_of,
    sessions,
)
from tests.project.processes import wait_until

pytestmark = needs_database


@pytest.fixture
def backup(site: Site) -> Path:
    """A backup of a filled database, which has become another since."""
    fill()
    call_command("backup", str(site.folder / "b.sqlite3"), verbosity=0)
    change_everything()
    return site.folder / "b.sqlite3"


def restore(file: Path, *options: str) -> None:
    call_command("restore", str(file), "--yes", *options)


def in_another_thread(ask: Callable[[], object]) -> None:
    def run() -> None:
        try:
            ask()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def test_everything_is_as_the_backup_has_it(site: Site, backup: Path) -> None:
    assert everything() != rows_of(backup)
    restore(backup)
    assert everything() == rows_of(backup)
    assert list(findings()) == []


def test_what_was_there_is_kept_in_a_backup_and_named(
    site: Site, backup: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = everything()
    restore(backup)
    (kept,) = site.kept()
    assert rows_of(kept) == before
    assert f"What was there before is in {kept}." in capsys.readouterr().out

    restore(kept)
    assert everything() == before


def test_everybody_is_signed_out(site: Site, backup: Path) -> None:
    assert sessions() == 1
    restore(backup)
    assert sessions() == 0


def test_new_rows_are_counted_from_the_restored_ones(site: Site, backup: Path) -> None:
    restore(backup)
    office = Office()
    office.clock.move(days=1)
    sync = office.hears(number("PN8"))
    get_user_model().objects.create_user("new@example.com", "correct-horse")
    Group.objects.create(name="New")
    assert sync.outcome == Sync.Outcome.SUCCEEDED
    assert list(findings()) == []


@pytest.fixture
def gone(site: Site) -> int:
    """The id of an account that was deleted, and that the access log names."""
    account = get_user_model().objects.create_user("gone@example.com", "correct-horse")
    AccessEvent.objects.create(at=datetime.now(UTC), event=AccessEvent.Event.SIGNED_IN, user_id=account.pk)
    gone = account.pk
    account.delete()
    call_command("backup", str(site.folder / "b.sqlite3"), verbosity=0)
    return gone


def test_the_id_of_an_account_that_was_deleted_is_not_given_again(site: Site, gone: int) -> None:
    restore(site.folder / "b.sqlite3")
    assert get_user_model().objects.create_user("new@example.com", "correct-horse").pk > gone


def test_nor_where_the_backup_counts_only_what_is_in_it(site: Site, gone: int) -> None:
    with closing(sqlite3.connect(site.folder / "b.sqlite3")) as file:
        file.execute("DELETE FROM sqlite_sequence WHERE name = 'accounts_user'")
        file.commit()
    restore(site.folder / "b.sqlite3")
    assert get_user_model().objects.create_user("new@example.com", "correct-horse").pk > gone


def test_the_backup_is_only_read(site: Site, backup: Path) -> None:
    backup.chmod(0o400)
    before = backup.read_bytes()
    restore(backup)
    assert backup.read_bytes() == before
    assert {file.name for file in site.folder.iterdir() if "restor" in file.name} == {file.name for file in site.kept()}


def test_the_line_says_what_is_there_now(site: Site, backup: Path, capsys: pytest.CaptureFixture[str]) -> None:
    restore(backup)
    told = capsys.readouterr().out
    assert told.startswith("Restored: 3 numbers, 7 states, 2 teammates, 1 account; ")
    assert told.endswith("Everybody has to sign in anew.\n")


# Between databases of different kinds


@only_postgresql
def test_a_backup_of_sqlite_is_restored_into_postgresql(site: Site, empty_sqlite: Path) -> None:
    with opened(empty_sqlite):
        fill()
        here = everything()
        call_command("backup", str(site.folder / "b.sqlite3"), verbosity=0)
    change_everything()
    restore(site.folder / "b.sqlite3")
    assert everything() == here
    assert list(findings()) == []


@only_postgresql
def test_a_backup_of_postgresql_is_restored_into_sqlite(
    site: Site, backup: Path, empty_sqlite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(empty_sqlite))
    with opened(empty_sqlite):
        remember_a_history()
        restore(backup)
        assert everything() == rows_of(backup)
        assert list(findings()) == []


@only_postgresql
def test_rows_that_nobody_may_change_give_way(site: Site, backup: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'never'; END $$;"
            "CREATE TRIGGER never BEFORE UPDATE OR DELETE ON numbers_savedfilter"
            " FOR EACH ROW EXECUTE FUNCTION never();"
        )
    try:
        restore(backup)
        restore(backup)
        assert everything() == rows_of(backup)
        with pytest.raises(DatabaseError, match="never"), connection.cursor() as cursor:
            cursor.execute("DELETE FROM numbers_savedfilter")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION never CASCADE")


@only_sqlite
def test_what_the_newest_schema_has_besides_tables_is_there_afterwards(site: Site, backup: Path) -> None:
    with closing(sqlite3.connect(backup)) as file:
        file.execute(
            "CREATE TRIGGER never BEFORE DELETE ON numbers_savedfilter BEGIN SELECT RAISE(ABORT, 'never'); END"
        )
        parts = set(file.execute("SELECT type, name, sql FROM sqlite_master"))
    restore(backup)
    with connection.cursor() as cursor:
        cursor.execute("SELECT type, name, sql FROM sqlite_master")
        assert set(cursor.fetchall()) == parts
    restore(backup)
    assert everything() == rows_of(backup)


# What is no backup


def no_file(file: Path) -> None:
    file.unlink()


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def a_text(file: Path) -> None:
    file.write_text("Dear diary,\n" * 1000)


def an_empty_file(file: Path) -> None:
    file.write_bytes(b"")


def half_of_one(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def another_program(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE songs (name)")


def a_newer_version(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('numbers', '9999_later', '2030')")
        database.commit()


def an_orphan(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute("DELETE FROM numbers_teammate")
        database.commit()


def the_demo(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute("UPDATE numbers_sync SET demo = 1")
        database.commit()


UNUSABLE = [
    (no_file, "There is no file "),
    (a_folder, " is a folder: name the file in it that is to be restored."),
    (a_text, "The file is not a backup of Quo Admin, or it is damaged."),
    (an_empty_file, "The file is not a backup of Quo Admin, or it is damaged."),
    (half_of_one, "damaged"),
    (damage, "damaged"),
    (damage_a_cell, "The file is damaged, so nothing was restored. SQLite says: CHECK constraint failed"),
    (another_program, "The file is not a backup of Quo Admin, or it is damaged."),
    (a_newer_version, "The backup was made by a newer version of Quo Admin (it has numbers 9999_later): install"),
    (an_orphan, "Not everything in the backup holds together"),
    (the_demo, "The backup is of the demo workspace"),
]


@pytest.mark.parametrize(("spoil", "sentence"), UNUSABLE, ids=[spoil.__name__ for spoil, _ in UNUSABLE])
def test_what_cannot_be_used_is_refused_in_a_sentence_and_changes_nothing(
    site: Site, backup: Path, spoil: Callable[[Path], None], sentence: str
) -> None:
    spoil(backup)
    before = everything()
    with pytest.raises(CommandError, match=re.escape(sentence)):
        restore(backup)
    assert everything() == before
    assert sessions() == 1
    assert not site.kept()
    assert not list(site.folder.glob("restoring-*"))


def test_a_real_workspace_is_not_restored_into_the_demo(
    site: Site, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "DEMO", True)
    with pytest.raises(CommandError, match="set QUO_API_KEY first"):
        restore(backup)


def test_what_does_not_hold_together_is_told_and_can_be_taken_all_the_same(
    site: Site, backup: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(backup)) as file:
        file.execute("UPDATE numbers_teammatestate SET name_key = 'x\033[2J'")
        file.commit()
    with pytest.raises(CommandError, match=r"Not everything in the backup holds together \(4 found\)"):
        restore(backup)
    assert "teammates are found: US1" in capsys.readouterr().out

    restore(backup, "--accept-findings")
    assert everything() == rows_of(backup)


# Asking


def test_without_a_terminal_it_needs_to_be_told_yes(site: Site, backup: Path) -> None:
    before = everything()
    done = site.manage("restore", str(backup))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == ("CommandError: A restore replaces everything, and nobody is here to be asked: say --yes.\n")
    assert everything() == before


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Somebody who answers."""

    def answers(answer: str) -> None:
        monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
        monkeypatch.setattr("builtins.input", lambda _: answer)

    return answers


def test_somebody_is_asked_with_what_is_at_stake(
    site: Site, backup: Path, terminal: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    terminal("yes")
    call_command("restore", str(backup))
    assert everything() == rows_of(backup)
    told = capsys.readouterr().out
    assert f"{backup} holds 3 numbers, 7 states" in told
    assert "It replaces 1 number" in told


@pytest.mark.parametrize("answer", ["y", "", "no"])
def test_another_answer_than_yes_changes_nothing(
    site: Site, backup: Path, terminal: Callable[[str], None], answer: str
) -> None:
    before = everything()
    terminal(answer)
    with pytest.raises(CommandError, match="Nothing was restored"):
        call_command("restore", str(backup))
    assert everything() == before


# While others are at work


def test_no_restore_while_a_sync_runs(site: Site, backup: Path) -> None:
    before = everything()
    is_held, may_go = threading.Event(), threading.Event()

    def hold() -> None:
        with only_one_sync() as mine:
            assert mine
            is_held.set()
            may_go.wait(60)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert is_held.wait(60)
        with pytest.raises(CommandError, match="A sync or another restore is running right now"):
            restore(backup)
    finally:
        may_go.set()
        holder.join()
    assert everything() == before


def test_no_sync_while_a_restore_runs(site: Site, backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    got: list[bool] = []

    def try_to_sync() -> None:
        with only_one_sync() as mine:
            got.append(mine)

    work = making.make

    def meanwhile(path: Path) -> object:
        in_another_thread(try_to_sync)
        return work(path)

    monkeypatch.setattr(making, "make", meanwhile)
    restore(backup)
    assert got == [False]


READER = """
import sys
import quo_admin, django
django.setup()
from numbers.models import NumberState
last = None
while last != ("Front desk", "Zürich 10"):
    names = NumberState.objects.filter(phone_number__quo_id__in=["PN1", "PN7"]).values_list("name", flat=True)
    seen = tuple(names.distinct().order_by("name"))
    if seen != last:
        print(*seen, sep=",", flush=True)
    last = seen
"""


def test_who_reads_meanwhile_sees_the_old_or_the_new_and_goes_on(site: Site, backup: Path) -> None:
    reader = site.start("-c", READER)
    assert reader.stdout
    assert reader.stdout.readline() == "Later\n"
    restore(backup)
    out, err = reader.communicate(timeout=60)
    assert (out, err, reader.returncode) == ("Front desk,Zürich 10\n", "", 0)


def test_who_writes_meanwhile_waits_and_goes_on(site: Site, backup: Path) -> None:
    writer = site.start("-m", "tests.memory.writing")
    try:
        assert writer.stdout
        assert writer.stdout.readline() == "writing\n"
        restore(backup)
        wait_until(lambda: PhoneNumber.objects.filter(quo_id="PN2").exclude(fingerprint__regex="[^0-9]").exists())
    finally:
        _, err = writer.communicate(timeout=60)
    assert (err, writer.returncode) == ("", 0)
    (kept,) = site.kept()
    with opened(kept):
        assert list(NumberState.objects.values_list("name", flat=True)) == ["Later"]


def test_nobody_writes_between_what_is_kept_and_what_is_restored(
    site: Site, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[bool] = []

    def try_to_write() -> None:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 0" if connection.vendor == "sqlite" else "SET lock_timeout = '50ms'")
            try:
                cursor.execute("UPDATE accounts_user SET name = 'lost'")
            except DatabaseError:
                refused.append(True)

    work = making.make

    def meanwhile(path: Path) -> object:
        kept = work(path)
        with ThreadPoolExecutor(1) as others:
            others.submit(_on_its_own_connection, site, try_to_write).result()
        return kept

    monkeypatch.setattr(making, "make", meanwhile)
    restore(backup)
    assert refused == [True]


def _on_its_own_connection(site: Site, work: Callable[[], None]) -> None:
    try:
        if site.file:
            with opened(site.file):
                work()
        else:
            work()
    finally:
        connection.close()


# When it fails


@pytest.mark.parametrize("step", ["_fill_tables", "_commit"])
@only_sqlite
def test_one_that_fails_half_way_changes_nothing_on_sqlite(
    site: Site, backup: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    before = everything()

    def fail(*_: Any) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(restoring, step, fail)
    with pytest.raises(CommandError, match=r"Nothing was restored. The database says: database or disk is full"):
        restore(backup)
    assert everything() == before
    assert sessions() == 1
    assert not site.kept()


@only_postgresql
def test_one_that_fails_half_way_changes_nothing_on_postgresql(
    site: Site, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything()
    with closing(sqlite3.connect(backup)) as file:
        file.execute("UPDATE numbers_savedfilter SET name = ?", ["longer than it may be" * 10])
        file.commit()
    with pytest.raises(CommandError, match=r"Nothing was restored. The database says: value too long"):
        restore(backup)
    assert everything() == before
    assert sessions() == 1
    assert not site.kept()


@only_sqlite
def test_a_damaged_database_is_kept_as_it_is_and_replaced(
    site: Site, backup: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert site.file
    connection.close()
    damage(site.file)
    damaged = site.file.read_bytes()
    restore(backup)
    assert everything() == rows_of(backup)
    assert site.kept()[0].read_bytes() == damaged
    assert "there is a new file now: restart Quo Admin" in capsys.readouterr().out


@only_sqlite
def test_what_takes_a_damaged_ones_place_and_what_is_kept_of_it_is_private(site: Site, backup: Path) -> None:
    assert site.file
    connection.close()
    damage(site.file)
    restore(backup)
    assert {file.stat().st_mode & 0o777 for file in (site.file, *site.kept())} == {0o600}


@only_sqlite
def test_the_log_of_a_damaged_one_in_use_is_not_taken_for_the_new_ones(site: Site, backup: Path) -> None:
    assert site.file
    connection.close()
    with closing(sqlite3.connect(site.file)) as in_use:
        in_use.execute("PRAGMA journal_mode = WAL")
        in_use.execute("INSERT INTO auth_group (name) VALUES ('In the log only')")
        in_use.commit()
        damage(site.file)
        restore(backup)
        assert everything() == rows_of(backup)


@pytest.mark.parametrize("copies", [0, 1])
@only_sqlite
def test_a_disk_that_is_full_after_so_many_copies_has_a_damaged_one_as_it_was_and_no_copy(
    site: Site, backup: Path, monkeypatch: pytest.MonkeyPatch, copies: int
) -> None:
    assert site.file
    connection.close()
    damage(site.file)
    damaged = site.file.read_bytes()
    fits = iter([True] * copies + [False])

    def sync(_path: Path) -> None:
        if not next(fits):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(restoring, "sync_to_disk", sync)
    with pytest.raises(CommandError, match="Nothing was restored: No space left on device"):
        restore(backup)
    assert site.file.read_bytes() == damaged
    assert [file.name for file in site.folder.iterdir() if "restor" in file.name] == []


@only_sqlite
def test_a_database_that_is_not_there_is_made(site: Site, backup: Path) -> None:
    assert site.file
    connection.close()
    site.file.unlink()
    restore(backup)
    assert everything() == rows_of(backup)
    assert not site.kept()


@only_sqlite
def test_a_bare_copy_of_a_database_in_use_is_a_backup_too(site: Site, backup: Path) -> None:
    """As 0.1.0 said that one makes a backup. Its newest part is in the write-ahead log beside it."""
    assert site.file
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode = WAL")
    Group.objects.create(name="In the log only")
    before = everything()
    copy = site.folder / "copied" / "copy.sqlite3"
    copy.parent.mkdir()
    for suffix in ("", "-wal"):
        shutil.copyfile(f"{site.file}{suffix}", f"{copy}{suffix}")
    restore(backup)
    restore(copy)
    assert everything() == before
    assert sessions() == 0
