"""Compares Quo's answer with the memory and records the differences, inside the transaction that `run.py` opens.

Nothing but this module and `removals.py` writes numbers, teammates and assignments.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from operator import attrgetter

import msgspec

from numbers.database.bulk_insert import insert
from numbers.database.paging import CHUNK, chunks
from numbers.memory.search import texts as search_texts
from numbers.models import Assignment, NumberState, PhoneNumber, Sync, Teammate, TeammateState, display_name
from numbers.quo.records import NumberRecord, UserRecord
from numbers.vocabulary.cells import CELLS
from numbers.vocabulary.folding import fold, order_key, telephone_digits
from numbers.vocabulary.phones import derived_fields

Progress = Callable[[int, int], None]

# The columns of NumberState that describe the number, and the attributes of a record.
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
    **{cell.field: cell.key for cell in CELLS},
    "unidentified": "unidentified",
    "oddities": "oddities",
}
NUMBER_COLUMNS = tuple(_NUMBER)
number_values: Callable[[NumberRecord], tuple[str | int | None, ...]] = attrgetter(*_NUMBER.values())
_USUAL = (0, "")  # the last two
_DERIVED = ("kind", "country", "forward_number", "telephone")  # as `derived_fields` returns them
# The columns of TeammateState that describe the teammate, and the attributes of a record.
_TEAMMATE = ("email", "first_name", "last_name", "role")
_teammate_values: Callable[[UserRecord], tuple[str | None, ...]] = attrgetter(*_TEAMMATE)
_user_id = attrgetter("id")


class Known(msgspec.Struct, frozen=True, gc=False):
    """The stored identity of a number, without its states. There is one for each number, so it is small."""

    pk: int
    fingerprint: str
    is_gone: bool
    is_confirmed: bool


def known_numbers(quo_ids: Sequence[str] | None = None) -> dict[str, Known]:
    """Return the stored identities of all numbers, or of those in `quo_ids`, by Quo id."""
    rows = PhoneNumber.objects.order_by()
    if quo_ids is not None and len(quo_ids) <= CHUNK:
        rows = rows.filter(quo_id__in=quo_ids)
    columns = rows.values_list("quo_id", "pk", "fingerprint", "gone_at", "seen_until")
    return {
        quo_id: Known(pk, fingerprint, gone_at is not None, seen_until is None)
        for quo_id, pk, fingerprint, gone_at, seen_until in columns.iterator(chunk_size=10_000)
    }


def fingerprint(record: NumberRecord) -> str:
    """Return a digest of every field of a record. The order of the users does not matter.

    Only an unusual record includes the fields of that, so the digests of others are as before those fields existed.
    """
    values = number_values(record)
    values = values[:-2] if values[-2:] == _USUAL else values
    described = (*values, *map(msgspec.structs.astuple, sorted(record.users, key=_user_id)))
    return hashlib.blake2b(msgspec.json.encode(described), digest_size=16).hexdigest()


def record_answer(
    sync: Sync,
    records: Sequence[NumberRecord],
    teammates: "Teammates",
    known: dict[str, Known],
    observed_at: datetime,
    *,
    progress: Progress | None,
) -> None:
    """Record the differences between `records` and the memory, and count them in `sync`. Without any, write nothing."""
    differing: list[NumberRecord] = []
    for record in records:
        before = known.get(record.id)
        if before is None:
            sync.new += 1
        elif before.is_gone or before.fingerprint != fingerprint(record):
            sync.changed += 1
        elif before.is_confirmed:
            continue
        differing.append(record)
    sync.wrote = bool(differing or teammates.differing)
    teammates.record(observed_at)
    done = 0
    for chunk in chunks(differing, CHUNK):
        _record_numbers(chunk, teammates.pks, observed_at)
        done += len(chunk)
        if progress:
            progress(done, len(differing))
    if sync.wrote:
        search_texts.update(observed_at)


def _record_numbers(chunk: Sequence[NumberRecord], teammates: dict[str, int], observed_at: datetime) -> None:
    insert(
        PhoneNumber,
        ("quo_id", "fingerprint"),
        [(record.id, fingerprint(record)) for record in chunk],
        constants={"first_seen": observed_at, "recorded_at": observed_at, "gone_at": None, "seen_until": None},
        unique="quo_id",
        updated=("fingerprint", "recorded_at", "gone_at", "seen_until"),
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
        ("phone_number_id", "answer", "search_text", "name_key", *_DERIVED, *NUMBER_COLUMNS),
        [
            (
                pk,
                record.answer,
                _number_search_text(record, derived["telephone"]),
                order_key(record.name),
                *derived.values(),
                *number_values(record),
            )
            for pk, record in differing
            if (derived := derived_fields(record.number, record.formatted_number, record.forward))
        ],
        constants={"since": observed_at},
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
    ended = [pk for key, (pk, stored) in present.items() if wanted.get(key) != stored]
    for chunk in chunks(ended, CHUNK):
        Assignment.objects.filter(pk__in=chunk).update(until=observed_at)
    insert(
        Assignment,
        ("phone_number_id", "teammate_id", "role", "group_id"),
        [(*key, *values) for key, values in wanted.items() if present.get(key, (0, None))[1] != values],
        constants={"since": observed_at},
    )


class Teammates:
    """The users of an answer, compared with the stored teammates.

    All users count, not only those of changed numbers: any number may carry a teammate's new state.
    """

    def __init__(self, records: Sequence[NumberRecord]) -> None:
        users = _merged(user for record in records for user in record.users)
        states = TeammateState.objects.filter(until=None)
        if len(users) <= CHUNK:
            states = states.filter(teammate__quo_id__in=list(users))
        rows = list(states.values_list("teammate__quo_id", "teammate_id", *_TEAMMATE))
        self.pks = {quo_id: pk for quo_id, pk, *_ in rows}
        remembered = {quo_id: tuple(described) for quo_id, _, *described in rows}
        self.differing = [user for user in users.values() if remembered.get(user.id) != _teammate_values(user)]

    def record(self, observed_at: datetime) -> None:
        for chunk in chunks(self.differing, CHUNK):
            self._record_chunk(chunk, observed_at)

    def _record_chunk(self, users: Sequence[UserRecord], observed_at: datetime) -> None:
        known = [self.pks[user.id] for user in users if user.id in self.pks]
        TeammateState.objects.filter(teammate__in=known, until=None).update(until=observed_at)
        new = [user.id for user in users if user.id not in self.pks]
        insert(Teammate, ("quo_id",), [(quo_id,) for quo_id in new], constants={"first_seen": observed_at})
        self.pks |= _keys(Teammate, new)
        insert(
            TeammateState,
            ("teammate_id", "search_text", "name_key", *_TEAMMATE),
            [(self.pks[user.id], *_user_search(user), *_teammate_values(user)) for user in users],
            constants={"since": observed_at},
        )


def _merged(users: Iterable[UserRecord]) -> dict[str, UserRecord]:
    """Return each user once. If two numbers describe a user differently, the last value that is given counts."""
    merged: dict[str, UserRecord] = {}
    for user in users:
        before = merged.get(user.id)
        if before is None or before is user:
            merged[user.id] = user
        elif before != user:
            given = {name: value for name, value in msgspec.structs.asdict(user).items() if value}
            merged[user.id] = msgspec.structs.replace(before, **given)
    return merged


def _keys(model: type[PhoneNumber] | type[Teammate], quo_ids: Sequence[str]) -> dict[str, int]:
    """Return the primary keys by Quo id."""
    return dict(model._default_manager.filter(quo_id__in=quo_ids).order_by().values_list("quo_id", "pk"))


def _user_search(user: UserRecord) -> tuple[str, str]:
    """Return the search text and the sort key of a teammate."""
    name = display_name(user.first_name, user.last_name, user.email, user.id)
    return fold(f"{name} {user.email}"), order_key(name)


def _number_search_text(record: NumberRecord, telephone: str) -> str:
    texts = (record.name, record.symbol or "", record.group_id, record.number, *telephone_digits(record.name))
    return fold(" ".join(texts if telephone == record.number else (*texts, telephone)))
