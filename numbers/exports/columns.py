"""The columns of the files: in people's words, and in the words of Quo's API for machines."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from numbers.exports.rows import NumberLine, TeammateLine
from numbers.vocabulary.cells import CELLS, Cell, Fact, Reading, reading_of
from numbers.vocabulary.phones import country_name, pretty

Line = TypeVar("Line")
Value = str | int | Reading


@dataclass(frozen=True)
class Column(Generic[Line]):
    """A column for people: its heading, its width in characters, and what stands in it."""

    title: str
    width: int
    value: Callable[[Line], Value]


@dataclass(frozen=True)
class RawColumn(Generic[Line]):
    """A column for machines: its name and what stands in it, as Quo sent it. None stands for null."""

    name: str
    value: Callable[[Line], str | None]


def words_of(value: Value) -> str:
    """Return what people read. Of a fact that is not reported it says in brackets what Quo sent instead."""
    if isinstance(value, Reading):
        is_odd = value.fact is Fact.UNKNOWN and value.raw is not None
        return f"{value.fact.label} ({value.raw})" if is_odd else value.fact.label
    return str(value)


def _joined(texts: Sequence[str]) -> str:
    return "; ".join(texts)


def _listed(ids: Sequence[str]) -> str:
    """A list within a cell, in JSON: an id may hold any separator."""
    return msgspec.json.encode(ids).decode()


def _reading(cell: Cell) -> Callable[[NumberLine], Reading]:
    return lambda line: reading_of(cell, line.state)


def _restriction(cell: Cell) -> Callable[[NumberLine], str | None]:
    return lambda line: getattr(line.state, cell.field)


def _reach(cell: Cell) -> Callable[[TeammateLine], Reading | str]:
    """What the list shows; of somebody on no number, nothing."""
    return lambda line: Reading(cell, line.reach[cell], None) if line.reach else ""


def _raw_reach(cell: Cell) -> Callable[[TeammateLine], str | None]:
    """Quo's API has no such field, so this has the words that the list is filtered by."""
    return lambda line: line.reach[cell].value if line.reach else None


NUMBERS: tuple[Column[NumberLine], ...] = (
    Column("Name", 32, lambda line: line.state.name),
    Column("Number", 18, lambda line: pretty(line.state.number)),
    Column("E.164", 17, lambda line: line.state.number),
    Column("Kind", 10, lambda line: line.state.kind),
    Column("Country", 16, lambda line: country_name(line.state.country)),
    Column("Teammates", 40, lambda line: _joined([person.name for person in line.people])),
    Column("Teammates' emails", 40, lambda line: _joined([person.email for person in line.people])),
    *(Column(cell.label, 18, _reading(cell)) for cell in CELLS),
    Column("Forwards to", 18, lambda line: pretty(line.state.forward or "")),
    Column("Porting", 14, lambda line: line.state.porting_status or ""),
    Column("Symbol", 10, lambda line: line.state.symbol or ""),
    Column("Group", 14, lambda line: line.state.group_id),
    Column("Id", 16, lambda line: line.state.quo_id),
    Column("Created", 26, lambda line: line.state.created_at_text),
    Column("Updated", 26, lambda line: line.state.updated_at_text),
)

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
)

TEAMMATES: tuple[Column[TeammateLine], ...] = (
    Column("Name", 32, lambda line: line.state.display_name),
    Column("Email", 36, lambda line: line.state.email),
    Column("Role", 10, lambda line: line.state.role),
    Column("Numbers", 11, lambda line: len(line.numbers)),
    *(Column(cell.label, 15, _reach(cell)) for cell in CELLS),
    Column("Names of the numbers", 48, lambda line: _joined([number.name for number in line.numbers])),
    Column("The numbers", 40, lambda line: _joined([pretty(number.number) for number in line.numbers])),
    Column("Id", 16, lambda line: line.state.teammate.quo_id),
)

# In the JSON, too.
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
