"""Lists changes: numbers that are new, gone or described differently, teammates put on and taken off.

Nobody knows what happened between two syncs: a change happened after the last sync that confirmed the old state, and
no later than the sync that found the new one. The first complete answer is the baseline: it changes nothing.
A teammate's role or group on a number is left out: roles are reported as the teammate's own.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from numbers.history.wording import NamedTeammate, Parts, arrived, gone, number_changed, number_part, teammate_changed
from numbers.memory import changes as change_queries
from numbers.memory.cache import per_version
from numbers.memory.changes import ChangeKey
from numbers.memory.moment import NOW, Moment
from numbers.memory.version import Version
from numbers.models import NumberState, TeammateState, display_name


@dataclass(frozen=True)
class Change:
    """What one sync found different about one number (`subject` is `PN…`) or one teammate (`US…`).

    It happened after `earliest`, when the old state was last confirmed (None if it never was), and not after `latest`,
    when the new state was found. `key` is stable and safe in an HTML id.
    """

    key: str
    subject: str
    parts: Parts
    earliest: datetime | None
    latest: datetime

    @property
    def sentence(self) -> str:
        return "".join(part.text for part in self.parts)

    @property
    def is_within_a_minute(self) -> bool:
        """Whether both ends are written as the same time."""
        minutes = {time and time.replace(second=0, microsecond=0) for time in (self.earliest, self.latest)}
        return len(minutes) == 1


@dataclass(frozen=True)
class Changes:
    """The newest changes of a period, and their total number.

    Changes are known since `watching_since`, when Quo first answered for the whole workspace; None if it never did.
    """

    found: tuple[Change, ...]
    total: int
    watching_since: datetime | None

    @property
    def more(self) -> int:
        return self.total - len(self.found)


def changes(*, since: datetime, limit: int, version: Version, moment: Moment = NOW) -> Changes:
    """Return the `limit` newest changes found from `since` up to the moment; for each sync, numbers come first.

    The number of queries is fixed, and only the returned changes are put in words.
    """
    baseline = change_queries.first_complete_answer(moment)
    hour = since.replace(minute=0, second=0, microsecond=0)
    newest, counts = changes_since(hour, limit, baseline, version, moment)
    return Changes(
        tuple(change for change in newest if change.latest >= since),
        sum(count for at, count in counts if at >= since),
        baseline,
    )


@per_version
def changes_since(
    hour: datetime, limit: int, baseline: datetime | None, _version: Version, moment: Moment = NOW
) -> tuple[tuple[Change, ...], tuple[tuple[datetime, int], ...]]:
    """Return the newest changes since `hour`, and the number of changes at each time.

    `hour` is rounded so that the cached result serves for an hour. The caller drops changes that are too old.
    """
    found = list(change_queries.changes_between(hour, baseline, moment))
    keys = [ChangeKey(*row) for row in found[:limit]]
    numbers = _number_changes([key for key in keys if not key.is_teammate])
    teammates = _teammate_changes([key for key in keys if key.is_teammate])
    newest = tuple((teammates if key.is_teammate else numbers)[key] for key in keys)
    return newest, tuple(Counter(at for at, *_ in found).items())


# Numbers


def _number_changes(keys: Sequence[ChangeKey]) -> Mapping[ChangeKey, Change]:
    if not keys:
        return {}
    ended, began = change_queries.number_states_around(keys)
    added = _assignment_changes(change_queries.put_on(keys))
    removed = _assignment_changes(change_queries.taken_off(keys))
    return {
        key: _number_change(key, ended.get(at), began.get(at), added.get(at, []), removed.get(at, []))
        for key in keys
        for at in [(key.at, key.of)]
    }


@dataclass(frozen=True)
class _AssignmentChange:
    """A teammate put on a number or taken off it, with the names of both and the number's `unidentified` after it."""

    teammate: NamedTeammate
    number_id: str
    number_name: str
    unidentified: int | None
    confirmed: datetime | None


def _assignment_changes(rows: Iterable[tuple[Any, ...]]) -> Mapping[tuple[datetime, int], Sequence[_AssignmentChange]]:
    """Return the teammates put on or taken off, by time and number."""
    found: dict[tuple[datetime, int], list[_AssignmentChange]] = defaultdict(list)
    for at, number, user_id, first, last, email, *rest in rows:
        found[at, number].append(
            _AssignmentChange(NamedTeammate(user_id, display_name(first, last, email, user_id)), *rest)
        )
    return found


def _number_change(
    key: ChangeKey,
    before: NumberState | None,
    after: NumberState | None,
    added: Sequence[_AssignmentChange],
    removed: Sequence[_AssignmentChange],
) -> Change:
    """Return the change of one number, from its states before and after and the teammates put on and taken off."""
    on, off = [item.teammate for item in added], [item.teammate for item in removed]
    if after is None and before is not None:
        return _change(key, before.phone_number.quo_id, gone(before), before.confirmed_last)  # type: ignore[attr-defined] # annotated
    if after is None:
        first = [*added, *removed][0]
        unidentified = (first.unidentified, first.unidentified)  # the state did not change
        parts = number_changed(number_part(first.number_id, first.number_name), None, on, off, unidentified)
        return _change(key, first.number_id, parts, first.confirmed)
    quo_id = after.phone_number.quo_id
    if before is None:
        parts = arrived(after, on, is_new=after.phone_number.first_seen == key.at)
    else:
        unidentified = (before.unidentified, after.unidentified)
        parts = number_changed(number_part(quo_id, after.name), (before, after), on, off, unidentified)
    return _change(key, quo_id, parts, after.confirmed_before)  # type: ignore[attr-defined] # annotated


def _change(key: ChangeKey, subject: str, parts: Parts, earliest: datetime | None) -> Change:
    kind = "t" if key.is_teammate else "n"
    return Change(f"{kind}{key.of}-{key.at:%Y%m%d%H%M%S%f}", subject, parts, earliest, key.at)


# Teammates


def _teammate_changes(keys: Sequence[ChangeKey]) -> Mapping[ChangeKey, Change]:
    if not keys:
        return {}
    ended, began = change_queries.teammate_states_around(keys)
    return {key: _teammate_change(key, ended[key.at, key.of], began[key.at, key.of]) for key in keys}


def _teammate_change(key: ChangeKey, before: TeammateState, after: TeammateState) -> Change:
    quo_id = after.teammate.quo_id
    return _change(key, quo_id, teammate_changed(quo_id, before, after), after.confirmed_before)  # type: ignore[attr-defined] # annotated
