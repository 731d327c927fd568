"""Property test: changes equal those of a model that compares each complete answer with the next."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from numbers.history.changes import changes
from numbers.memory.version import memory_version
from numbers.quo.records import NumberRecord, Regions
from tests.support.caches import clear_caches
from tests.support.records import NINE, Syncer, number, teammate

NUMBER_IDS = ["PN1", "PN2", "PN3"]
USER_IDS = ["US1", "US2", "US3"]
FACTS = {"unrestricted": "allowed", "restricted": "restricted", None: "not reported"}

Described = dict[str, Any]  # a number's name, its fact for calling the United States and its teammates
ChangeTuple = tuple[str, str, datetime | None, datetime]

workspaces = st.dictionaries(
    st.sampled_from(NUMBER_IDS),
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["Sales", "Leasing"]),
            "calls": st.sampled_from(list(FACTS)),
            "teammates": st.sets(st.sampled_from(USER_IDS)),
        }
    ),
)
roles = st.fixed_dictionaries({user_id: st.sampled_from(["member", "admin"]) for user_id in USER_IDS})
conversations = st.lists(st.tuples(workspaces, roles), min_size=1, max_size=6)


class Model:
    """Takes complete answers, and lists the changes between them."""

    def __init__(self) -> None:
        self.before: dict[str, Described] = {}
        self.seen: set[str] = set()
        self.role: dict[str, str] = {}
        self.met: dict[str, datetime] = {}
        self.last: datetime | None = None
        self.changes: set[ChangeTuple] = set()

    def hear(self, answer: dict[str, Described], role: dict[str, str], at: datetime) -> None:
        for pn in NUMBER_IDS:
            sentence = self._sentence(pn, self.before.get(pn), answer.get(pn))
            if sentence and self.last:
                self.changes.add((pn, sentence, self.last, at))
        for us in sorted({us for described in answer.values() for us in described["teammates"]}):
            if self.role.get(us, role[us]) != role[us]:
                self.changes.add((us, f"{us}: the role went from {self.role[us]} to {role[us]}", self.met[us], at))
            self.role[us], self.met[us] = role[us], at
        self.before, self.last = answer, at
        self.seen |= set(answer)

    def _sentence(self, pn: str, before: Described | None, after: Described | None) -> str:
        if after is None:
            return f"{before['name']} is gone: Quo no longer has it" if before else ""
        if before is None:
            arrival = "back" if pn in self.seen else "new"
            return f"{after['name']} is {arrival}, with {_listed(after['teammates']) or 'nobody'} on it"
        clauses = []
        if before["calls"] != after["calls"]:
            facts = f"{FACTS[before['calls']]} to {FACTS[after['calls']]}"
            clauses.append(f"calling, United States went from {facts}")
        if before["name"] != after["name"]:
            clauses.append(f"the name went from “{before['name']}” to “{after['name']}”")
        start = f"{after['name']}: " if clauses else ""
        for teammates, act in (
            (after["teammates"] - before["teammates"], "put on"),
            (before["teammates"] - after["teammates"], "taken off"),
        ):
            if teammates:
                verb = "was" if len(teammates) == 1 else "were"
                clauses.append(f"{_listed(teammates)} {verb} {act} {'it' if clauses else after['name']}")
        return start + "; ".join(clauses)


def _listed(names: Iterable[str]) -> str:
    *rest, last = sorted(names) or [""]
    return f"{', '.join(rest)} and {last}" if rest else last


def record(pn: str, described: Described, role: dict[str, str]) -> NumberRecord:
    users = [teammate(us, first_name=us, last_name=None, role=role[us]) for us in described["teammates"]]
    return number(pn, *users, name=described["name"], calling=Regions(described["calls"], None, None))


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(conversations)
def test_the_changes_are_the_differences_between_one_answer_and_the_next(
    conversation: list[tuple[dict[str, Described], dict[str, str]]],
) -> None:
    before = transaction.savepoint()
    syncer, model = Syncer(), Model()
    for answer, role in conversation:
        sync = syncer.sync_all(*(record(pn, answer[pn], role) for pn in sorted(answer)), accept_removals=True)
        assert sync.observed_at is not None, sync.error_sentence
        model.hear(answer, role, sync.observed_at)

    clear_caches()
    found = changes(since=NINE, limit=100, version=memory_version())

    actual = [(change.subject, change.sentence, change.earliest, change.latest) for change in found.found]
    assert set(actual) == model.changes
    assert found.total == len(actual) == len(model.changes)
    assert [when for *_, when in actual] == sorted((when for *_, when in actual), reverse=True)
    transaction.savepoint_rollback(before)
