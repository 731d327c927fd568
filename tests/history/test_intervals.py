"""Between which answers a change lies: the last that had the old fact, and the first that had the new one."""

from numbers.models import MAX_SET_ASIDE, Sync
from numbers.quo.errors import Unauthorized
from tests.support.changes import ANN, BOB, newest, only_change
from tests.support.records import (
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


def test_a_change_lies_between_the_last_old_answer_and_the_first_new_one(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1", name="Sales"))
    before = syncer.sync_all(number("PN1", name="Sales"))
    after = syncer.sync_all(number("PN1", name="Leasing"))
    syncer.sync_all(number("PN1", name="Leasing"))

    assert (only_change().earliest, only_change().latest) == (before.observed_at, after.observed_at)


def test_a_sync_of_the_number_confirms_it(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1"), number("PN2"))
    alone = syncer.sync_number(number("PN1"))
    syncer.sync_number(number("PN2"))
    syncer.sync_all(number("PN1", ANN), number("PN2"))

    assert only_change().earliest == alone.observed_at


def test_a_sync_of_a_teammate_confirms_their_numbers(syncer: Syncer) -> None:
    whole = syncer.sync_all(number("PN1", ANN, name="Sales"), number("PN2", name="Spare"))
    of_ann = syncer.sync_teammate("US1", number("PN1", ANN, name="Sales"))
    syncer.sync_all(number("PN1", ANN, name="Leasing"), number("PN2", name="Reserve"))

    assert [change.earliest for change in newest()] == [of_ann.observed_at, whole.observed_at]


def test_the_last_sync_of_any_teammate_on_a_number_counts(syncer: Syncer) -> None:
    teammates = (ANN, BOB, teammate("US3"))
    syncer.sync_all(number("PN1", *teammates))
    syncer.sync_teammate("US1", number("PN1", *teammates))
    of_bob = syncer.sync_teammate("US2", number("PN1", *teammates))
    syncer.sync_all(number("PN1", *teammates[1:]))
    syncer.sync_all(number("PN1", *teammates))
    of_ann = syncer.sync_teammate("US1", number("PN1", *teammates))
    syncer.sync_all(number("PN1", *teammates[1:]))

    assert [change.earliest for change in newest()[::2]] == [of_ann.observed_at, of_bob.observed_at]


def test_a_sync_of_a_former_teammate_does_not_confirm_the_number(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1", ANN))
    whole = syncer.sync_all(number("PN1", name="Sales"))
    syncer.sync_teammate("US1")
    syncer.sync_all(number("PN1", name="Leasing"))

    assert newest()[0].earliest == whole.observed_at


def test_a_sync_of_a_teammate_who_came_to_the_number_later_does_not_confirm_it(syncer: Syncer) -> None:
    whole = syncer.sync_all(number("PN1", name="Sales"), number("PN2", ANN))
    syncer.sync_teammate("US1", number("PN2", ANN))
    syncer.sync_all(number("PN1", name="Leasing"), number("PN2", ANN))
    before = newest()[0].earliest

    syncer.sync_all(number("PN1", ANN, name="Leasing"), number("PN2", ANN))

    assert [change.earliest for change in newest()][1] == before == whole.observed_at


def test_a_sync_of_a_teammate_before_they_came_to_the_number_does_not_confirm_it(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1"), number("PN2", ANN))
    syncer.sync_teammate("US1", number("PN2", ANN))
    came = syncer.sync_number(number("PN1", ANN))
    syncer.sync_all(number("PN1", ANN, name="Leasing"), number("PN2", ANN))

    assert newest()[0].earliest == came.observed_at


def test_a_sync_of_a_teammate_that_lacks_a_number_confirms_nothing(syncer: Syncer) -> None:
    whole = syncer.sync_all(number("PN1", ANN), number("PN2", ANN))
    syncer.sync_teammate("US1", number("PN1", ANN))  # Quo does not find the other one
    syncer.sync_all(number("PN1", ANN), number("PN2"))

    assert only_change().earliest == whole.observed_at


def test_a_failed_sync_confirms_nothing(syncer: Syncer) -> None:
    whole = syncer.sync_all(number("PN1"))
    syncer.sync(FakeClient(Unauthorized("No.", status=401)))
    syncer.sync(FakeClient(single={"PN1": Unauthorized("No.", status=401)}), of_number("PN1"))
    syncer.sync_all(number("PN1", ANN))

    assert only_change().earliest == whole.observed_at


def test_an_answer_with_an_unreadable_record_and_a_missing_number_confirms_no_number(syncer: Syncer) -> None:
    names = ("PN1", "PN11", "PN111")
    whole = syncer.sync_all(*numbers(*names))
    assert syncer.sync_all(*numbers("PN1", "PN111"), unreadable=1).held
    syncer.sync_all(*(number(name, ANN) for name in names))

    assert {change.subject: change.earliest for change in newest()} == dict.fromkeys(names, whole.observed_at)


def test_an_answer_with_an_unreadable_record_and_no_missing_number_confirms_every_number(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1"))
    unreadable = syncer.sync_all(number("PN1"), unreadable=1)
    syncer.sync_all(number("PN1", ANN))

    assert only_change().earliest == unreadable.observed_at


def test_a_sync_of_an_earlier_version_does_not_confirm_the_number_that_it_set_aside(syncer: Syncer) -> None:
    """Before 0016, a record that violated Quo's description was set aside with its id."""
    names = ("PN1", "PN11", "PN111")
    whole = syncer.sync_all(*numbers(*names))
    at = syncer.clock.move(minutes=1)
    Sync.objects.create(
        scope="workspace",
        started_at=at,
        observed_at=at,
        ended_at=at,
        outcome="succeeded",
        seen=2,
        set_aside_count=1,
        set_aside=[{"path": "$.data[1].users[0].role", "reason": "Expected `str`", "number": "PN11"}],
    )
    syncer.sync_all(*(number(name, ANN) for name in names))

    assert {change.subject: change.earliest for change in newest()} == {
        "PN1": at,
        "PN11": whole.observed_at,
        "PN111": at,
    }


def test_a_sync_of_a_teammate_with_an_unreadable_record_confirms_nothing(syncer: Syncer) -> None:
    whole = syncer.sync_all(number("PN1", ANN))
    syncer.sync(FakeClient(of={"US1": answer(number("PN1", ANN), unreadable=1)}), of_teammate("US1"))
    syncer.sync_all(number("PN1"))

    assert only_change().earliest == whole.observed_at


def test_an_answer_with_too_many_unreadable_records_confirms_nothing(syncer: Syncer) -> None:
    whole = syncer.sync_all(number("PN1"))
    syncer.sync_all(number("PN1"), unreadable=MAX_SET_ASIDE + 1)
    syncer.sync_all(number("PN1", ANN))

    assert only_change().earliest == whole.observed_at


def test_an_answer_whose_removals_were_held_confirms_no_number(syncer: Syncer) -> None:
    whole = syncer.sync_all(*numbers(*ids(12)))
    assert syncer.sync_all(number("PN00001")).held
    syncer.clock.move(hours=2)
    assert syncer.sync_all(number("PN00001")).gone == 11

    assert {change.earliest for change in newest()} == {whole.observed_at}
    assert len(newest()) == 11


def test_a_new_number_came_after_the_last_complete_answer(syncer: Syncer) -> None:
    whole = syncer.sync_all(number("PN1"))
    syncer.sync_number(number("PN1"))
    syncer.sync_all(number("PN1"), number("PN2"))

    assert only_change().earliest == whole.observed_at


def test_a_change_without_an_earlier_sync_has_no_earlier_end(syncer: Syncer) -> None:
    syncer.sync_teammate("US1", number("PN1", ANN, name="Sales"), PN2=number("PN2"))
    Sync.objects.update(outcome="failed", observed_at=None)
    syncer.sync_all(number("PN1", ANN, name="Leasing"))

    assert only_change().earliest is None


def test_a_teammate_is_confirmed_by_any_answer_with_their_number(syncer: Syncer) -> None:
    renamed = teammate("US1", first_name="Anna", last_name="Lee")
    syncer.sync_all(number("PN1", ANN), number("PN2"))
    alone = syncer.sync_number(number("PN1", ANN))
    syncer.sync_number(number("PN2"))
    syncer.sync_all(number("PN1", renamed), number("PN2"))
    of_ann = syncer.sync_teammate("US1", number("PN1", renamed))
    syncer.sync_teammate("US2")
    syncer.sync_all(number("PN1", ANN), number("PN2"))

    assert [change.earliest for change in newest()] == [of_ann.observed_at, alone.observed_at]


def test_an_answer_without_a_teammate_does_not_confirm_them(syncer: Syncer) -> None:
    on_it = syncer.sync_all(number("PN1", ANN))
    syncer.sync_all(number("PN1"))
    syncer.sync_teammate("US1")
    syncer.sync_all(number("PN1", teammate("US1", first_name="Anna", last_name="Lee")))

    assert {change.subject: change.earliest for change in newest() if change.subject == "US1"} == {
        "US1": on_it.observed_at
    }


def test_an_answer_whose_removals_were_held_confirms_no_teammate(syncer: Syncer) -> None:
    whole = syncer.sync_all(*numbers(*ids(12)), number("PN1", ANN))
    assert syncer.sync_all(number("PN00001")).held
    syncer.sync_all(*numbers(*ids(12)), number("PN1", teammate("US1", first_name="Anna", last_name="Lee")))

    assert only_change().earliest == whole.observed_at
