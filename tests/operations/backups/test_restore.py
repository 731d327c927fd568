"""A restore brings back the data of a backup and keeps a backup of the data before."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from accounts.models import AccessEvent
from numbers.models import Sync
from numbers.operations.backups.files import opened
from numbers.operations.invariants import breaches
from tests.support.databases import (
    Site,
    all_rows,
    fill_database,
    needs_database,
    only_postgresql,
    replace_everything,
    restore,
    rows_of,
    session_count,
    sync_history,
    without_runs,
)
from tests.support.records import Syncer, number

pytestmark = needs_database


def test_a_restore_brings_back_every_row_of_the_backup(site: Site, backup: Path) -> None:
    assert all_rows() != rows_of(backup)
    restore(backup)
    assert all_rows() == rows_of(backup)
    assert list(breaches()) == []


def test_a_restore_first_backs_up_the_current_data_and_names_the_file(
    site: Site, backup: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = all_rows()
    restore(backup)
    (kept,) = site.kept_backups()
    assert rows_of(kept) == before
    assert f"What was there before is in {kept}." in capsys.readouterr().out

    restore(kept)
    assert without_runs(all_rows()) == without_runs(before)


def test_a_restore_signs_everybody_out(site: Site, backup: Path) -> None:
    assert session_count() == 1
    restore(backup)
    assert session_count() == 0


def test_new_rows_get_ids_after_the_restored_ones(site: Site, backup: Path) -> None:
    restore(backup)
    syncer = Syncer()
    syncer.clock.move(days=1)
    sync = syncer.sync_all(number("PN8"))
    get_user_model().objects.create_user("new@example.com", "correct-horse")
    Group.objects.create(name="New")
    assert sync.outcome == Sync.Outcome.SUCCEEDED
    assert list(breaches()) == []


@pytest.fixture
def deleted_account(site: Site) -> int:
    """Return the id of a deleted account that the access log names."""
    account = get_user_model().objects.create_user("gone@example.com", "correct-horse")
    AccessEvent.objects.create(at=datetime.now(UTC), event=AccessEvent.Event.SIGNED_IN, user_id=account.pk)
    account_id = account.pk
    account.delete()
    call_command("backup", str(site.folder / "b.sqlite3"), verbosity=0)
    return account_id


def test_the_id_of_a_deleted_account_is_not_reused(site: Site, deleted_account: int) -> None:
    restore(site.folder / "b.sqlite3")
    assert get_user_model().objects.create_user("new@example.com", "correct-horse").pk > deleted_account


def test_the_id_of_a_deleted_account_is_not_reused_if_the_backup_lost_its_sequence(
    site: Site, deleted_account: int
) -> None:
    with closing(sqlite3.connect(site.folder / "b.sqlite3")) as file:
        file.execute("DELETE FROM sqlite_sequence WHERE name = 'accounts_user'")
        file.commit()
    restore(site.folder / "b.sqlite3")
    assert get_user_model().objects.create_user("new@example.com", "correct-horse").pk > deleted_account


def test_a_restore_does_not_change_the_backup(site: Site, backup: Path) -> None:
    backup.chmod(0o400)
    before = backup.read_bytes()
    restore(backup)
    assert backup.read_bytes() == before
    assert {file.name for file in site.folder.iterdir() if "restor" in file.name} == {
        file.name for file in site.kept_backups()
    }


def test_the_command_prints_what_was_restored(site: Site, backup: Path, capsys: pytest.CaptureFixture[str]) -> None:
    restore(backup)
    output = capsys.readouterr().out
    assert output.startswith("Restored: 3 numbers, 7 states, 2 teammates, 1 account; ")
    assert output.endswith("Everybody has to sign in again.\n")


# Between databases of different kinds


@only_postgresql
def test_a_backup_of_sqlite_is_restored_into_postgresql(site: Site, empty_sqlite: Path) -> None:
    with opened(empty_sqlite):
        fill_database()
        here = all_rows()
        call_command("backup", str(site.folder / "b.sqlite3"), verbosity=0)
    replace_everything()
    restore(site.folder / "b.sqlite3")
    assert all_rows() == here
    assert list(breaches()) == []


@only_postgresql
def test_a_backup_of_postgresql_is_restored_into_sqlite(
    site: Site, backup: Path, empty_sqlite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(empty_sqlite))
    with opened(empty_sqlite):
        sync_history()
        restore(backup)
        assert all_rows() == rows_of(backup)
        assert list(breaches()) == []


@only_postgresql
def test_triggers_are_on_after_a_restore(site: Site, backup: Path) -> None:
    restore(backup)
    with pytest.raises(DatabaseError, match="never edited"), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_accessevent SET email = 'x'")


@only_postgresql
def test_a_server_with_another_schema_is_not_restored_to(site: Site, backup: Path) -> None:
    before = all_rows()
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX syncs_by_ending")
    try:
        with pytest.raises(CommandError, match=r"the index syncs_by_ending is missing.* Name another, empty database"):
            restore(backup)
        assert all_rows() == before
    finally:
        with connection.cursor() as cursor:
            cursor.execute("CREATE INDEX syncs_by_ending ON numbers_sync (scope, outcome, error_kind)")


FOREIGN = "CREATE TRIGGER never BEFORE DELETE ON numbers_savedfilter BEGIN SELECT RAISE(ABORT, 'never'); END"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (FOREIGN, "the trigger never is not from the migrations"),
        ("DROP TRIGGER access_events_are_never_edited", "the trigger access_events_are_never_edited is missing"),
        ("DROP INDEX one_open_state_per_number", "the index one_open_state_per_number is missing"),
        ("CREATE TABLE songs (name)", "songs: this table is not from the migrations"),
    ],
)
def test_a_restore_repairs_the_schema_of_a_backup(
    site: Site, backup: Path, statement: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = rows_of(backup)
    with closing(sqlite3.connect(backup)) as file:
        file.execute(statement)
        file.commit()
    restore(backup)
    assert said in capsys.readouterr().out
    assert list(breaches()) == []
    assert all_rows() == rows
