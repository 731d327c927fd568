"""Compares an answer of Quo with what is remembered and records the difference: the writing half of a sync.

Runs inside the one transaction that `run.py` opens. Nothing else writes numbers, teammates and assignments.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

import msgspec
from django.db.models import DateTimeField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from numbers.database.bulk_insert import insert
from numbers.memory.search import texts as search_texts
from numbers.models import Assignment, NumberState, PhoneNumber, Sync, Teammate, TeammateState, shown_name
from numbers.quo.payloads import NumberRecord, UserRecord
from numbers.vocabulary.folding import fold, order_key, telephone_digits
from numbers.vocabulary.phones import number_facts

_CHUNK = 500

Progress = Callable[[int, int], None]

# The columns of NumberState that describe the number, and what a record calls them.
_NUMBER = {
    "group_id": "group_id",
    "port_request_id": "port_request_id",
    "formatted_number": "formatted_number",
    "forward": "forward",
    "name": "name",
    "number": "number",
    "porting_status": "porting_status",
    "symbol": "symbol",
    "created_at_text": "created_at",
    "updated_at_text": "updated_at",
    "calling_us": "calling.US",
    "calling_ca": "calling.CA",
    "calling_intl": "calling.Intl",
    "messaging_us": "messaging.US",
    "messaging_ca": "messaging.CA",
    "messaging_intl": "messaging.Intl",
}
NUMBER_COLUMNS = tuple(_NUMBER)
number_values: Callable[[NumberRecord], tuple[str | None, ...]] = attrgetter(*_NUMBER.values())
# The columns of TeammateState that describe the teammate, and what a record calls them.
_TEAMMATE = ("email", "first_name", "last_name", "role")
_teammate_values: Callable[[UserRecord], tuple[str | None, ...]] = attrgetter(*_TEAMMATE)
_user_id = attrgetter("id")


@dataclass
class Outcome:
    """How many numbers (`PN…`) an answer added and changed, and whether it wrote anything."""

    new: int = 0
    changed: int = 0
    wrote: bool = False


class Known(msgspec.Struct, frozen=True, gc=False):
    """What is remembered of a number's identity, without its states. There is one of each number: they are light."""

    pk: int
    fingerprint: str
    is_gone: bool
    is_confirmed: bool


def known_numbers(quo_ids: Sequence[str] | None = None) -> dict[str, Known]:
    """Return the remembered identities by Quo id: of every number, or of the ones named."""
    rows = PhoneNumber.objects.order_by()
    if quo_ids is not None and len(quo_ids) <= _CHUNK:
        rows = rows.filter(quo_id__in=quo_ids)
    columns = rows.values_list("quo_id", "pk", "fingerprint", "gone_at", "seen_until")
    return {
        quo_id: Known(pk, fingerprint, gone_at is not None, seen_until is None)
        for quo_id, pk, fingerprint, gone_at, seen_until in columns.iterator(chunk_size=10_000)
    }


def fingerprint(record: NumberRecord) -> str:
    """Return a digest of every described field, of the users in the order of UserRecord.

    The order in which Quo lists the users does not count.
    """
    described = (*number_values(record), *map(msgspec.structs.astuple, sorted(record.users, key=_user_id)))
    return hashlib.blake2b(msgspec.json.encode(described), digest_size=16).hexdigest()


def record_answer(
    records: Sequence[NumberRecord],
    teammates: "Teammates",
    known: dict[str, Known],
    observed_at: datetime,
    progress: Progress,
) -> Outcome:
    """Record what differs between `records` and the memory; an answer that says nothing new writes nothing."""
    outcome = Outcome()
    differing: list[NumberRecord] = []
    for record in records:
        before = known.get(record.id)
        if before is None:
            outcome.new += 1
        elif before.is_gone or before.fingerprint != fingerprint(record):
            outcome.changed += 1
        elif before.is_confirmed:
            continue
        differing.append(record)
    outcome.wrote = bool(differing or teammates.differing)
    teammates.record(observed_at)
    done = 0
    for chunk in _chunks(differing):
        _record_numbers(chunk, teammates.pks, observed_at)
        done += len(chunk)
        progress(done, len(differing))
    if outcome.wrote:
        search_texts.update(observed_at)
    return outcome


def record_gone(pks: Sequence[int], observed_at: datetime, last_complete: datetime | None) -> None:
    """Close the states and assignments of numbers that a complete answer no longer has."""
    for chunk in _chunks(pks):
        NumberState.objects.filter(phone_number__in=chunk, until=None).update(until=observed_at)
        Assignment.objects.filter(phone_number__in=chunk, until=None).update(until=observed_at)
        PhoneNumber.objects.filter(pk__in=chunk).update(gone_at=observed_at)
        search_texts.delete(chunk)
    record_unconfirmed(pks, last_complete)


def record_unconfirmed(pks: Sequence[int], last_complete: datetime | None) -> None:
    """Remember when numbers, until now confirmed by every complete answer, were confirmed last."""
    alone = Sync.objects.filter(
        scope=Sync.Scope.NUMBER, subject=OuterRef("quo_id"), outcome=Sync.Outcome.SUCCEEDED
    ).order_by("-observed_at")
    last_alone = Coalesce(Subquery(alone.values("observed_at")[:1]), "recorded_at")
    confirmed = [last_alone, Value(last_complete, DateTimeField())] if last_complete else [last_alone]
    for chunk in _chunks(pks):
        PhoneNumber.objects.filter(pk__in=chunk, seen_until=None).update(seen_until=Greatest("recorded_at", *confirmed))


def _record_numbers(chunk: Sequence[NumberRecord], teammates: dict[str, int], observed_at: datetime) -> None:
    insert(
        PhoneNumber,
        ("quo_id", "fingerprint"),
        [(record.id, fingerprint(record)) for record in chunk],
        same={"first_seen": observed_at, "recorded_at": observed_at, "gone_at": None, "seen_until": None},
        unique="quo_id",
        replaced=("fingerprint", "recorded_at", "gone_at", "seen_until"),
    )
    pks = _keys(PhoneNumber, [record.id for record in chunk])
    recorded = [(pks[record.id], record) for record in chunk]
    _record_states(recorded, observed_at)
    _record_assignments(recorded, teammates, observed_at)


def _record_states(numbers: Sequence[tuple[int, NumberRecord]], observed_at: datetime) -> None:
    present = NumberState.objects.filter(phone_number__in=[pk for pk, _ in numbers], until=None)
    open_states = {row[0]: row for row in present.values_list("phone_number_id", *NUMBER_COLUMNS)}
    differing = [(pk, record) for pk, record in numbers if open_states.get(pk) != (pk, *number_values(record))]
    ended = [pk for pk, _ in differing if pk in open_states]
    NumberState.objects.filter(phone_number__in=ended, until=None).update(until=observed_at)
    insert(
        NumberState,
        ("phone_number_id", "answer", "search_text", "name_key", "kind", "country", "forward_number", *NUMBER_COLUMNS),
        [
            (
                pk,
                record.answer,
                _number_search_text(record),
                order_key(record.name),
                *number_facts(record.number, record.forward).values(),
                *number_values(record),
            )
            for pk, record in differing
        ],
        same={"since": observed_at},
    )


def _record_assignments(
    numbers: Sequence[tuple[int, NumberRecord]], teammates: dict[str, int], observed_at: datetime
) -> None:
    wanted = {(pk, teammates[user.id]): (user.role, user.group_id) for pk, record in numbers for user in record.users}
    rows = Assignment.objects.filter(phone_number__in=[pk for pk, _ in numbers], until=None)
    present = {
        (number, teammate): (pk, (role, group))
        for pk, number, teammate, role, group in rows.values_list(
            "pk", "phone_number_id", "teammate_id", "role", "group_id"
        )
    }
    ended = [pk for key, (pk, what) in present.items() if wanted.get(key) != what]
    for batch in _chunks(ended):
        Assignment.objects.filter(pk__in=batch).update(until=observed_at)
    insert(
        Assignment,
        ("phone_number_id", "teammate_id", "role", "group_id"),
        [(*key, *what) for key, what in wanted.items() if present.get(key, (0, None))[1] != what],
        same={"since": observed_at},
    )


class Teammates:
    """The users of an answer, of each the last description, against what is remembered of them.

    Of all its users, and not only of those on numbers that differ: a teammate's state comes from any number.
    """

    def __init__(self, records: Sequence[NumberRecord]) -> None:
        users = {user.id: user for record in records for user in record.users}
        states = TeammateState.objects.filter(until=None)
        if len(users) <= _CHUNK:
            states = states.filter(teammate__quo_id__in=list(users))
        rows = list(states.values_list("teammate__quo_id", "teammate_id", *_TEAMMATE))
        self.pks = {quo_id: pk for quo_id, pk, *_ in rows}
        remembered = {quo_id: tuple(described) for quo_id, _, *described in rows}
        self.differing = [user for user in users.values() if remembered.get(user.id) != _teammate_values(user)]

    def record(self, observed_at: datetime) -> None:
        for chunk in _chunks(self.differing):
            self._record_chunk(chunk, observed_at)

    def _record_chunk(self, users: Sequence[UserRecord], observed_at: datetime) -> None:
        known = [self.pks[user.id] for user in users if user.id in self.pks]
        TeammateState.objects.filter(teammate__in=known, until=None).update(until=observed_at)
        new = [user.id for user in users if user.id not in self.pks]
        insert(Teammate, ("quo_id",), [(quo_id,) for quo_id in new], same={"first_seen": observed_at})
        self.pks |= _keys(Teammate, new)
        insert(
            TeammateState,
            ("teammate_id", "search_text", "name_key", *_TEAMMATE),
            [(self.pks[user.id], *_user_search(user), *_teammate_values(user)) for user in users],
            same={"since": observed_at},
        )


def _keys(model: type[PhoneNumber] | type[Teammate], quo_ids: Sequence[str]) -> dict[str, int]:
    """Return the primary keys by id in Quo."""
    return dict(model._default_manager.filter(quo_id__in=quo_ids).order_by().values_list("quo_id", "pk"))


def _user_search(user: UserRecord) -> tuple[str, str]:
    """What a teammate's state is found and sorted by."""
    name = shown_name(user.first_name, user.last_name, user.email)
    return fold(f"{name} {user.email}"), order_key(name)


def _number_search_text(record: NumberRecord) -> str:
    texts = (record.name, record.symbol or "", record.group_id, record.number, *telephone_digits(record.name))
    return fold(" ".join(texts))


def _chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK))
