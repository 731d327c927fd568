"""Which workspace the database holds, by all successful syncs in any order."""

from itertools import permutations

import pytest
from django.db import connection
from django.utils import timezone

from numbers.memory.workspace import HeldWorkspace, has_tables, held_workspace, holds_demo
from numbers.models import Sync
from tests.support.query_plans import plans_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def add_sync(*, demo: bool, outcome: str = "succeeded") -> None:
    now = timezone.now()
    Sync.objects.create(
        scope="workspace", demo=demo, outcome=outcome, started_at=now, ended_at=None if outcome == "running" else now
    )


@pytest.mark.parametrize(
    ("syncs", "held"),
    [((), "none"), ((False,), "real"), ((True,), "demo"), ((False, False), "real"), ((True, True), "demo")]
    + [(order, "mixed") for order in sorted({*permutations((True, False, False)), *permutations((True, True, False))})],
)
def test_every_successful_sync_counts_in_any_order(syncs: tuple[bool, ...], held: str) -> None:
    for demo in syncs:
        add_sync(demo=demo)
    assert held_workspace() == held
    assert holds_demo() is (held in {"demo", "mixed"})


@pytest.mark.parametrize("outcome", ["failed", "interrupted", "running"])
def test_a_sync_that_stored_nothing_does_not_count(outcome: str) -> None:
    add_sync(demo=True, outcome=outcome)
    assert held_workspace() is HeldWorkspace.NONE
    add_sync(demo=False)
    assert held_workspace() is HeldWorkspace.REAL


def test_a_migrated_database_has_tables() -> None:
    assert has_tables()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plans")
def test_it_is_a_look_into_an_index() -> None:
    add_sync(demo=True)
    for plan in plans_of(held_workspace):
        assert plan.searches_by("outcome") == 1, plan
        assert plan.never_sorts, plan
        assert "COVERING" not in repr(plan) or plan.only_searches, plan
