"""When a number is gone, when removals are held back, and when a number was last confirmed."""

from datetime import timedelta

import pytest

from numbers import services
from numbers.memory.sync_target import SyncTarget
from numbers.memory.version import memory_version
from numbers.models import Assignment, NumberState, PhoneNumber, Sync
from numbers.pages.number import number_page
from numbers.quo.errors import Unavailable
from tests.support.memory_state import all_rows, assert_consistent, state_at
from tests.support.records import FakeClient, Syncer, answer, ids, number, numbers, of_number, teammate

ADA = teammate("US1")
TEN = ids(10)


def present() -> set[str]:
    return set(state_at()["numbers"])


def stored(number_id: str) -> PhoneNumber:
    return PhoneNumber.objects.get(quo_id=number_id)


# Gone


def test_a_number_missing_from_a_complete_answer_is_gone_and_keeps_its_history(syncer: Syncer) -> None:
    before = syncer.sync_all(number("PN1", ADA), number("PN2", ADA))
    sync = syncer.sync_all(number("PN2", ADA))
    assert (sync.gone, sync.held, sync.wrote) == (1, 0, True)
    assert stored("PN1").gone_at == sync.observed_at
    assert NumberState.objects.get(phone_number__quo_id="PN1").until == sync.observed_at
    assert Assignment.objects.get(phone_number__quo_id="PN1").until == sync.observed_at
    assert set(state_at(before.observed_at)["numbers"]) == {"PN1", "PN2"}
    assert set(state_at()["assignments"]) == {("PN2", "US1")}
    assert_consistent()


def test_a_number_is_marked_as_gone_only_once(syncer: Syncer) -> None:
    syncer.sync_all(*numbers("PN1", "PN2", "PN3"))
    syncer.sync_all(*numbers("PN2", "PN3"))
    remembered = all_rows()
    sync = syncer.sync_all(*numbers("PN2", "PN3"))
    assert (sync.gone, sync.wrote) == (0, False)
    assert all_rows() == remembered


def test_a_number_that_comes_back_unchanged_opens_a_new_state(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1", ADA), number("PN2"))
    gone = syncer.sync_all(number("PN2"))
    back = syncer.sync_all(number("PN1", ADA), number("PN2"))
    assert (back.new, back.changed) == (0, 1)
    first, second = NumberState.objects.filter(phone_number__quo_id="PN1").order_by("since")
    assert (first.until, second.since, second.until) == (gone.observed_at, back.observed_at, None)
    assert Assignment.objects.filter(until=None).get().since == back.observed_at
    assert (stored("PN1").gone_at, stored("PN1").seen_until) == (None, None)
    assert set(state_at(gone.observed_at)["numbers"]) == {"PN2"}
    assert_consistent()


@pytest.mark.parametrize("how", ["one number", "one teammate"])
def test_a_number_can_come_back_in_a_filtered_answer(syncer: Syncer, how: str) -> None:
    syncer.sync_all(number("PN1", ADA), number("PN2"))
    syncer.sync_all(number("PN2"))
    record = number("PN1", ADA)
    sync = syncer.sync_number(record) if how == "one number" else syncer.sync_teammate("US1", record)
    assert sync.changed == 1
    assert present() == {"PN1", "PN2"}
    assert_consistent()


def test_only_an_answer_for_the_whole_workspace_removes_numbers(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1", ADA), number("PN2"))
    syncer.sync_teammate("US1")
    syncer.sync_number(number("PN2"))
    syncer.sync(FakeClient(Unavailable("server")))
    syncer.sync(FakeClient(), of_number("PN1"))
    assert present() == {"PN1", "PN2"}


# Beside records without a readable id


def test_a_number_missing_beside_an_unreadable_record_is_not_gone(syncer: Syncer) -> None:
    syncer.sync_all(*numbers("PN1", "PN2"))
    sync = syncer.sync_all(number("PN1"), unreadable=1)
    assert (sync.gone, sync.held, sync.set_aside_count) == (0, 1, 1)
    assert present() == {"PN1", "PN2"}


def test_a_number_listed_beside_an_unreadable_record_is_confirmed(syncer: Syncer) -> None:
    syncer.sync_all(*numbers("PN1", "PN2"))
    written = [syncer.sync_all(*numbers("PN1", "PN2"), unreadable=count).wrote for count in (1, 1, 2, 0, 0)]
    assert written == [True, False, False, True, False]  # pages say what is in doubt beside such a record
    assert stored("PN2").seen_until is None


def test_a_record_without_a_readable_id_holds_removals_back(syncer: Syncer) -> None:
    syncer.sync_all(*numbers(*TEN))
    sync = syncer.sync_all(*numbers(*TEN[1:]), unreadable=1)
    assert (sync.gone, sync.held) == (0, 1)
    assert sync.notices == ["Some records could not be read, so no number was marked as gone."]
    assert present() == set(TEN)
    assert syncer.sync_all(*numbers(*TEN[1:])).gone == 1


def test_a_removal_beside_an_unreadable_record_can_be_accepted(syncer: Syncer) -> None:
    syncer.sync_all(*numbers(*TEN))
    sync = syncer.sync_all(*numbers(*TEN[1:]), unreadable=1, accept_removals=True)
    assert (sync.gone, sync.held, sync.notices) == (1, 0, [])


@pytest.mark.parametrize("listed", [0, 3, 9])
def test_removals_beside_an_unreadable_record_are_held_back_for_any_time(syncer: Syncer, listed: int) -> None:
    syncer.sync_all(*numbers(*TEN))
    for hours in (0, 1, 24, 24 * 365):
        syncer.clock.move(hours=hours)
        sync = syncer.sync_all(*numbers(*TEN[:listed]), unreadable=1)
        assert (sync.gone, sync.held) == (0, 10 - listed)
    assert present() == set(TEN)
    assert_consistent()


def test_more_unreadable_records_than_missing_numbers_hold_them_back_too(syncer: Syncer) -> None:
    syncer.sync_all(*numbers(*TEN))
    assert syncer.sync_all(*numbers(*TEN[1:]), unreadable=300).held == 1


def test_a_record_without_a_readable_id_is_harmless_if_nothing_is_missing(syncer: Syncer) -> None:
    syncer.sync_all(*numbers(*TEN))
    sync = syncer.sync_all(*numbers(*TEN), unreadable=1)
    assert (sync.held, sync.notices, sync.changed) == (0, [], 0)


@pytest.mark.parametrize("unreadable", [1, 8])
def test_a_record_without_a_readable_id_does_not_start_the_hour_of_a_removal(syncer: Syncer, unreadable: int) -> None:
    syncer.sync_all(*numbers(*TEN))
    syncer.sync_all(*numbers(*TEN[:2]), unreadable=unreadable)
    syncer.clock.move(hours=2)
    assert syncer.sync_all(*numbers(*TEN[:2])).held == 8


@pytest.mark.parametrize("unreadable", [1, 2, 12])
def test_an_answer_of_which_nothing_is_readable_does_not_start_the_hour_of_an_empty_one(
    syncer: Syncer, unreadable: int
) -> None:
    syncer.sync_all(*numbers(*TEN))
    syncer.sync_all(unreadable=unreadable)
    syncer.clock.move(hours=2)
    assert syncer.sync_all().held == 10
    syncer.clock.move(minutes=30)
    syncer.sync_all(unreadable=unreadable)
    syncer.clock.move(minutes=30)
    assert syncer.sync_all().held == 10


def test_a_record_without_a_readable_id_restarts_the_hour_of_a_removal(syncer: Syncer) -> None:
    syncer.sync_all(*numbers(*TEN))
    syncer.sync_all(*numbers(*TEN[:2]))
    syncer.clock.move(hours=2)
    syncer.sync_all(*numbers(*TEN[:2]), unreadable=1)
    assert syncer.sync_all(*numbers(*TEN[:2])).held == 8


# Implausible removals


@pytest.mark.parametrize(
    ("known", "listed", "held"),
    [
        (10, 5, 0),  # half is not more than half
        (10, 4, 6),
        (11, 5, 6),
        (9, 5, 0),  # fewer than five
        (9, 4, 5),  # five, and more than half
        (8, 4, 0),
        (5, 1, 0),  # four of five
        (6, 1, 5),
        (1, 1, 0),
        (4, 1, 0),
        (1, 0, 1),  # an empty answer, however few were known
        (4, 0, 4),
        (10, 0, 10),
    ],
)
def test_removals_of_more_than_half_and_at_least_five_are_held_back(
    syncer: Syncer, known: int, listed: int, held: int
) -> None:
    known_ids = ids(known)
    syncer.sync_all(*numbers(*known_ids))
    sync = syncer.sync_all(*numbers(*known_ids[:listed]))
    assert (sync.outcome, sync.held, sync.gone) == ("succeeded", held, 0 if held else known - listed)
    assert bool(sync.held_digest) == bool(held)
    assert present() == set(known_ids if held else known_ids[:listed])
    assert_consistent()


def test_new_numbers_do_not_make_a_loss_plausible(syncer: Syncer) -> None:
    syncer.sync_all(*numbers(*TEN))
    sync = syncer.sync_all(*numbers(*TEN[:4]), *numbers(*(f"PNnew{place}" for place in range(50))))
    assert (sync.new, sync.held) == (50, 6)


def test_numbers_that_are_gone_already_do_not_count_as_known(syncer: Syncer) -> None:
    syncer.sync_all(*numbers(*ids(20)))
    syncer.sync_all(*numbers(*TEN))
    assert syncer.sync_all(*numbers(*TEN[:4])).held == 6


def test_changes_in_an_implausible_answer_are_recorded(syncer: Syncer) -> None:
    syncer.sync_all(*numbers(*TEN))
    sync = syncer.sync_all(number(TEN[0], name="Else"), number("PNnew"))
    assert (sync.changed, sync.new, sync.held) == (1, 1, 9)
    assert state_at()["numbers"][TEN[0]][4] == "Else"


def test_removals_can_be_accepted(syncer: Syncer) -> None:
    syncer.sync_all(*numbers(*TEN))
    sync = syncer.sync_all(number(TEN[0]), accept_removals=True)
    assert (sync.gone, sync.held) == (9, 0)
    assert present() == {TEN[0]}


def test_even_an_empty_workspace_can_be_accepted(syncer: Syncer) -> None:
    syncer.sync_all(*numbers(*TEN))
    syncer.sync_all()
    sync = syncer.sync_all(accept_removals=True)
    assert (sync.gone, sync.held) == (10, 0)
    assert present() == set()
    assert_consistent()


@pytest.mark.parametrize("listed", [0, 3])
@pytest.mark.parametrize(("minutes", "believed"), [(1, False), (59, False), (60, True), (600, True)])
def test_the_same_answer_is_believed_an_hour_later(syncer: Syncer, listed: int, minutes: int, believed: bool) -> None:
    syncer.sync_all(*numbers(*TEN))
    syncer.sync_all(*numbers(*TEN[:listed]))
    syncer.clock.move(minutes=minutes - 1)
    sync = syncer.sync_all(*numbers(*TEN[:listed]))
    assert (sync.gone, sync.held) == ((10 - listed, 0) if believed else (0, 10 - listed))


def test_the_hour_counts_from_the_first_of_several_equal_answers(syncer: Syncer) -> None:
    syncer.sync_all(*numbers(*TEN))
    syncs = []
    for _ in range(7):
        syncs.append(syncer.sync_all(number(TEN[0])))
        syncer.clock.move(minutes=9)
    assert [sync.held for sync in syncs] == [9, 9, 9, 9, 9, 9, 0]
    assert syncs[-1].gone == 9


def test_answers_about_the_same_numbers_count_as_the_same(syncer: Syncer) -> None:
    syncer.sync_all(*numbers(*TEN))
    syncer.sync_all(number(TEN[0]), number(TEN[1]))
    syncer.clock.move(hours=1)
    assert syncer.sync_all(number(TEN[1]), number(TEN[0], name="Else")).gone == 8


def test_a_complete_answer_in_between_restarts_the_hour(syncer: Syncer) -> None:
    syncer.sync_all(*numbers(*TEN))
    syncer.sync_all(number(TEN[0]))
    syncer.clock.move(hours=1)
    syncer.sync_all(*numbers(*TEN))
    assert syncer.sync_all(number(TEN[0])).held == 9
    syncer.clock.move(hours=1)
    assert syncer.sync_all(number(TEN[0])).gone == 9


def test_another_implausible_answer_in_between_restarts_the_hour(syncer: Syncer) -> None:
    syncer.sync_all(*numbers(*TEN))
    syncer.sync_all(number(TEN[0]))
    syncer.clock.move(hours=1)
    assert syncer.sync_all(number(TEN[1])).held == 9
    assert syncer.sync_all(number(TEN[0])).held == 9


def test_failures_and_filtered_answers_in_between_do_not_restart_the_hour(syncer: Syncer) -> None:
    syncer.sync_all(*numbers(*TEN))
    syncer.sync_all(number(TEN[0]))
    syncer.clock.move(hours=1)
    syncer.sync(FakeClient(Unavailable("server")))
    syncer.sync_number(number(TEN[5]))
    syncer.sync_teammate("US1")
    assert syncer.sync_all(number(TEN[0])).gone == 9


def test_an_answer_with_only_unreadable_records_differs_from_an_empty_one(syncer: Syncer) -> None:
    syncer.sync_all(*numbers(*TEN))
    syncer.sync_all()
    syncer.clock.move(hours=2)
    sync = syncer.sync_all(unreadable=2)
    assert (sync.held, sync.gone) == (10, 0)
    assert present() == set(TEN)


def test_the_next_implausible_loss_is_held_back_again(syncer: Syncer) -> None:
    syncer.sync_all(*numbers(*ids(40)))
    for _ in range(2):
        syncer.sync_all(*numbers(*ids(15)))
        syncer.clock.move(hours=1)
    assert present() == set(ids(15))
    assert syncer.sync_all(*numbers(*ids(2))).held == 13


def test_the_same_loss_is_held_back_again_after_the_numbers_came_back(syncer: Syncer) -> None:
    syncer.sync_all(*numbers(*TEN))
    for _ in range(2):
        sync = syncer.sync_all(number(TEN[0]))
        syncer.clock.move(hours=1)
    assert sync.gone == 9
    for number_id in TEN[1:]:
        syncer.sync_number(number(number_id))
    assert syncer.sync_all(number(TEN[0])).held == 9


def test_a_clock_that_is_set_back_does_not_change_the_hour(syncer: Syncer) -> None:
    """A clock that is set back in the meantime must make the wait neither negative nor long."""
    syncer.sync_all(*numbers(*TEN))
    syncer.sync_all(number(TEN[0]))
    syncer.clock.move(hours=-5)
    assert syncer.sync_all(number(TEN[0])).held == 9
    syncer.clock.move(hours=5, minutes=58)
    assert syncer.sync_all(number(TEN[0])).held == 0


# The last confirmation


def test_a_number_missing_beside_unreadable_records_repeatedly_keeps_its_last_confirmation(syncer: Syncer) -> None:
    syncer.sync_all(*numbers("PN1", "PN2"))
    last = syncer.sync_all(*numbers("PN1", "PN2"))
    first_time = syncer.sync_all(number("PN1"), unreadable=1)
    assert (stored("PN2").seen_until, first_time.wrote) == (last.observed_at, True)
    remembered = all_rows()
    second_time = syncer.sync_all(number("PN1"), unreadable=1)
    assert (all_rows(), second_time.wrote) == (remembered, False)
    assert stored("PN1").seen_until is None


def test_a_held_number_keeps_its_last_confirmation(syncer: Syncer) -> None:
    last = syncer.sync_all(*numbers(*TEN))
    syncer.sync_all(number(TEN[0]))
    syncer.sync_all(number(TEN[0]))
    assert {stored(number_id).seen_until for number_id in TEN[1:]} == {last.observed_at}
    assert stored(TEN[0]).seen_until is None


def test_a_number_that_is_gone_keeps_its_last_confirmation(syncer: Syncer) -> None:
    syncer.sync_all(*numbers("PN1", "PN2", "PN3"))
    last = syncer.sync_all(*numbers("PN1", "PN2", "PN3"))
    syncer.sync_all(*numbers("PN1", "PN2"))
    assert stored("PN3").seen_until == last.observed_at
    syncer.sync_all(*numbers("PN1", "PN2"))
    assert stored("PN3").seen_until == last.observed_at


def test_a_number_unconfirmed_before_it_is_gone_keeps_the_earlier_confirmation(syncer: Syncer) -> None:
    last = syncer.sync_all(*numbers("PN1", "PN2", "PN3"))
    syncer.sync_all(*numbers("PN1", "PN2"), unreadable=1)
    gone = syncer.sync_all(*numbers("PN1", "PN2"))
    assert (stored("PN3").gone_at, stored("PN3").seen_until) == (gone.observed_at, last.observed_at)


@pytest.mark.parametrize("how", ["everything", "one number", "one teammate"])
def test_a_number_that_is_confirmed_again_loses_the_stored_time(syncer: Syncer, how: str) -> None:
    record = number("PN2", ADA)
    syncer.sync_all(number("PN1"), record)
    syncer.sync_all(number("PN1"), unreadable=1)
    if how == "everything":
        sync = syncer.sync_all(number("PN1"), record)
    else:
        sync = syncer.sync_number(record) if how == "one number" else syncer.sync_teammate("US1", record)
    assert stored("PN2").seen_until is None
    assert (sync.changed, sync.wrote) == (0, True)
    assert NumberState.objects.count() == 2
    assert_consistent()


def test_a_successful_sync_of_the_number_confirms_it(syncer: Syncer) -> None:
    syncer.sync_all(*numbers("PN1", "PN2", "PN3"))
    alone = syncer.sync_number(number("PN3"))
    syncer.sync(FakeClient(single={"PN3": Unavailable("server")}), of_number("PN3"))
    syncer.sync_all(*numbers("PN1", "PN2"))
    assert stored("PN3").seen_until == alone.observed_at


def test_a_sync_of_another_number_does_not_confirm_it(syncer: Syncer) -> None:
    last = syncer.sync_all(*numbers("PN1", "PN2", "PN3"))
    syncer.sync_number(number("PN1"))
    syncer.sync_teammate("US1", number("PN1", ADA))
    syncer.sync_all(number("PN1", ADA), number("PN2"), unreadable=1)
    assert stored("PN3").seen_until == last.observed_at


def test_a_change_in_a_teammates_answer_confirms_the_number(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1", ADA), number("PN2"), number("PN3"))
    syncer.sync_number(number("PN1", ADA))
    change = syncer.sync_teammate("US1", number("PN1", ADA, name="Else"))
    syncer.sync_all(*numbers("PN2", "PN3"))
    assert stored("PN1").seen_until == change.observed_at
    assert_consistent()


def test_a_number_known_only_from_its_own_sync_was_confirmed_then(syncer: Syncer) -> None:
    alone = syncer.sync_number(number("PN1"))
    syncer.clock.move(hours=1)
    syncer.sync_all(accept_removals=True)
    assert stored("PN1").seen_until == alone.observed_at
    assert_consistent()


def test_a_confirmation_between_two_answers_with_unreadable_records_counts(syncer: Syncer) -> None:
    record = number("PN2", ADA)
    syncer.sync_all(number("PN1"), record)
    syncer.sync_all(number("PN1"), unreadable=1)
    between = syncer.sync_teammate("US1", record)
    syncer.sync_all(number("PN1"), unreadable=1)
    assert stored("PN2").seen_until == between.observed_at


def test_a_number_that_came_back_was_not_confirmed_while_it_was_gone(syncer: Syncer) -> None:
    syncer.sync_all(*numbers("PN1", "PN2"))
    syncer.sync_all(*numbers("PN2"))
    back = syncer.sync_number(number("PN1"))
    syncer.sync_all(number("PN2"), unreadable=1)
    assert stored("PN1").seen_until == back.observed_at


# On the page


def last_confirmed(number_id: str) -> object:
    page = number_page(number_id, memory_version())
    assert page is not None
    return page.last_confirmed(services.freshness(SyncTarget(Sync.Scope.NUMBER, number_id)))


def test_the_page_of_a_number_has_its_last_confirmation(syncer: Syncer) -> None:
    syncer.sync_all(*numbers("PN1", "PN2"))
    whole = syncer.sync_all(*numbers("PN1", "PN2"))
    alone = syncer.sync_number(number("PN1"))
    syncer.sync(FakeClient(Unavailable("server")))
    syncer.sync_number(number("PN3"))
    assert (last_confirmed("PN1"), last_confirmed("PN2")) == (alone.observed_at, whole.observed_at)


def test_the_page_of_an_unconfirmed_number_has_its_last_confirmation(syncer: Syncer) -> None:
    last = syncer.sync_all(*numbers("PN1", "PN2"))
    syncer.sync_all(number("PN1"), unreadable=1)
    again = syncer.sync_all(number("PN1"), unreadable=1)
    assert (last_confirmed("PN1"), last_confirmed("PN2")) == (again.observed_at, last.observed_at)


def test_the_page_of_a_gone_number_has_its_last_confirmation(syncer: Syncer) -> None:
    last = syncer.sync_all(*numbers("PN1", "PN2"))
    for _ in range(2):
        syncer.sync_all(number("PN1"))
    assert last_confirmed("PN2") == last.observed_at


def test_the_page_of_a_number_known_only_through_a_teammate_has_that_time(syncer: Syncer) -> None:
    first = syncer.sync_teammate("US1", number("PN1", ADA))
    assert last_confirmed("PN1") == first.observed_at
    second = syncer.sync_teammate("US1", number("PN1", ADA, name="Else"))
    assert last_confirmed("PN1") == second.observed_at


def test_a_failed_complete_sync_confirms_nothing(syncer: Syncer) -> None:
    last = syncer.sync_all(*numbers("PN1", "PN2"))
    syncer.sync(FakeClient(Unavailable("server")))
    syncer.sync_all(number("PN1"), unreadable=1)
    assert stored("PN2").seen_until == last.observed_at
    assert Sync.objects.filter(outcome="failed").count() == 1
    assert last.observed_at is not None
    assert last_confirmed("PN1") == last.observed_at + timedelta(minutes=2)


def test_an_implausible_answer_confirms_the_numbers_that_it_lists(syncer: Syncer) -> None:
    syncer.sync_all(*numbers(*TEN))
    syncer.sync(FakeClient(answer(*numbers(*TEN[:2]))))
    held = syncer.sync_all(*numbers(*TEN[:2]))
    assert last_confirmed(TEN[1]) == held.observed_at
