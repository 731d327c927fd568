"""After a clean stop, SQLite's write-ahead log is empty or gone, and the database file alone is complete."""

import shutil
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from numbers.sandbox.server import SandboxServer
from numbers.sandbox.workspace import build
from quo_admin import env
from tests.support.processes import environment, run_python, running_process, wait_until
from tests.support.running import KEY, running_site

STOPPED = "SELECT outcome FROM numbers_sync ORDER BY id DESC LIMIT 1"


def log_size(database: Path) -> int:
    log = Path(f"{database}-wal")
    return log.stat().st_size if log.exists() else 0


def rows_without_log(database: Path, sql: str) -> list[tuple[object, ...]]:
    """Return what the database file holds without the files beside it."""
    alone = shutil.copyfile(database, database.with_name("alone.sqlite3"))
    with closing(sqlite3.connect(alone)) as copy:
        return copy.execute(sql).fetchall()


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_after_a_stop_the_database_file_alone_is_complete(project: Path, tmp_path: Path, stop: signal.Signals) -> None:
    database = tmp_path / "data" / "demo.sqlite3"
    with running_site(project, tmp_path) as site:
        site.session().close()
        assert log_size(database)
        assert site.process.signal_group(stop) == 0
    assert log_size(database) == 0
    assert rows_without_log(database, STOPPED) == [("succeeded",)]
    assert rows_without_log(database, "SELECT event FROM accounts_accessevent") != []


def test_a_reader_neither_delays_nor_fails_the_stop(project: Path, tmp_path: Path) -> None:
    database = tmp_path / "data" / "demo.sqlite3"
    with running_site(project, tmp_path) as site, closing(sqlite3.connect(database)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM numbers_sync").fetchall()
        site.session().close()
        before = site.process.printed
        began = time.monotonic()
        assert site.process.signal_group(signal.SIGTERM) == 0
        assert time.monotonic() - began < 15  # SQLite itself would wait for 20 seconds
    assert site.process.printed == before


def test_a_stop_of_a_sync_leaves_a_complete_database_file(tmp_path: Path, empty_database: Path) -> None:
    database = tmp_path / "data.sqlite3"
    database.write_bytes(empty_database.read_bytes())
    with SandboxServer(build(12), key=KEY, fault="stalled") as quo:
        settings = {
            "SECRET_KEY": "s" * 32,
            "QUO_API_KEY": KEY,
            "QUO_API_URL": quo.url,
            "QUO_TIMEOUT": "3600",
            "DATABASE_URL": f"sqlite:///{database}",
        }
        (tmp_path / "data").mkdir()
        command = [str(env.BASE_DIR / ".venv" / "bin" / "python"), "manage.py", "sync"]
        variables = environment(tmp_path, **settings)
        with running_process(command, env.BASE_DIR, variables, tmp_path / "sync.log") as sync:
            wait_until(lambda: quo.requests)
            assert log_size(database)
            assert sync.signal_group(signal.SIGTERM) == 1
    assert sync.printed.endswith("The sync was stopped before it ended. Nothing of it was recorded.\n")
    assert log_size(database) == 0
    assert rows_without_log(database, STOPPED) == [("interrupted",)]


@pytest.mark.parametrize("command", ["sync", "verify", "doctor"])
def test_a_command_that_ends_leaves_a_complete_database_file(
    tmp_path: Path, empty_database: Path, command: str
) -> None:
    database = tmp_path / "data.sqlite3"
    database.write_bytes(empty_database.read_bytes())
    with SandboxServer(build(12), key=KEY) as quo:
        (tmp_path / "data").mkdir()
        run_python(
            *(env.BASE_DIR, tmp_path, "manage.py", command),
            SECRET_KEY="s" * 32,
            DATABASE_URL=f"sqlite:///{database}",
            QUO_API_KEY=KEY,
            QUO_API_URL=quo.url,
        )
    assert log_size(database) == 0
