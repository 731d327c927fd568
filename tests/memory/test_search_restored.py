"""After a restore a search finds by its index what the backup has; whatever database made it, of whatever version."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from numbers.backups.files import opened
from numbers.search import sqlite
from tests.support.databases import Site, change_everything, fill, needs_database, only_postgresql, only_sqlite
from tests.support.records import Office, number
from tests.support.search_index import ask, assert_right, found

pytestmark = needs_database


def restore(site: Site) -> None:
    call_command("restore", str(site.folder / "b.sqlite3"), "--yes")
    connection.ensure_connection()


def test_the_index_is_that_of_the_backup(site: Site) -> None:
    fill()
    call_command("backup", str(site.folder / "b.sqlite3"), verbosity=0)
    change_everything()
    restore(site)
    assert_right()
    assert (found("later"), found("front desk")) == ([], ["PN1", "PN2"])
    Office().hears(number("PN1", name="Garage"))
    assert_right()
    restore(site)
    assert (found("gara"), found("front desk")) == ([], ["PN1", "PN2"])


@only_sqlite
def test_a_backup_without_the_index_gets_it(site: Site) -> None:
    fill()
    for name in ("inserted", "updated", "deleted"):
        ask(f"DROP TRIGGER {sqlite.INDEX}_{name}")
    ask(f"DROP TABLE {sqlite.INDEX}")
    call_command("backup", str(site.folder / "b.sqlite3"), verbosity=0)
    change_everything()
    restore(site)
    assert_right()
    assert found("front desk") == ["PN1", "PN2"]


@only_sqlite
def test_into_an_sqlite_without_trigrams_it_is_restored_without_the_index(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill()
    call_command("backup", str(site.folder / "b.sqlite3"), verbosity=0)
    change_everything()
    monkeypatch.setattr(sqlite, "TABLE", f"CREATE VIRTUAL TABLE {sqlite.INDEX} USING fts4711(a)")
    restore(site)
    assert found("front desk") == ["PN1", "PN2"]
    Office().hears(number("PN1", name="Garage"))
    assert found("gara") == ["PN1"]


@only_postgresql
def test_a_backup_of_sqlite_is_found_in_postgresql(site: Site, empty_sqlite: Path) -> None:
    with opened(empty_sqlite):
        fill()
        call_command("backup", str(site.folder / "b.sqlite3"), verbosity=0)
    change_everything()
    restore(site)
    assert_right()
    assert (found("later"), found("front desk")) == ([], ["PN1", "PN2"])


@only_postgresql
def test_a_backup_of_postgresql_has_the_index_of_sqlite(site: Site) -> None:
    fill()
    call_command("backup", str(site.folder / "b.sqlite3"), verbosity=0)
    with opened(site.folder / "b.sqlite3"):
        assert found("front desk") == ["PN1", "PN2"]
        assert_right()
