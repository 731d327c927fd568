"""Only one sync runs at a time across threads, processes and, on PostgreSQL, machines. A dead holder holds no lock."""

import errno
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from numbers.database.locks import LOCK_FILE, one_after_the_other, only_one_sync
from tests.support.account_commands import environment
from tests.support.installation import wait_until

only_sqlite = pytest.mark.skipif(
    settings.DATABASES["default"]["ENGINE"] != "django.db.backends.sqlite3",
    reason="locks a file beside SQLite's database",
)
only_postgresql = pytest.mark.skipif(
    not settings.DATABASES["default"]["ENGINE"].endswith("postgresql"), reason="locks in PostgreSQL"
)

HOLDER = """
import sys
import quo_admin, django
django.setup()
from numbers.database.locks import only_one_sync
with only_one_sync() as mine:
    print(mine, flush=True)
    sys.stdin.read()
"""


def lock_in_another_thread() -> bool:
    """Return whether another thread, with its own connection, gets the lock."""
    got: list[bool] = []

    def ask() -> None:
        try:
            with only_one_sync() as mine:
                got.append(mine)
        finally:
            connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    return got[0]


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The database file that this process and `holder` lock."""
    file = tmp_path / "test.sqlite3"
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(file))
    return file


def holder(database: Path) -> subprocess.Popen[str]:
    """Start a process that takes the lock, and wait until it has it."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        env=environment(database.parent),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "True\n"
    return process


def end(process: subprocess.Popen[str]) -> None:
    process.communicate()


@pytest.mark.django_db(transaction=True)
def test_only_one_of_two_threads_gets_the_lock() -> None:
    with only_one_sync() as mine:
        assert mine
        assert not lock_in_another_thread()
        assert not lock_in_another_thread()
    assert lock_in_another_thread()


@pytest.mark.django_db(transaction=True)
def test_an_error_releases_the_lock() -> None:
    with pytest.raises(ZeroDivisionError), only_one_sync():
        raise ZeroDivisionError
    assert lock_in_another_thread()


@pytest.mark.django_db(transaction=True)
def test_a_failed_attempt_does_not_release_the_lock_of_the_holder() -> None:
    with only_one_sync():
        lock_in_another_thread()
        assert not lock_in_another_thread()


@only_sqlite
def test_only_one_of_two_processes_gets_the_lock(database: Path) -> None:
    process = holder(database)
    with only_one_sync() as mine:
        assert not mine
    end(process)
    with only_one_sync() as mine:
        assert mine


@only_sqlite
def test_a_killed_process_releases_the_lock(database: Path) -> None:
    process = holder(database)
    os.kill(process.pid, signal.SIGKILL)
    end(process)
    assert Path(f"{database}.{LOCK_FILE}").exists(), "the file stays; only its lock counts"
    with only_one_sync() as mine:
        assert mine


@only_sqlite
def test_nobody_gets_the_lock_if_files_cannot_be_locked(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock file without a lock would outlast a killed process and block all later syncs."""

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr("fcntl.flock", refuse)
    with pytest.raises(OSError, match="not implemented"), only_one_sync():
        pass


@only_sqlite
@pytest.mark.parametrize("folder", ["plain", "in memory of", ":memory:"])
def test_the_lock_is_beside_the_database_in_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    (tmp_path / folder).mkdir()
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(tmp_path / folder / "numbers.sqlite3"))
    with only_one_sync():
        assert [file.name for file in (tmp_path / folder).iterdir()] == ["numbers.sqlite3.sync.lock"]


@only_sqlite
@pytest.mark.parametrize("name", [":memory:", "", "file:memorydb_default?mode=memory&cache=shared"])
def test_a_database_in_memory_has_its_lock_in_the_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", name)
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    with only_one_sync():
        assert [file.name for file in tmp_path.iterdir()] == [LOCK_FILE]


@only_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_broken_connection_releases_the_lock() -> None:
    def take_and_die() -> None:
        with only_one_sync() as mine:
            assert mine
            connection.close()
        connection.close()  # releasing the lost lock opened a new connection

    thread = threading.Thread(target=take_and_die)
    thread.start()
    thread.join()
    assert lock_in_another_thread()


@only_postgresql
@pytest.mark.django_db(transaction=True)
def test_one_machine_waits_while_another_migrates_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()

    def prepare_second() -> None:
        try:
            with one_after_the_other():
                done.set()
        finally:
            connection.close()

    def is_waiting() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)")
            return bool(cursor.fetchone()[0])

    with one_after_the_other():
        monkeypatch.setattr(settings, "DATA_DIR", tmp_path)  # the folder of another machine
        thread = threading.Thread(target=prepare_second)
        thread.start()
        wait_until(lambda: is_waiting() or done.is_set())
        assert not done.is_set()
    thread.join()
    assert done.is_set()
