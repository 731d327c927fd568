"""PostgreSQL's planner has fresh statistics after large changes, without waiting for the autovacuum."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection

from numbers.database.bulk_insert import MANY
from numbers.models import NumberState
from tests.support.databases import Site, only_postgresql
from tests.support.records import Syncer, ids, numbers

pytestmark = [pytest.mark.django_db(transaction=True), only_postgresql]
TABLE = NumberState._meta.db_table


@pytest.fixture(autouse=True)
def statistics_of_an_empty_table(site: Site) -> Iterator[None]:
    """Start and end with the statistics of an empty table, as the autovacuum leaves it."""
    execute(f"ANALYZE {TABLE}")
    yield
    execute(f"ANALYZE {TABLE}")


def execute(sql: str) -> list[tuple[int]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def estimated_rows() -> int:
    return int(execute(f"SELECT reltuples FROM pg_class WHERE relname = '{TABLE}'")[0][0])  # noqa: S608 - our own words


def test_a_sync_with_many_changes_refreshes_the_statistics() -> None:
    Syncer().sync_all(*numbers(*ids(MANY)))

    assert estimated_rows() == MANY


def test_a_restore_refreshes_the_statistics(site: Site) -> None:
    Syncer().sync_all(*numbers(*ids(20)))
    backup = site.folder / "b.sqlite3"
    call_command("backup", str(backup), verbosity=0)
    Syncer().sync_all()

    call_command("restore", str(backup), "--yes", verbosity=0)

    assert estimated_rows() == 20


def test_a_sync_with_few_changes_leaves_the_statistics_to_the_server() -> None:
    Syncer().sync_all(*numbers(*ids(20)))

    assert estimated_rows() == 0
