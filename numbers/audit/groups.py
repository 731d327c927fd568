"""The restrictions audit: numbers in groups, how many of a group have what in each cell, and what most have.

Pure functions: no database, no HTTP.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from numbers.facts import COLUMNS, Column, Fact, fact_of
from numbers.folding import order_key

# Of two numbers that differ, neither is the odd one.
FEWEST_TO_COMPARE = 3

Facts = tuple[Fact, ...]  # of the six cells, in the order of COLUMNS
Alike = tuple[str, Facts]  # a number's kind and facts, which is all that the audit compares
Counts = Mapping[Alike, int]  # how many numbers are alike
_FACTS = tuple(Fact)


class Grouping(StrEnum):
    """What numbers are put together by."""

    GROUP = "group"
    KIND = "kind"
    TEAMMATE = "teammate"


class Line(NamedTuple):
    """A number as the audit shows it. `key` is its state's; `raws` are Quo's own words for the six cells."""

    key: int
    phone_number: int
    quo_id: str
    name: str
    name_key: str
    number: str
    group_id: str
    kind: str
    raws: tuple[str | None, ...]
    facts: Facts


def line_of(row: tuple[Any, ...]) -> Line:
    """Return the line of a row: the fields of `Line` up to `kind`, then the six raw values."""
    cells = Line._fields.index("raws")
    return Line._make((*row[:cells], row[cells:], tuple(map(fact_of, row[cells:]))))


class Tally(NamedTuple):
    """How many of a group's numbers have which fact in the cell `column`."""

    column: Column
    allowed: int
    restricted: int
    unknown: int

    def of(self, fact: Fact) -> int:
        return dict(self._counts)[fact]

    @property
    def parts(self) -> tuple[tuple[Fact, int], ...]:
        """The facts that occur, each with how often."""
        return tuple((fact, count) for fact, count in self._counts if count)

    @property
    def most(self) -> Fact | None:
        """What more than half have; None where no fact has that many, and of fewer than three numbers."""
        total = self.allowed + self.restricted + self.unknown
        if total < FEWEST_TO_COMPARE:
            return None
        return next((fact for fact, count in self._counts if 2 * count > total), None)

    @property
    def _counts(self) -> tuple[tuple[Fact, int], ...]:
        return (Fact.ALLOWED, self.allowed), (Fact.RESTRICTED, self.restricted), (Fact.UNKNOWN, self.unknown)


def tallies_of(numbers: Counts) -> tuple[Tally, ...]:
    """Return the tally of each cell, in the order of `COLUMNS`."""
    counted = [dict.fromkeys(_FACTS, 0) for _ in COLUMNS]
    for (_, facts), count in numbers.items():
        for cell, fact in zip(counted, facts, strict=True):
            cell[fact] += count
    return tuple(Tally(column, *cell.values()) for column, cell in zip(COLUMNS, counted, strict=True))


class Name(NamedTuple):
    """What a group is called. `key` is the group's id, the kind or the teammate's id; empty where numbers have none."""

    key: str
    label: str
    detail: str = ""


@dataclass(frozen=True)
class Group:
    """Numbers that are compared with each other; `position` counts the groups from 0.

    Of the `whole` group, some are `shown`. What is usual is of the whole group, shown or not.
    """

    position: int
    by: Grouping
    key: str
    label: str
    detail: str
    whole: Counts
    shown: Counts

    @cached_property
    def size(self) -> int:
        return sum(self.whole.values())

    @cached_property
    def count(self) -> int:
        return sum(self.shown.values())

    @cached_property
    def tallies(self) -> tuple[Tally, ...]:
        """How many of the shown numbers have what in each cell."""
        return tallies_of(self.shown)

    @cached_property
    def usual(self) -> tuple[Tally, ...]:
        """How many of the whole group have what in each cell."""
        return tallies_of(self.whole)

    @cached_property
    def most(self) -> tuple[Fact | None, ...]:
        """What more than half of the whole group have in each cell; None where there is no such fact."""
        return _most(frozenset(self.whole.items()))

    @property
    def is_compared(self) -> bool:
        return self.size >= FEWEST_TO_COMPARE

    @property
    def is_partly_shown(self) -> bool:
        return self.count < self.size


@lru_cache(maxsize=8192)  # thousands of teammates share a few combinations of facts
def _most(counts: frozenset[tuple[Alike, int]]) -> tuple[Fact | None, ...]:
    return tuple(tally.most for tally in tallies_of(dict(counts)))


@dataclass(frozen=True)
class Audit:
    """Numbers in their groups, by the keys of their states.

    `alike` has every number there is. Of those that fit, `keys` has each group's, in the order of the list, and
    `numbers` counts each once, however many groups it is in.
    """

    alike: Mapping[int, Alike]
    groups: Sequence[Group]
    keys: Sequence[Sequence[int]]
    numbers: Counts

    @property
    def rows(self) -> int:
        return sum(map(len, self.keys))

    @property
    def total(self) -> int:
        return sum(self.numbers.values())


def audit_of(
    by: Grouping,
    alike: Mapping[int, Alike],
    groups_of: Mapping[int, Collection[str]],
    names: Iterable[Name],
    fitting: Sequence[int],
) -> Audit:
    """Put the `fitting` numbers in groups, in the order of their `names`. Groups without a fitting number are left out.

    `groups_of` has the keys of the groups that each number is in.
    """
    shown = _gathered(fitting, groups_of)
    whole = _gathered(alike, groups_of) if len(fitting) < len(alike) else shown
    groups: list[Group] = []
    keys: list[Sequence[int]] = []
    for name in names:
        if name.key not in shown:
            continue
        numbers = Counter(map(alike.__getitem__, whole[name.key]))
        some = numbers
        if len(shown[name.key]) < len(whole[name.key]):
            some = Counter(map(alike.__getitem__, shown[name.key]))
        groups.append(Group(len(groups), by, *name, numbers, some))
        keys.append(shown[name.key])
    return Audit(alike, groups, keys, Counter(map(alike.__getitem__, fitting)))


def _gathered(keys: Iterable[int], groups_of: Mapping[int, Collection[str]]) -> dict[str, "array[int]"]:
    members: dict[str, array[int]] = defaultdict(lambda: array("q"))  # 64 bits each, not objects
    for key in keys:
        for group in groups_of[key]:
            members[group].append(key)
    return dict(members)


def names_of(by: Grouping, keys: Iterable[str]) -> list[Name]:
    """Return the names of Quo's groups in the order of their ids, the one without an id last; or of the kinds."""
    if by is Grouping.KIND:
        return [Name(key, key) for key in sorted(keys, reverse=True)]
    return [Name(key, key) for key in sorted(keys, key=lambda key: (not key, order_key(key), key))]
