"""Of two syncs at once one runs: over threads, processes and, on PostgreSQL, machines; a dead holder holds nothing."""

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
    settings.DATABASES["default"]["ENGINE"] != "django.db.backends.sqlite3", reason="locks a file beside SQLite's"
)
only_postgresql = pytest.mark.skipif(
    settings.DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql", reason="locks in PostgreSQL"
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


def in_another_thread() -> bool:
    """Whether another thread, with a connection of its own, may sync right now."""
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
    """The name of a database file; the locks of this process and of `holder` go by it."""
    file = tmp_path / "test.sqlite3"
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(file))
    return file


def holder(database: Path) -> subprocess.Popen[str]:
    """Start a process that asks for the lock, and wait until it has an answer."""
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
def test_of_two_threads_one_may_sync() -> None:
    with only_one_sync() as mine:
        assert mine
        assert not in_another_thread()
        assert not in_another_thread()
    assert in_another_thread()


@pytest.mark.django_db(transaction=True)
def test_a_sync_that_breaks_leaves_no_lock() -> None:
    with pytest.raises(ZeroDivisionError), only_one_sync():
        raise ZeroDivisionError
    assert in_another_thread()


@pytest.mark.django_db(transaction=True)
def test_who_was_refused_does_not_free_the_lock_of_the_holder() -> None:
    with only_one_sync():
        in_another_thread()
        assert not in_another_thread()


@only_sqlite
def test_of_two_processes_one_may_sync(database: Path) -> None:
    process = holder(database)
    with only_one_sync() as mine:
        assert not mine
    end(process)
    with only_one_sync() as mine:
        assert mine


@only_sqlite
def test_a_killed_process_holds_nothing(database: Path) -> None:
    process = holder(database)
    os.kill(process.pid, signal.SIGKILL)
    end(process)
    assert Path(f"{database}.{LOCK_FILE}").exists(), "the file stays; only its lock counts"
    with only_one_sync() as mine:
        assert mine


@only_sqlite
def test_where_no_file_can_be_locked_nobody_syncs(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that stands for a lock would outlast a killed process, and no sync would ever run again."""

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr("fcntl.flock", refuse)
    with pytest.raises(OSError, match="not implemented"), only_one_sync():
        pass


@only_sqlite
@pytest.mark.parametrize("folder", ["plain", "in memory of", ":memory:"])
def test_the_lock_is_beside_the_database_whatever_its_folder_is_called(
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
def test_a_connection_that_breaks_holds_nothing() -> None:
    def take_and_die() -> None:
        with only_one_sync() as mine:
            assert mine
            connection.close()
        connection.close()  # freeing what was lost already made a new one

    thread = threading.Thread(target=take_and_die)
    thread.start()
    thread.join()
    assert in_another_thread()


@only_postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_machines_one_brings_the_database_up_to_date_and_the_other_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = threading.Event()

    def come_second() -> None:
        try:
            with one_after_the_other():
                done.set()
        finally:
            connection.close()

    def is_waited_for() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)")
            return bool(cursor.fetchone()[0])

    with one_after_the_other():
        monkeypatch.setattr(settings, "DATA_DIR", tmp_path)  # the folder of another machine
        thread = threading.Thread(target=come_second)
        thread.start()
        wait_until(lambda: is_waited_for() or done.is_set())
        assert not done.is_set()
    thread.join()
    assert done.is_set()
