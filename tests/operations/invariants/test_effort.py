"""What the checks cost after a sync that changed every number."""

from datetime import timedelta
from itertools import count

import pytest
from django.db import connection, transaction

from numbers.operations.invariants import breaches, warnings
from tests.support.databases import only_sqlite
from tests.support.pages import sync_all
from tests.support.quo_answers import number, user

pytestmark = [pytest.mark.django_db, only_sqlite]

STEPS = 1_000  # of SQLite's virtual machine, per call of the handler


def effort() -> int:
    """Return how many thousand steps SQLite takes to check everything. They are the same on every machine."""
    calls = count()
    connection.ensure_connection()
    connection.connection.set_progress_handler(lambda: next(calls) and 0, STEPS)
    assert [*breaches(), *warnings()] == []
    connection.connection.set_progress_handler(None, 0)
    return next(calls)


def effort_after_renaming(numbers: int) -> int:
    before = transaction.savepoint()
    for index, word in enumerate(("old", "new", "newest")):
        names = (f"Line {place}, {word}" for place in range(numbers))
        records = [number(f"PN{place}", name=name, users=[user("US1")]) for place, name in enumerate(names)]
        sync_all(*records, ago=timedelta(minutes=9 - index))
    steps = effort()
    transaction.savepoint_rollback(before)
    return steps


def test_twice_as_many_changed_numbers_cost_about_twice_as_much() -> None:
    few, many = effort_after_renaming(300), effort_after_renaming(600)
    assert many < 2.5 * few, (few, many)
