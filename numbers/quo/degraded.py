"""Reads a number that violates Quo's description. Each field degrades by itself; only the id must be readable."""

import re
from collections.abc import Callable
from typing import TypeVar

from msgspec import DecodeError, Raw, structs
from msgspec.json import Decoder

from numbers.quo import ids
from numbers.quo.records import E164, MAX_ODD_VALUE, ROLES, NumberRecord, Oddity, Regions, UserRecord, oddities_text

_TEXT_FIELDS = {
    "group_id": "groupId",
    "port_request_id": "portRequestId",
    "formatted_number": "formattedNumber",
    "forward": "forward",
    "name": "name",
    "number": "number",
    "porting_status": "portingStatus",
    "symbol": "symbol",
    "created_at": "createdAt",
    "updated_at": "updatedAt",
}
_REQUIRED = {"group_id", "name", "number", "created_at", "updated_at", "email", "role"}  # "" if not given, never None
_USER_TEXT_FIELDS = {
    "email": "email",
    "first_name": "firstName",
    "last_name": "lastName",
    "role": "role",
    "group_id": "groupId",
}
_KNOWN_RESTRICTIONS = ("restricted", "unrestricted", None)

_OBJECT: Decoder[dict[str, Raw]] = Decoder(dict[str, Raw])
_LIST: Decoder[list[Raw]] = Decoder(list[Raw])
_STRING = Decoder(str)
_ANY = Decoder(Raw)
_REPLACEMENT = rb"\ufffd"
_ESCAPE = re.compile(
    rb"\\(?:(?P<nul>u0000)"
    rb"|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # both halves of one character
    rb"|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})"
    rb"|.)",
    re.DOTALL,
)

MAX_DEPTH = 500  # half of what Python's decoders read, because their limit includes the calls that led to them
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{}]', re.DOTALL)  # also a string that does not end

T = TypeVar("T")


def storable(json: bytes) -> bytes:
    """Return the JSON with U+FFFD for each escaped NUL and half of a surrogate pair, which no database can store.

    The length stays the same.
    """
    return _ESCAPE.sub(lambda match: _REPLACEMENT if match["nul"] or match["half"] else match[0], json)


def flattened(json: bytes, depth: int = 0) -> bytes:
    """Return the JSON with a blank string for each value more than MAX_DEPTH levels inside, which no decoder may read.

    The length stays the same. `depth` is how many levels the JSON is inside itself.
    """
    if depth + json.count(b"[") + json.count(b"{") <= MAX_DEPTH:
        return json
    parts: list[bytes] = []
    start = end = 0  # of the latest such value
    for token in _TOKEN.finditer(json):
        if token[0] in {b"[", b"{"}:
            if depth == MAX_DEPTH:
                parts.append(json[end : token.start()])
                start = end = token.start()
            depth += 1
        elif token[0] in {b"]", b"}"}:
            depth -= 1
            if depth == MAX_DEPTH:
                end = token.end()
                parts.append(b'"%s"' % (b" " * (end - start - 2)))
    return b"".join(parts) + (json[end:] if depth <= MAX_DEPTH else b"")


def is_json(json: bytes) -> bool:
    """Return whether this is one JSON value."""
    return _decoded(_ANY, flattened(json)) is not None


def degraded_number(raw: Raw) -> NumberRecord | None:
    """Return a number with everything that can be read of it, and its oddities; None if it has no readable id."""
    fields = _object(flattened(storable(str(raw, "utf-8", "replace").encode())))
    number_id = _id(fields, ids.is_number_id)
    if number_id is None:
        return None
    oddities: list[Oddity] = []
    texts = _texts(fields, _TEXT_FIELDS, oddities)
    if not re.match(E164, texts["number"] or "") and not any(oddity.field == "number" for oddity in oddities):
        oddities.append(Oddity("number", "value", _short(texts["number"])))
    users, unidentified = _users(bytes(fields.get("users", b"")), oddities)
    calling, messaging = channels(bytes(fields.get("restrictions", b"")), oddities)
    return NumberRecord(
        id=number_id,
        **texts,  # type: ignore[arg-type] # required ones are never None
        users=users,
        calling=calling,
        messaging=messaging,
        raw_json=raw,
        unidentified=unidentified,
        oddities=oddities_text(oddities),
    )


def channels(restrictions: bytes, oddities: list[Oddity]) -> tuple[Regions, Regions]:
    """Return the restrictions of calling and messaging. What is missing or has another form is not reported."""
    found = _object_or_odd(flattened(restrictions, depth=1), "restrictions", oddities)
    calling, messaging = (
        _regions(_object_or_odd(bytes(found.get(channel, b"")), channel, oddities), channel, oddities)
        for channel in ("calling", "messaging")
    )
    return calling, messaging


def raw_restrictions(answer: str) -> dict[str, Raw]:
    """Return the JSON of each cell in a number's JSON text, by "calling.US", exactly as Quo sent it."""
    restrictions = _object(bytes(_object(flattened(storable(answer.encode()))).get("restrictions", b"")))
    return {
        f"{channel}.{region}": raw
        for channel in ("calling", "messaging")
        for region, raw in _object(bytes(restrictions.get(channel, b""))).items()
    }


def _regions(found: dict[str, Raw], channel: str, oddities: list[Oddity]) -> Regions:
    texts = {region: _text(bytes(found.get(region, b""))) for region in Regions.__struct_fields__}
    for region, text in texts.items():
        if text not in _KNOWN_RESTRICTIONS:
            oddities.append(Oddity(f"{channel}.{region}", "value", _short(text)))
    return Regions(**texts)


def _users(raw: bytes, oddities: list[Oddity]) -> tuple[tuple[UserRecord, ...], int | None]:
    """Return the users with a readable id, and how many have none; None if there is no list of users."""
    listed = _decoded(_LIST, raw)
    if listed is None:
        oddities.append(Oddity("users", "missing"))
        return (), None
    objects = [_object(bytes(user)) for user in listed]
    identified = [(user_id, fields) for fields in objects if (user_id := _id(fields, ids.is_user_id)) is not None]
    unidentified = len(objects) - len(identified)
    if unidentified:
        oddities.append(Oddity("users", "unidentified", str(unidentified)))
    return tuple(_user(user_id, fields, oddities) for user_id, fields in identified), unidentified


def _user(user_id: str, fields: dict[str, Raw], oddities: list[Oddity]) -> UserRecord:
    of_user: list[Oddity] = []
    texts = _texts(fields, _USER_TEXT_FIELDS, of_user)
    if texts["role"] and texts["role"] not in ROLES and not any(oddity.field == "role" for oddity in of_user):
        of_user.append(Oddity("role", "value", _short(texts["role"])))
    oddities.extend(structs.replace(oddity, user_id=user_id) for oddity in of_user)
    return UserRecord(id=user_id, **texts)  # type: ignore[arg-type] # required ones are never None


def _texts(fields: dict[str, Raw], names: dict[str, str], oddities: list[Oddity]) -> dict[str, str | None]:
    """Return each value as text. A value of another JSON type becomes its JSON text and an oddity."""
    texts: dict[str, str | None] = {}
    for attribute, name in names.items():
        json = bytes(fields.get(name, b""))
        text = _text(json)
        if text is not None and not json.startswith(b'"'):
            oddities.append(Oddity(name, "form", _short(text)))
        texts[attribute] = "" if text is None and attribute in _REQUIRED else text
    return texts


def _text(json: bytes) -> str | None:
    """Return a string, None for null or a missing value, or the JSON text of another type."""
    if json in {b"", b"null"}:
        return None
    return _STRING.decode(json) if json.startswith(b'"') else json.decode()


def _short(text: str | None) -> str:
    return (text or "")[:MAX_ODD_VALUE]


def _id(fields: dict[str, Raw], is_valid: Callable[[str], bool]) -> str | None:
    json = bytes(fields.get("id", b""))
    if not json.startswith(b'"') or _REPLACEMENT in json:  # two ids must not become one
        return None
    text = _STRING.decode(json)
    return text if is_valid(text) else None


def _object_or_odd(json: bytes, name: str, oddities: list[Oddity]) -> dict[str, Raw]:
    found = _decoded(_OBJECT, json)
    if found is None and json not in {b"", b"null"}:
        oddities.append(Oddity(name, "form", _short(json.decode())))
    return found or {}


def _object(json: bytes) -> dict[str, Raw]:
    return _decoded(_OBJECT, json) or {}


def _decoded(decoder: Decoder[T], json: bytes) -> T | None:
    try:
        return decoder.decode(json)
    except DecodeError:  # not JSON, another type
        return None
