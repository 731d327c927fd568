"""Fixtures for all tests: an installation whose database other processes can open, a sandbox and a backup."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from pytest_django import DjangoDbBlocker

from numbers.operations.backups import files
from numbers.operations.backups.files import migrate, opened
from numbers.sandbox.faults import Timing
from numbers.sandbox.server import SandboxServer
from numbers.sandbox.workspace import build
from tests.support.account_commands import manage
from tests.support.databases import Site, fill_database, is_sqlite, replace_everything
from tests.support.installation import KEY, NUMBERS, Installation

TIMING = Timing(slow_seconds=0.05, drip_seconds=0.05, bomb_bytes=4 << 20)


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer(build(NUMBERS), key=KEY, timing=TIMING) as running:
        yield running


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database file."""
    if settings.DATABASES["default"]["ENGINE"] != "django.db.backends.sqlite3":
        pytest.skip("needs SQLite")
    folder = tmp_path_factory.mktemp("migrated")
    done = manage(folder, "migrate", "--verbosity", "0")
    assert done.returncode == 0, done.stderr
    return folder / "test.sqlite3"


@pytest.fixture
def installation(tmp_path: Path, sandbox: SandboxServer, empty_database: Path) -> Installation:
    return Installation(tmp_path, sandbox, empty_database)


@pytest.fixture(scope="session")
def empty_copy(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Path:
    """A migrated, empty SQLite database for backups of PostgreSQL. Making one takes a second."""
    file = tmp_path_factory.mktemp("copies") / "empty.sqlite3"
    with django_db_blocker.unblock():
        migrate(file)
    return file


@pytest.fixture
def site(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, django_db_blocker: DjangoDbBlocker
) -> Iterator[Site]:
    """An empty installation whose database other processes can open.

    Modules that use it need `pytestmark = needs_database`.
    """
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    if not is_sqlite:
        empty: Path = request.getfixturevalue("empty_copy")

        def migrate_from_copy(file: Path) -> None:
            if not (file.exists() and file.stat().st_size):
                shutil.copyfile(empty, file)
            migrate(file)

        monkeypatch.setattr(files, "migrate", migrate_from_copy)
        yield Site(tmp_path, None)
        return
    file = Path(shutil.copyfile(request.getfixturevalue("empty_database"), tmp_path / "test.sqlite3"))
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(file))
    with django_db_blocker.unblock(), opened(file):
        yield Site(tmp_path, file)


@pytest.fixture
def empty_sqlite(tmp_path: Path) -> Path:
    """An empty SQLite database that is not the tests' own."""
    file = tmp_path / "other.sqlite3"
    migrate(file)
    return file


@pytest.fixture
def backup(site: Site) -> Path:
    """A backup of a filled database whose data was replaced afterwards."""
    fill_database()
    call_command("backup", str(site.folder / "b.sqlite3"), verbosity=0)
    replace_everything()
    return site.folder / "b.sqlite3"
