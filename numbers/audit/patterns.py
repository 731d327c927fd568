"""Compares numbers by their patterns: counts the numbers with each pattern, and finds those that differ from most.

Pure functions: no database, no HTTP.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from numbers.vocabulary.cells import CELLS, Cell, Fact

# If two numbers differ, neither of them is the outlier.
MIN_GROUP_SIZE = 3

Facts = tuple[Fact, ...]  # one for each cell, in the order of CELLS
PartialFacts = tuple[Fact | None, ...]  # the same, with None for cells that are left out
Rarity = tuple[float, int]  # outliers are sorted by it: the share of the group, then the larger group
_FACTS = tuple(Fact)
_FEW = 30  # numbers of a group that are cheaper to remember than to count


@dataclass(frozen=True, eq=False, slots=True)
class Pattern:
    """A number's kind and facts. `pattern_of` returns equal patterns as one object, so they compare by identity."""

    kind: str
    facts: Facts


@cache
def pattern_of(kind: str, facts: Facts) -> Pattern:
    return Pattern(kind, facts)


Counts = Mapping[Pattern, int]  # how many numbers have each pattern


class Tally(NamedTuple):
    """How many of a group's numbers have each fact in `cell`."""

    cell: Cell
    allowed: int
    restricted: int
    unknown: int

    @property
    def parts(self) -> tuple[tuple[Fact, int], ...]:
        """Return the facts that occur, each with its count."""
        return tuple((fact, count) for fact, count in self._counts if count)

    @property
    def majority(self) -> Fact | None:
        """Return the fact that more than half of the numbers have; None if there is none or the group is too small."""
        total = self.allowed + self.restricted + self.unknown
        if total < MIN_GROUP_SIZE:
            return None
        return next((fact for fact, count in self._counts if 2 * count > total), None)

    @property
    def _counts(self) -> tuple[tuple[Fact, int], ...]:
        return (Fact.ALLOWED, self.allowed), (Fact.RESTRICTED, self.restricted), (Fact.UNKNOWN, self.unknown)


def tallies_of(numbers: Counts) -> tuple[Tally, ...]:
    """Return the tally of each cell, in the order of `CELLS`."""
    counted = [dict.fromkeys(_FACTS, 0) for _ in CELLS]
    for pattern, count in numbers.items():
        for counts, fact in zip(counted, pattern.facts, strict=True):
            counts[fact] += count
    return tuple(Tally(cell, *counts.values()) for cell, counts in zip(CELLS, counted, strict=True))


class Difference(NamedTuple):
    """One way to differ from most of a group. `size` numbers, which have these `patterns`, differ in this way.

    `facts` are their facts in the cells in which they differ.
    """

    facts: PartialFacts
    patterns: frozenset[Pattern]
    size: int
    rarity: Rarity


class Composition(NamedTuple):
    """How many numbers of a group have each pattern, and what follows from that.

    `majority` has, for each cell, the fact that more than half have, or None. `differences` are the ways to differ from
    it, and `outlier_patterns` the patterns that do; both are empty if the group is too small.
    """

    counts: Counts
    size: int
    majority: PartialFacts
    differences: tuple[Difference, ...]
    outlier_patterns: Collection[Pattern]

    @property
    def tallies(self) -> tuple[Tally, ...]:
        return tallies_of(self.counts)

    def count_with(self, index: int, fact: Fact | None) -> int:
        """Return how many numbers have this fact in the cell `CELLS[index]`."""
        return sum(count for pattern, count in self.counts.items() if pattern.facts[index] is fact)

    def differing_facts(self, facts: Facts) -> PartialFacts:
        """Return the facts of a number that differ from the majority."""
        return _differing(facts, self.majority)


def composition_of(patterns: tuple[Pattern, ...]) -> Composition:
    """Return the composition of numbers with these patterns."""
    return _of_few(patterns) if len(patterns) <= _FEW else _count(patterns)


def _count(patterns: Iterable[Pattern]) -> Composition:
    return _composition(frozenset(Counter(patterns).items()))


_of_few = lru_cache(maxsize=32_768)(_count)  # most teammates have few numbers, in the same order in each version


@lru_cache(maxsize=32_768)  # most groups do not change from one version of the memory to the next
def _composition(counted: frozenset[tuple[Pattern, int]]) -> Composition:
    counts = dict(counted)
    size = sum(counts.values())
    majority = _majority(counts, size)
    outliers: dict[PartialFacts, list[Pattern]] = {}
    for pattern in counts:
        differing = _differing(pattern.facts, majority)
        if any(differing):
            outliers.setdefault(differing, []).append(pattern)
    differences = [_difference(facts, patterns, counts, size) for facts, patterns in outliers.items()]
    return Composition(counts, size, majority, tuple(differences), frozenset().union(*outliers.values()))


def _majority(counts: Counts, size: int) -> PartialFacts:
    commonest = max(counts, key=counts.__getitem__, default=None)
    if commonest and size >= MIN_GROUP_SIZE and 2 * counts[commonest] > size:
        return commonest.facts
    return tuple(tally.majority for tally in tallies_of(counts))


def _difference(facts: PartialFacts, patterns: Iterable[Pattern], counts: Counts, size: int) -> Difference:
    differing = sum(map(counts.__getitem__, patterns))
    # Equal shares give the same float.
    return Difference(facts, frozenset(patterns), differing, (differing / size, -size))


@lru_cache(maxsize=8192)
def _differing(facts: Facts, majority: PartialFacts) -> PartialFacts:
    return tuple(
        fact if expected is not None and fact is not expected else None
        for fact, expected in zip(facts, majority, strict=True)
    )
