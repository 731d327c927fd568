"""After a restore a search finds what the backup has; whatever database made it, of whatever version."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from numbers.operations.backups.files import opened
from tests.support.databases import Site, change_everything, fill, needs_database, only_postgresql, only_sqlite
from tests.support.records import Office, number
from tests.support.search_index import ask, assert_right, found

pytestmark = needs_database


def restore(site: Site) -> None:
    call_command("restore", str(site.folder / "b.sqlite3"), "--yes")
    connection.ensure_connection()


def make_former_indexes() -> None:
    """Make what an earlier version left, its triggers, which call a function of that version, included."""
    for index in ("numbers_searchtext_trigrams", "numbers_searchtext_pairs", "numbers_teammatestate_trigrams"):
        ask(f"CREATE VIRTUAL TABLE {index} USING fts5(search_text, content = '', tokenize = 'trigram')")
        table = index.rpartition("_")[0]
        for event in ("insert", "update", "delete"):
            ask(
                f"CREATE TRIGGER {index}_{event.removesuffix('e')}ed AFTER {event} ON {table} BEGIN"
                f" INSERT INTO {index} (search_text) SELECT a_function_that_is_gone(); END"
            )
    recorder = MigrationRecorder(connection)
    for app, name in recorder.applied_migrations():
        if app == "numbers" and name >= "0014_searched_without_an_index":
            recorder.record_unapplied(app, name)


def former_indexes() -> list[tuple[str]]:
    return ask("SELECT name FROM sqlite_master WHERE name GLOB 'numbers_*_trigrams*' OR name GLOB 'numbers_*_pairs*'")


def test_what_is_searched_is_that_of_the_backup(site: Site) -> None:
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
def test_a_migration_removes_the_indexes_of_an_earlier_version(site: Site) -> None:
    make_former_indexes()
    call_command("migrate", verbosity=0, interactive=False)
    fill()
    assert former_indexes() == []
    assert found("front desk") == ["PN1", "PN2"]


@only_sqlite
def test_a_backup_with_the_indexes_of_an_earlier_version_is_restored_without_them(site: Site) -> None:
    fill()
    make_former_indexes()
    call_command("backup", str(site.folder / "b.sqlite3"), verbosity=0)
    restore(site)
    assert former_indexes() == []


@only_sqlite
@pytest.mark.parametrize("module", ["fts5", "one_that_is_missing"])
def test_a_sync_works_after_a_backup_with_the_indexes_of_an_earlier_version(site: Site, module: str) -> None:
    """Also where SQLite lacks FTS5 and cannot drop the indexes: their triggers are gone."""
    fill()
    make_former_indexes()
    call_command("backup", str(site.folder / "b.sqlite3"), verbosity=0)
    with closing(sqlite3.connect(site.folder / "b.sqlite3")) as backup, backup:
        backup.execute("PRAGMA writable_schema = ON")
        backup.execute("UPDATE sqlite_master SET sql = replace(sql, 'USING fts5', ?)", [f"USING {module}"])
    restore(site)
    Office().hears(number("PN1", name="Garage"), number("PN2"))
    assert (found("gara"), found("front desk")) == (["PN1"], ["PN2"])


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
def test_a_backup_of_postgresql_is_found_in_sqlite(site: Site) -> None:
    fill()
    call_command("backup", str(site.folder / "b.sqlite3"), verbosity=0)
    with opened(site.folder / "b.sqlite3"):
        assert found("front desk") == ["PN1", "PN2"]
        assert_right()
