"""Lists as JSON in the format of Quo's API: `{"data": [record, …]}`.

Demo data also has `"demo": true`. `"unreadRecords": 2` says how many records of Quo's answer could not be read.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from numbers.exports.columns import TEAMMATE_RAW, Line
from numbers.exports.rows import NumberLine, TeammateLine
from numbers.pages.rows import TeammateOnNumber
from numbers.services import raw_restrictions
from numbers.vocabulary.cells import CELLS, CHANNELS, Cell, Fact, fact_of

Record = dict[str, Any]


def json_document(
    record: Callable[[Line], Record], lines: Iterable[Line], *, is_demo: bool, unread: int
) -> Iterator[bytes]:
    """Yield the JSON, one record per line."""
    encoder = msgspec.json.Encoder()
    notes: Record = {"demo": True} if is_demo else {}
    notes |= {"unreadRecords": unread} if unread else {}
    before = encoder.encode({**notes, "data": []})[:-2]
    for line in lines:
        yield before + encoder.encode(record(line))
        before = b",\n"
    yield b"]}\n" if before == b",\n" else before + b"]}\n"


def by_region(values: Mapping[Cell, Any]) -> Record:
    """Return the cells' values nested by channel and region, like restrictions in Quo's API."""
    return {
        channel.key: {cell.region.key: value for cell, value in values.items() if cell.channel is channel}
        for channel in CHANNELS
    }


def number_record(line: NumberLine) -> Record:
    """Return a number as Quo describes it. A restriction that Quo did not send is left out.

    `users` is null if Quo did not list them. `unidentifiedUsers` is ours: it counts those without a readable id.
    """
    state = line.state
    unidentified = {"unidentifiedUsers": state.unidentified} if state.unidentified else {}
    return {
        "id": state.quo_id,
        "groupId": state.group_id,
        "portRequestId": state.port_request_id,
        "formattedNumber": state.formatted_number,
        "forward": state.forward,
        "name": state.name,
        "number": state.number,
        "portingStatus": state.porting_status,
        "symbol": state.symbol,
        "users": None if state.unidentified is None else [_user(teammate) for teammate in line.people],
        **unidentified,
        "createdAt": state.created_at_text,
        "updatedAt": state.updated_at_text,
        "restrictions": _restrictions(state),
    }


def _user(teammate: TeammateOnNumber) -> Record:
    return {
        "id": teammate.user_id,
        "email": teammate.email,
        "firstName": teammate.first_name,
        "lastName": teammate.last_name,
        "role": teammate.role,
        "groupId": teammate.group_id,
    }


def _restrictions(state: Any) -> Record:  # noqa: ANN401 - a row of the database
    values: dict[Cell, Any] = {cell: getattr(state, cell.field) for cell in CELLS}
    if any(fact_of(raw) is Fact.UNKNOWN for raw in values.values()):
        # The state stores values such as 5 as text, and null as not given; only the answer has their original form.
        sent = raw_restrictions(state.answer)
        values = {cell: sent.get(cell.key, raw) for cell, raw in values.items()}
    return by_region({cell: value for cell, value in values.items() if value is not None})


def teammate_record(line: TeammateLine) -> Record:
    """Return a teammate with the fields of a number's users, and the ids of their numbers.

    Quo's API has no `reach`, it is ours: "allowed", "restricted" or "unknown" for each cell through any of their
    numbers; null if they are on none.
    """
    record: Record = {column.name: column.value(line) for column in TEAMMATE_RAW}
    record["phoneNumbers"] = [number.quo_id for number in line.numbers]
    record["reach"] = by_region({cell: fact.value for cell, fact in line.reach.items()}) if line.reach else None
    return record
