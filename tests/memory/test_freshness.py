"""The age of the copy, the failures since, and when a page syncs by itself."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from numbers import services
from numbers.memory.freshness import Freshness, Level, freshness_of, in_words
from numbers.memory.sync_target import WORKSPACE, SyncTarget
from numbers.models import Sync
from numbers.quo.errors import Unauthorized, Unavailable
from tests.support.records import (
    NINE,
    FakeClient,
    Syncer,
    answer,
    ids,
    number,
    numbers,
    of_number,
    of_teammate,
    teammate,
)

INTERVAL = timedelta(minutes=5)
ADA = teammate("US1")

FreshnessOf = Callable[..., Freshness]


@pytest.fixture
def freshness_at(syncer: Syncer) -> FreshnessOf:
    """Return a function for the freshness of a target, at a time after the clock's."""

    def freshness(target: SyncTarget = WORKSPACE, **later: float) -> Freshness:
        return freshness_of(target, syncer.clock.now + timedelta(**later), INTERVAL)

    return freshness


def refuse(syncer: Syncer, target: SyncTarget = WORKSPACE) -> Sync:
    error = Unauthorized("Quo did not accept the API key.", status=401, trace="77")
    source = FakeClient(error, of={target.subject: error}, single={target.subject: error})
    return syncer.sync(source, target)


# The age


def test_the_level_is_never_before_the_first_sync(freshness_at: FreshnessOf) -> None:
    freshness = freshness_at()
    assert (freshness.level, freshness.checked_at, freshness.ago, freshness.is_due) == (Level.NEVER, None, "", True)
    assert (freshness.failure, freshness.held) == (None, None)


@pytest.mark.parametrize(
    ("seconds", "level"),
    [
        (0, "fresh"),
        (300, "fresh"),
        (300.001, "late"),
        (1_800, "late"),
        (1_800.001, "stale"),
        (10_000_000, "stale"),
    ],
)
def test_a_copy_is_fresh_for_one_interval_late_for_six_and_then_stale(
    syncer: Syncer, freshness_at: FreshnessOf, seconds: float, level: str
) -> None:
    sync = syncer.sync_all(number())
    freshness = freshness_at(seconds=seconds)
    assert freshness.level == level
    assert freshness.checked_at == sync.observed_at


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"),
        (0.999, "0 seconds"),
        (1, "1 second"),
        (40, "40 seconds"),
        (59.9, "59 seconds"),
        (60, "1 minute"),
        (119, "1 minute"),
        (120, "2 minutes"),
        (3_599, "59 minutes"),
        (3_600, "1 hour"),
        (7_200, "2 hours"),
        (86_399, "23 hours"),
        (86_400, "1 day"),
        (172_800, "2 days"),
        (31_536_000, "365 days"),
    ],
)
def test_an_age_is_given_in_its_largest_whole_unit(seconds: float, words: str) -> None:
    assert in_words(timedelta(seconds=seconds)) == words


def test_the_age_counts_from_the_arrival_of_the_answer(syncer: Syncer, freshness_at: FreshnessOf) -> None:
    syncer.sync(FakeClient(answer(number()), meanwhile=lambda: syncer.clock.move(seconds=30)))
    assert freshness_at(seconds=10).ago == "10 seconds"


def test_a_failure_does_not_make_the_copy_younger(syncer: Syncer, freshness_at: FreshnessOf) -> None:
    syncer.sync_all(number())
    refuse(syncer)
    assert freshness_at(seconds=10).ago == "1 minute"


def test_the_level_follows_the_configured_interval(syncer: Syncer, settings: Any) -> None:
    now = timezone.now()
    syncer.clock.now = now - timedelta(minutes=20)
    syncer.sync_all(number())
    for interval, level in ((3600, "fresh"), (300, "late"), (60, "stale")):
        settings.SYNC_INTERVAL = interval
        assert services.freshness(WORKSPACE).level == level


# The target


def test_a_sync_of_one_target_refreshes_only_its_own_page(syncer: Syncer, freshness_at: FreshnessOf) -> None:
    syncer.sync_all(number("PN1", ADA), number("PN2"))
    syncer.clock.move(hours=1)
    syncer.sync_number(number("PN1", ADA))
    assert freshness_at(of_number("PN1")).ago == "0 seconds"
    for target in (WORKSPACE, of_number("PN2"), of_teammate("US1")):
        assert freshness_at(target).ago == "1 hour"
    syncer.sync_teammate("US1", number("PN1", ADA))
    assert freshness_at(of_teammate("US1")).ago == "0 seconds"
    assert freshness_at(of_teammate("US2")).ago == "1 hour"


def test_a_sync_of_the_workspace_refreshes_every_page(syncer: Syncer, freshness_at: FreshnessOf) -> None:
    syncer.sync_number(number("PN1"))
    syncer.clock.move(hours=1)
    syncer.sync_all(number("PN1"))
    assert {freshness_at(target).ago for target in (WORKSPACE, of_number("PN1"), of_teammate("US1"))} == {"0 seconds"}


def test_a_failure_is_shown_only_on_its_own_page(syncer: Syncer, freshness_at: FreshnessOf) -> None:
    syncer.sync_all(number("PN1"))
    refuse(syncer, of_number("PN1"))
    assert freshness_at(of_number("PN1")).failure is not None
    assert freshness_at(of_number("PN2")).failure is None
    assert freshness_at().failure is None


# Failures


def test_a_failed_last_sync_is_shown(syncer: Syncer, freshness_at: FreshnessOf) -> None:
    syncer.sync_all(number())
    failed = refuse(syncer)
    failure = freshness_at().failure
    assert failure is not None
    assert (failure.pk, failure.error_sentence, failure.error_trace) == (failed.pk, failed.error_sentence, "77")


def test_a_failure_is_no_longer_shown_after_a_success(syncer: Syncer, freshness_at: FreshnessOf) -> None:
    refuse(syncer)
    syncer.sync_all(number())
    assert freshness_at().failure is None


def test_a_failure_before_the_first_success_is_shown(syncer: Syncer, freshness_at: FreshnessOf) -> None:
    refuse(syncer)
    freshness = freshness_at()
    assert freshness.level == Level.NEVER
    assert freshness.failure is not None


def test_an_interrupted_sync_is_shown_until_the_next_one_ends(syncer: Syncer, freshness_at: FreshnessOf) -> None:
    good = syncer.sync_all(number())
    killed = Sync.objects.create(scope="workspace", started_at=syncer.clock.now)
    found: list[Freshness] = []
    assert freshness_at().failure is None, "it may still be running"
    syncer.sync(FakeClient(answer(number()), meanwhile=lambda: found.append(freshness_at())))
    assert found[0].failure == killed
    assert found[0].observed_at == good.observed_at
    assert "stopped before it ended" in found[0].failure.error_sentence
    assert freshness_at().failure is None


def test_a_running_sync_does_not_change_the_freshness(syncer: Syncer, freshness_at: FreshnessOf) -> None:
    syncer.sync_all(number())
    found: list[Freshness] = []
    syncer.sync(FakeClient(answer(number()), meanwhile=lambda: found.append(freshness_at())))
    assert (found[0].ago, found[0].failure) == ("1 minute", None)


def test_held_removals_are_shown_until_a_complete_answer(syncer: Syncer, freshness_at: FreshnessOf) -> None:
    many = numbers(*ids(10))
    syncer.sync_all(*many)
    assert freshness_at().held is None
    held = syncer.sync_all(many[0])
    for target in (WORKSPACE, of_number("PN00001"), of_teammate("US1")):
        assert freshness_at(target).held == held
    refuse(syncer)
    syncer.sync_number(many[0])
    assert freshness_at().held == held
    syncer.sync_all(*many)
    assert freshness_at().held is None


def test_a_sync_of_one_number_does_not_hide_held_removals(syncer: Syncer, freshness_at: FreshnessOf) -> None:
    many = numbers(*ids(10))
    syncer.sync_all(*many)
    held = syncer.sync_all(many[0])
    syncer.sync_number(many[3])
    assert freshness_at(of_number(many[3].id)).held == held


# When a page syncs


@pytest.mark.parametrize(("seconds", "is_due"), [(0, False), (59.9, False), (60, True), (6_000, True)])
def test_a_page_is_due_a_minute_after_the_last_sync(
    syncer: Syncer, freshness_at: FreshnessOf, seconds: float, is_due: bool
) -> None:
    syncer.sync_all(number())
    assert freshness_at(seconds=seconds).is_due is is_due


def test_a_page_is_due_for_its_own_target_even_if_the_workspace_was_just_synced(
    syncer: Syncer, freshness_at: FreshnessOf
) -> None:
    syncer.sync_all(number("PN1", ADA))
    for target in (of_teammate("US1"), of_number("PN1")):
        assert (freshness_at(target).is_due, freshness_at(target).ago) == (True, "0 seconds")

    syncer.sync_teammate("US1", number("PN1", ADA))
    assert not freshness_at(of_teammate("US1"), seconds=59).is_due
    assert freshness_at(of_number("PN1")).is_due
    assert freshness_at(of_teammate("US2")).is_due

    syncer.sync_number(number("PN1", ADA))
    assert not freshness_at(of_number("PN1"), seconds=59).is_due
    assert freshness_at(of_teammate("US1")).is_due

    syncer.sync_all(number("PN1", ADA))
    assert freshness_at(of_number("PN1")).is_due


def test_a_sync_of_one_teammate_does_not_delay_the_workspace(syncer: Syncer, freshness_at: FreshnessOf) -> None:
    syncer.sync_all(number("PN1", ADA))
    syncer.clock.move(minutes=2)
    syncer.sync_teammate("US1", number("PN1", ADA))
    assert freshness_at().is_due


def test_a_failed_sync_is_not_repeated_within_a_minute(syncer: Syncer, freshness_at: FreshnessOf) -> None:
    syncer.sync_all(number())
    syncer.clock.move(hours=1)
    refuse(syncer)
    assert not freshness_at(seconds=59).is_due
    assert freshness_at(seconds=60).is_due


# The clock


@pytest.mark.parametrize("back", [{"minutes": -2}, {"hours": -3}, {"days": -1}, {"days": -4000}])
def test_a_copy_from_a_time_still_to_come_is_of_unknown_age_and_stale(
    syncer: Syncer, freshness_at: FreshnessOf, back: dict[str, float]
) -> None:
    syncer.sync_all(number())
    freshness = freshness_at(**back)
    assert (freshness.level, freshness.age, freshness.ago, freshness.is_due) == (Level.STALE, None, "", True)
    assert (freshness.clock_went_back, freshness.is_in_doubt) == (True, True)


def test_clocks_of_several_machines_may_differ_a_little(syncer: Syncer, freshness_at: FreshnessOf) -> None:
    syncer.sync_all(number())
    freshness = freshness_at(seconds=-30)
    assert (freshness.level, freshness.ago, freshness.clock_went_back) == (Level.FRESH, "0 seconds", False)


def test_the_age_is_known_again_after_the_next_answer(syncer: Syncer, freshness_at: FreshnessOf) -> None:
    syncer.sync_all(number())
    syncer.clock.move(days=-1)
    syncer.sync(FakeClient(Unavailable("server")))
    assert freshness_at().clock_went_back
    syncer.sync_all(number())
    assert (freshness_at().level, freshness_at().clock_went_back) == (Level.FRESH, False)


def test_the_later_sync_is_the_last_one_after_the_clock_was_set_back(syncer: Syncer, freshness_at: FreshnessOf) -> None:
    syncer.sync_all(number())
    refuse(syncer)
    syncer.clock.move(hours=-3)
    syncer.sync_all(number())
    assert freshness_at().failure is None
    refuse(syncer)
    assert freshness_at().failure is not None


def test_a_copy_still_ages_after_the_clock_was_set_back(syncer: Syncer, freshness_at: FreshnessOf) -> None:
    """Times of facts only grow, so they run ahead of such a clock. A stale copy must still look stale."""
    syncer.sync_all(number())
    syncer.clock.move(days=-1)
    syncer.sync_all(number())
    freshness = freshness_at(hours=2)
    assert (freshness.level, freshness.ago) == (Level.STALE, "2 hours")
    assert freshness.checked_at == _minute(-1440 + 2)


def _minute(count: int) -> datetime:
    return NINE + timedelta(minutes=count)


def test_held_removals_are_shown_after_the_clock_was_set_back(syncer: Syncer, freshness_at: FreshnessOf) -> None:
    many = numbers(*ids(10))
    syncer.sync_all(*many)
    syncer.clock.move(days=-1)
    held = syncer.sync_all(many[0])
    assert freshness_at().held == held
    syncer.clock.move(days=-1)
    syncer.sync_all(*many)
    assert freshness_at().held is None


def test_an_outage_of_days_is_given_in_days(syncer: Syncer, freshness_at: FreshnessOf) -> None:
    syncer.sync_all(number())
    syncer.clock.move(days=3)
    syncer.sync(FakeClient(Unavailable("server")))
    freshness = freshness_at()
    assert (freshness.level, freshness.ago) == (Level.STALE, "3 days")
    assert freshness.failure is not None


def test_freshness_takes_one_query_per_target_and_one_more_after_a_failure(
    syncer: Syncer, freshness_at: FreshnessOf, django_assert_num_queries: Any
) -> None:
    syncer.sync_all(number("PN1", ADA))
    for target, queries in ((WORKSPACE, 1), (of_teammate("US1"), 2), (of_number("PN1"), 2)):
        with django_assert_num_queries(queries):
            freshness_at(target)
    refuse(syncer)
    refuse(syncer, of_teammate("US1"))
    for target, queries in ((WORKSPACE, 2), (of_teammate("US1"), 4), (of_number("PN1"), 3)):
        with django_assert_num_queries(queries):
            freshness_at(target)
