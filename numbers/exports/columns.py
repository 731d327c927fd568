"""The columns of the files: for people in plain words, and for machines in the words of Quo's API."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Generic, TypeVar

import msgspec

from numbers.exports.rows import NumberLine, TeammateLine
from numbers.filters.columns import COLUMNS
from numbers.vocabulary.cells import CELLS, Cell, Fact, Reading
from numbers.vocabulary.phones import pretty
from numbers.vocabulary.visible import shown_name

Line = TypeVar("Line")
Value = str | int | Reading


@dataclass(frozen=True)
class Column(Generic[Line]):
    """A column for people: its heading, its width in characters, and its value in a line."""

    title: str
    width: int
    value: Callable[[Line], Value]


@dataclass(frozen=True)
class RawColumn(Generic[Line]):
    """A column for machines: its name, and its value in a line as Quo sent it. None is null."""

    name: str
    value: Callable[[Line], str | None]


def words_of(value: Value) -> str:
    """Return the value in words. A fact that is not reported has what Quo sent instead in brackets."""
    if isinstance(value, Reading):
        is_odd = value.fact is Fact.UNKNOWN and value.raw is not None
        return f"{value.fact.label} ({value.raw})" if is_odd else value.fact.label
    return str(value)


def _listed(ids: Sequence[str]) -> str:
    """Return the list in JSON, because an id may contain any separator."""
    return msgspec.json.encode(ids).decode()


def _count(count: int | None) -> str | None:
    return None if count is None else str(count)


def _restriction(cell: Cell) -> Callable[[NumberLine], str | None]:
    return lambda line: getattr(line.state, cell.field)


def _reach(cell: Cell) -> Callable[[TeammateLine], Reading | str]:
    """Return a function that reads the reach in a cell; empty for a teammate without numbers."""
    return lambda line: Reading(cell, line.reach[cell], None) if line.reach else ""


def _raw_reach(cell: Cell) -> Callable[[TeammateLine], str | None]:
    """Return a function that reads the reach in the words of the filters: Quo's API has no such field."""
    return lambda line: line.reach[cell].value if line.reach else None


_ONLY_IN_FILES: tuple[tuple[int, Column[NumberLine]], ...] = (
    (3, Column("E.164", 17, lambda line: line.state.number)),
    (7, Column("Teammates' emails", 40, lambda line: "; ".join(person.email for person in line.people))),
    (9, Column("Where calls end", 32, lambda line: line.forward.ending_text if line.forward else "")),
    (14, Column("Id", 16, lambda line: line.state.quo_id)),
    (15, Column("Created", 26, lambda line: line.state.created_at_text)),
    (16, Column("Updated", 26, lambda line: line.state.updated_at_text)),
)


def number_columns() -> tuple[Column[NumberLine], ...]:
    """Return the columns for people: those of the list and those that only files have, sorted by their places."""
    of_list = [
        (place, Column(column.label, width, column.value))
        for column in COLUMNS.values()
        for place, width in [column.in_file]
    ]
    return tuple(column for _, column in sorted([*of_list, *_ONLY_IN_FILES], key=itemgetter(0)))


NUMBERS_RAW: tuple[RawColumn[NumberLine], ...] = (
    RawColumn("id", lambda line: line.state.quo_id),
    RawColumn("name", lambda line: line.state.name),
    RawColumn("number", lambda line: line.state.number),
    RawColumn("formattedNumber", lambda line: line.state.formatted_number),
    RawColumn("symbol", lambda line: line.state.symbol),
    RawColumn("groupId", lambda line: line.state.group_id),
    RawColumn("forward", lambda line: line.state.forward),
    RawColumn("portingStatus", lambda line: line.state.porting_status),
    RawColumn("portRequestId", lambda line: line.state.port_request_id),
    *(RawColumn(f"restrictions.{cell.key}", _restriction(cell)) for cell in CELLS),
    RawColumn("createdAt", lambda line: line.state.created_at_text),
    RawColumn("updatedAt", lambda line: line.state.updated_at_text),
    RawColumn("userIds", lambda line: _listed([person.user_id for person in line.people])),
    RawColumn("userEmails", lambda line: _listed([person.email for person in line.people])),
    RawColumn("unidentifiedUsers", lambda line: _count(line.state.unidentified)),
)

TEAMMATES: tuple[Column[TeammateLine], ...] = (
    Column("Name", 32, lambda line: line.state.display_name),
    Column("Email", 36, lambda line: line.state.email),
    Column("Role", 10, lambda line: line.state.role),
    Column("Numbers", 11, lambda line: len(line.numbers)),
    *(Column(cell.label, 15, _reach(cell)) for cell in CELLS),
    Column("Names of the numbers", 48, lambda line: "; ".join(shown_name(number.name) for number in line.numbers)),
    Column("The numbers", 40, lambda line: "; ".join(pretty(number.number) for number in line.numbers)),
    Column("Id", 16, lambda line: line.state.teammate.quo_id),
)

# The JSON has these, too.
TEAMMATE_RAW: tuple[RawColumn[TeammateLine], ...] = (
    RawColumn("id", lambda line: line.state.teammate.quo_id),
    RawColumn("email", lambda line: line.state.email),
    RawColumn("firstName", lambda line: line.state.first_name),
    RawColumn("lastName", lambda line: line.state.last_name),
    RawColumn("role", lambda line: line.state.role),
)

TEAMMATES_RAW: tuple[RawColumn[TeammateLine], ...] = (
    *TEAMMATE_RAW,
    RawColumn("phoneNumbers", lambda line: _listed([number.quo_id for number in line.numbers])),
    *(RawColumn(f"reach.{cell.key}", _raw_reach(cell)) for cell in CELLS),
)
