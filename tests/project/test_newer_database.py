"""An older version of Quo Admin does not touch the database of a newer one."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from quo_admin import env
from tests.support.processes import free_port, run_python

SENTENCE = "The database was written by a newer version of Quo Admin (it has numbers 9999_later): install that version"


@pytest.mark.parametrize("command", ["run", "doctor", "verify"])
def test_a_command_refuses_the_database_of_a_newer_version(tmp_path: Path, empty_database: Path, command: str) -> None:
    (tmp_path / "data").mkdir()
    file = tmp_path / "data.sqlite3"
    file.write_bytes(empty_database.read_bytes())
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('numbers', '9999_later', 0)")
    before = file.read_bytes()

    settings = {
        "SECRET_KEY": "s" * 32,
        "QUO_API_KEY": "key-of-the-tests",
        "QUO_API_URL": f"http://127.0.0.1:{free_port()}",
        "QUO_TIMEOUT": "1",
        "PORT": str(free_port()),
    }
    run = run_python(env.BASE_DIR, tmp_path, "manage.py", command, DATABASE_URL=f"sqlite:///{file}", **settings)

    assert run.returncode == 1
    assert SENTENCE in run.stdout + run.stderr
    assert file.read_bytes() == before
