"""Random syncs with Quo, and a naive model of what must be stored."""

import json
from collections.abc import Sequence
from copy import deepcopy
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from numbers.models import Assignment, NumberState, PhoneNumber, Sync, Teammate, TeammateState
from numbers.quo.errors import QuoError, Unauthorized, Unavailable
from numbers.quo.payloads import parse_list
from numbers.quo.records import NumberRecord, Regions, UserRecord
from tests.support.memory_state import TEAMMATE_COLUMNS, State, assert_consistent, memory_row_counts, state_at
from tests.support.outages import database_fails_at
from tests.support.records import FakeClient, Syncer, answer, number, of_number, of_teammate, teammate

NUMBER_IDS = [f"PN{place}" for place in range(9)]
USER_IDS = ["US0", "US1", "US2"]


CHANGES: list[dict[str, Any]] = [
    {"name": "Front desk"},
    {"name": "Back office"},
    {"symbol": None},
    {"symbol": "🏡"},
    {"calling": Regions("restricted", None, "pending")},
    {"calling": Regions("unrestricted", "unrestricted", "restricted")},
]


PENDING = ["calling.Intl", "value", "pending", ""]  # the oddity of the fifth change
NEW_ROLE = {"id": "US0", "email": None, "role": "manager"}
NOT_GIVEN = {"email": "", "first_name": None, "role": ""}
# Fields that violate Quo's description, how many users they leave unidentified, and their oddities.
ODD: list[tuple[dict[str, Any], int | None, list[list[str]]]] = [
    ({}, 0, []),
    ({"number": "555-0123"}, 0, [["number", "value", "555-0123", ""]]),
    ({"number": None}, 0, [["number", "value", "", ""]]),
    ({"name": 5, "groupId": None}, 0, [["name", "form", "5", ""]]),
    ({"users": None}, None, [["users", "missing", "", ""]]),
    ({"users": [{"id": "US1"}, {"id": None}, 5]}, 2, [["users", "unidentified", "2", ""]]),
    ({"users": [NEW_ROLE]}, 0, [["role", "value", "manager", "US0"]]),
]


number_ids = st.sampled_from(NUMBER_IDS)
user_ids = st.sampled_from(USER_IDS)
teams = st.sets(user_ids)
some_numbers = st.sets(number_ids, max_size=7)


class Model:
    """The naive model: the current state, and a copy of it after each answer."""

    def __init__(self) -> None:
        self.state: State = {"numbers": {}, "teammates": {}, "assignments": {}}
        self.history: list[tuple[datetime, State]] = []
        self.complete: list[tuple[datetime, set[str] | None, bool]] = []
        self.last: dict[str, Any] = {}  # the last record of each current number
        self.confirmed: dict[str, datetime] = {}
        self.unconfirmed: dict[str, datetime] = {}
        self.gone: dict[str, datetime] = {}
        self.started = {"numbers": 0, "teammates": 0, "assignments": 0}
        self.new = self.changed = 0

    def store(self, records: Sequence[NumberRecord], at: datetime, *, proves_presence: bool) -> None:
        """Store records. If `proves_presence` is False, unchanged records do not count as a confirmation."""
        self.new = self.changed = 0
        for record in records:
            pn = record.id
            news = _without_order(record) != self.last.get(pn)
            if pn not in self.confirmed:
                self.new += 1
            elif news:
                self.changed += 1
            if news or pn in self.unconfirmed or proves_presence:
                self.confirmed[pn] = at
            self.last[pn] = _without_order(record)
            self.gone.pop(pn, None)
            self.unconfirmed.pop(pn, None)
            calling, messaging = record.calling, record.messaging
            fields = (
                *(record.group_id, record.port_request_id, record.formatted_number, record.forward, record.name),
                *(record.number, record.porting_status, record.symbol, record.created_at, record.updated_at),
                *(calling.US, calling.CA, calling.Intl, messaging.US, messaging.CA, messaging.Intl),
                *(record.unidentified, record.oddities),
            )
            self._set("numbers", pn, fields)
            for key in [key for key in self.state["assignments"] if key[0] == pn]:
                if key[1] not in {user.id for user in record.users}:
                    del self.state["assignments"][key]
            for user in record.users:
                self._set("assignments", (pn, user.id), (user.role, user.group_id))
        for user_id in {user.id for record in records for user in record.users}:
            descriptions = [user for record in records for user in record.users if user.id == user_id]
            self._set("teammates", user_id, tuple(_last_given(descriptions, name) for name in TEAMMATE_COLUMNS))
        self.history.append((at, deepcopy(self.state)))

    def _set(self, kind: str, key: Any, what: tuple[Any, ...]) -> None:
        if self.state[kind].get(key) != what:
            self.state[kind][key] = what
            self.started[kind] += 1

    def conclude(self, seen: set[str], at: datetime, *, unreadable: bool, accept: bool) -> tuple[int, int]:
        """Remove or hold the numbers that a complete answer lacks; return the counts (gone, held)."""
        before = set(self.history[-2][1]["numbers"]) if len(self.history) > 1 else set()
        missing = before - seen
        implausible = 2 * len(missing) > len(before) and (len(missing) >= 5 or not seen)
        doubtful = unreadable or (implausible and not self._same_for_an_hour(seen, at))
        held = bool(missing) and doubtful and not accept
        self.complete.append((at, None if unreadable else seen, held))
        for pn in missing if not held else ():
            del self.state["numbers"][pn], self.last[pn]
            for key in [key for key in self.state["assignments"] if key[0] == pn]:
                del self.state["assignments"][key]
            self.gone[pn] = at
            self.unconfirmed.setdefault(pn, self.confirmed[pn])
        for pn in missing if held else ():
            self.unconfirmed.setdefault(pn, self.confirmed[pn])
        self.history[-1] = (at, deepcopy(self.state))
        return (0, len(missing)) if held else (len(missing), 0)

    def _same_for_an_hour(self, listed: set[str], at: datetime) -> bool:
        for when, ids, was_held in reversed(self.complete):
            if not was_held or ids != listed:
                return False
            if (at - when).total_seconds() >= 3600:
                return True
        return False


def _without_order(record: NumberRecord) -> Any:
    facts = {name: getattr(record, name) for name in record.__struct_fields__ if name != "raw_json"}
    return {**facts, "users": frozenset(record.users)}


def _last_given(descriptions: Sequence[UserRecord], name: str) -> str | None:
    """Return the last value that is given, or the first that is not."""
    values: list[str | None] = [getattr(user, name) for user in descriptions]
    return next(filter(None, reversed(values)), values[0])


class Conversation(RuleBasedStateMachine):
    """Changes Quo's workspace and syncs it; Quo or the database may fail."""

    def __init__(self) -> None:
        super().__init__()
        for model in (Assignment, NumberState, TeammateState, PhoneNumber, Teammate, Sync):
            model.objects.all().delete()
        self.syncer = Syncer()
        self.model = Model()
        self.quo: dict[str, dict[str, Any]] = {}
        self.teams: dict[str, set[str]] = {}
        self.descriptions: dict[str, dict[str, Any]] = {user: {} for user in USER_IDS}
        self.other_descriptions: dict[tuple[str, str], dict[str, Any]] = {}  # how one number alone describes a teammate
        self.odd = dict.fromkeys(NUMBER_IDS, ODD[0])
        self.broken: set[str] = set()  # without a readable id

    def record(self, pn: str) -> NumberRecord:
        users = [
            teammate(user, **self.descriptions[user] | self.other_descriptions.get((pn, user), {}))
            for user in self.teams[pn]
        ]
        odd, unidentified, oddities = self.odd[pn]
        said = json.loads(number(pn, *users, **self.quo[pn]).answer) | odd
        (record,) = parse_list(json.dumps({"data": [said]}).encode()).records
        if record.calling.Intl == "pending":
            oddities = [*oddities, PENDING]
        assert record.unidentified == unidentified
        assert json.loads(record.oddities or "[]") == oddities
        return record

    # Quo's workspace

    @initialize(pns=some_numbers, team=teams)
    def begin(self, pns: set[str], team: set[str]) -> None:
        self.quo = {pn: {} for pn in pns}
        self.teams = {pn: set(team) for pn in pns}

    @rule(pn=number_ids, team=teams)
    def add_or_staff(self, pn: str, team: set[str]) -> None:
        self.quo.setdefault(pn, {})
        self.teams[pn] = team

    @rule(pns=st.sets(number_ids, max_size=3))
    def remove(self, pns: set[str]) -> None:
        for pn in pns:
            self.quo.pop(pn, None)
            self.teams.pop(pn, None)
            self.broken.discard(pn)

    @precondition(lambda self: self.quo)
    @rule(data=st.data(), change=st.sampled_from(CHANGES))
    def edit(self, data: st.DataObject, change: dict[str, Any]) -> None:
        self.quo[data.draw(st.sampled_from(sorted(self.quo)))] |= change

    @rule(pn=number_ids, odd=st.sampled_from(ODD))
    def make_odd(self, pn: str, odd: tuple[dict[str, Any], int | None, list[list[str]]]) -> None:
        self.odd[pn] = odd

    @rule(user=user_ids, first_name=st.sampled_from(["Ada", "Bea", None]), role=st.sampled_from(["member", "owner"]))
    def describe(self, user: str, first_name: str | None, role: str) -> None:
        self.descriptions[user] = {"first_name": first_name, "role": role}

    @rule(pn=number_ids, user=user_ids, otherwise=st.sampled_from([{}, {"last_name": "King"}, NOT_GIVEN]))
    def describe_on_one_number(self, pn: str, user: str, otherwise: dict[str, Any]) -> None:
        self.other_descriptions[pn, user] = otherwise

    @precondition(lambda self: self.quo)
    @rule(data=st.data())
    def break_or_mend(self, data: st.DataObject) -> None:
        self.broken ^= {data.draw(st.sampled_from(sorted(self.quo)))}

    @rule(minutes=st.sampled_from([-600, -1, 60, 700]))
    def set_the_clock(self, minutes: int) -> None:
        self.syncer.clock.move(minutes=minutes)

    # Syncs

    @rule(
        kept=st.none() | some_numbers, unreadable=st.booleans(), accept=st.booleans(), place=st.sampled_from([1, 1, -1])
    )
    def sync_everything(self, kept: set[str] | None, unreadable: bool, accept: bool, place: int) -> None:
        listed = [pn for pn in self.quo if kept is None or pn in kept][::place]
        records = [self.record(pn) for pn in listed if pn not in self.broken]
        count = len(listed) - len(records) + (unreadable and kept is not None)
        accept = accept and kept is not None
        sync = self.syncer.sync_all(*records, unreadable=count, accept_removals=accept)
        at = _observed(sync)
        self.model.store(records, at, proves_presence=True)
        gone, held = self.model.conclude({record.id for record in records}, at, unreadable=count > 0, accept=accept)
        assert (sync.gone, sync.held, sync.set_aside_count) == (gone, held, count)
        self.agree(sync, len(records))

    @rule(counts=st.lists(st.integers(0, 2), min_size=2, max_size=3), minutes=st.sampled_from([30, 60]))
    def sync_answers_without_any_readable_record(self, counts: list[int], minutes: int) -> None:
        for unreadable in counts:
            self.syncer.clock.move(minutes=minutes)
            sync = self.syncer.sync_all(unreadable=unreadable)
            self.model.store([], _observed(sync), proves_presence=True)
            gone, held = self.model.conclude(set(), _observed(sync), unreadable=unreadable > 0, accept=False)
            assert (sync.gone, sync.held, sync.set_aside_count) == (gone, held, unreadable)
            self.agree(sync, 0)

    @precondition(lambda self: set(self.quo) - self.broken)
    @rule(data=st.data())
    def sync_one_number(self, data: st.DataObject) -> None:
        record = self.record(data.draw(st.sampled_from(sorted(set(self.quo) - self.broken))))
        sync = self.syncer.sync_number(record)
        self.model.store([record], _observed(sync), proves_presence=True)
        self.agree(sync, 1)

    @rule(user=user_ids, left_out=some_numbers)
    def sync_one_teammate(self, user: str, left_out: set[str]) -> None:
        theirs = [pn for pn in self.quo if user in self.teams[pn] and pn not in left_out]
        records = [self.record(pn) for pn in theirs if pn not in self.broken]
        single: dict[str, NumberRecord | QuoError] = {
            pn: self.record(pn) for pn in self.quo if pn not in self.broken
        } | {pn: Unavailable("broken") for pn in self.broken}
        remembered = Assignment.objects.filter(teammate__quo_id=user, until=None).order_by("pk")
        listed = {record.id for record in records}
        looked_up = [pn for pn in remembered.values_list("phone_number__quo_id", flat=True) if pn not in listed]
        told = answer(*records, unreadable=len(theirs) - len(records))
        sync = self.syncer.sync(FakeClient(of={user: told}, single=single), of_teammate(user))
        if not self.broken.isdisjoint(looked_up):
            assert sync.outcome == Sync.Outcome.FAILED
        else:
            records += [self.record(pn) for pn in looked_up if pn in self.quo]
            self.model.store(records, _observed(sync), proves_presence=False)
            self.agree(sync, len(records))

    # Failures

    @rule(
        error=st.sampled_from([Unauthorized("No.", status=401), Unavailable("timeout")]),
        question=st.sampled_from(["all", "US0", "PN0"]),
    )
    def fail_at_quo(self, error: QuoError, question: str) -> None:
        if question == "all":
            sync = self.syncer.sync(FakeClient(error))
        elif question == "US0":
            sync = self.syncer.sync(FakeClient(of={"US0": error}), of_teammate("US0"))
        else:
            sync = self.syncer.sync(FakeClient(single={"PN0": error}), of_number("PN0"))
        assert (sync.outcome, sync.error_kind) == ("failed", error.kind)

    @rule(
        table=st.sampled_from(["phonenumber", "numberstate", "assignment"]), when=st.sampled_from(["before", "after"])
    )
    def fail_at_the_database(self, table: str, when: str) -> None:
        stranger = number("PNstranger", teammate("USstranger"))
        records = [number(pn, teammate("US0"), name="Lost") for pn in self.quo]
        with database_fails_at(f'INSERT INTO "numbers_{table}"', when=when):
            sync = self.syncer.sync_all(*records, stranger)
        assert (sync.outcome, sync.error_kind) == ("failed", "memory")

    @rule()
    def stop_half_way(self) -> None:
        def stop() -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            self.syncer.sync(FakeClient(answer(), meanwhile=stop))

    # Comparison

    def agree(self, sync: Sync, seen: int) -> None:
        assert (sync.outcome, sync.seen) == ("succeeded", seen)
        assert (sync.new, sync.changed) == (self.model.new, self.model.changed)
        assert state_at() == self.model.state
        unconfirmed = PhoneNumber.objects.exclude(seen_until=None).values_list("quo_id", "seen_until")
        assert dict(unconfirmed) == self.model.unconfirmed
        gone = PhoneNumber.objects.exclude(gone_at=None).values_list("quo_id", "gone_at")
        assert dict(gone) == self.model.gone

    def teardown(self) -> None:
        for moment, state in self.model.history:
            assert state_at(moment) == state
        assert state_at() == self.model.state
        counts = memory_row_counts()
        assert {
            "numbers": counts["NumberState"],
            "teammates": counts["TeammateState"],
            "assignments": counts["Assignment"],
        } == self.model.started
        assert_consistent()


def _observed(sync: Sync) -> datetime:
    assert sync.observed_at is not None, sync.error_sentence
    return sync.observed_at


def converse(conversation: type["Conversation"], *, times: int, steps: int) -> None:
    """Run this many random sequences of this many steps, always the same ones."""
    run_state_machine_as_test(
        conversation,
        settings=settings(
            max_examples=times,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
