"""Puts numbers in groups. Pure functions: no database, no HTTP."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import compress
from typing import Any, NamedTuple

from numbers.audit.patterns import MIN_GROUP_SIZE, Composition, Counts, Facts, Pattern, composition_of
from numbers.vocabulary.cells import Fact, fact_of
from numbers.vocabulary.folding import order_key

Key = str | int  # a group's key: the id of Quo's group, the kind, the key of a teammate's state, or "" for none
NOT_IDENTIFIED: Key = 0  # the key for numbers on which Quo identifies nobody, but on which somebody may be


class Grouping(StrEnum):
    """What numbers are grouped by."""

    GROUP = "group"
    KIND = "kind"
    TEAMMATE = "teammate"


class AuditedNumber(NamedTuple):
    """A number as the audit shows it. `raws` are Quo's raw values of the cells."""

    key: int
    quo_id: str
    name: str
    name_key: str
    number: str
    group_id: str
    kind: str
    raws: tuple[str | None, ...]
    facts: Facts


def audited_number(row: tuple[Any, ...]) -> AuditedNumber:
    """Return a number from a row: the fields of `AuditedNumber` up to `kind`, then the raw values of the cells."""
    cells = AuditedNumber._fields.index("raws")
    return AuditedNumber._make((*row[:cells], row[cells:], tuple(map(fact_of, row[cells:]))))


class GroupName(NamedTuple):
    """The name of a group. `key` is the id of Quo's group, the kind or the teammate's id; empty if there is none.

    Only the group of numbers on which Quo identifies nobody has a label without a key.
    """

    key: str
    label: str
    detail: str = ""


class Group(NamedTuple):
    """Numbers that are compared with each other; `position` counts the groups from 0.

    `matching` is the part of the `whole` group that matches the filters. Outliers differ from the whole group.
    """

    position: int
    by: Grouping
    key: Key
    whole: Composition
    matching: Composition

    @property
    def is_compared(self) -> bool:
        return self.whole.size >= MIN_GROUP_SIZE

    @property
    def is_filtered(self) -> bool:
        return self.matching.size < self.whole.size


@dataclass(frozen=True)
class Audit:
    """Numbers in their groups, by their keys.

    `patterns` has every number. `states` has the matching ones in the order of the list, with the keys of their states.
    `outliers` are those that differ from most of a group. `members` has the matching numbers of each group, unsorted.
    `unclear` is how many numbers, matching or not, may be in other groups than Quo says.
    """

    patterns: Mapping[int, Pattern]
    states: Mapping[int, int]
    groups: Sequence[Group]
    members: Sequence[Collection[int]]
    outliers: Collection[int]
    unclear: int = 0

    @cached_property
    def everything(self) -> Counts:
        """Return the counts of all numbers, matching or not."""
        return Counter(self.patterns.values())

    @property
    def numbers(self) -> Counts:
        """Return the counts of the matching numbers. Each counts once, even if it is in several groups."""
        is_narrowed = len(self.states) < len(self.patterns)
        return Counter(map(self.patterns.__getitem__, self.states)) if is_narrowed else self.everything

    @property
    def unreported(self) -> int:
        """Return how many numbers, matching or not, have a cell that is not reported."""
        return sum(count for pattern, count in self.everything.items() if Fact.UNKNOWN in pattern.facts)

    @property
    def row_count(self) -> int:
        return sum(map(len, self.members))

    @property
    def total(self) -> int:
        return len(self.states)

    @cached_property
    def _positions(self) -> Mapping[int, int]:
        return {key: position for position, key in enumerate(self.states)}

    def keys_of(self, group: Group) -> list[int]:
        """Return the matching numbers of the group, in the order of the list."""
        return sorted(self.members[group.position], key=self._positions.__getitem__)

    def keys_by_pattern(self, position: int) -> Mapping[Pattern, Sequence[int]]:
        """Return the matching numbers of the group at this position, unsorted."""
        found: dict[Pattern, list[int]] = defaultdict(list)
        for key in self.members[position]:
            found[self.patterns[key]].append(key)
        return found


def audit_of(
    by: Grouping,
    patterns: Mapping[int, Pattern],
    states: Mapping[int, int],
    whole_groups: Mapping[Key, Collection[int]],
) -> Audit:
    """Put the matching numbers, which are those in `states`, in groups. Empty groups are left out.

    `whole_groups` has all the numbers of each group, matching or not, in the order of the groups.
    """
    is_narrowed = len(states) < len(patterns)
    groups: list[Group] = []
    members: list[Collection[int]] = []
    outliers: set[int] = set()
    for key, everything in whole_groups.items():
        found = everything
        if is_narrowed:
            found = [number for number in everything if number in states]
        if not found:
            continue
        whole_patterns = tuple(map(patterns.__getitem__, everything))
        whole = narrowed = composition_of(whole_patterns)
        if len(found) < len(everything):
            narrowed = composition_of(tuple(map(patterns.__getitem__, found)))
        if whole.outlier_patterns:
            outliers.update(compress(everything, map(whole.outlier_patterns.__contains__, whole_patterns)))
        groups.append(Group(len(groups), by, key, whole, narrowed))
        members.append(found)
    if is_narrowed:
        outliers &= states.keys()
    return Audit(patterns, states, groups, members, outliers)


def order_of(by: Grouping, keys: Iterable[str]) -> list[str]:
    """Return the keys of Quo's groups sorted, "" last; or the kinds, toll-free first."""
    if by is Grouping.KIND:
        return sorted(keys, reverse=True)
    return sorted(keys, key=lambda key: (not key, order_key(key), key))
