"""After a restore, search finds what the backup has, for a backup of any database and any version."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from numbers.operations.backups.files import opened
from tests.support.databases import (
    Site,
    fill_database,
    needs_database,
    only_postgresql,
    only_sqlite,
    replace_everything,
)
from tests.support.records import Syncer, number
from tests.support.search_index import assert_search_current, found_numbers, run_sql

pytestmark = needs_database


def restore(site: Site) -> None:
    call_command("restore", str(site.folder / "b.sqlite3"), "--yes")
    connection.ensure_connection()


def create_old_indexes() -> None:
    """Create the indexes of an earlier version. Their triggers call a function that no longer exists."""
    for index in ("numbers_searchtext_trigrams", "numbers_searchtext_pairs", "numbers_teammatestate_trigrams"):
        run_sql(f"CREATE VIRTUAL TABLE {index} USING fts5(search_text, content = '', tokenize = 'trigram')")
        table = index.rpartition("_")[0]
        for event in ("insert", "update", "delete"):
            run_sql(
                f"CREATE TRIGGER {index}_{event.removesuffix('e')}ed AFTER {event} ON {table} BEGIN"
                f" INSERT INTO {index} (search_text) SELECT a_function_that_is_gone(); END"
            )
    run_sql("DROP INDEX syncs_by_workspace")  # of a later version, like the table
    run_sql("DROP TABLE numbers_lastrun")
    recorder = MigrationRecorder(connection)
    for app, name in recorder.applied_migrations():
        if app == "numbers" and name >= "0014_searched_without_an_index":
            recorder.record_unapplied(app, name)


def old_indexes() -> list[tuple[str]]:
    return run_sql(
        "SELECT name FROM sqlite_master WHERE name GLOB 'numbers_*_trigrams*' OR name GLOB 'numbers_*_pairs*'"
    )


def test_search_after_a_restore_finds_the_backups_texts(site: Site) -> None:
    fill_database()
    call_command("backup", str(site.folder / "b.sqlite3"), verbosity=0)
    replace_everything()
    restore(site)
    assert_search_current()
    assert (found_numbers("later"), found_numbers("front desk")) == ([], ["PN1", "PN2"])
    Syncer().sync_all(number("PN1", name="Garage"))
    assert_search_current()
    restore(site)
    assert (found_numbers("gara"), found_numbers("front desk")) == ([], ["PN1", "PN2"])


@only_sqlite
def test_a_migration_removes_the_indexes_of_an_earlier_version(site: Site) -> None:
    create_old_indexes()
    call_command("migrate", verbosity=0, interactive=False)
    fill_database()
    assert old_indexes() == []
    assert found_numbers("front desk") == ["PN1", "PN2"]


@only_sqlite
def test_a_restore_drops_the_indexes_of_an_earlier_version(site: Site) -> None:
    fill_database()
    create_old_indexes()
    call_command("backup", str(site.folder / "b.sqlite3"), verbosity=0)
    restore(site)
    assert old_indexes() == []


@only_sqlite
@pytest.mark.parametrize("module", ["fts5", "one_that_is_missing"])
def test_a_sync_works_after_a_backup_with_the_indexes_of_an_earlier_version(site: Site, module: str) -> None:
    """Even without FTS5, where SQLite cannot drop the indexes, their triggers are dropped."""
    fill_database()
    create_old_indexes()
    call_command("backup", str(site.folder / "b.sqlite3"), verbosity=0)
    with closing(sqlite3.connect(site.folder / "b.sqlite3")) as backup, backup:
        backup.execute("PRAGMA writable_schema = ON")
        backup.execute("UPDATE sqlite_master SET sql = replace(sql, 'USING fts5', ?)", [f"USING {module}"])
    restore(site)
    Syncer().sync_all(number("PN1", name="Garage"), number("PN2"))
    assert (found_numbers("gara"), found_numbers("front desk")) == (["PN1"], ["PN2"])


@only_postgresql
def test_search_works_after_restoring_a_sqlite_backup_into_postgresql(site: Site, empty_sqlite: Path) -> None:
    with opened(empty_sqlite):
        fill_database()
        call_command("backup", str(site.folder / "b.sqlite3"), verbosity=0)
    replace_everything()
    restore(site)
    assert_search_current()
    assert (found_numbers("later"), found_numbers("front desk")) == ([], ["PN1", "PN2"])


@only_postgresql
def test_search_works_after_restoring_a_postgresql_backup_into_sqlite(site: Site) -> None:
    fill_database()
    call_command("backup", str(site.folder / "b.sqlite3"), verbosity=0)
    with opened(site.folder / "b.sqlite3"):
        assert found_numbers("front desk") == ["PN1", "PN2"]
        assert_search_current()
