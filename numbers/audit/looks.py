"""What the audit compares: the looks of numbers, how many of a group have which, and how some differ from most.

Pure functions: no database, no HTTP.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from numbers.vocabulary.cells import CELLS, Cell, Fact

# Of two numbers that differ, neither is the odd one.
FEWEST_TO_COMPARE = 3

Facts = tuple[Fact, ...]  # of the six cells, in the order of CELLS
Oddity = tuple[Fact | None, ...]  # the facts by which a number differs from most of its group, None in other cells
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
    """A way in which some numbers of a group differ from most of it: `sharing` of them, who have these `looks`."""

    oddity: Oddity
    looks: frozenset[Look]
    sharing: int
    rarity: tuple[float, int]  # the share of the group, then the larger group: what findings are sorted by


class Composition(NamedTuple):
    """How many numbers of a group have which look, and what follows from that alone.

    `most` is what more than half have in each cell, None where there is no such fact. `differences` are how numbers
    differ from that, and `odd` are their looks: none where all are alike, and in groups that are too small to compare.
    """

    counts: Counts
    size: int
    most: Oddity
    differences: tuple[Difference, ...]
    odd: Collection[Look]

    @property
    def tallies(self) -> tuple[Tally, ...]:
        return tallies_of(self.counts)

    def having(self, place: int, fact: Fact | None) -> int:
        """Return how many have this fact in the cell at this place of `CELLS`."""
        return sum(count for look, count in self.counts.items() if look.facts[place] is fact)

    def oddity_of(self, facts: Facts) -> Oddity:
        return _oddity(facts, self.most)


def composition_of(looks: Iterable[Look]) -> Composition:
    """Return the composition of numbers with these looks."""
    return _composition(frozenset(Counter(looks).items()))


@lru_cache(maxsize=32_768)  # most groups stay as they were from one version of the memory to the next
def _composition(counted: frozenset[tuple[Look, int]]) -> Composition:
    counts = dict(counted)
    size = sum(counts.values())
    most = _most(counts, size)
    odd: dict[Oddity, list[Look]] = {}
    for look in counts:
        oddity = _oddity(look.facts, most)
        if any(oddity):
            odd.setdefault(oddity, []).append(look)
    differences = [_difference(oddity, looks, counts, size) for oddity, looks in odd.items()]
    return Composition(counts, size, most, tuple(differences), frozenset().union(*odd.values()))


def _most(counts: Counts, size: int) -> Oddity:
    commonest = max(counts, key=counts.__getitem__, default=None)
    if commonest and size >= FEWEST_TO_COMPARE and 2 * counts[commonest] > size:
        return commonest.facts
    return tuple(tally.most for tally in tallies_of(counts))


def _difference(oddity: Oddity, looks: Iterable[Look], counts: Counts, size: int) -> Difference:
    sharing = sum(map(counts.__getitem__, looks))
    # Equal shares divide to the same float.
    return Difference(oddity, frozenset(looks), sharing, (sharing / size, -size))


@lru_cache(maxsize=8192)
def _oddity(facts: Facts, most: Oddity) -> Oddity:
    return tuple(
        fact if usual is not None and fact is not usual else None for fact, usual in zip(facts, most, strict=True)
    )
