"""A history made by syncs has no breaches. Each harm causes exactly the breach it should."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from numbers.models import Assignment, NumberState, PhoneNumber, Sync, Teammate, TeammateState
from numbers.operations.invariants import INVARIANTS, Breach, breaches
from numbers.quo.payloads import parse_list
from tests.support.conversation import Conversation, converse
from tests.support.corruptions import (
    CORRUPTIONS,
    PREVENTED_CORRUPTIONS,
    Corruption,
    at,
    number_states,
    update_row,
    update_sync,
    without_constraint,
    write_raw,
)
from tests.support.database_damage import INVARIANTS_IN_TABLE
from tests.support.databases import only_sqlite
from tests.support.records import FakeClient, Syncer, ids, number, numbers, teammate

# What follows from other harm: these compare it with what stays as it was.
CONSEQUENCES = {
    "searches read what holds now",
    "syncs counted what they wrote",
    "numbers are as Quo answered",
    "choices are known",
    "schema",
}


def assert_only(found: list[Breach], invariant: str, which: str) -> None:
    """Assert breaches of one invariant, ignoring those that follow from the harm."""
    found = [breach for breach in found if breach.invariant not in CONSEQUENCES - {invariant}]
    assert {breach.invariant for breach in found} == {invariant}, found
    assert found[0].which.startswith(which)
    assert found[0].what.endswith(".")


def broken(spoil: Callable[[], None], constraint: str | None = None) -> list[Breach]:
    """Return the breaches that `spoil` causes, and roll it back."""
    with transaction.atomic():
        if constraint is None:
            spoil()
            found = list(breaches())
        else:
            with without_constraint(constraint):
                spoil()
                found = list(breaches())
        transaction.set_rollback(True)
    return found


def test_a_correct_history_has_no_breaches(history: None) -> None:
    assert list(breaches()) == []


@pytest.mark.parametrize(
    ("spoil", "invariant", "which"), CORRUPTIONS, ids=[spoil.__name__ for spoil, *_ in CORRUPTIONS]
)
def test_each_harm_is_found_and_nothing_else(
    history: None, spoil: Callable[[], None], invariant: str, which: str
) -> None:
    assert_only(broken(spoil), invariant, which)


@pytest.mark.parametrize(("constraint", "harm"), PREVENTED_CORRUPTIONS, ids=[name for name, _ in PREVENTED_CORRUPTIONS])
def test_each_harm_that_constraints_forbid_is_found_and_nothing_else(
    history: None, constraint: str, harm: Corruption
) -> None:
    spoil, invariant, which = harm
    assert_only(broken(spoil, constraint), invariant, which)


@only_sqlite
def test_damage_that_sqlite_finds_is_a_breach(history: None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        cursor.execute("UPDATE numbers_sync SET notices = 'no JSON' WHERE id = (SELECT max(id) FROM numbers_sync)")
        cursor.execute("PRAGMA ignore_check_constraints = OFF")
        found = list(breaches())
        transaction.set_rollback(True)
    assert [breach.invariant for breach in found] == ["file", "values can be read"]


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
def test_an_unreadable_value_in_a_column_is_a_breach(
    history: None, model: Any, column: str, value: str | bytes | int
) -> None:
    found = broken(lambda: write_raw(model, column, value))
    found = [breach for breach in found if breach.invariant != "file"]  # newer versions of SQLite find some of these
    assert_only(found, "values can be read", f"row {model.objects.latest('pk').pk} of {model._meta.db_table}")
    assert found[0].what.startswith(f"its {column} is no ")


@only_sqlite
def test_an_unreadable_value_in_an_accounts_table_is_a_breach(history: None) -> None:
    user = User.objects.create_user("ann@example.com")
    found = broken(lambda: write_raw(User, "date_joined", "garbage"))
    assert_only(found, "values can be read", f"row {user.pk} of accounts_user")


@pytest.mark.parametrize("kept", ["", "{}", '{"id": 1}', "[]"])
def test_a_missing_answer_or_one_without_a_readable_id_is_not_a_breach(history: None, kept: str) -> None:
    NumberState.objects.update(answer=kept)
    assert list(breaches()) == []


def test_an_answer_that_gives_nothing_but_the_id_is_a_breach_of_a_state_with_more(history: None) -> None:
    found = broken(lambda: update_row(number_states("PN1"), 0, answer='{"id": "PN1"}'))
    assert_only(found, "numbers are as Quo answered", "PN1")
    assert "another group_id and " in found[0].what


def test_odd_answers_cause_no_breaches(syncer: Syncer) -> None:
    usual = json.loads(number("PN1", teammate("US1")).answer)
    odd: list[dict[str, Any]] = [
        {"name": "Front\x00desk 🏡", "symbol": "\x00", "forward": ""},
        {"restrictions": {"calling": {}, "messaging": {"US": None, "CA": [1, "\x00"], "Intl": "\x00"}}},
        {"users": usual["users"] * 2, "something new": {"deep": [0.5]}},
        {"users": None, "name": 5, "number": "x" * 5_000, "createdAt": {"\x00": "\x00"}},
        {"users": [{"id": None}, {"id": "US1"}, {"id": "US2", "role": "manager\x00", "email": ["a"]}]},
        {"restrictions": "none", "groupId": None, "symbol": True},
        dict.fromkeys(usual.keys() - {"id"}),
        {"restrictions": {"calling": None, "messaging": {"US": "x" * 5_000}}},
    ]
    records = [{**usual, "id": f"PN{place}", **each} for place, each in enumerate(odd)]
    for ascii_only in (True, False):
        answer = parse_list(json.dumps({"data": records}, ensure_ascii=ascii_only).encode())
        assert len(answer.records) == len(odd)
        syncer.sync(FakeClient(answer))
        assert list(breaches()) == []


def test_every_column_of_a_state_is_compared_with_its_answer(history: None) -> None:
    """Except the columns that are not from Quo and those derived from others."""
    apart = {"id", "phone_number", "since", "until", "answer"}
    derived = {"search_text", "name_key", "kind", "country", "forward_number", "telephone"}
    facts = {field.name for field in NumberState._meta.local_concrete_fields} - apart - derived
    with transaction.atomic():
        update_row(number_states("PN5"), 0, **dict.fromkeys(facts, "else") | {"unidentified": 5})
        (what,) = (breach.what for breach in breaches() if breach.invariant == "numbers are as Quo answered")
        transaction.set_rollback(True)
    assert {fact for fact in facts if fact not in what.removesuffix(".").split()} == set()


def test_every_invariant_has_a_test_that_breaks_it() -> None:
    tested = {invariant for _, invariant, _ in [*CORRUPTIONS, *(harm for _, harm in PREVENTED_CORRUPTIONS)]}
    apart = {"file", "values can be read"}  # tested separately, on SQLite only
    assert tested | apart | INVARIANTS_IN_TABLE == {invariant.name for invariant in INVARIANTS}


def test_a_gap_is_a_breach_only_without_a_removal(history: None) -> None:
    ended, began = number_states("PN3")[0].until, number_states("PN3")[1].since
    assert (ended, began) == (at(4), at(5))
    assert_only(broken(lambda: update_sync(3, gone=0)), "no gap per number", "PN3")


class Verified(Conversation):
    def teardown(self) -> None:
        super().teardown()
        assert list(breaches()) == []


@pytest.mark.django_db
def test_a_random_history_has_no_breaches() -> None:
    converse(Verified, times=30, steps=20)


def test_the_number_of_queries_does_not_grow_with_the_numbers(syncer: Syncer) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert list(breaches()) == []
        return len(queries)

    syncer.sync_all(*numbers(*ids(3)))
    few = asked()
    syncer.sync_all(*numbers(*ids(60)))
    assert asked() == few
