"""Random sequences of complete answers, told by the product and by a model that only compares one with the next."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from numbers.history.changes import changes
from numbers.memory.version import memory_version
from numbers.quo.payloads import NumberRecord, Regions
from tests.support.caches import forget
from tests.support.records import NINE, Office, number, teammate

NUMBER_IDS = ["PN1", "PN2", "PN3"]
USER_IDS = ["US1", "US2", "US3"]
FACTS = {"unrestricted": "allowed", "restricted": "restricted", None: "not reported"}

Said = dict[str, Any]  # of one number: what it is called, whether it may call the United States, who is on it
Told = tuple[str, str, datetime | None, datetime]

numbers_said = st.dictionaries(
    st.sampled_from(NUMBER_IDS),
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["Sales", "Leasing"]),
            "calls": st.sampled_from(list(FACTS)),
            "people": st.sets(st.sampled_from(USER_IDS)),
        }
    ),
)
roles = st.fixed_dictionaries({user_id: st.sampled_from(["member", "admin"]) for user_id in USER_IDS})
conversations = st.lists(st.tuples(numbers_said, roles), min_size=1, max_size=6)


class Model:
    """Hears of every number, and of those who are on one; keeps what it told."""

    def __init__(self) -> None:
        self.before: dict[str, Said] = {}
        self.seen: set[str] = set()
        self.role: dict[str, str] = {}
        self.met: dict[str, datetime] = {}
        self.last: datetime | None = None
        self.told: set[Told] = set()

    def hear(self, said: dict[str, Said], role: dict[str, str], at: datetime) -> None:
        for pn in NUMBER_IDS:
            sentence = self._of_number(pn, self.before.get(pn), said.get(pn))
            if sentence and self.last:
                self.told.add((pn, sentence, self.last, at))
        for us in sorted({us for number_said in said.values() for us in number_said["people"]}):
            if self.role.get(us, role[us]) != role[us]:
                self.told.add((us, f"{us}: the role went from {self.role[us]} to {role[us]}", self.met[us], at))
            self.role[us], self.met[us] = role[us], at
        self.before, self.last = said, at
        self.seen |= set(said)

    def _of_number(self, pn: str, before: Said | None, after: Said | None) -> str:
        if after is None:
            return f"{before['name']} is gone: Quo no longer has it" if before else ""
        if before is None:
            arrival = "back" if pn in self.seen else "new"
            return f"{after['name']} is {arrival}, with {_listed(after['people']) or 'nobody'} on it"
        clauses = []
        if before["calls"] != after["calls"]:
            facts = f"{FACTS[before['calls']]} to {FACTS[after['calls']]}"
            clauses.append(f"calling, United States went from {facts}")
        if before["name"] != after["name"]:
            clauses.append(f"the name went from “{before['name']}” to “{after['name']}”")
        start = f"{after['name']}: " if clauses else ""
        for people, act in (
            (after["people"] - before["people"], "put on"),
            (before["people"] - after["people"], "taken off"),
        ):
            if people:
                verb = "was" if len(people) == 1 else "were"
                clauses.append(f"{_listed(people)} {verb} {act} {'it' if clauses else after['name']}")
        return start + "; ".join(clauses)


def _listed(people: Iterable[str]) -> str:
    *rest, last = sorted(people) or [""]
    return f"{', '.join(rest)} and {last}" if rest else last


def record(pn: str, said: Said, role: dict[str, str]) -> NumberRecord:
    users = [teammate(us, first_name=us, last_name=None, role=role[us]) for us in said["people"]]
    return number(pn, *users, name=said["name"], calling=Regions(said["calls"], None, None))


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(conversations)
def test_what_is_told_is_what_differs_between_one_answer_and_the_next(
    conversation: list[tuple[dict[str, Said], dict[str, str]]],
) -> None:
    before = transaction.savepoint()
    office, model = Office(), Model()
    for said, role in conversation:
        sync = office.hears(*(record(pn, said[pn], role) for pn in sorted(said)), accept_removals=True)
        assert sync.observed_at is not None, sync.error_sentence
        model.hear(said, role, sync.observed_at)

    forget()
    found = changes(since=NINE, limit=100, version=memory_version())

    told = [(change.subject, change.sentence, change.earliest, change.latest) for change in found.found]
    assert set(told) == model.told
    assert found.total == len(told) == len(model.told)
    assert [when for *_, when in told] == sorted((when for *_, when in told), reverse=True)
    transaction.savepoint_rollback(before)
