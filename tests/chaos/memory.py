"""Reads a database file without the product's code, and computes what the database must contain after an answer."""

import hashlib
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numbers.sandbox.answers import render

Record = dict[str, Any]
Row = tuple[Any, ...]

_REGIONS = [(channel, region) for channel in ("calling", "messaging") for region in ("US", "CA", "Intl")]
_FIELDS = {
    "groupId": "group_id",
    "portRequestId": "port_request_id",
    "formattedNumber": "formatted_number",
    "forward": "forward",
    "name": "name",
    "number": "number",
    "portingStatus": "porting_status",
    "symbol": "symbol",
    "createdAt": "created_at_text",
    "updatedAt": "updated_at_text",
}
_CELLS = [f"{channel}_{region}".lower() for channel, region in _REGIONS]
_DERIVED = "search_text, name_key, kind, country, forward_number, telephone, answer"
_FACTS = [*_FIELDS.values(), *_CELLS, "unidentified"]
_END = 2 + len(_FACTS)  # index after the last fact in a state's row
_STATE = ", ".join(_FACTS)
_NEVER_NULL = {"groupId", "name", "number", "createdAt", "updatedAt", "email", "role"}

# Without our own keys and times, so that two runs with the same answers are equal.
_QUERIES = {
    "numbers": (
        "SELECT quo_id, gone_at IS NULL, seen_until IS NULL, fingerprint FROM numbers_phonenumber ORDER BY quo_id"
    ),
    "states": (
        f"SELECT n.quo_id, s.until IS NULL, {_STATE}, {_DERIVED} FROM numbers_numberstate s "  # noqa: S608 - our own words
        "JOIN numbers_phonenumber n ON n.id = s.phone_number_id ORDER BY n.quo_id, s.since"
    ),
    "teammates": (
        "SELECT t.quo_id, s.until IS NULL, email, first_name, last_name, role, search_text, name_key "
        "FROM numbers_teammatestate s JOIN numbers_teammate t ON t.id = s.teammate_id ORDER BY t.quo_id, s.since"
    ),
    "assignments": (
        "SELECT n.quo_id, t.quo_id, a.until IS NULL, a.role, a.group_id FROM numbers_assignment a "
        "JOIN numbers_phonenumber n ON n.id = a.phone_number_id JOIN numbers_teammate t ON t.id = a.teammate_id "
        "ORDER BY n.quo_id, t.quo_id, a.since"
    ),
}


@dataclass(frozen=True)
class View:
    """The current numbers, teammates and assignments, by their IDs in Quo."""

    numbers: dict[str, Row]
    teammates: dict[str, Row]
    assignments: dict[tuple[str, str], Row]

    def differences(self, other: "View") -> list[str]:
        """Return up to three differences, in words."""
        pairs = [(what, getattr(self, what), getattr(other, what)) for what in ("numbers", "teammates", "assignments")]
        found = [
            f"{what} {key}: {mine.get(key)!r} is not {theirs.get(key)!r}"
            for what, mine, theirs in pairs
            for key in sorted({*mine, *theirs})
            if mine.get(key) != theirs.get(key)
        ]
        return found[:3]


@dataclass(frozen=True)
class Memory:
    """The whole memory; states are in order for each number, teammate and assignment."""

    numbers: list[Row]
    states: list[Row]
    teammates: list[Row]
    assignments: list[Row]

    @property
    def current(self) -> View:
        return View(
            {row[0]: row[2:_END] for row in self.states if row[1]},
            {row[0]: row[2:6] for row in self.teammates if row[1]},
            {row[:2]: row[3:] for row in self.assignments if row[2]},
        )

    @property
    def open_rows(self) -> list[list[Row]]:
        """Return the current rows with their derived columns, without history.

        The raw answers are left out, because other JSON with the same values starts no new state.
        """
        return [
            [row for row in self.numbers if row[1]],
            [row[:-1] for row in self.states if row[1]],
            [row for row in self.teammates if row[1]],
            [row for row in self.assignments if row[2]],
        ]

    def __str__(self) -> str:
        """Return the counts of current numbers, states, teammates' states and assignments, and a digest of all rows."""
        there = sum(row[1] for row in self.numbers)
        everything = (self.numbers, self.states, self.teammates, self.assignments)
        digest = hashlib.sha256(repr(everything).encode()).hexdigest()[:4]
        return f"{there}/{len(self.states)}/{len(self.teammates)}/{len(self.assignments)} {digest}"


def memory_of(file: Path) -> Memory:
    with closing(sqlite3.connect(file, timeout=30)) as database:
        return Memory(**{what: database.execute(sql).fetchall() for what, sql in _QUERIES.items()})


def copy_database(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(target, timeout=30)) as copy:
        original.backup(copy)


def empty_log(file: Path) -> None:
    """Make SQLite move its write-ahead log into the database file."""
    with closing(sqlite3.connect(file, timeout=30)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def view_of(records: Iterable[Record]) -> View:
    """Return the state that records with an id describe; the last record of a number counts.

    What another number gives about a teammate is not lost to one that does not give it.
    """
    view = View({}, {}, {})
    for number_id, record in {record["id"]: record for record in records}.items():
        fields = {name: _text(record, name) for name in _FIELDS}
        restrictions = _object(record.get("restrictions"))
        cells = (_word(_object(restrictions.get(channel)), region) for channel, region in _REGIONS)
        users = record["users"] if isinstance(record.get("users"), list) else None
        identified = {user["id"]: user for user in users or () if has_id(user, "US")}
        unidentified = None if users is None else sum(not has_id(user, "US") for user in users)
        view.numbers[number_id] = (*fields.values(), *cells, unidentified)
        for user_id, user in identified.items():
            described = [_text(user, name) for name in ("email", "firstName", "lastName", "role")]
            before = view.teammates.get(user_id, described)
            view.teammates[user_id] = tuple(new or old for new, old in zip(described, before, strict=True))
            view.assignments[number_id, user_id] = (_text(user, "role"), _text(user, "groupId") or "")
    return view


def has_id(record: Any, prefix: str) -> bool:
    """Return whether a record has a readable id: a text that begins with `PN` or `US`."""
    return isinstance(record, dict) and isinstance(record.get("id"), str) and record["id"].startswith(prefix)


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(record: Record, name: str) -> str | None:
    """Return a field as it is stored. Missing and null are equal."""
    value = record.get(name)
    if value is None:
        return "" if name in _NEVER_NULL else None
    return _word(record, name)


def _word(values: dict[str, Any], name: str) -> str | None:
    """Return a value as it is stored: a text unchanged, another value as JSON, one that is not given as None."""
    value = values.get(name)
    if value is None:
        return None
    return value.replace("\0", "\ufffd") if isinstance(value, str) else render(value).decode()


def expected_after(before: View, answer: View, *, is_held: bool) -> View:
    """Return the expected state after an answer. If it is held, numbers that it lacks stay."""
    stays = set(before.numbers) if is_held else set(answer.numbers)
    return View(
        {key: row for key, row in before.numbers.items() if key in stays} | answer.numbers,
        before.teammates | answer.teammates,
        {key: row for key, row in before.assignments.items() if key[0] in stays and key[0] not in answer.numbers}
        | answer.assignments,
    )


def invented_states(memory: Memory, answers: Iterable[View]) -> list[str]:
    """Return states in the whole history that no answer contained."""
    views = list(answers)
    held = [("number", row[0], row[2:_END], [view.numbers.get(row[0]) for view in views]) for row in memory.states]
    held += [("teammate", row[0], row[2:6], [view.teammates.get(row[0]) for view in views]) for row in memory.teammates]
    held += [
        ("assignment", row[:2], row[3:], [view.assignments.get(row[:2]) for view in views])
        for row in memory.assignments
    ]
    return [f"{what} {key}: {facts!r}" for what, key, facts, known in held if facts not in known][:3]
