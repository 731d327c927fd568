"""PostgreSQL's planner knows at once how much is remembered: its autovacuum would tell it a minute or so later."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection

from numbers.database.planner import MANY
from numbers.models import NumberState
from tests.support.databases import Site, only_postgresql
from tests.support.records import Office, ids, numbers

pytestmark = [pytest.mark.django_db(transaction=True), only_postgresql]
TABLE = NumberState._meta.db_table


@pytest.fixture(autouse=True)
def counted_when_empty(site: Site) -> Iterator[None]:
    """As the autovacuum leaves a database that was emptied."""
    ask(f"ANALYZE {TABLE}")
    yield
    ask(f"ANALYZE {TABLE}")


def ask(sql: str) -> list[tuple[int]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def believed() -> int:
    return int(ask(f"SELECT reltuples FROM pg_class WHERE relname = '{TABLE}'")[0][0])  # noqa: S608 - our own words


def test_after_a_sync_with_many_changes() -> None:
    Office().hears(*numbers(*ids(MANY)))

    assert believed() == MANY


def test_after_a_restore(site: Site) -> None:
    Office().hears(*numbers(*ids(20)))
    backup = site.folder / "b.sqlite3"
    call_command("backup", str(backup), verbosity=0)
    Office().hears()

    call_command("restore", str(backup), "--yes", verbosity=0)

    assert believed() == 20


def test_a_sync_with_few_changes_leaves_it_to_the_server() -> None:
    Office().hears(*numbers(*ids(20)))

    assert believed() == 0
