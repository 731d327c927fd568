"""Syncs that only repeat others are removed after a day. What pages say of the past stays the same."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from numbers.history.changes import changes
from numbers.memory.cache import forget_all
from numbers.memory.freshness import is_partial_at
from numbers.memory.moment import Moment
from numbers.memory.version import memory_version
from numbers.models import Sync
from numbers.operations.invariants import breaches
from numbers.pages.teammates import mismatches_of
from numbers.quo.errors import Unauthorized
from numbers.syncing.thinning import KEPT_WHOLE, thin_out
from tests.support.records import NINE, FakeClient, Syncer, number, of_number, of_teammate, teammate

REFUSED = Unauthorized("The key is not accepted.")
ADA, BEA = teammate("US1"), teammate("US2")


def keys() -> list[int]:
    return list(Sync.objects.order_by("pk").values_list("pk", flat=True))


def later(syncer: Syncer) -> datetime:
    return syncer.clock() + KEPT_WHOLE


def told(moments: list[datetime]) -> Any:
    """Return what the memory says of the past."""
    forget_all()
    found = changes(since=NINE, limit=10_000, version=memory_version()).found
    return list(found), [is_partial_at(Moment(moment)) for moment in moments], mismatches_of("US1"), list(breaches())


def test_an_hour_keeps_its_first_sync_and_the_last_sync_stays(syncer: Syncer) -> None:
    syncs = [syncer.sync_all(number("PN1", ADA)) for _ in range(150)]

    assert thin_out(later(syncer)) == len(syncs) - len(keys())

    hours = {sync.started_at.replace(minute=0, second=0, microsecond=0) for sync in syncs}
    assert len(keys()) <= 3 + len(hours)
    assert {syncs[0].pk, syncs[1].pk, syncs[-1].pk} <= set(keys())


def test_the_first_sync_of_a_question_stays(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1"))
    syncs = [syncer.sync_number(number("PN1")) for _ in range(9)]

    thin_out(later(syncer))

    assert syncs[0].pk in keys()


def test_the_last_day_stays_whole(syncer: Syncer) -> None:
    for _ in range(9):
        syncer.sync_all(number("PN1"))

    assert thin_out(syncer.clock()) == 0


@pytest.mark.parametrize("kind", ["failure", "incomplete", "unreadable", "change"])
def test_what_reports_something_stays_with_its_neighbors(syncer: Syncer, kind: str) -> None:
    numbers = [number(f"PN{index}") for index in range(9)]
    for _ in range(5):
        syncer.sync_all(*numbers)
    before = keys()[-1]
    if kind == "failure":
        syncer.sync(FakeClient(REFUSED))
    elif kind == "incomplete":
        syncer.sync_all()
    elif kind == "unreadable":
        syncer.sync_all(*numbers, unreadable=1)
    else:
        syncer.sync_all(*numbers[1:], number("PN0", name="New"))
    numbers = [*numbers[1:], number("PN0", name="New")] if kind == "change" else numbers
    for _ in range(5):
        syncer.sync_all(*numbers)

    assert thin_out(later(syncer)) > 0
    assert {before, before + 1, before + 2} <= set(keys())


@pytest.mark.parametrize("seed", range(12))
def test_the_past_stays_the_same(syncer: Syncer, seed: int) -> None:
    random = Random(seed)
    numbers = {
        f"PN{index}": number(f"PN{index}", *random.sample([ADA, BEA], random.randint(0, 2))) for index in range(4)
    }
    moments = []
    for _ in range(60):
        if random.random() < 0.1:
            changed = random.choice(list(numbers))
            numbers[changed] = number(changed, *random.sample([ADA, BEA], 1), name=f"{random.random()}")
        listed = list(numbers.values())
        kind = random.choice(["all", "all", "number", "number", "teammate", "failure", "unreadable"])
        if kind == "all":
            syncer.sync_all(*listed)
        elif kind == "number":
            syncer.sync_number(numbers[random.choice(["PN1", "PN2"])])
        elif kind == "teammate":
            syncer.sync_teammate("US1", *(record for record in listed if ADA in record.users), **numbers)
        elif random.random() < 0.3:
            target = random.choice([of_number("PN1"), of_teammate("US2")])
            syncer.sync(FakeClient(REFUSED), target)
        else:
            syncer.sync_all(*listed, unreadable=int(random.random() < 0.2))
        moments.append(syncer.clock() + timedelta(seconds=1))
    before = told(moments)

    assert thin_out(later(syncer)) > 0

    assert told(moments) == before


def test_the_first_sync_of_a_day_thins_out(syncer: Syncer) -> None:
    for _ in range(9):
        syncer.sync_all(number("PN1"))
    syncer.clock.move(days=2)
    syncer.sync_all(number("PN1"))

    assert len(keys()) == 4
