"""What the audit compares: the looks of numbers, how many of a group have which, and how some differ from most.

Pure functions: no database, no HTTP.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from numbers.vocabulary.cells import CELLS, Cell, Fact

# Of two numbers that differ, neither is the outlier.
FEWEST_TO_COMPARE = 3

Facts = tuple[Fact, ...]  # of the cells, in the order of CELLS
SomeFacts = tuple[Fact | None, ...]  # the same, with None in the cells that are left out
_FACTS = tuple(Fact)


@dataclass(frozen=True, eq=False, slots=True)
class Look:
    """A number's kind and facts. There is one object for each look (see `look_of`): they are compared by identity."""

    kind: str
    facts: Facts


@cache
def look_of(kind: str, facts: Facts) -> Look:
    return Look(kind, facts)


Counts = Mapping[Look, int]  # how many numbers have each look


class Tally(NamedTuple):
    """How many of a group's numbers have which fact in `cell`."""

    cell: Cell
    allowed: int
    restricted: int
    unknown: int

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
    """Return the tally of each cell, in the order of `CELLS`."""
    counted = [dict.fromkeys(_FACTS, 0) for _ in CELLS]
    for look, count in numbers.items():
        for counts, fact in zip(counted, look.facts, strict=True):
            counts[fact] += count
    return tuple(Tally(cell, *counts.values()) for cell, counts in zip(CELLS, counted, strict=True))


class Difference(NamedTuple):
    """A way in which some numbers of a group differ from most of it: `sharing` of them, who have these `looks`.

    `facts` are of the cells in which they differ.
    """

    facts: SomeFacts
    looks: frozenset[Look]
    sharing: int
    rarity: tuple[float, int]  # the share of the group, then the larger group: what outliers are sorted by


class Composition(NamedTuple):
    """How many numbers of a group have which look, and what follows from that alone.

    `most` is what more than half have in each cell, None where there is no such fact. `differences` are how numbers
    differ from that, and `outlier_looks` are their looks: none where all are alike, and in groups that are too small.
    """

    counts: Counts
    size: int
    most: SomeFacts
    differences: tuple[Difference, ...]
    outlier_looks: Collection[Look]

    @property
    def tallies(self) -> tuple[Tally, ...]:
        return tallies_of(self.counts)

    def having(self, place: int, fact: Fact | None) -> int:
        """Return how many have this fact in the cell at this place of `CELLS`."""
        return sum(count for look, count in self.counts.items() if look.facts[place] is fact)

    def differing(self, facts: Facts) -> SomeFacts:
        """Return those of a number's facts that differ from what most have."""
        return _differing(facts, self.most)


def composition_of(looks: Iterable[Look]) -> Composition:
    """Return the composition of numbers with these looks."""
    return _composition(frozenset(Counter(looks).items()))


@lru_cache(maxsize=32_768)  # most groups stay as they were from one version of the memory to the next
def _composition(counted: frozenset[tuple[Look, int]]) -> Composition:
    counts = dict(counted)
    size = sum(counts.values())
    most = _most(counts, size)
    outliers: dict[SomeFacts, list[Look]] = {}
    for look in counts:
        differing = _differing(look.facts, most)
        if any(differing):
            outliers.setdefault(differing, []).append(look)
    differences = [_difference(facts, looks, counts, size) for facts, looks in outliers.items()]
    return Composition(counts, size, most, tuple(differences), frozenset().union(*outliers.values()))


def _most(counts: Counts, size: int) -> SomeFacts:
    commonest = max(counts, key=counts.__getitem__, default=None)
    if commonest and size >= FEWEST_TO_COMPARE and 2 * counts[commonest] > size:
        return commonest.facts
    return tuple(tally.most for tally in tallies_of(counts))


def _difference(facts: SomeFacts, looks: Iterable[Look], counts: Counts, size: int) -> Difference:
    sharing = sum(map(counts.__getitem__, looks))
    # Equal shares divide to the same float.
    return Difference(facts, frozenset(looks), sharing, (sharing / size, -size))


@lru_cache(maxsize=8192)
def _differing(facts: Facts, most: SomeFacts) -> SomeFacts:
    return tuple(
        fact if usual is not None and fact is not usual else None for fact, usual in zip(facts, most, strict=True)
    )
