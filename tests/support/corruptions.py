"""All ways to corrupt a history, each with the invariant that it breaks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from numbers.models import Assignment, NumberState, PhoneNumber, SearchText, Sync, Teammate, TeammateState
from tests.support.records import NINE, number

SECOND = timedelta(seconds=1)


def at(minute: int) -> datetime:
    return NINE + timedelta(minutes=minute)


@contextmanager
def without_constraint(constraint: str = "") -> Iterator[None]:
    """Disable a constraint of the database: a unique index by name, or all checks."""
    with connection.cursor() as cursor:
        if constraint.startswith("one_"):
            cursor.execute(f"DROP INDEX {constraint}")
        elif connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        else:
            model = next(m for m in (NumberState, TeammateState, Assignment, Sync) if _has(m, constraint))
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {model._meta.db_table} DROP CONSTRAINT {constraint}")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        try:
            yield
        finally:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA ignore_check_constraints = OFF")


def _has(model: Any, constraint: str) -> bool:
    return any(each.name == constraint for each in model._meta.constraints)


def number_states(quo_id: str) -> Any:
    return NumberState.objects.filter(phone_number__quo_id=quo_id).order_by("since")


def teammate_states(quo_id: str) -> Any:
    return TeammateState.objects.filter(teammate__quo_id=quo_id).order_by("since")


def assignments(pn: str, us: str = "US1") -> Any:
    return Assignment.objects.filter(phone_number__quo_id=pn, teammate__quo_id=us).order_by("since")


def update_row(rows: Any, place: int, **values: Any) -> None:
    row = list(rows)[place]
    type(row)._base_manager.filter(pk=row.pk).update(**values)


def update_identity(model: Any, which: str, **values: Any) -> None:
    model.objects.filter(quo_id=which).update(**values)


def update_sync(place: int, **values: Any) -> None:
    update_row(Sync.objects.order_by("pk"), place, **values)


def two_open_states() -> None:
    update_row(number_states("PN1"), 0, until=None)


def two_open_descriptions() -> None:
    update_row(teammate_states("US1"), 0, until=None)


def two_open_assignments() -> None:
    Assignment.objects.bulk_create([_copy(assignments("PN2")[0], since=at(3))])


def a_state_that_ends_as_it_begins() -> None:
    update_row(number_states("PN1"), 0, until=at(1))
    update_row(number_states("PN1"), 1, since=at(1))


def a_description_that_ends_as_it_begins() -> None:
    update_row(teammate_states("US1"), 0, until=at(1))
    update_row(teammate_states("US1"), 1, since=at(1))


def an_assignment_that_ends_as_it_begins() -> None:
    update_row(assignments("PN3"), 0, since=at(2), until=at(2))


def states_that_overlap() -> None:
    update_row(number_states("PN1"), 0, until=at(5))


def descriptions_that_overlap() -> None:
    update_row(teammate_states("US1"), 0, until=at(5))


def assignments_that_overlap() -> None:
    Assignment.objects.bulk_create([_copy(assignments("PN4")[0], since=at(2), until=at(3))])
    update_row(assignments("PN4"), 1, since=at(2))
    Assignment.objects.filter(pk=assignments("PN4")[0].pk).update(until=at(3))


def a_state_that_never_ended_and_a_later_one_that_did() -> None:
    update_row(number_states("PN1"), 1, until=at(6))
    update_row(number_states("PN1"), 0, until=None)


def a_state_from_nowhere() -> None:
    update_row(number_states("PN1"), 0, since=at(1) - SECOND)
    update_identity(PhoneNumber, "PN1", first_seen=at(1) - SECOND)


def a_state_that_ended_by_itself() -> None:
    update_row(number_states("PN5"), 0, until=at(7) + SECOND)
    update_identity(PhoneNumber, "PN5", gone_at=at(7) + SECOND)
    Assignment.objects.filter(phone_number__quo_id="PN5").delete()


def a_description_from_nowhere() -> None:
    update_row(teammate_states("US2"), 0, since=at(3) - SECOND)
    update_identity(Teammate, "US2", first_seen=at(3) - SECOND)


def an_assignment_from_nowhere() -> None:
    update_row(assignments("PN2"), 0, since=at(1) + SECOND)


def a_gap() -> None:
    update_row(number_states("PN1"), 0, until=at(2))


def a_gap_in_a_description() -> None:
    update_row(teammate_states("US1"), 0, until=at(2))


def a_number_without_states() -> None:
    PhoneNumber.objects.create(quo_id="PN9", first_seen=at(1), recorded_at=at(1), fingerprint="f")


def a_number_that_ended_and_is_there() -> None:
    update_row(number_states("PN1"), 1, until=at(6))


def a_number_that_is_gone_and_goes_on() -> None:
    update_identity(PhoneNumber, "PN1", gone_at=at(6), seen_until=at(5))


def a_number_that_was_seen_before_it_began() -> None:
    update_identity(PhoneNumber, "PN1", first_seen=at(1) - SECOND)


def a_number_that_went_twice() -> None:
    update_identity(PhoneNumber, "PN5", gone_at=at(8))


def a_number_confirmed_after_it_went() -> None:
    update_identity(PhoneNumber, "PN5", seen_until=at(7))


def a_number_confirmed_before_its_last_state() -> None:
    update_identity(PhoneNumber, "PN1", seen_until=at(2))


def a_number_last_heard_of_before_its_last_state() -> None:
    update_identity(PhoneNumber, "PN1", recorded_at=at(2))


def a_number_gone_and_never_confirmed() -> None:
    update_identity(PhoneNumber, "PN5", seen_until=None)


def a_teammate_without_states() -> None:
    Teammate.objects.create(quo_id="US9", first_seen=at(1))


def a_teammate_that_ended() -> None:
    update_row(teammate_states("US2"), 0, until=at(7))


def a_teammate_that_was_seen_before() -> None:
    update_identity(Teammate, "US2", first_seen=at(2))


def an_assignment_before_its_number() -> None:
    update_row(assignments("PN4"), 0, since=at(1))


def an_assignment_through_a_gap() -> None:
    assignments("PN3").exclude(pk=assignments("PN3")[0].pk).delete()
    update_row(assignments("PN3"), 0, until=None)


def an_assignment_that_ended_in_a_gap() -> None:
    Assignment.objects.bulk_create([_copy(assignments("PN5", "US2")[0], since=at(6), until=at(8))])
    update_row(assignments("PN5", "US2"), 0, until=at(6))


def an_assignment_after_its_number() -> None:
    update_row(assignments("PN5", "US2"), 0, until=None)


def an_assignment_before_its_teammate() -> None:
    Assignment.objects.bulk_create(
        [_copy(assignments("PN5", "US2")[0], phone_number=number_states("PN1")[0].phone_number, since=at(2))]
    )


def a_sync_before_the_one_before() -> None:
    update_sync(-1, observed_at=at(6))


def a_success_that_observed_nothing() -> None:
    update_sync(-1, observed_at=None)


def a_success_with_an_error() -> None:
    update_sync(-1, error_kind="memory")


def a_failure_without_a_sentence() -> None:
    _add_sync(outcome="failed", ended_at=at(9), error_kind="memory")


def a_failure_without_an_end() -> None:
    _add_sync(outcome="failed", error_kind="memory", error_sentence="No.")


def a_sync_of_nobody() -> None:
    update_sync(-1, scope="teammate")


def a_sync_of_everything_with_a_subject() -> None:
    update_sync(-1, subject="PN1")


def a_change_that_was_not_written() -> None:
    update_sync(0, wrote=False)


def more_changes_than_numbers() -> None:
    update_sync(0, changed=9)


def a_sync_of_the_demo() -> None:
    update_sync(1, demo=True)


def two_syncs_that_run() -> None:
    _add_sync()
    _add_sync()


def a_row_whose_parent_is_gone() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_user_groups")
        cursor.execute("INSERT INTO numbers_showncolumns (user_id, columns) VALUES (4711, '[]')")


def _copy(row: Any, **values: Any) -> Any:
    row.pk = None
    for name, value in values.items():
        setattr(row, name, value)
    return row


def _add_sync(**values: Any) -> None:
    Sync.objects.create(scope="workspace", started_at=at(9), **values)


def write_raw(model: Any, column: str, value: str | bytes | int) -> None:
    """Write a value that Django would refuse; SQLite does not enforce column types."""
    row = model.objects.latest("pk").pk  # a row that has not ended, because the database checks the ends
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {model._meta.db_table} SET {column} = %s WHERE id = %s", [value, row])  # noqa: S608 - our own words


def a_restriction_that_was_not_answered() -> None:
    update_row(number_states("PN1"), 0, calling_us="restricted")


def a_fact_that_is_missing() -> None:
    update_row(number_states("PN4"), 0, formatted_number=None)


def an_answer_about_another_number() -> None:
    update_row(number_states("PN2"), 0, answer=number("PN22").answer)


def an_answer_that_is_damaged() -> None:
    update_row(number_states("PN2"), 0, answer=number("PN2").answer[:-1])


def wrong_value(model: Any, field: str) -> Callable[[], None]:
    def corrupt() -> None:
        model.objects.filter(pk=model.objects.earliest("pk").pk).update(**{field: "xx"})

    corrupt.__name__ = f"wrong_{field}_of_{model.__name__}"
    return corrupt


def search_rows(quo_id: str) -> Any:
    return SearchText.objects.filter(phone_number__quo_id=quo_id)


def a_text_that_does_not_hold() -> None:
    search_rows("PN2").update(own="another")


def a_teammate_who_is_not_searched() -> None:
    search_rows("PN2").update(teammates="")


def a_number_that_is_not_searched() -> None:
    search_rows("PN2").delete()


def a_number_that_is_gone_and_searched() -> None:
    gone = PhoneNumber.objects.get(quo_id="PN5")
    SearchText.objects.create(phone_number=gone, own="", teammates="")


Corruption = tuple[Callable[[], None], str, str]
CORRUPTIONS: list[Corruption] = [
    (states_that_overlap, "no overlap per number", "PN1"),
    (a_state_that_never_ended_and_a_later_one_that_did, "no overlap per number", "PN1"),
    (descriptions_that_overlap, "no overlap per teammate", "US1"),
    (assignments_that_overlap, "no overlap per assignment", "US1 on PN4"),
    (a_state_from_nowhere, "observed by a sync: number", "PN1"),
    (a_state_that_ended_by_itself, "observed by a sync: number", "PN5"),
    (a_description_from_nowhere, "observed by a sync: teammate", "US2"),
    (an_assignment_from_nowhere, "observed by a sync: assignment", "US1 on PN2"),
    (a_gap, "no gap per number", "PN1"),
    (a_gap_in_a_description, "no gap per teammate", "US1"),
    (a_number_without_states, "number is described", "PN9"),
    (a_number_that_ended_and_is_there, "number is open while there", "PN1"),
    (a_number_that_is_gone_and_goes_on, "number is open while there", "PN1"),
    (a_number_that_was_seen_before_it_began, "number begins when first seen", "PN1"),
    (a_number_that_went_twice, "number ends when gone", "PN5"),
    (a_number_confirmed_after_it_went, "number was confirmed in its last state", "PN5"),
    (a_number_confirmed_before_its_last_state, "number was confirmed in its last state", "PN1"),
    (a_number_last_heard_of_before_its_last_state, "number was confirmed in its last state", "PN1"),
    (a_number_gone_and_never_confirmed, "number was confirmed in its last state", "PN5"),
    (a_teammate_without_states, "teammate is described", "US9"),
    (a_teammate_that_ended, "teammate stays described", "US2"),
    (a_teammate_that_was_seen_before, "teammate begins when first seen", "US2"),
    (an_assignment_before_its_number, "assignment inside the history", "US1 on PN4"),
    (an_assignment_through_a_gap, "assignment inside the history", "US1 on PN3"),
    (an_assignment_that_ended_in_a_gap, "assignment inside the history", "US2 on PN5"),
    (an_assignment_after_its_number, "assignment inside the history", "US2 on PN5"),
    (an_assignment_before_its_teammate, "assignment inside the history", "US2 on PN1"),
    (a_sync_before_the_one_before, "syncs in order", "sync"),
    (a_success_that_observed_nothing, "syncs that ended are complete", "sync"),
    (a_success_with_an_error, "syncs that ended are complete", "sync"),
    (a_failure_without_a_sentence, "syncs that ended are complete", "sync"),
    (a_sync_of_nobody, "syncs say what they did", "sync"),
    (a_sync_of_everything_with_a_subject, "syncs say what they did", "sync"),
    (a_change_that_was_not_written, "syncs say what they did", "sync"),
    (more_changes_than_numbers, "syncs say what they did", "sync"),
    (two_syncs_that_run, "one sync runs", "sync"),
    (a_sync_of_the_demo, "one workspace answered", "sync"),
    (a_row_whose_parent_is_gone, "no orphans", "row"),
    (a_restriction_that_was_not_answered, "numbers are as Quo answered", "PN1"),
    (a_fact_that_is_missing, "numbers are as Quo answered", "PN4"),
    (an_answer_about_another_number, "numbers are as Quo answered", "PN2"),
    (an_answer_that_is_damaged, "numbers are as Quo answered", "PN2"),
    *((wrong_value(NumberState, field), "numbers are found", "PN1") for field in ("search_text", "name_key")),
    *(
        (wrong_value(NumberState, field), "numbers are found", "PN1")
        for field in ("kind", "country", "forward_number", "telephone")
    ),
    *((wrong_value(TeammateState, field), "teammates are found", "US1") for field in ("search_text", "name_key")),
    (a_text_that_does_not_hold, "searches read what holds now", "PN2"),
    (a_teammate_who_is_not_searched, "searches read what holds now", "PN2"),
    (a_number_that_is_not_searched, "searches read what holds now", "PN2"),
    (a_number_that_is_gone_and_searched, "searches read what holds now", "PN5"),
]
# Corruptions that the database's own constraints prevent.
PREVENTED_CORRUPTIONS: list[tuple[str, Corruption]] = [
    ("one_open_state_per_number", (two_open_states, "one open state per number", "PN1")),
    ("one_open_state_per_teammate", (two_open_descriptions, "one open state per teammate", "US1")),
    (
        "one_open_assignment_per_number_and_teammate",
        (two_open_assignments, "one open state per assignment", "US1 on PN2"),
    ),
    ("number_state_ends_after_it_began", (a_state_that_ends_as_it_begins, "ends after it began: number", "PN1")),
    (
        "teammate_state_ends_after_it_began",
        (a_description_that_ends_as_it_begins, "ends after it began: teammate", "US1"),
    ),
    (
        "assignment_ends_after_it_began",
        (an_assignment_that_ends_as_it_begins, "ends after it began: assignment", "US1 on PN3"),
    ),
    ("a_sync_that_ended_has_an_end", (a_failure_without_an_end, "syncs that ended are complete", "sync")),
]
