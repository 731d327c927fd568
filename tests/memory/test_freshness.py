"""How old the copy is, in words; what stood in the way of a newer one; when a page asks by itself."""

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
from tests.support.records import NINE, Office, Source, answer, ids, number, numbers, of_number, of_teammate, teammate

INTERVAL = timedelta(minutes=5)
ADA = teammate("US1")

Look = Callable[..., Freshness]


@pytest.fixture
def look(office: Office) -> Look:
    """Look at the freshness some time after the clock's."""

    def freshness(target: SyncTarget = WORKSPACE, **later: float) -> Freshness:
        return freshness_of(target, office.clock.now + timedelta(**later), INTERVAL)

    return freshness


def refuse(office: Office, target: SyncTarget = WORKSPACE) -> Sync:
    error = Unauthorized("Quo did not accept the API key.", status=401, trace="77")
    source = Source(error, of={target.subject: error}, single={target.subject: error})
    return office.sync(source, target)


# How old


def test_before_the_first_sync_nothing_was_ever_checked(look: Look) -> None:
    freshness = look()
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
    office: Office, look: Look, seconds: float, level: str
) -> None:
    sync = office.hears(number())
    freshness = look(seconds=seconds)
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
def test_an_age_is_said_in_its_largest_whole_unit(seconds: float, words: str) -> None:
    assert in_words(timedelta(seconds=seconds)) == words


def test_the_age_counts_from_when_the_answer_was_there(office: Office, look: Look) -> None:
    office.sync(Source(answer(number()), meanwhile=lambda: office.clock.move(seconds=30)))
    assert look(seconds=10).ago == "10 seconds"


def test_a_failure_does_not_make_the_copy_younger(office: Office, look: Look) -> None:
    office.hears(number())
    refuse(office)
    assert look(seconds=10).ago == "1 minute"


def test_the_office_decides_how_often_it_means_to_sync(office: Office, settings: Any) -> None:
    now = timezone.now()
    office.clock.now = now - timedelta(minutes=20)
    office.hears(number())
    for interval, level in ((3600, "fresh"), (300, "late"), (60, "stale")):
        settings.SYNC_INTERVAL = interval
        assert services.freshness(WORKSPACE).level == level


# Whose


def test_a_narrower_answer_makes_only_its_own_page_younger(office: Office, look: Look) -> None:
    office.hears(number("PN1", ADA), number("PN2"))
    office.clock.move(hours=1)
    office.hears_of_number(number("PN1", ADA))
    assert look(of_number("PN1")).ago == "0 seconds"
    for target in (WORKSPACE, of_number("PN2"), of_teammate("US1")):
        assert look(target).ago == "1 hour"
    office.hears_of_teammate("US1", number("PN1", ADA))
    assert look(of_teammate("US1")).ago == "0 seconds"
    assert look(of_teammate("US2")).ago == "1 hour"


def test_the_whole_answer_makes_every_page_younger(office: Office, look: Look) -> None:
    office.hears_of_number(number("PN1"))
    office.clock.move(hours=1)
    office.hears(number("PN1"))
    assert {look(target).ago for target in (WORKSPACE, of_number("PN1"), of_teammate("US1"))} == {"0 seconds"}


def test_a_failure_of_another_page_is_not_this_pages(office: Office, look: Look) -> None:
    office.hears(number("PN1"))
    refuse(office, of_number("PN1"))
    assert look(of_number("PN1")).failure is not None
    assert look(of_number("PN2")).failure is None
    assert look().failure is None


# What went wrong


def test_the_last_sync_is_shown_where_it_failed(office: Office, look: Look) -> None:
    office.hears(number())
    failed = refuse(office)
    failure = look().failure
    assert failure is not None
    assert (failure.pk, failure.error_sentence, failure.error_trace) == (failed.pk, failed.error_sentence, "77")


def test_a_failure_is_no_longer_shown_once_a_sync_succeeded(office: Office, look: Look) -> None:
    refuse(office)
    office.hears(number())
    assert look().failure is None


def test_a_failure_before_the_first_success_is_shown(office: Office, look: Look) -> None:
    refuse(office)
    freshness = look()
    assert freshness.level == Level.NEVER
    assert freshness.failure is not None


def test_a_sync_that_was_stopped_is_shown_until_the_next_one_ends(office: Office, look: Look) -> None:
    good = office.hears(number())
    killed = Sync.objects.create(scope="workspace", started_at=office.clock.now)
    seen: list[Freshness] = []
    assert look().failure is None, "it may still be running"
    office.sync(Source(answer(number()), meanwhile=lambda: seen.append(look())))
    assert seen[0].failure == killed
    assert seen[0].observed_at == good.observed_at
    assert "stopped before it ended" in seen[0].failure.error_sentence
    assert look().failure is None


def test_a_sync_that_is_running_changes_nothing_yet(office: Office, look: Look) -> None:
    office.hears(number())
    seen: list[Freshness] = []
    office.sync(Source(answer(number()), meanwhile=lambda: seen.append(look())))
    assert (seen[0].ago, seen[0].failure) == ("1 minute", None)


def test_an_answer_that_was_not_believed_is_shown_until_a_complete_one_is(office: Office, look: Look) -> None:
    many = numbers(*ids(10))
    office.hears(*many)
    assert look().held is None
    held = office.hears(many[0])
    for target in (WORKSPACE, of_number("PN00001"), of_teammate("US1")):
        assert look(target).held == held
    refuse(office)
    office.hears_of_number(many[0])
    assert look().held == held
    office.hears(*many)
    assert look().held is None


def test_a_page_of_a_number_does_not_forget_that_an_answer_was_not_believed(office: Office, look: Look) -> None:
    many = numbers(*ids(10))
    office.hears(*many)
    held = office.hears(many[0])
    office.hears_of_number(many[3])
    assert look(of_number(many[3].id)).held == held


# When to ask


@pytest.mark.parametrize(("seconds", "is_due"), [(0, False), (59.9, False), (60, True), (6_000, True)])
def test_a_page_asks_by_itself_a_minute_after_anybody_asked(
    office: Office, look: Look, seconds: float, is_due: bool
) -> None:
    office.hears(number())
    assert look(seconds=seconds).is_due is is_due


def test_a_page_of_one_asks_for_its_own_target_even_if_the_whole_workspace_was_just_synced(
    office: Office, look: Look
) -> None:
    office.hears(number("PN1", ADA))
    for target in (of_teammate("US1"), of_number("PN1")):
        assert (look(target).is_due, look(target).ago) == (True, "0 seconds")

    office.hears_of_teammate("US1", number("PN1", ADA))
    assert not look(of_teammate("US1"), seconds=59).is_due
    assert look(of_number("PN1")).is_due
    assert look(of_teammate("US2")).is_due

    office.hears_of_number(number("PN1", ADA))
    assert not look(of_number("PN1"), seconds=59).is_due
    assert look(of_teammate("US1")).is_due

    office.hears(number("PN1", ADA))
    assert look(of_number("PN1")).is_due


def test_asking_about_one_is_not_asking_about_every_number(office: Office, look: Look) -> None:
    office.hears(number("PN1", ADA))
    office.clock.move(minutes=2)
    office.hears_of_teammate("US1", number("PN1", ADA))
    assert look().is_due


def test_a_failure_too_is_not_repeated_before_a_minute_is_over(office: Office, look: Look) -> None:
    office.hears(number())
    office.clock.move(hours=1)
    refuse(office)
    assert not look(seconds=59).is_due
    assert look(seconds=60).is_due


# The clock


def test_a_clock_set_back_gives_no_negative_age(office: Office, look: Look) -> None:
    office.hears(number())
    freshness = look(hours=-3)
    assert (freshness.level, freshness.ago, freshness.is_due) == (Level.FRESH, "0 seconds", True)


def test_after_a_clock_was_set_back_the_later_sync_is_the_last_one(office: Office, look: Look) -> None:
    office.hears(number())
    refuse(office)
    office.clock.move(hours=-3)
    office.hears(number())
    assert look().failure is None
    refuse(office)
    assert look().failure is not None


def test_after_a_clock_was_set_back_a_copy_still_grows_old(office: Office, look: Look) -> None:
    """Times of facts only grow, so they run ahead of such a clock; a stale copy must not look fresh for it."""
    office.hears(number())
    office.clock.move(days=-1)
    office.hears(number())
    freshness = look(hours=2)
    assert (freshness.level, freshness.ago) == (Level.STALE, "2 hours")
    assert freshness.checked_at == _minute(-1440 + 2)


def _minute(count: int) -> datetime:
    return NINE + timedelta(minutes=count)


def test_a_disbelieved_answer_after_a_clock_was_set_back_is_the_last_one(office: Office, look: Look) -> None:
    many = numbers(*ids(10))
    office.hears(*many)
    office.clock.move(days=-1)
    held = office.hears(many[0])
    assert look().held == held
    office.clock.move(days=-1)
    office.hears(*many)
    assert look().held is None


def test_quo_being_away_for_days_is_said_in_days(office: Office, look: Look) -> None:
    office.hears(number())
    office.clock.move(days=3)
    office.sync(Source(Unavailable("server")))
    freshness = look()
    assert (freshness.level, freshness.ago) == (Level.STALE, "3 days")
    assert freshness.failure is not None


def test_looking_takes_one_query_of_each_question_and_one_more_after_a_failure(
    office: Office, look: Look, django_assert_num_queries: Any
) -> None:
    office.hears(number("PN1", ADA))
    for target, queries in ((WORKSPACE, 1), (of_teammate("US1"), 2), (of_number("PN1"), 2)):
        with django_assert_num_queries(queries):
            look(target)
    refuse(office)
    refuse(office, of_teammate("US1"))
    for target, queries in ((WORKSPACE, 2), (of_teammate("US1"), 4), (of_number("PN1"), 3)):
        with django_assert_num_queries(queries):
            look(target)
