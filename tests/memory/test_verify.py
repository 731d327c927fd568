"""Of every history that syncs make, `verify` finds nothing; and of whatever else breaks an invariant, exactly that."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from accounts.models import User
from numbers import invariants
from numbers.invariants import INVARIANTS, Finding, findings
from numbers.models import Assignment, NumberState, PhoneNumber, Sync, Teammate, TeammateState
from numbers.quo.payloads import parse_list
from quo_admin import env
from tests.memory.factories import NINE, Office, Source, ids, number, numbers, teammate
from tests.memory.sites import PATIENCE, Site, damage, only_sqlite, remember_a_history
from tests.memory.test_model_based import Conversation

SECOND = timedelta(seconds=1)


def at(minute: int) -> datetime:
    return NINE + timedelta(minutes=minute)


@pytest.fixture
def history(office: Office) -> None:
    """Six syncs, one a minute from 9:01. PN1 and its teammate change at 3; PN3 is gone from 4 to 5; PN4 comes at 2."""
    ada, bea = teammate("US1"), teammate("US2")
    first = (number("PN1"), number("PN2", ada), number("PN3", ada))
    office.hears(*first)
    office.hears(*first, number("PN4", ada))
    renamed = teammate("US1", first_name="Augusta")
    later = (number("PN1", name="New"), number("PN2", renamed), number("PN4"), number("PN5", bea))
    office.hears(*later, number("PN3", renamed))
    office.hears(*later)
    office.hears(*later, number("PN3", renamed))
    office.hears(*later, number("PN3", renamed))
    office.hears(*later[:-1], number("PN3", renamed))
    office.hears(*later[:-1], number("PN3", renamed))


@contextmanager
def unchecked(constraint: str = "") -> Iterator[None]:
    """Lift what the database itself prevents: a unique index by its name, and every check."""
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


def states(quo_id: str) -> Any:
    return NumberState.objects.filter(phone_number__quo_id=quo_id).order_by("since")


def people(quo_id: str) -> Any:
    return TeammateState.objects.filter(teammate__quo_id=quo_id).order_by("since")


def on(pn: str, us: str = "US1") -> Any:
    return Assignment.objects.filter(phone_number__quo_id=pn, teammate__quo_id=us).order_by("since")


def change(rows: Any, place: int, **values: Any) -> None:
    row = list(rows)[place]
    type(row)._base_manager.filter(pk=row.pk).update(**values)


def of(model: Any, which: str, **values: Any) -> None:
    model.objects.filter(quo_id=which).update(**values)


def sync(place: int, **values: Any) -> None:
    change(Sync.objects.order_by("pk"), place, **values)


def two_open_states() -> None:
    change(states("PN1"), 0, until=None)


def two_open_descriptions() -> None:
    change(people("US1"), 0, until=None)


def two_open_assignments() -> None:
    Assignment.objects.bulk_create([_copy(on("PN2")[0], since=at(3))])


def a_state_that_ends_as_it_begins() -> None:
    change(states("PN1"), 0, until=at(1))
    change(states("PN1"), 1, since=at(1))


def a_description_that_ends_as_it_begins() -> None:
    change(people("US1"), 0, until=at(1))
    change(people("US1"), 1, since=at(1))


def an_assignment_that_ends_as_it_begins() -> None:
    change(on("PN3"), 0, since=at(2), until=at(2))


def states_that_overlap() -> None:
    change(states("PN1"), 0, until=at(5))


def descriptions_that_overlap() -> None:
    change(people("US1"), 0, until=at(5))


def assignments_that_overlap() -> None:
    Assignment.objects.bulk_create([_copy(on("PN4")[0], since=at(2), until=at(3))])
    change(on("PN4"), 1, since=at(2))
    Assignment.objects.filter(pk=on("PN4")[0].pk).update(until=at(3))


def a_state_that_never_ended_and_a_later_one_that_did() -> None:
    change(states("PN1"), 1, until=at(6))
    change(states("PN1"), 0, until=None)


def a_state_from_nowhere() -> None:
    change(states("PN1"), 0, since=at(1) - SECOND)
    of(PhoneNumber, "PN1", first_seen=at(1) - SECOND)


def a_state_that_ended_by_itself() -> None:
    change(states("PN5"), 0, until=at(7) + SECOND)
    of(PhoneNumber, "PN5", gone_at=at(7) + SECOND)
    Assignment.objects.filter(phone_number__quo_id="PN5").delete()


def a_description_from_nowhere() -> None:
    change(people("US2"), 0, since=at(3) - SECOND)
    of(Teammate, "US2", first_seen=at(3) - SECOND)


def an_assignment_from_nowhere() -> None:
    change(on("PN2"), 0, since=at(1) + SECOND)


def a_gap() -> None:
    change(states("PN1"), 0, until=at(2))


def a_gap_in_a_description() -> None:
    change(people("US1"), 0, until=at(2))


def a_number_without_states() -> None:
    PhoneNumber.objects.create(quo_id="PN9", first_seen=at(1), recorded_at=at(1), fingerprint="f")


def a_number_that_ended_and_is_there() -> None:
    change(states("PN1"), 1, until=at(6))


def a_number_that_is_gone_and_goes_on() -> None:
    of(PhoneNumber, "PN1", gone_at=at(6), seen_until=at(5))


def a_number_that_was_seen_before_it_began() -> None:
    of(PhoneNumber, "PN1", first_seen=at(1) - SECOND)


def a_number_that_went_twice() -> None:
    of(PhoneNumber, "PN5", gone_at=at(8))


def a_number_confirmed_after_it_went() -> None:
    of(PhoneNumber, "PN5", seen_until=at(7))


def a_number_confirmed_before_its_last_state() -> None:
    of(PhoneNumber, "PN1", seen_until=at(2))


def a_number_last_heard_of_before_its_last_state() -> None:
    of(PhoneNumber, "PN1", recorded_at=at(2))


def a_number_gone_and_never_confirmed() -> None:
    of(PhoneNumber, "PN5", seen_until=None)


def a_teammate_without_states() -> None:
    Teammate.objects.create(quo_id="US9", first_seen=at(1))


def a_teammate_that_ended() -> None:
    change(people("US2"), 0, until=at(7))


def a_teammate_that_was_seen_before() -> None:
    of(Teammate, "US2", first_seen=at(2))


def an_assignment_before_its_number() -> None:
    change(on("PN4"), 0, since=at(1))


def an_assignment_through_a_gap() -> None:
    on("PN3").exclude(pk=on("PN3")[0].pk).delete()
    change(on("PN3"), 0, until=None)


def an_assignment_that_ended_in_a_gap() -> None:
    Assignment.objects.bulk_create([_copy(on("PN5", "US2")[0], since=at(6), until=at(8))])
    change(on("PN5", "US2"), 0, until=at(6))


def an_assignment_after_its_number() -> None:
    change(on("PN5", "US2"), 0, until=None)


def an_assignment_before_its_teammate() -> None:
    Assignment.objects.bulk_create(
        [_copy(on("PN5", "US2")[0], phone_number=states("PN1")[0].phone_number, since=at(2))]
    )


def a_sync_before_the_one_before() -> None:
    sync(-1, observed_at=at(6))


def a_success_that_observed_nothing() -> None:
    sync(-1, observed_at=None)


def a_success_with_an_error() -> None:
    sync(-1, error_kind="memory")


def a_failure_without_a_sentence() -> None:
    _add_sync(outcome="failed", ended_at=at(9), error_kind="memory")


def a_failure_without_an_end() -> None:
    _add_sync(outcome="failed", error_kind="memory", error_sentence="No.")


def a_sync_of_nobody() -> None:
    sync(-1, scope="teammate")


def a_sync_of_everything_with_a_subject() -> None:
    sync(-1, subject="PN1")


def a_change_that_was_not_written() -> None:
    sync(0, wrote=False)


def more_changes_than_numbers() -> None:
    sync(0, changed=9)


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


def raw(model: Any, column: str, value: str | bytes | int) -> None:
    """Write what Django would not, past the types of SQLite's columns, which are only advice."""
    row = model.objects.latest("pk").pk  # one that has not ended: the database compares the ends
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {model._meta.db_table} SET {column} = %s WHERE id = %s", [value, row])  # noqa: S608 - our own words


def a_restriction_that_was_not_answered() -> None:
    change(states("PN1"), 0, calling_us="restricted")


def a_fact_that_is_missing() -> None:
    change(states("PN4"), 0, formatted_number=None)


def an_answer_about_another_number() -> None:
    change(states("PN2"), 0, answer=number("PN22").answer)


def an_answer_that_is_damaged() -> None:
    change(states("PN2"), 0, answer=number("PN2").answer[:-1])


def wrong(model: Any, field: str) -> Callable[[], None]:
    def spoil() -> None:
        model.objects.filter(pk=model.objects.earliest("pk").pk).update(**{field: "xx"})

    spoil.__name__ = f"wrong_{field}_of_{model.__name__}"
    return spoil


Break = tuple[Callable[[], None], str, str]
BROKEN: list[Break] = [
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
    (a_row_whose_parent_is_gone, "no orphans", "row"),
    (a_restriction_that_was_not_answered, "numbers are as Quo answered", "PN1"),
    (a_fact_that_is_missing, "numbers are as Quo answered", "PN4"),
    (an_answer_about_another_number, "numbers are as Quo answered", "PN2"),
    (an_answer_that_is_damaged, "numbers are as Quo answered", "PN2"),
    *((wrong(NumberState, field), "numbers are found", "PN1") for field in ("search_text", "name_key")),
    *((wrong(NumberState, field), "numbers are found", "PN1") for field in ("kind", "country", "forward_number")),
    *((wrong(TeammateState, field), "teammates are found", "US1") for field in ("search_text", "name_key")),
]
# What the database itself prevents, as long as it works.
PREVENTED: list[tuple[str, Break]] = [
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


def assert_only(found: list[Finding], invariant: str, which: str) -> None:
    assert [finding.invariant for finding in found] == [invariant], found
    assert found[0].which.startswith(which)
    assert found[0].what.endswith(".")


def broken(spoil: Callable[[], None], constraint: str | None = None) -> list[Finding]:
    """Return what is found; nothing of the harm stays."""
    with transaction.atomic():
        if constraint is None:
            spoil()
            found = list(findings())
        else:
            with unchecked(constraint):
                spoil()
                found = list(findings())
        transaction.set_rollback(True)
    return found


def test_of_a_whole_history_nothing_is_found(history: None) -> None:
    assert list(findings()) == []


@pytest.mark.parametrize(("spoil", "invariant", "which"), BROKEN, ids=[spoil.__name__ for spoil, *_ in BROKEN])
def test_what_is_broken_is_found_and_nothing_else(
    history: None, spoil: Callable[[], None], invariant: str, which: str
) -> None:
    assert_only(broken(spoil), invariant, which)


@pytest.mark.parametrize(("constraint", "harm"), PREVENTED, ids=[name for name, _ in PREVENTED])
def test_what_only_a_failing_database_lets_through_is_found_and_nothing_else(
    history: None, constraint: str, harm: Break
) -> None:
    spoil, invariant, which = harm
    assert_only(broken(spoil, constraint), invariant, which)


@only_sqlite
def test_what_sqlite_finds_in_its_own_file_is_a_finding(history: None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        cursor.execute("UPDATE numbers_sync SET notices = 'no JSON' WHERE id = (SELECT max(id) FROM numbers_sync)")
        cursor.execute("PRAGMA ignore_check_constraints = OFF")
        found = list(findings())
        transaction.set_rollback(True)
    assert_only(found, "file", "the database file")


@only_sqlite
@pytest.mark.parametrize(
    ("model", "column", "value"),
    [
        *((NumberState, "since", value) for value in ("garbage", "2026-02-30 09:00:00", 4711, b"\xff", "")),
        *((model, "first_seen", "garbage") for model in (PhoneNumber, Teammate)),
        (Assignment, "until", "garbage"),
        (Sync, "observed_at", "garbage"),
        (NumberState, "answer", b"\xff"),
        (TeammateState, "email", b"\xff"),
    ],
)
def test_what_sqlite_lets_into_a_column_and_nobody_can_read_is_a_finding(
    history: None, model: Any, column: str, value: str | bytes | int
) -> None:
    found = broken(lambda: raw(model, column, value))
    found = [finding for finding in found if finding.invariant != "file"]  # newer versions of SQLite see some of it
    assert_only(found, "times and texts can be read", f"row {model.objects.latest('pk').pk} of {model._meta.db_table}")
    assert found[0].what.startswith(f"its {column} is no ")


@only_sqlite
def test_what_nobody_can_read_of_people_is_a_finding(history: None) -> None:
    user = User.objects.create_user("ann@example.com")
    found = broken(lambda: raw(User, "date_joined", "garbage"))
    assert_only(found, "times and texts can be read", f"row {user.pk} of accounts_user")


@pytest.mark.parametrize("kept", ["", "{}", '{"id": "PN1"}'])
def test_an_answer_that_is_not_kept_or_was_described_otherwise_is_no_alarm(history: None, kept: str) -> None:
    NumberState.objects.update(answer=kept)
    assert list(findings()) == []


def test_however_oddly_quo_answers_nothing_is_found(office: Office) -> None:
    usual = json.loads(number("PN1", teammate("US1")).answer)
    odd: list[dict[str, Any]] = [
        {"name": "Front\x00desk 🏡", "symbol": "\x00", "forward": ""},
        {"restrictions": {"calling": {}, "messaging": {"US": None, "CA": [1, "\x00"], "Intl": "\x00"}}},
        {"users": usual["users"] * 2, "something new": {"deep": [0.5]}},
    ]
    records = [{**usual, "id": f"PN{place}", **each} for place, each in enumerate(odd)]
    for ascii_only in (True, False):
        said = parse_list(json.dumps({"data": records}, ensure_ascii=ascii_only).encode())
        assert len(said.records) == len(odd)
        office.sync(Source(said))
        assert list(findings()) == []


def test_every_fact_of_a_state_is_held_against_its_answer(history: None) -> None:
    """All but what Quo does not say of a number, and what follows from it."""
    apart = {"id", "phone_number", "since", "until", "answer"}
    derived = {"search_text", "name_key", "kind", "country", "forward_number"}
    facts = {field.name for field in NumberState._meta.local_concrete_fields} - apart - derived
    with transaction.atomic():
        change(states("PN5"), 0, **dict.fromkeys(facts, "else"))
        (what,) = (finding.what for finding in findings() if finding.invariant == "numbers are as Quo answered")
        transaction.set_rollback(True)
    assert {fact for fact in facts if fact not in what.removesuffix(".").split()} == set()


def test_every_invariant_is_broken_by_a_test() -> None:
    tested = {invariant for _, invariant, _ in [*BROKEN, *(harm for _, harm in PREVENTED)]}
    assert tested | {"file", "times and texts can be read"} == {invariant.name for invariant in INVARIANTS}


def test_a_gap_is_one_only_where_no_removal_explains_it(history: None) -> None:
    ended, began = states("PN3")[0].until, states("PN3")[1].since
    assert (ended, began) == (at(4), at(5))
    assert_only(broken(lambda: sync(3, gone=0)), "no gap per number", "PN3")


class Verified(Conversation):
    def teardown(self) -> None:
        super().teardown()
        assert list(findings()) == []


@pytest.mark.django_db
def test_of_any_history_nothing_is_found() -> None:
    run_state_machine_as_test(
        Verified,
        settings=settings(
            max_examples=30,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_number_of_questions_does_not_grow_with_the_numbers(office: Office) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert list(findings()) == []
        return len(queries)

    office.hears(*numbers(*ids(3)))
    few = asked()
    office.hears(*numbers(*ids(60)))
    assert asked() == few


# The command


def test_a_line_says_that_everything_holds(history: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify")
    assert capsys.readouterr().out == (
        f"Everything holds: 5 numbers, 7 states, 2 teammates, 5 assignments, 8 syncs; {len(INVARIANTS)} invariants.\n"
    )


def test_each_finding_is_a_line_that_steers_no_terminal(history: None, capsys: pytest.CaptureFixture[str]) -> None:
    NumberState.objects.update(answer="")
    of(PhoneNumber, "PN1", first_seen=at(0), quo_id="PN1\033[2J\nEverything holds")
    of(Teammate, "US2", first_seen=at(2))
    with pytest.raises(SystemExit) as ended:
        call_command("verify")
    assert ended.value.code == 1
    assert capsys.readouterr().out.splitlines() == [
        "number begins when first seen: PN1\ufffd[2J\ufffdEverything holds (2026-03-02 09:00:00.000000 UTC): "
        "the number was first seen at another time than its first state began.",
        "teammate begins when first seen: US2 (2026-03-02 09:02:00.000000 UTC): "
        "the teammate was first seen at another time than the first state began.",
    ]


def test_a_machine_is_told_in_json(history: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify", "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["holds"], told["findings"], told["checked"]["numbers"]) == (True, [], 5)

    of(Teammate, "US2", first_seen=at(2))
    with pytest.raises(SystemExit):
        call_command("verify", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["holds"] is False
    (finding,) = told["findings"]
    assert (finding["which"], finding["when"]) == ("US2", at(2).astimezone(UTC).isoformat())


@pytest.mark.parametrize("finding", [Finding("one", "PN1", None, "It is."), Finding("one", "PN1", NINE, "It is.")])
def test_a_finding_reads_with_and_without_a_moment(finding: Finding) -> None:
    assert str(replace(finding, when=None)) == "one: PN1: It is."
    assert str(finding).endswith(": It is.")


@only_sqlite
def test_a_file_that_is_damaged_or_not_there_is_told_in_a_sentence(site: Site) -> None:
    assert site.file
    remember_a_history()
    connection.close()
    damage(site.file)
    with pytest.raises((CommandError, SystemExit)):
        call_command("verify")
    connection.close()
    site.file.unlink()
    with pytest.raises(CommandError, match="There is no database yet at"):
        call_command("verify")
    assert not site.file.exists()


@only_sqlite
def test_a_reader_that_has_read_enough_ends_it_quietly(site: Site) -> None:
    assert site.file
    remember_a_history()
    PhoneNumber.objects.update(first_seen=at(0))
    connection.close()
    piped = f'set -o pipefail; "{sys.executable}" manage.py verify | head -1'
    done = subprocess.run(
        ["bash", "-c", piped],
        env=site.variables(),
        cwd=env.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (1, "", 1)


def test_what_a_server_says_in_several_lines_is_told_in_one(history: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("connection refused\n\tIs the server\x1b[2J there?\n")

    monkeypatch.setattr("numbers.management.commands.verify.migrations_to_do", refuse)
    with pytest.raises(CommandError) as failure:
        call_command("verify")
    told = "The database cannot be read through. It says: connection refused Is the server\ufffd[2J there?"
    assert str(failure.value) == told


def test_an_old_schema_is_told_in_a_sentence(history: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.db.migrations.executor.MigrationExecutor.migration_plan", lambda *_: ["one"])
    with pytest.raises(CommandError, match=r"not up to date yet: run manage\.py migrate first"):
        call_command("verify")


def test_nothing_is_written(history: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        list(invariants.findings())
    assert not [query["sql"] for query in queries if not query["sql"].startswith(("SELECT", "PRAGMA", "DECLARE"))]
