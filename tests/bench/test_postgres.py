"""The database that is lent, where the tests have a PostgreSQL."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from bench import postgres
from tests.support.bench_run import EVERY_LINE, changed_by_syncs, names_in, whole_run

SERVER = os.environ.get("TEST_DATABASE_URL", "")
pytestmark = pytest.mark.skipif(not SERVER, reason="there is no PostgreSQL here")


@pytest.fixture
def url() -> Iterator[str]:
    """An empty database."""
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute("CREATE DATABASE lent")
        yield urlsplit(SERVER)._replace(path="/lent").geturl()
        server.execute("DROP DATABASE lent")


def _has_a_table(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE ours (id int)")


def test_an_empty_database_will_do(url: str) -> None:
    postgres.check(url)


def test_one_with_tables_is_refused(url: str) -> None:
    _has_a_table(url)
    with pytest.raises(postgres.NotLent, match="has tables"):
        postgres.check(url)


def test_what_was_lent_is_empty_again_whatever_happens(url: str) -> None:
    with pytest.raises(KeyboardInterrupt), postgres.emptied_afterwards(url):
        _has_a_table(url)
        postgres.settle(url)
        raise KeyboardInterrupt
    postgres.check(url)


def test_all_is_measured_on_it_beside_sqlite(url: str, project: Path, tmp_path: Path) -> None:
    found = whole_run(project, tmp_path, BENCH_DATABASE_URL=url)
    assert found.keys() == {"60 numbers on SQLite", "60 numbers on PostgreSQL"}
    for lines in found.values():
        assert names_in(lines) == EVERY_LINE
        assert {key for key, line in lines.items() if line["value"] is None} == set()
        assert changed_by_syncs(lines) == [60, 0, 1]
    postgres.check(url)
