"""Wrong answers: as a whole, and in each field of a record."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import cycle
from typing import Any

from jsonschema import Draft202012Validator

from numbers.sandbox.answers import render
from tests.chaos.case import Arrange, Case, Expected, Fault
from tests.chaos.fake_quo import answer, sends
from tests.chaos.memory import Memory, Record, View, expected_after, has_id, view_of
from tests.chaos.network import HEAD, TOO_LARGE
from tests.chaos.office import MAX_ANSWER_MB, Office
from tests.chaos.record_schema import RECORD, Schema
from tests.chaos.statuses import UNREADABLE, WEB_PAGE

WHOLE, FIELDS = "answers as a whole", "each field of a record"
CHECKED = "Checked with Quo"
INCOMPLETE = "Quo’s answer looks incomplete."
AS_LAST_SEEN = "shown as last seen"
EVERY = 2  # change every second record; the others must still be stored
OTHERS: tuple[Any, ...] = (None, True, 0, 7, -1.5, "a text", "", [], ["a text"], {}, {"a": "text"})

MISSING = object()  # in place of a value: remove the field


@dataclass(frozen=True)
class OddAnswer:
    """An answer with these records. Some of them do not fit the schema, and some have no readable id."""

    records: Sequence[Any]

    def arrange(self, office: Office) -> None:
        office.fake_quo.script = sends(answer(render({"data": self.records})))

    def expected(self, office: Office, _before: Memory) -> Expected:
        """Return the expected result: every record with an id is stored."""
        known, answers = view_of(office.workspaces.first.numbers), view_of(self._readable)
        return Expected(expected_after(known, answers, is_held=self.is_held(known)), [answers])

    @cached_property
    def _readable(self) -> list[Record]:
        return [record for record in self.records if has_id(record, "PN")]

    @property
    def _unread(self) -> int:
        return len(self.records) - len(self._readable)

    def is_held(self, known: View) -> bool:
        """Return whether no number may be removed, because an ID is unreadable or most numbers are missing."""
        missing = len(known.numbers.keys() - {record["id"] for record in self._readable})
        return bool(missing) and (self._unread > 0 or missing * 2 > len(known.numbers))

    def sentences(self, known: View) -> list[str]:
        count = f"{self._unread} record{'' if self._unread == 1 else 's'} in Quo’s answer could not be read"
        sentences = [INCOMPLETE, AS_LAST_SEEN] if self.is_held(known) else []
        return [*sentences, *([count] if self._unread else [])] or [CHECKED]

    def case(self, group: str, name: str, known: View) -> Case:
        """Return a case in which a script sends this answer; faults of the sandbox arrange it differently."""
        return Fault(self.arrange, self.sentences(known), self.expected).case(group, name)


# The fields


def fields(schema: Schema, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Schema]]:
    """Yield each field of the schema by its path; "0" stands for the items of an array."""
    for name, inner in schema.get("properties", {}).items():
        yield (*path, name), inner
        yield from fields(inner, (*path, name))
    if "items" in schema:
        yield from fields(schema["items"], (*path, "0"))


def wrong_values(schema: Schema) -> list[Any]:
    """Return values that do not fit: of each JSON type, and unknown texts."""
    unknown = ["unheard of", "\u0000", "🏡" * 40, "<script>alert(1)</script>", "x" * 4_000]
    return [value for value in (*OTHERS, *unknown) if not Draft202012Validator(schema).is_valid(value)]


def _is_text(schema: Schema, value: Any) -> bool:
    return isinstance(value, str) and schema.get("type") == "string"


def changed(records: Sequence[Record], path: Sequence[str], values: Sequence[Any]) -> OddAnswer:
    """Return an answer in which every second record with this field has the next of the values."""
    changed = json.loads(json.dumps(records))  # `deepcopy` would keep one object per teammate for all numbers
    turns = cycle(values)
    for record in [record for record in changed if _parent(record, path) is not None][::EVERY]:
        holder, value = _parent(record, path), next(turns)
        if value is MISSING:
            del holder[path[-1]]
        else:
            holder[path[-1]] = value
    return OddAnswer(changed)


def _parent(record: Any, path: Sequence[str]) -> Any:
    """Return the object or list that contains the last step of the path, or None."""
    for step in path[:-1]:
        try:
            record = record[int(step)] if isinstance(record, list) else record[step]
        except IndexError:  # nobody is on this number
            return None
    return record


def field_cases(first: Sequence[Record], second: Sequence[Record]) -> Iterator[Case]:
    known = view_of(first)
    for path, schema in fields(RECORD):
        name = ".".join(path[-2:] if path[0] == "restrictions" else path).replace(".0.", "[].")
        wrong = wrong_values(schema)
        kinds: dict[str, list[Any]] = {
            "missing": [MISSING],
            "null": [None],
            "wrong types": [value for value in wrong if value is not None and not _is_text(schema, value)],
            "unknown": [value for value in wrong if _is_text(schema, value)],
        }
        for kind, values in kinds.items():
            if values:
                yield changed(second, path, values).case(FIELDS, f"{name}: {kind}", known)


# Whole answers


def _sends(body: bytes) -> Arrange:
    def arrange(office: Office) -> None:
        office.fake_quo.script = sends(answer(body))

    return arrange


NOT_LISTS: dict[str, bytes] = {
    "empty body": b"",
    "one space": b" ",
    "not JSON": b"upstream connect error or disconnect/reset before headers",
    "HTML": b"<!doctype html><title>Sign in to the hotel's network</title>",
    "JSON with an extra comma": b'{"data": [],}',
    "JSON cut short": b'{"data": [{"id": "PN1", "na',
    "two answers in one": b'{"data": []}{"data": []}',
    "a number": b"42",
    "null": b"null",
    "a text": b'"phone numbers"',
    "a bare list": b"[]",
    "an empty object": b"{}",
    "data is null": b'{"data": null}',
    "data is a text": b'{"data": "none"}',
    "data is an object": b'{"data": {"PN1": {}}}',
    "data under another name": b'{"numbers": []}',
    "an error under 200": b'{"message": "Oops", "code": "0401500", "status": 500}',
    "UTF-16": '{"data": []}'.encode("utf-16"),
    "not text": bytes(range(256)),
    "100,000 brackets": b"[" * 100_000,
}


def whole_cases(first: Sequence[Record], second: Sequence[Record]) -> Iterator[Case]:
    for name, body in NOT_LISTS.items():
        sentence = WEB_PAGE if name == "HTML" else UNREADABLE
        yield Fault(_sends(body), [sentence]).case(WHOLE, name)
    known = view_of(first)
    second = list(second)
    halved = second[: len(known.numbers) // 2 - 1]
    renamed = [record | {"name": f"{record['name']} (twice)"} for record in second[::3]]
    junk: list[Any] = [None, 7, "a number", [], {}, True]
    odd: dict[str, list[Any]] = {
        "an empty list": [],
        "half a list": halved,
        "one number of many": second[:1],
        "every number twice": [*second, *second],
        "a third twice, with another name": [*second, *renamed],
        "an unknown number": [*second, second[0] | {"id": "PNunheardof"}],
        "a teammate twice on each number": [record | {"users": record["users"] * 2} for record in second],
        "nobody on any number": [record | {"users": []} for record in second],
        "values that are not records": [*second, *junk],
        "only values that are not records": junk,
        "unknown keys everywhere": [
            {"extra": {"deep": [None]}, **record, "users": [user | {"avatar": 1} for user in record["users"]]}
            for record in second
        ],
        "hostile texts": [record | {"name": f"<script>alert({place})</script>"} for place, record in enumerate(second)],
    }
    for name, records in odd.items():
        yield OddAnswer(records).case(WHOLE, name, known)
    expected = OddAnswer(second).expected
    yield Fault(_sends_100_mb(answer), [CHECKED], expected, _allowing_110_mb).case(WHOLE, "100 MB, and 110 allowed")
    yield Fault(_sends_100_mb(answer), [TOO_LARGE]).case(WHOLE, f"100 MB, and {MAX_ANSWER_MB} allowed")
    yield Fault(_sends_100_mb(_unannounced), [TOO_LARGE]).case(WHOLE, "100 MB, unannounced")


def _sends_100_mb(head: Callable[[bytes], bytes]) -> Arrange:
    """Send the correct answer with 100 MB of spaces in it."""

    def arrange(office: Office) -> None:
        healthy = render({"data": office.workspaces.second.numbers})
        office.fake_quo.script = sends(head(healthy.replace(b"[{", b"[" + b" " * 100_000_000 + b"{", 1)))

    return arrange


def _unannounced(body: bytes) -> bytes:
    return HEAD + b"\r\n" + body


def _allowing_110_mb(_: Office) -> dict[str, str]:
    return {"QUO_MAX_ANSWER_MB": "110", "QUO_TIMEOUT": "60"}


def cases(first: Sequence[Record], second: Sequence[Record]) -> Iterator[Case]:
    yield from whole_cases(first, second)
    yield from field_cases(first, second)
