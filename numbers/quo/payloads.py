"""Parses Quo's JSON into records. Only a record without a readable id is set aside.

Records that follow Quo's published description (OpenAPI, v1) are decoded at once, the others field by field in
`degraded`.
"""

import codecs
import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, NamedTuple, TypeVar

from msgspec import DecodeError, Meta, Raw, Struct, ValidationError
from msgspec.json import Decoder
from msgspec.structs import asdict, replace

from numbers.quo import ids
from numbers.quo.degraded import channels, degraded_number, flattened, is_json, storable
from numbers.quo.errors import BadPayload
from numbers.quo.records import E164, Answer, NumberRecord, Oddity, Regions, SetAside, UserRecord, oddities_text

MAX_NOTICES = 20


class _Number(Struct, frozen=True, gc=False, kw_only=True, rename="camel"):
    """A number that follows the description, with any restrictions. Only the fields without a default must be there."""

    id: Annotated[str, Meta(pattern=ids.NUMBER_ID, max_length=ids.MAX_LENGTH)]
    group_id: str = ""
    port_request_id: str | None = None
    formatted_number: str | None = None
    forward: str | None = None
    name: str = ""
    number: Annotated[str, Meta(pattern=E164)]
    porting_status: str | None = None
    symbol: str | None = None
    created_at: str = ""
    updated_at: str = ""
    users: tuple[UserRecord, ...]
    restrictions: Raw = Raw(b"")


class _List(Struct):
    data: list[Raw]


class _One(Struct):
    data: Raw


_LIST = Decoder(_List)
_ONE = Decoder(_One)
_NUMBER = Decoder(_Number)

T = TypeVar("T")


def parse_list(body: bytes) -> Answer:
    """Parse a list of numbers. Raises BadPayload if the body is not a list; lesser faults are in the Answer."""
    records: dict[str, NumberRecord] = {}
    set_aside: list[SetAside] = []
    notices: list[str] = []
    shared = _Shared({}, {})
    for index, raw in enumerate(_raw_records(_LIST, body, "it is not a list of numbers")):
        record = _parse_number(raw, notices, shared)
        if record is None:
            set_aside.append(SetAside(f"$.data[{index}]"))
            continue
        if record.id in records:
            notices.append(f"Quo lists the number {record.id} more than once; the last entry counts.")
        records[record.id] = record
    if len(notices) > MAX_NOTICES:
        notices[MAX_NOTICES:] = [f"… and {len(notices) - MAX_NOTICES} more."]
    return Answer(tuple(records.values()), tuple(set_aside), tuple(notices))


def parse_one(body: bytes, number_id: str) -> NumberRecord:
    """Parse a single number. Raises BadPayload if it has no readable id or is another number."""
    (raw,) = _raw_records(_ONE, body, "it is not a number")
    record = _parse_number(raw, [], _Shared({}, {}))
    if record is None:
        raise BadPayload("it has no readable id", status=200)
    if record.id != number_id:
        raise BadPayload("it is about another number", sentence=_ANOTHER_NUMBER, status=200)
    return record


_ANOTHER_NUMBER = (
    "Quo answered about another number than the one asked for. Try again in a few minutes; if it stays so, tell "
    "the person who installed Quo Admin."
)


def parse_stored(answer: str) -> NumberRecord | None:
    """Parse the stored text of a record again; None if it has no readable id.

    Raises BadPayload if it is not JSON, which the text of every record is.
    """
    raw = Raw(answer.encode())
    if not is_json(storable(bytes(raw))):
        raise BadPayload("it is not JSON")
    return _parse_number(raw, [], _Shared({}, {}))


def parse_timestamp(text: str) -> datetime | None:
    """Return a `createdAt` or `updatedAt` in UTC; None if it is not a timestamp.

    Quo's description shows them as " '2022-01-01T00:00:00Z'", with the space and the quotes. Without an offset, they
    count as UTC.
    """
    text = text.strip(" '\"")
    if not _TIMESTAMP.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):  # the 30th of February, year 0, an offset out of year 1
        return None


_TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]"
    r"([01][0-9]|2[0-3]):[0-9]{2}(:[0-9]{2}(\.[0-9]{1,12})?)?"  # Python 3.14 and later would also accept 24:00
    r"(Z|[+-][0-9]{2}(:?[0-9]{2})?)?"
)


def _raw_records(decoder: Decoder[_List] | Decoder[_One], body: bytes, flaw: str) -> Iterable[Raw]:
    """Return the records in the envelope, each exactly as it came."""
    body = body.removeprefix(codecs.BOM_UTF8)
    # One escaped half of a surrogate pair, "\ud800", would fail the whole envelope.
    readable = storable(body) if _SURROGATE.search(body) else body
    records = None
    with suppress(RecursionError):
        records = _data(decoder, readable, flaw)
    if records is None:  # and not in an `except`, so that an error does not refer to the first one
        readable = flattened(readable)
        records = _data(decoder, readable, flaw)
    return records if readable is body else _originals(records, readable, body)


def _data(decoder: Decoder[_List] | Decoder[_One], body: bytes, flaw: str) -> list[Raw]:
    try:
        data = decoder.decode(body).data
    except ValidationError:
        problem = flaw
    except (DecodeError, UnicodeDecodeError):
        problem = "it is not JSON"
    else:
        return data if isinstance(data, list) else [data]
    raise BadPayload(problem, status=200)  # outside of `except`, so that it does not refer to its cause


def _originals(records: Iterable[Raw], readable: bytes, body: bytes) -> Iterable[Raw]:
    """Yield the same part of `body` for each record in `readable`, which has the same length."""
    end = 0
    for record in records:
        start = readable.index(bytes(record), end)
        end = start + len(bytes(record))
        yield Raw(body[start:end])


class _Shared(NamedTuple):
    """Equal values of several numbers in an answer, stored once to save memory."""

    users: dict[UserRecord, UserRecord]
    channels: dict[bytes, tuple[Regions, Regions, str]]  # calling, messaging and oddities by the restrictions' JSON


def _parse_number(raw: Raw, notices: list[str], shared: _Shared) -> NumberRecord | None:
    record = _described_number(raw, shared) or degraded_number(raw)
    if record is None:
        return None
    users = {user.id: user for user in record.users}
    if len(users) == len(record.users):
        return record
    notices.append(f"Quo lists a teammate more than once on the number {record.id}; the last entry counts.")
    return replace(record, users=tuple(users.values()))


def _described_number(raw: Raw, shared: _Shared) -> NumberRecord | None:
    """Return a number that follows the description; None if it does not, or holds text that no database can store."""
    try:
        number = _NUMBER.decode(raw)
        text = str(raw, "utf-8")
    except (DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if "\\u0000" in text:
        return None
    restrictions = bytes(number.restrictions)
    if restrictions not in shared.channels:
        oddities: list[Oddity] = []
        shared.channels[restrictions] = (*channels(restrictions, oddities), oddities_text(oddities))
    calling, messaging, odd = shared.channels[restrictions]
    described = asdict(number)
    del described["restrictions"]
    described["users"] = tuple(shared.users.setdefault(user, user) for user in number.users)
    return NumberRecord(**described, calling=calling, messaging=messaging, raw_json=raw, oddities=odd)


_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
