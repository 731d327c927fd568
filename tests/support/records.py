"""Builds records and answers with invented data, and a stub of Quo's client that returns them."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from numbers.memory.sync_target import WORKSPACE, SyncTarget
from numbers.models import Sync
from numbers.quo.errors import NotFound, QuoError
from numbers.quo.records import (
    E164,
    Answer,
    NumberRecord,
    Oddity,
    Regions,
    SetAside,
    UserRecord,
    oddities_text,
)
from numbers.syncing import run as sync

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def teammate(user_id: str = "US1", **changes: Any) -> UserRecord:
    usual = UserRecord(
        id=user_id,
        email=f"{user_id.lower()}@example.com",
        first_name="Ada",
        last_name="Byron",
        role="member",
        group_id="GR1",
    )
    return msgspec.structs.replace(usual, **changes)


def number(number_id: str = "PN1", *users: UserRecord, **changes: Any) -> NumberRecord:
    """Return a number with these teammates; `answer` is its raw JSON, by default generated."""
    usual = NumberRecord(
        id=number_id,
        group_id="1234",
        port_request_id=None,
        formatted_number="(555) 555-0123",
        forward=None,
        name="Front desk",
        number="+15555550123",
        porting_status="completed",
        symbol="🏡",
        users=users,
        created_at=" '2022-01-01T00:00:00Z'",
        updated_at="2022-01-02T00:00:00Z",
        calling=Regions(US="unrestricted", CA="unrestricted", Intl="restricted"),
        messaging=Regions(US="unrestricted", CA="restricted", Intl="restricted"),
        raw_json=msgspec.Raw(b""),
    )
    return changed(usual, **changes)


def numbers(*number_ids: str) -> tuple[NumberRecord, ...]:
    return tuple(number(number_id) for number_id in number_ids)


def ids(count: int) -> list[str]:
    return [f"PN{place:05}" for place in range(count)]


def changed(record: NumberRecord, *, answer: str | None = None, **changes: Any) -> NumberRecord:
    number = changes.get("number", record.number)
    oddities = record.oddities if re.match(E164, number) else oddities_text([Oddity("number", "value", number)])
    described = msgspec.structs.replace(record, **{"oddities": oddities, **changes})
    said = _said_by_quo(described) if answer is None else answer
    return msgspec.structs.replace(described, raw_json=msgspec.Raw(said.encode()))


def _said_by_quo(record: NumberRecord) -> str:
    said = {
        "id": record.id,
        "groupId": record.group_id,
        "portRequestId": record.port_request_id,
        "formattedNumber": record.formatted_number,
        "forward": record.forward,
        "name": record.name,
        "number": record.number,
        "portingStatus": record.porting_status,
        "symbol": record.symbol,
        "users": record.users,
        "createdAt": record.created_at,
        "updatedAt": record.updated_at,
        "restrictions": {"calling": _regions(record.calling), "messaging": _regions(record.messaging)},
    }
    return msgspec.json.encode(said).decode()


def _regions(regions: Regions) -> dict[str, str]:
    return {name: value for name, value in msgspec.structs.asdict(regions).items() if value is not None}


def answer(*records: NumberRecord, unreadable: int = 0, notices: tuple[str, ...] = ()) -> Answer:
    """Return the answer to a list request, in which `unreadable` records have no readable id."""
    return Answer(records, tuple(SetAside(f"$.data[{place}]") for place in range(unreadable)), notices)


class Clock:
    """A clock that stands still until the test moves it."""

    def __init__(self, now: datetime = NINE) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now


class FakeClient:
    """A stub of Quo's client that returns `whole` for the workspace, `of` for teammates and `single` for numbers.

    A QuoError is raised instead. Each request calls `meanwhile`. `asked` lists the requests.
    """

    def __init__(
        self,
        whole: Answer | QuoError | None = None,
        *,
        of: Mapping[str, Answer | QuoError] | None = None,
        single: Mapping[str, NumberRecord | QuoError] | None = None,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> None:
        self.whole = whole
        self.of = of or {}
        self.single = single or {}
        self.meanwhile = meanwhile
        self.asked: list[str] = []

    def list_phone_numbers(self, user_id: str | None = None) -> Answer:
        self.asked.append(user_id or "everything")
        self.meanwhile()
        said = self.whole if user_id is None else self.of.get(user_id, answer())
        if said is None:
            raise AssertionError("The whole list should not be requested.")
        if isinstance(said, QuoError):
            raise said
        return said

    def get_phone_number(self, number_id: str) -> NumberRecord:
        self.asked.append(number_id)
        self.meanwhile()
        said = self.single.get(number_id, NotFound("Quo does not know this number.", status=404))
        if isinstance(said, QuoError):
            raise said
        return said


def of_teammate(user_id: str) -> SyncTarget:
    return SyncTarget(Sync.Scope.TEAMMATE, user_id)


def of_number(number_id: str) -> SyncTarget:
    return SyncTarget(Sync.Scope.NUMBER, number_id)


class Syncer:
    """Runs syncs into the database, each a minute after the previous one."""

    def __init__(self) -> None:
        self.clock = Clock()

    def sync(self, source: FakeClient, target: SyncTarget = WORKSPACE, **options: Any) -> Sync:
        self.clock.move(minutes=1)
        return sync.run(target, source, clock=self.clock, **options)

    def sync_all(self, *records: NumberRecord, unreadable: int = 0, **options: Any) -> Sync:
        """Sync all numbers: Quo lists `records` and some unreadable ones."""
        return self.sync(FakeClient(answer(*records, unreadable=unreadable)), **options)

    def sync_number(self, record: NumberRecord) -> Sync:
        """Sync one number."""
        return self.sync(FakeClient(single={record.id: record}), of_number(record.id))

    def sync_teammate(self, user_id: str, *records: NumberRecord, **single: Any) -> Sync:
        """Sync one teammate: Quo lists `records`; `single` are numbers that the sync looks up."""
        return self.sync(FakeClient(of={user_id: answer(*records)}, single=single), of_teammate(user_id))
