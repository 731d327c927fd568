"""Draws answers of Quo with unknown values, and says from the raw answer alone what is certain."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.support.quo_answers import number, user

CHANNELS = ("calling", "messaging")
REGIONS = ("US", "CA", "Intl")
USERS = ("US1", "US2")
Record = dict[str, Any]


@dataclass(frozen=True)
class RawWorkspace:
    """The records of a complete answer, as Quo sent them. What Quo leaves out or says in new words is unknown."""

    records: list[Record]

    @property
    def is_whole(self) -> bool:
        """Return whether every record has an id that can be read."""
        return len(self.readable) == len(self.records)

    @property
    def readable(self) -> list[Record]:
        return [record for record in self.records if isinstance(record.get("id"), str)]

    def record(self, number_id: str) -> Record:
        (found,) = (record for record in self.readable if record["id"] == number_id)
        return found

    @property
    def identifies_everybody(self) -> bool:
        return all(map(identifies_everybody, self.readable))

    @property
    def reports_every_cell(self) -> bool:
        cells = [(channel, region) for channel in CHANNELS for region in REGIONS]
        return all(fact(record, *cell) for record in self.readable for cell in cells)

    def of(self, user_id: str) -> list[Record]:
        """Return the numbers that name this user."""
        return [record for record in self.readable if user_id in named(record)]

    def may_have_more(self, user_id: str) -> bool:
        """Return whether this user may be on a number that does not name them."""
        others = [record for record in self.readable if user_id not in named(record)]
        return not self.is_whole or not all(map(identifies_everybody, others))

    def leads_outside(self, record: Record) -> bool:
        """Return whether it is certain that calls to a number end outside the workspace."""
        forward = self._last(record)["forward"]
        may_be_unread = not self.is_whole or any((forward or "").endswith(_telephone(own)) for own in self.readable)
        return bool(forward) and not self._at(forward) and not may_be_unread

    def reaches_nobody(self, record: Record) -> bool:
        """Return whether it is certain that calls to a number end on one that has nobody."""
        last = self._last(record)
        return not last["forward"] and has_nobody(last)

    def _last(self, record: Record) -> Record:
        """Return the last number of the workspace on the way of the calls, as far as it is certain."""
        path = [record]
        while len(following := self._at(path[-1]["forward"])) == 1 and following[0] not in path:
            path += following
        return path[-1]

    def _at(self, forward: str | None) -> list[Record]:
        return [record for record in self.readable if forward and _telephone(record) == forward]


def _telephone(record: Record) -> str:
    """Return the number in E.164, or the digits with which it ends; "" if it may be any."""
    return {"020 7946 0999": "2079460999", "reception": ""}.get(record["number"], str(record["number"]))


def named(record: Record) -> set[str]:
    """Return the ids of the users on a number."""
    return {person["id"] for person in record.get("users") or [] if isinstance(person.get("id"), str)}


def identifies_everybody(record: Record) -> bool:
    users = record.get("users")
    return isinstance(users, list) and len(named(record)) == len(users)


def has_nobody(record: Record) -> bool:
    """Return whether it is certain that nobody is on a number."""
    return record.get("users") == []


def has_somebody(record: Record) -> bool:
    """Return whether it is certain that somebody is on a number."""
    return bool(record.get("users"))


def identifies_nobody(record: Record) -> bool:
    """Return whether Quo names nobody on a number, but somebody may be on it."""
    return not named(record) and not has_nobody(record)


def fact(record: Record, channel: str, region: str) -> str:
    """Return "restricted" or "unrestricted"; "" if it is unknown."""
    restrictions: Mapping[str, Any] = record.get("restrictions") or {}
    raw = (restrictions.get(channel) or {}).get(region)
    return raw if raw in {"restricted", "unrestricted"} else ""


MISSING = "missing"


def _without_missing(values: Record) -> Record:
    return {name: value for name, value in values.items() if value != MISSING}


_PEOPLE = {
    "US1": user("US1", firstName="Ann", lastName="Lee"),
    "US2": user("US2", firstName="Bob", role="manager"),
    "stranger": {**user(), "id": None},
}
_facts = st.sampled_from(["restricted", "restricted", "unrestricted", MISSING, "perhaps"])
_channel = st.fixed_dictionaries(dict.fromkeys(REGIONS, _facts)).map(_without_missing)
_restrictions = st.fixed_dictionaries(dict.fromkeys(CHANNELS, _channel))
_users = st.sets(st.sampled_from(list(_PEOPLE))).map(lambda names: [_PEOPLE[name] for name in sorted(names)])
_USUAL = "+15555550123"
_changes = st.fixed_dictionaries(
    {
        "users": st.one_of(_users, _users, st.sampled_from([None, MISSING])),
        "restrictions": st.one_of(_restrictions, _restrictions, st.just(MISSING)),
        "groupId": st.sampled_from(["GR1", "GR1", MISSING]),
        "number": st.sampled_from([*[_USUAL] * 4, "+12065557777", "020 7946 0999", "reception"]),
        "forward": st.sampled_from([None, None, None, "+12065557777", "+442079460999"]),
    }
)
_changes_and_ids = st.lists(st.tuples(_changes, st.integers(0, 5)), max_size=4)


def _workspace(drawn: list[tuple[Record, int]]) -> RawWorkspace:
    records = [
        _without_missing({**number(), "name": f"Line {place}", **changes, "id": f"PN{place}" if readable else None})
        for place, (changes, readable) in enumerate(drawn)
    ]
    return RawWorkspace(records)


raw_workspaces = _changes_and_ids.map(_workspace)
