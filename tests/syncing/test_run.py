"""One sync: its requests, its conclusions and its failures."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction

from numbers.models import MAX_SET_ASIDE, NumberState, PhoneNumber, Sync
from numbers.quo import errors
from numbers.quo.errors import NotFound, QuoError, Unauthorized, Unavailable
from numbers.syncing.run import LOOK_UPS, SyncBusy, SyncRefused
from tests.support.memory_state import all_rows, assert_consistent, captured_writes, row_counts, state_at
from tests.support.outages import database_fails_at
from tests.support.records import (
    NINE,
    FakeClient,
    Syncer,
    answer,
    changed,
    number,
    numbers,
    of_number,
    of_teammate,
    teammate,
)

ADA, BEA = teammate("US1"), teammate("US2", first_name="Bea")

FAILURES: tuple[QuoError, ...] = (
    *(
        errors.from_answer(status, b'{"message": "No.", "code": "0400", "trace": "7"}', resource="list")
        for status in (400, 401, 402, 403, 404, 409, 422, 429, 500, 502, 503, 504)
    ),
    *(Unavailable(reason) for reason in ("timeout", "unreachable", "broken", "name", "tls", "redirect", "strange")),
    errors.BadPayload("it is not JSON", "$.data", status=200),
    errors.unusable_key(),
)


# The sync's row


def test_a_sync_has_its_target_and_times(syncer: Syncer) -> None:
    sync = syncer.sync(FakeClient(single={"PN1": number("PN1")}), of_number("PN1"))
    sync.refresh_from_db()
    now = NINE + timedelta(minutes=1)
    assert (sync.scope, sync.subject, sync.demo, sync.outcome) == ("number", "PN1", False, "succeeded")
    assert (sync.started_at, sync.observed_at, sync.ended_at) == (now, now, now)


def test_states_begin_when_the_answer_arrives_and_not_when_it_is_requested(syncer: Syncer) -> None:
    sync = syncer.sync(FakeClient(answer(number("PN1")), meanwhile=lambda: syncer.clock.move(seconds=20)))
    assert sync.observed_at == sync.started_at + timedelta(seconds=20)
    assert NumberState.objects.get().since == sync.observed_at


def test_a_running_sync_has_a_row(syncer: Syncer) -> None:
    seen: list[Any] = []
    syncer.sync(FakeClient(answer(), meanwhile=lambda: seen.extend(Sync.objects.values_list("outcome", "ended_at"))))
    assert seen == [("running", None)]


def test_records_that_were_set_aside_are_stored_with_path_and_reason(syncer: Syncer) -> None:
    sync = syncer.sync_all(number("PN1"), unreadable=2)
    sync.refresh_from_db()
    assert sync.set_aside_count == 2
    assert sync.set_aside == [
        {"path": f"$.data[{place}]", "reason": "it has no readable id", "number": ""} for place in range(2)
    ]
    assert (sync.seen, sync.new) == (1, 1)


def test_all_records_that_were_set_aside_are_counted_and_the_first_stored(syncer: Syncer) -> None:
    sync = syncer.sync_all(unreadable=300)
    assert (sync.set_aside_count, len(sync.set_aside)) == (300, MAX_SET_ASIDE)
    assert sync.set_aside[0]["path"] == "$.data[0]"


def test_notices_of_an_answer_are_stored(syncer: Syncer) -> None:
    sync = syncer.sync(FakeClient(answer(number("PN1"), notices=("Quo lists the number PN1 more than once.",))))
    sync.refresh_from_db()
    assert sync.notices == ["Quo lists the number PN1 more than once."]


# One number


def test_a_sync_of_one_number_adds_changes_and_leaves_it(syncer: Syncer) -> None:
    first = syncer.sync_number(number("PN1", ADA))
    second = syncer.sync_number(number("PN1", ADA, name="Else"))
    third = syncer.sync_number(number("PN1", ADA, name="Else"))
    assert [(sync.seen, sync.new, sync.changed, sync.wrote) for sync in (first, second, third)] == [
        (1, 1, 0, True),
        (1, 0, 1, True),
        (1, 0, 0, False),
    ]
    assert NumberState.objects.count() == 2
    assert_consistent()


def test_an_unchanged_number_writes_only_a_sync(syncer: Syncer, django_assert_num_queries: Any) -> None:
    syncer.sync_number(number("PN1", ADA))
    before = row_counts()
    savepoint, lock = 2, 2 if connection.vendor == "postgresql" else 0
    with captured_writes() as statements, django_assert_num_queries(8 + savepoint + lock):
        syncer.sync_number(number("PN1", ADA))
    assert {table for _, table in statements} == {"numbers_sync"}
    assert row_counts() == before | {"numbers_sync": 2}


def test_a_sync_of_one_number_does_not_affect_others(syncer: Syncer) -> None:
    syncer.sync_all(*numbers("PN1", "PN2", "PN3"))
    sync = syncer.sync_number(number("PN2", name="Else"))
    assert (sync.gone, sync.held) == (0, 0)
    assert len(state_at()["numbers"]) == 3


def test_a_number_unknown_to_quo_fails_and_stays_until_a_complete_answer(syncer: Syncer) -> None:
    syncer.sync_all(*numbers("PN1", "PN2"))
    sync = syncer.sync(FakeClient(), of_number("PN1"))
    assert (sync.outcome, sync.error_kind, sync.gone) == ("failed", "not_found", 0)
    assert PhoneNumber.objects.get(quo_id="PN1").gone_at is None


# One teammate


def test_a_teammates_numbers_are_added_and_changed(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1", ADA))
    sync = syncer.sync_teammate("US1", number("PN1", ADA, name="Else"), number("PN2", ADA, BEA))
    assert (sync.scope, sync.subject, sync.seen, sync.new, sync.changed) == ("teammate", "US1", 2, 1, 1)
    assert set(state_at()["assignments"]) == {("PN1", "US1"), ("PN2", "US1"), ("PN2", "US2")}
    assert sync.notices == []


def test_a_teammates_list_does_not_affect_numbers_of_others(syncer: Syncer) -> None:
    syncer.sync_all(*numbers(*(f"PN{place}" for place in range(20))), number("PNa", ADA))
    sync = syncer.sync_teammate("US1", number("PNa", ADA))
    assert (sync.gone, sync.held, sync.notices) == (0, 0, [])
    assert len(state_at()["numbers"]) == 21


def test_a_number_omitted_from_a_teammates_list_is_looked_up(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1", ADA), number("PN2", ADA), number("PN3", BEA))
    source = FakeClient(of={"US1": answer(number("PN1", ADA))}, single={"PN2": number("PN2", BEA)})
    sync = syncer.sync(source, of_teammate("US1"))
    assert source.asked == ["US1", "PN2"]
    assert (sync.seen, sync.changed, sync.gone, sync.notices) == (2, 1, 0, [])
    assert set(state_at()["assignments"]) == {("PN1", "US1"), ("PN2", "US2"), ("PN3", "US2")}
    assert_consistent()


def test_an_omitted_number_that_still_names_the_teammate_is_a_mismatch(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1", ADA))
    sync = syncer.sync_teammate("US1", PN1=number("PN1", ADA))
    assert ("PN1", "US1") in state_at()["assignments"]
    assert sync.notices == ["Quo's list for this teammate leaves out 1 number that the teammate is on."]
    assert not sync.wrote


def test_a_listed_number_that_does_not_name_the_teammate_is_a_mismatch(
    syncer: Syncer,
) -> None:
    sync = syncer.sync_teammate("US1", number("PN1", BEA), number("PN2"))
    assert set(state_at()["assignments"]) == {("PN1", "US2")}
    assert sync.notices == ["Quo lists 2 numbers for this teammate without naming them on it."]


def test_a_number_that_a_look_up_does_not_find_is_a_mismatch(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1", ADA), number("PN2", ADA))
    sync = syncer.sync_teammate("US1", number("PN1", ADA, name="Else"))
    assert (sync.outcome, sync.changed, sync.gone) == ("succeeded", 1, 0)
    assert sync.notices == ["Quo no longer knows PN2; a sync of every number will tell whether it is gone."]
    assert PhoneNumber.objects.get(quo_id="PN2").gone_at is None
    assert ("PN2", "US1") in state_at()["assignments"]


def test_any_other_failure_of_a_look_up_fails_the_whole_sync(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1", ADA), number("PN2", ADA))
    remembered = all_rows()
    sync = syncer.sync_teammate("US1", number("PN1", ADA, name="Else"), PN2=Unavailable("broken"))
    assert (sync.outcome, sync.error_kind) == ("failed", "unavailable")
    assert all_rows() == remembered


def test_no_more_than_ten_numbers_are_looked_up(syncer: Syncer) -> None:
    many = {f"PN{place:02}": number(f"PN{place:02}", ADA) for place in range(13)}
    syncer.sync_all(*many.values())
    source = FakeClient(of={"US1": answer()}, single=many)
    sync = syncer.sync(source, of_teammate("US1"))
    assert source.asked == ["US1", *sorted(many)[:LOOK_UPS]]
    assert (sync.seen, sync.wrote) == (10, False)
    assert sync.notices == [
        "Quo's list for this teammate leaves out 10 numbers that the teammate is on.",
        "Quo's list for this teammate leaves out 3 numbers more; a sync of every number will tell.",
    ]


def test_a_number_that_may_be_an_unreadable_record_of_a_teammates_list_is_looked_up(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1", ADA))
    source = FakeClient(of={"US1": answer(unreadable=1)}, single={"PN1": number("PN1", BEA)})
    sync = syncer.sync(source, of_teammate("US1"))
    assert source.asked == ["US1", "PN1"]
    assert (sync.set_aside_count, sync.changed) == (1, 1)
    assert set(state_at()["assignments"]) == {("PN1", "US2")}


def test_former_and_gone_numbers_of_a_teammate_are_not_looked_up(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1", ADA), number("PN2", ADA), number("PN3", ADA))
    syncer.sync_all(number("PN1"), number("PN3", ADA))
    source = FakeClient(of={"US1": answer(number("PN3", ADA))})
    syncer.sync(source, of_teammate("US1"))
    assert source.asked == ["US1"]


def test_other_teammates_on_the_numbers_are_recorded(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1", ADA, BEA))
    syncer.sync_teammate("US1", number("PN1", ADA))
    assert set(state_at()["assignments"]) == {("PN1", "US1")}


# Failures


@pytest.mark.parametrize("error", FAILURES, ids=lambda error: f"{error.kind}-{error.status}-{error.sentence[:30]}")
def test_a_failed_sync_changes_nothing_and_stores_the_error(syncer: Syncer, error: QuoError) -> None:
    syncer.sync_all(number("PN1", ADA), number("PN2"))
    remembered, now = all_rows(), state_at()
    sync = syncer.sync(FakeClient(error))
    sync.refresh_from_db()
    assert (sync.outcome, sync.error_kind, sync.error_status) == ("failed", error.kind, error.status)
    assert (sync.error_code, sync.error_message, sync.error_trace) == (error.code, error.message, error.trace)
    assert sync.error_sentence == error.sentence
    assert (sync.observed_at, sync.ended_at, sync.wrote) == (None, syncer.clock.now, False)
    assert (all_rows(), state_at()) == (remembered, now)


def test_every_kind_of_failure_is_tested() -> None:
    kinds = {kind.kind for kind in QuoError.__subclasses__()}
    assert {error.kind for error in FAILURES} == kinds
    assert all(0 < len(kind) <= 20 for kind in kinds), "as long as the column of the database"


def test_a_failure_changes_nothing_about_a_teammates_numbers(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1", ADA))
    remembered = all_rows()
    sync = syncer.sync(
        FakeClient(of={"US1": NotFound("Quo does not know this teammate.", status=404)}), of_teammate("US1")
    )
    assert (sync.outcome, sync.error_kind) == ("failed", "not_found")
    assert all_rows() == remembered


def test_the_next_sync_after_a_failure_works(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1"))
    syncer.sync(FakeClient(Unauthorized("No.", status=401)))
    assert syncer.sync_all(number("PN1", name="Else")).changed == 1
    assert_consistent()


WRITES = [
    *(
        f'INSERT INTO "numbers_{table}"'
        for table in ("phonenumber", "teammate", "numberstate", "teammatestate", "assignment", "searchtext")
    ),
    *(f'UPDATE "numbers_{table}"' for table in ("phonenumber", "numberstate", "teammatestate", "assignment")),
]


@pytest.mark.parametrize("statement", WRITES)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_database_error_while_recording_changes_nothing(syncer: Syncer, statement: str, when: str) -> None:
    known = [number("PN1", ADA), number("PN3", BEA)]
    syncer.sync_all(*known)
    remembered = all_rows()

    with database_fails_at(statement, when=when):
        renamed = number("PN1", teammate("US1", first_name="Else"), name="Else")
        sync = syncer.sync_all(renamed, number("PN2", teammate("US3")), accept_removals=True)
    sync.refresh_from_db()
    assert (sync.outcome, sync.error_kind, sync.observed_at) == ("failed", "memory", None)
    assert (sync.seen, sync.new, sync.changed, sync.wrote) == (0, 0, 0, False)
    assert "could not be written" in sync.error_sentence
    assert all_rows() == remembered
    assert syncer.sync_all(*known).wrote is False


def test_success_is_recorded_in_the_same_transaction_as_the_memory(
    syncer: Syncer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a process killed between the two would leave one without the other."""
    syncer.sync_all(number("PN1"))
    remembered = all_rows()
    save = Sync.save

    def fail_at_success(self: Sync, *args: Any, **kwargs: Any) -> None:
        save(self, *args, **kwargs)
        if self.outcome == Sync.Outcome.SUCCEEDED:
            raise OperationalError("disk I/O error")

    monkeypatch.setattr(Sync, "save", fail_at_success)
    sync = syncer.sync_all(number("PN1", name="Else"))
    sync.refresh_from_db()
    assert (sync.outcome, sync.observed_at, sync.seen, sync.changed, sync.wrote) == ("failed", None, 0, 0, False)
    assert all_rows() == remembered


def test_a_sync_inside_another_transaction_is_refused(syncer: Syncer) -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        syncer.sync_all(number("PN1"))
    assert not Sync.objects.exists()


def test_a_failure_that_cannot_be_recorded_is_raised(syncer: Syncer, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise OperationalError("attempt to write a readonly database")

    monkeypatch.setattr(Sync, "save", fail)
    with pytest.raises(DatabaseError):
        syncer.sync_all(number("PN1"))


# One at a time, and one workspace


def test_a_second_sync_at_the_same_time_is_refused_without_a_row(syncer: Syncer) -> None:
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL's locks belong to a connection, and this test has one; see test_locks.py.")
    busy: list[str] = []

    def ask_too() -> None:
        with pytest.raises(SyncBusy) as refusal:
            syncer.sync_all(number("PN2"))
        busy.append(str(refusal.value))

    sync = syncer.sync(FakeClient(answer(number("PN1")), meanwhile=ask_too))
    assert busy == ["Another sync is running right now; what it finds will show here."]
    assert sync.outcome == "succeeded"
    assert (Sync.objects.count(), set(state_at()["numbers"])) == (1, {"PN1"})


def test_the_next_sync_marks_killed_syncs_as_interrupted(syncer: Syncer) -> None:
    for subject in ("PN1", "PN2"):
        Sync.objects.create(scope="number", subject=subject, started_at=NINE)
    syncer.sync_all(number("PN1"))
    killed = Sync.objects.filter(scope="number").values_list("outcome", "ended_at", "error_sentence")
    assert set(killed) == {
        ("interrupted", syncer.clock.now, "The sync was stopped before it ended. Nothing of it was recorded.")
    }


def test_an_unexpected_error_blocks_no_later_sync(syncer: Syncer) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        syncer.sync(FakeClient(answer(), meanwhile=stop))
    assert Sync.objects.get().outcome == "interrupted"
    assert syncer.sync_all(number("PN1")).outcome == "succeeded"
    assert list(Sync.objects.order_by("pk").values_list("outcome", flat=True)) == ["interrupted", "succeeded"]


@pytest.mark.parametrize(
    ("held", "sentence"),
    [
        (True, "The database holds the demo workspace, not your own: "),
        (False, "The database holds a real workspace, not the demo: "),
    ],
)
def test_demo_and_real_numbers_never_mix(syncer: Syncer, held: bool, sentence: str) -> None:
    syncer.sync_all(number("PN1"), demo=held)
    source = FakeClient(answer(number("PN2")))
    with pytest.raises(SyncRefused, match=sentence):
        syncer.sync(source, demo=not held)
    assert source.asked == []
    assert (Sync.objects.count(), set(state_at()["numbers"])) == (1, {"PN1"})
    assert syncer.sync_all(number("PN1"), demo=held).outcome == "succeeded"


def test_a_database_with_only_failures_accepts_either_workspace(syncer: Syncer) -> None:
    syncer.sync(FakeClient(Unauthorized("No.", status=401)))
    assert syncer.sync_all(number("PN1"), demo=True).demo is True


def test_a_sync_counts_new_changed_and_gone_numbers(syncer: Syncer) -> None:
    unchanged, moved = number("PN1", ADA), number("PN2", ADA)
    syncer.sync_all(unchanged, moved, number("PN3"))
    sync = syncer.sync_all(unchanged, changed(moved, name="Else"), number("PN4"))
    assert (sync.seen, sync.new, sync.changed, sync.gone, sync.set_aside_count) == (3, 1, 1, 1, 0)
