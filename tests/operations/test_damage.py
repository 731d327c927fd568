"""A damaged database is found at the start, by `doctor` and by `/readyz`, and each says how to repair it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from numbers.operations.damage import RESTORE, damage, refusal
from numbers.operations.doctor import diagnose
from numbers.operations.readiness import readiness
from quo_admin import env
from tests.support.damages import DAMAGES
from tests.support.databases import (
    Site,
    all_rows,
    corrupt_row,
    fill_database,
    needs_database,
    only_postgresql,
    only_sqlite,
    restore,
    rows_of,
)
from tests.support.processes import free_port, run_python

pytestmark = needs_database

FOUND_BY_ALL = sorted(
    set(DAMAGES) - {"an index overwritten", "the last page cut", "the log of another"}
)  # those need a look at every page

NOT_OURS = {"a folder", "the tables of another program"}


@pytest.fixture
def broken(site: Site, backup: Path, request: pytest.FixtureRequest) -> Path:
    """The file of a filled database, damaged in the way that the test names."""
    assert site.file
    connection.close()
    DAMAGES[request.param](site.file)
    return site.file


@only_sqlite
@pytest.mark.parametrize("broken", DAMAGES, indirect=True)
def test_the_start_names_the_file_and_the_command(broken: Path) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("sync")
    assert str(refused.value).startswith(f"The database {broken} is ")
    assert str(refused.value).endswith(RESTORE)


@only_sqlite
@pytest.mark.parametrize("broken", DAMAGES, indirect=True)
def test_the_doctor_names_the_file_and_the_command(broken: Path) -> None:
    found = next(check for check in diagnose() if check.subject == "database")
    assert (found.ok, str(broken) in found.text, found.text.endswith(RESTORE)) == (False, True, True)


@only_sqlite
@pytest.mark.parametrize("broken", FOUND_BY_ALL, indirect=True)
def test_readiness_names_the_command_and_no_file(broken: Path) -> None:
    wrong = " ".join(check.text for check in readiness() if not check.ok)
    assert RESTORE in wrong
    assert str(broken.parent) not in wrong


@only_sqlite
@pytest.mark.parametrize("broken", sorted({*DAMAGES} - NOT_OURS), indirect=True)
@pytest.mark.usefixtures("broken")
def test_a_restore_repairs_it(backup: Path) -> None:
    restore(backup)
    assert refusal() == ""
    assert all_rows() == rows_of(backup)


@only_sqlite
@pytest.mark.parametrize("broken", sorted(NOT_OURS), indirect=True)
def test_a_restore_replaces_nothing_that_is_not_ours(broken: Path, backup: Path) -> None:
    with pytest.raises(CommandError, match=f"{broken} is not a database of Quo Admin: move it away, then restore"):
        restore(backup)


@only_sqlite
def test_a_new_database_is_not_damaged(site: Site) -> None:
    assert site.file
    connection.close()
    site.file.unlink()
    assert refusal() == ""
    assert not site.file.exists()
    with closing(sqlite3.connect(site.file)) as database:
        database.execute("PRAGMA journal_mode = WAL")
    assert refusal() == ""


def test_a_database_before_an_upgrade_is_not_damaged(site: Site) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'numbers' AND name >= '0020'")
        cursor.execute("DROP TABLE numbers_savedfilter")
        assert damage() == ""
        transaction.set_rollback(True)


@only_sqlite
def test_a_row_that_breaks_a_constraint_stops_nothing(site: Site) -> None:
    assert site.file
    fill_database()
    corrupt_row(site.file)
    assert refusal() == ""


@only_postgresql
def test_a_table_that_postgresql_lost_is_named(site: Site) -> None:
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("DROP TABLE numbers_savedfilter")
        assert refusal() == f"The database PostgreSQL is damaged: the table numbers_savedfilter is missing. {RESTORE}"
        transaction.set_rollback(True)


# As separate processes

WEB = ["-m", "gunicorn", "--no-control-socket", "--log-level", "critical", "--bind", "127.0.0.1:0", "quo_admin.wsgi"]


@only_sqlite
@pytest.mark.parametrize("arguments", [["manage.py", "run"], ["manage.py", "sync"], WEB])
@pytest.mark.parametrize("broken", ["a text", "an index overwritten"], indirect=True)
def test_nothing_starts_on_a_damaged_database(site: Site, broken: Path, arguments: list[str]) -> None:
    before = broken.read_bytes()
    run = run_python(env.BASE_DIR, site.folder, *arguments, **site.variables(PORT=str(free_port())))
    assert run.returncode in {1, 4}
    assert f"The database {broken} is damaged: " in run.stderr
    assert run.stderr.endswith(f"{RESTORE}\n")
    assert "Traceback" not in run.stderr
    assert broken.read_bytes() == before
