"""After a restore everything is as the backup has it, and what was there is kept."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import DatabaseError, connection

from accounts.models import AccessEvent
from numbers.models import Sync
from numbers.operations.backups.files import opened
from numbers.operations.invariants import breaches
from tests.support.databases import (
    Site,
    change_everything,
    everything,
    fill,
    needs_database,
    only_postgresql,
    only_sqlite,
    remember_a_history,
    restore,
    rows_of,
    sessions,
)
from tests.support.records import Office, number

pytestmark = needs_database


def test_everything_is_as_the_backup_has_it(site: Site, backup: Path) -> None:
    assert everything() != rows_of(backup)
    restore(backup)
    assert everything() == rows_of(backup)
    assert list(breaches()) == []


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
    assert list(breaches()) == []


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
    assert list(breaches()) == []


@only_postgresql
def test_a_backup_of_postgresql_is_restored_into_sqlite(
    site: Site, backup: Path, empty_sqlite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(empty_sqlite))
    with opened(empty_sqlite):
        remember_a_history()
        restore(backup)
        assert everything() == rows_of(backup)
        assert list(breaches()) == []


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
