"""Answers that are not what they ought to be: as a whole, and in each field that a record has to have."""

import json
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from itertools import cycle
from typing import Any

from jsonschema import Draft202012Validator

from numbers.sandbox.answers import render
from tests.chaos.described import RECORD, VALIDATOR, Schema
from tests.chaos.door import answer, says
from tests.chaos.memory import Memory, Record, View, after, view_of
from tests.chaos.network import HEAD, TOO_LARGE
from tests.chaos.office import MAX_ANSWER_MB, Office
from tests.chaos.statuses import UNREADABLE
from tests.chaos.trial import Arm, Case, Fault, Taken

WHOLE, FIELDS = "answers as a whole", "each field of a record"
CHECKED = "Checked with Quo"
INCOMPLETE = "Quo’s answer looks incomplete."
AS_LAST_SEEN = "shown as last seen"
EVERY = 2  # every second record is changed: the others must be remembered all the same
REGIONS = ("US", "CA", "Intl")
OTHERS: tuple[Any, ...] = (None, True, 0, 7, -1.5, "a text", "", [], ["a text"], {}, {"a": "text"})

MISSING = object()  # in place of a value: the field is not there at all


@dataclass(frozen=True)
class Odd:
    """An answer of records of which not all are as described. `records` are what it holds, in its order."""

    records: Sequence[Any]

    def arm(self, office: Office) -> None:
        office.door.script = says(answer(render({"data": self.records})))

    def taken(self, office: Office, _before: Memory) -> Taken:
        """What can be read counts, what cannot stays as it was, and gone is only what a whole answer lacks."""
        known, said = view_of(office.quo.first.numbers), view_of(self._parted[0])
        kept = None if self.is_held(known) else [record["id"] for record in self._parted[1]]
        return Taken(after(known, said, kept=kept), [said])

    @cached_property
    def _parted(self) -> tuple[list[Any], list[Any]]:
        """The records that can be read, and those that cannot."""
        parted: tuple[list[Any], list[Any]] = ([], [])
        for record in self.records:
            parted[not is_readable(record)].append(record)
        return parted

    def is_held(self, known: View) -> bool:
        """Whether nothing may be taken for gone: an id is lost, or most of the numbers are."""
        ids = {record["id"] for record in self.records if _has_id(record)}
        missing = len(known.numbers.keys() - ids)
        is_lost = not all(_has_id(record) for record in self._parted[1])
        return bool(missing) and (is_lost or missing * 2 > len(known.numbers))

    def sees(self, known: View) -> list[str]:
        aside = len(self._parted[1])
        count = f"{aside} record{'' if aside == 1 else 's'} of Quo’s last answer could not be read"
        sees = ([INCOMPLETE] if self.is_held(known) else []) + ([count] if aside else [])
        return [*sees, AS_LAST_SEEN] if sees else [CHECKED]

    def case(self, group: str, name: str, known: View) -> Case:
        """As the answer of a script; a fault of the sandbox has another `arm`."""
        return Fault(self.arm, self.sees(known), self.taken).case(group, name)


# What can be read, by the description alone


def _has_id(record: Any) -> bool:
    """Whether it can be told which number a record is about."""
    return isinstance(record, dict) and isinstance(record.get("id"), str) and record["id"].startswith("PN")


def is_readable(record: Any) -> bool:
    """Whether a record is as described; what stands in a single region may be anything, and is shown as it is."""
    if not isinstance(record, dict):
        return False
    plain = deepcopy(record)
    channels = plain.get("restrictions")
    for channel in ("calling", "messaging"):
        if isinstance(channels, dict) and isinstance(channels.get(channel), dict):
            channels[channel] = dict.fromkeys(REGIONS, "restricted")
    return bool(VALIDATOR.is_valid(plain))


# The fields


def fields(schema: Schema, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Schema]]:
    """Every field of the description, by the way to it: an array's items go by "0"."""
    for name, inner in schema.get("properties", {}).items():
        yield (*path, name), inner
        yield from fields(inner, (*path, name))
    if "items" in schema:
        yield from fields(schema["items"], (*path, "0"))


def wrong_values(schema: Schema) -> list[Any]:
    """Values of every JSON type, and texts that no pattern and no list of values knows."""
    unknown = ["unheard of", "\u0000", "🏡" * 40, "<script>alert(1)</script>", "x" * 4_000]
    return [value for value in (*OTHERS, *unknown) if not Draft202012Validator(schema).is_valid(value)]


def _is_text(schema: Schema, value: Any) -> bool:
    return isinstance(value, str) and schema.get("type") == "string"


def changed(records: Sequence[Record], path: Sequence[str], values: Sequence[Any]) -> Odd:
    """Every second record that has such a field gets the next of the values there."""
    changed = json.loads(json.dumps(records))  # not `deepcopy`: a teammate is one object on all its numbers
    turns = cycle(values)
    for record in [record for record in changed if _holder(record, path) is not None][::EVERY]:
        holder, value = _holder(record, path), next(turns)
        if value is MISSING:
            del holder[path[-1]]
        else:
            holder[path[-1]] = value
    return Odd(changed)


def _holder(record: Any, path: Sequence[str]) -> Any:
    """What holds the last step of the path, or None."""
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


def _sends(body: bytes) -> Arm:
    def arm(office: Office) -> None:
        office.door.script = says(answer(body))

    return arm


NOT_A_LIST: dict[str, bytes] = {
    "empty body": b"",
    "one space": b" ",
    "not JSON": b"upstream connect error or disconnect/reset before headers",
    "HTML": b"<!doctype html><title>Sign in to the hotel's network</title>",
    "JSON with a comma too many": b'{"data": [],}',
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
    "not any text": bytes(range(256)),
    "100,000 brackets": b"[" * 100_000,
}


def whole_cases(first: Sequence[Record], second: Sequence[Record]) -> Iterator[Case]:
    for name, body in NOT_A_LIST.items():
        yield Fault(_sends(body), [UNREADABLE]).case(WHOLE, name)
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
        "a third twice, by another name": [*second, *renamed],
        "a number of which nothing is known": [*second, second[0] | {"id": "PNunheardof"}],
        "a teammate twice on each number": [record | {"users": record["users"] * 2} for record in second],
        "nobody on any number": [record | {"users": []} for record in second],
        "records that are none": [*second, *junk],
        "nothing but records that are none": junk,
        "unknown keys everywhere": [
            {"extra": {"deep": [None]}, **record, "users": [user | {"avatar": 1} for user in record["users"]]}
            for record in second
        ],
        "hostile texts": [record | {"name": f"<script>alert({place})</script>"} for place, record in enumerate(second)],
    }
    for name, records in odd.items():
        yield Odd(records).case(WHOLE, name, known)
    taken = Odd(second).taken
    yield Fault(_sends_100_mb(answer), [CHECKED], taken, _allowing_110_mb).case(WHOLE, "100 MB, and 110 allowed")
    yield Fault(_sends_100_mb(answer), [TOO_LARGE]).case(WHOLE, f"100 MB, and {MAX_ANSWER_MB} allowed")
    yield Fault(_sends_100_mb(_unannounced), [TOO_LARGE]).case(WHOLE, "100 MB, unannounced")


def _sends_100_mb(head: Callable[[bytes], bytes]) -> Arm:
    """The right answer, with so much space in it."""

    def arm(office: Office) -> None:
        healthy = render({"data": office.quo.second.numbers})
        office.door.script = says(head(healthy.replace(b"[{", b"[" + b" " * 100_000_000 + b"{", 1)))

    return arm


def _unannounced(body: bytes) -> bytes:
    return HEAD + b"\r\n" + body


def _allowing_110_mb(_: Office) -> dict[str, str]:
    return {"QUO_MAX_ANSWER_MB": "110", "QUO_TIMEOUT": "60"}


def cases(first: Sequence[Record], second: Sequence[Record]) -> Iterator[Case]:
    yield from whole_cases(first, second)
    yield from field_cases(first, second)
