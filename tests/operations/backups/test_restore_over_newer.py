"""After an upgrade was undone, the backup made before it replaces the database of the newer version."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.session_store import SessionStore
from numbers.operations.invariants import breaches
from tests.support.databases import (
    SECRET,
    Site,
    all_rows,
    needs_database,
    only_postgresql,
    only_sqlite,
    restore,
    rows_of,
    session_count,
)
from tests.support.newer_version import is_newer_version, kept_schemas, leave_newer_version, migrate_to_newer_version

pytestmark = needs_database


@pytest.fixture
def newer(backup: Path) -> Iterator[Path]:
    """Return a backup that was made before an upgrade to a newer version, which has changed the database."""
    SessionStore(SECRET).save(must_create=True)
    migrate_to_newer_version()
    yield backup
    leave_newer_version(backup)


def query(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def test_a_restore_replaces_the_database_of_a_newer_version(site: Site, newer: Path) -> None:
    restore(newer)

    assert not is_newer_version()
    assert all_rows() == rows_of(newer)
    assert list(breaches()) == []
    assert session_count() == 0


def test_a_restore_says_that_only_the_newer_version_can_use_what_was_there(
    site: Site, newer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    restore(newer)
    output = capsys.readouterr().out
    place = str(site.kept_backups()[0]) if site.file else f"the schema {kept_schemas()[0]} of the database"
    assert f"What was there before is in {place}." in output
    assert "Only the newer version of Quo Admin that wrote it can use it: see docs/backups.md." in output
    assert "damaged" not in output


def test_a_second_restore_keeps_a_backup_of_this_version(site: Site, newer: Path) -> None:
    restore(newer)
    first = set(site.kept_backups())
    restore(newer)
    (kept,) = set(site.kept_backups()) - first
    assert rows_of(kept) == rows_of(newer)


def test_the_question_says_that_a_newer_version_wrote_what_is_replaced(
    site: Site, newer: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _: "no")
    with pytest.raises(CommandError, match="Nothing was restored"):
        call_command("restore", str(newer))
    assert ", written by a newer version of Quo Admin." in capsys.readouterr().out
    assert is_newer_version()


@only_sqlite
def test_the_newer_database_is_kept_as_a_backup_without_sessions(site: Site, newer: Path) -> None:
    restore(newer)
    (kept,) = site.kept_backups()
    assert SECRET.encode() not in kept.read_bytes()
    with closing(sqlite3.connect(kept)) as database:
        assert database.execute("SELECT count(*) FROM numbers_later").fetchone() == (1,)
        assert database.execute("SELECT later FROM numbers_phonenumber").fetchall() == [("x",)]
        assert database.execute("SELECT count(*) FROM django_session").fetchone() == (0,)
        assert database.execute("SELECT count(*) FROM django_migrations WHERE name = '9999_later'").fetchone() == (1,)


@only_postgresql
def test_the_newer_tables_are_kept_in_a_schema_of_their_own(site: Site, newer: Path) -> None:
    restore(newer)
    (schema,) = kept_schemas()
    assert query(f"SELECT count(*) FROM {schema}.numbers_later") == [(1,)]  # noqa: S608 - our own name
    assert query(f"SELECT later FROM {schema}.numbers_phonenumber") == [("x",)]  # noqa: S608 - our own name
    names = {name for (name,) in query("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace")}
    assert not {name for name in names if "later" in name}


@only_postgresql
def test_the_newer_version_can_back_up_the_schema_that_was_kept(
    site: Site, newer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    restore(newer)
    (schema,) = kept_schemas()
    # This version is the newer one if it knows the last migration and the name of the table.
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {schema}.django_migrations WHERE name = '9999_later'")  # noqa: S608 - our own name
        cursor.execute(f"ALTER TABLE {schema}.numbers_later_filter RENAME TO numbers_savedfilter")

    monkeypatch.setenv("PGOPTIONS", f"-c search_path={schema},public")
    done = site.manage("backup", str(site.folder / "newer.sqlite3"))

    assert (done.returncode, done.stderr) == (0, "")
    with closing(sqlite3.connect(site.folder / "newer.sqlite3")) as database:
        assert database.execute("SELECT quo_id FROM numbers_phonenumber").fetchall() == [("PN7",)]


@only_postgresql
def test_tables_of_other_programs_stay_where_they_are(site: Site, newer: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE accounts_of_another_program (one integer)")
    restore(newer)
    assert query("SELECT count(*) FROM public.accounts_of_another_program") == [(0,)]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE public.accounts_of_another_program")


def test_every_model_of_ours_has_the_table_that_an_older_version_expects() -> None:
    """An older version finds the tables of newer models by their content types."""
    models = [model for name in ("accounts", "numbers") for model in apps.get_app_config(name).get_models()]
    assert {model._meta.db_table for model in models} == {
        f"{model._meta.app_label}_{model._meta.model_name}" for model in models
    }
