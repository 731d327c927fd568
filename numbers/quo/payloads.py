"""Parses Quo's JSON into records. A record that violates Quo's description is set aside; the others are used.

The description is Quo's published OpenAPI file, v1. Ids must also fit a database index. Restrictions may be missing or
unknown: that is a fact to show, not an error.
"""

import codecs
import re
from datetime import UTC, datetime
from typing import Annotated, NamedTuple, TypeVar

from msgspec import DecodeError, Meta, Raw, Struct, ValidationError
from msgspec.json import Decoder
from msgspec.structs import asdict

from numbers.quo import ids
from numbers.quo.errors import BadPayload

MAX_NOTICES = 20

_NumberId = Annotated[str, Meta(pattern=ids.NUMBER_ID, max_length=ids.MAX_LENGTH)]
_UserId = Annotated[str, Meta(pattern=ids.USER_ID, max_length=ids.MAX_LENGTH)]
_UserGroupId = Annotated[str, Meta(pattern=r"^GR.*\Z")]
_E164 = Annotated[str, Meta(pattern=r"^\+[1-9][0-9]{1,14}\Z")]
_Role = Annotated[str, Meta(pattern=r"^(owner|admin|member)\Z")]  # with a pattern, msgspec's errors quote no value


class UserRecord(Struct, frozen=True, gc=False, rename="camel"):
    """A teammate on a number."""

    id: _UserId
    email: str
    first_name: str | None
    last_name: str | None
    role: _Role
    group_id: _UserGroupId


class Regions(Struct, frozen=True, gc=False):
    """The restrictions of one channel in each region: `restricted`, `unrestricted`, or what Quo sent instead.

    None if Quo sent nothing. Values that are not strings are JSON text, so `null` is "null".
    """

    US: str | None
    CA: str | None
    Intl: str | None


class _Described(Struct, frozen=True, gc=False, rename="camel"):
    """The fields that Quo's JSON and our record have in common."""

    id: _NumberId
    group_id: str
    port_request_id: str | None
    formatted_number: str | None
    forward: str | None
    name: str
    number: _E164
    porting_status: str | None
    symbol: str | None
    created_at: str
    updated_at: str
    users: tuple[UserRecord, ...]


class NumberRecord(_Described, frozen=True, gc=False):
    """A phone number as Quo describes it. `raw_json` is its part of the answer, not a copy."""

    calling: Regions
    messaging: Regions
    raw_json: Raw

    @property
    def answer(self) -> str:
        """Return the record's JSON text."""
        return str(self.raw_json, "utf-8")


class SetAside(Struct, frozen=True):
    """Where ("$.data[3].users[0].role") and why a record violates the description, without quoting it.

    `number_id` is None if it could not be read.
    """

    path: str
    reason: str
    number_id: str | None


class Answer(Struct, frozen=True):
    """The numbers of an answer without duplicates, the unusable records, and sentences about oddities."""

    records: tuple[NumberRecord, ...]
    set_aside: tuple[SetAside, ...] = ()
    notices: tuple[str, ...] = ()


class _Number(_Described, frozen=True, gc=False):
    """A number in Quo's JSON."""

    restrictions: Raw


class _Regions(Struct, gc=False):
    US: Raw = Raw(b"")
    CA: Raw = Raw(b"")
    Intl: Raw = Raw(b"")


class _Restrictions(Struct, gc=False):
    calling: _Regions
    messaging: _Regions


class _Identified(Struct):
    id: _NumberId


class _List(Struct):
    data: list[Raw]


class _One(Struct):
    data: Raw


_LIST = Decoder(_List)
_ONE = Decoder(_One)
_NUMBER = Decoder(_Number)
_RESTRICTIONS = Decoder(_Restrictions)
_IDENTIFIED = Decoder(_Identified)
_TEXT = Decoder(str)
_ANY: Decoder[object] = Decoder(Raw)


T = TypeVar("T")


class _Flaw(NamedTuple):
    reason: str
    path: str = ""  # below the value that was decoded


def parse_list(body: bytes) -> Answer:
    """Parse a list of numbers. Raises BadPayload if the body is not a list; lesser faults are in the Answer."""
    records: dict[str, NumberRecord] = {}
    set_aside: list[SetAside] = []
    notices: list[str] = []
    shared = _Shared({}, {})
    for index, raw in enumerate(_decode_envelope(_LIST, body).data):
        record = _parse_number(raw, notices, shared)
        if isinstance(record, _Flaw):
            set_aside.append(SetAside(f"$.data[{index}]{record.path}", record.reason, _readable_id(raw)))
            continue
        if record.id in records:
            notices.append(f"Quo lists the number {record.id} more than once; the last entry counts.")
        records[record.id] = record
    if len(notices) > MAX_NOTICES:
        notices[MAX_NOTICES:] = [f"… and {len(notices) - MAX_NOTICES} more."]
    return Answer(tuple(records.values()), tuple(set_aside), tuple(notices))


def parse_one(body: bytes, number_id: str) -> NumberRecord:
    """Parse a single number. Raises BadPayload if it violates the description or is another number."""
    record = _parse_number(_decode_envelope(_ONE, body).data, [], _Shared({}, {}))
    if isinstance(record, _Flaw):
        raise BadPayload(record.reason, f"$.data{record.path}", status=200)
    if record.id != number_id:
        raise BadPayload("it is about another number than the one asked for", "$.data.id", status=200)
    return record


def parse_stored(answer: str) -> NumberRecord | None:
    """Parse the stored text of a record again; None if it violates today's description.

    Raises BadPayload if it is not JSON, which the text of every record is.
    """
    raw = Raw(answer.encode())
    record = _parse_number(raw, [], _Shared({}, {}))
    if isinstance(record, _Flaw):
        if isinstance(_decoded(_ANY, raw), _Flaw):
            raise BadPayload("it is not JSON")
        return None
    return record


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


def _decode_envelope(decoder: Decoder[T], body: bytes) -> T:
    """Return the envelope with its records still raw."""
    body = body.removeprefix(codecs.BOM_UTF8)
    envelope = _decoded(decoder, body)
    if isinstance(envelope, _Flaw) and _SURROGATE.search(body):
        # An escaped half of a surrogate pair, "\ud800", fails the whole envelope. Replaced by a byte that is invalid in
        # text, it fails only its own record.
        envelope = _decoded(decoder, _ESCAPE.sub(lambda match: b"\xff" if match["half"] else match[0], body))
    if isinstance(envelope, _Flaw):
        raise BadPayload(envelope.reason, envelope.path and f"${envelope.path}", status=200)
    return envelope


def _decoded(decoder: Decoder[T], body: bytes | Raw) -> T | _Flaw:
    try:
        return decoder.decode(body)
    except ValidationError as error:  # "Expected `str`, got `int` - at `$.users[0].role`"
        reason, _, path = str(error).partition(" - at `$")
        return _Flaw(reason, path.rstrip("`"))
    except DecodeError:
        return _Flaw("it is not JSON")
    except UnicodeDecodeError:
        return _NOT_UNICODE
    except RecursionError:
        return _Flaw("it is nested too deeply")


class _Shared(NamedTuple):
    """Equal values of several numbers in an answer, stored once to save memory."""

    users: dict[UserRecord, UserRecord]
    channels: dict[bytes, tuple[Regions, Regions]]  # calling and messaging by the JSON of the restrictions


def _parse_number(raw: Raw, notices: list[str], shared: _Shared) -> NumberRecord | _Flaw:
    number = _decoded(_NUMBER, raw)
    try:
        answer = str(raw, "utf-8")
    except UnicodeDecodeError:
        return number if isinstance(number, _Flaw) else _NOT_UNICODE
    if "\\u0000" in answer and not isinstance(number, _Flaw):
        # Databases cannot store NUL. Replaced only now: a NUL in an id must still fail.
        number = _decoded(_NUMBER, _ESCAPE.sub(lambda match: rb"\ufffd" if match["nul"] else match[0], bytes(raw)))
    if isinstance(number, _Flaw):
        return number
    restrictions = bytes(number.restrictions)
    if restrictions not in shared.channels:
        decoded = _decoded(_RESTRICTIONS, restrictions)
        if isinstance(decoded, _Flaw):
            return _Flaw(decoded.reason, f".restrictions{decoded.path}")
        shared.channels[restrictions] = _regions(decoded.calling), _regions(decoded.messaging)
    calling, messaging = shared.channels[restrictions]
    described = asdict(number)
    del described["restrictions"]
    described["users"] = tuple(shared.users.setdefault(user, user) for user in _unique_users(number, notices))
    return NumberRecord(**described, calling=calling, messaging=messaging, raw_json=raw)


_NOT_UNICODE = _Flaw("it holds text that is not valid Unicode")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_ESCAPE = re.compile(
    rb"\\(?:(?P<nul>u0000)"
    rb"|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # both halves of one character
    rb"|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})"
    rb"|.)",
    re.DOTALL,
)


def _unique_users(number: _Number, notices: list[str]) -> tuple[UserRecord, ...]:
    users = {user.id: user for user in number.users}
    if len(users) == len(number.users):
        return number.users
    notices.append(f"Quo lists a teammate more than once on the number {number.id}; the last entry counts.")
    return tuple(users.values())


def _regions(regions: _Regions) -> Regions:
    return Regions(_restriction(bytes(regions.US)), _restriction(bytes(regions.CA)), _restriction(bytes(regions.Intl)))


_COMMON = {b'"restricted"': "restricted", b'"unrestricted"': "unrestricted", b"": None}


def _restriction(raw: bytes) -> str | None:
    if raw in _COMMON:
        return _COMMON[raw]
    return _TEXT.decode(raw) if raw.startswith(b'"') else raw.decode()


def _readable_id(raw: Raw) -> str | None:
    identified = _decoded(_IDENTIFIED, raw)
    return None if isinstance(identified, _Flaw) else identified.id
