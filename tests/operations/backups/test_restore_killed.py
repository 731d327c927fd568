"""A restore that is killed at any point leaves the old or the new data, and the next restore works."""

import signal
from functools import partial
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from numbers.operations.invariants import breaches
from tests.support.databases import (
    Site,
    all_rows,
    fill_database,
    is_sqlite,
    needs_database,
    replace_everything,
    rows_of,
)
from tests.support.killed_restore import ON_NEWER_POSTGRESQL, ON_NEWER_SQLITE, ON_POSTGRESQL, ON_SQLITE
from tests.support.newer_version import is_newer_version, leave_newer_version, migrate_to_newer_version

pytestmark = needs_database

AFTER = "just after the commit"


@pytest.mark.parametrize("moment", ON_SQLITE if is_sqlite else ON_POSTGRESQL)
def test_a_killed_restore_leaves_the_old_or_the_new_data(site: Site, moment: str) -> None:
    backup = site.folder / "b.sqlite3"
    fill_database()
    call_command("backup", str(backup), verbosity=0)
    replace_everything()
    before, after = all_rows(), rows_of(backup)
    connection.close()

    process = site.start("-m", "tests.support.killed_restore", moment, str(backup))
    _, err = process.communicate(timeout=120)

    assert process.returncode == -signal.SIGKILL, err
    assert all_rows() == (after if moment == AFTER else before)
    assert list(breaches()) == []
    for kept in site.kept_backups():
        assert rows_of(Path(kept)) == before
    call_command("restore", str(backup), "--yes", verbosity=0)
    assert all_rows() == after


@pytest.mark.parametrize("moment", ON_NEWER_SQLITE if is_sqlite else ON_NEWER_POSTGRESQL)
def test_a_killed_restore_leaves_the_database_of_a_newer_version(
    site: Site, backup: Path, request: pytest.FixtureRequest, moment: str
) -> None:
    request.addfinalizer(partial(leave_newer_version, backup))
    migrate_to_newer_version()

    process = site.start("-m", "tests.support.killed_restore", moment, str(backup))
    _, err = process.communicate(timeout=120)

    assert process.returncode == -signal.SIGKILL, err
    assert is_newer_version()
    call_command("restore", str(backup), "--yes", verbosity=0)
    assert all_rows() == rows_of(backup)
    assert list(breaches()) == []
