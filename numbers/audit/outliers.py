"""Finds the outliers of an audit and says in words how they differ from most of their group.

Pure functions over groups: no database, no HTTP. The words contain no outside text, so pages need not isolate them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from numbers.audit.groups import Audit, AuditedNumber, Group
from numbers.audit.patterns import Composition, Difference, PartialFacts, Pattern, Rarity
from numbers.vocabulary.cells import CELLS, REGIONS, Cell, Channel, Fact, Region


@dataclass(frozen=True, slots=True)
class OutlierCell:
    """A cell in which a number has `fact`, while `count` numbers of its whole group have `majority`."""

    cell: Cell
    fact: Fact
    majority: Fact
    count: int


def outlier_cells(whole: Composition, differing: PartialFacts) -> tuple[OutlierCell, ...]:
    """Return the cells in which numbers with these `differing` facts differ from most of their `whole` group."""
    if not any(differing):
        return ()
    return tuple(
        OutlierCell(cell, fact, majority, whole.count_with(index, majority))
        for index, (cell, fact, majority) in enumerate(zip(CELLS, differing, whole.majority, strict=True))
        if majority is not None and fact is not None
    )


class Outliers(NamedTuple):
    """The matching numbers of a group that differ from most of it in the same way."""

    group: Group
    difference: Difference

    @property
    def total(self) -> int:
        """Return how many numbers these are."""
        counts = self.group.matching.counts
        return sum(counts.get(pattern, 0) for pattern in self.difference.patterns)

    @property
    def cells(self) -> tuple[OutlierCell, ...]:
        return outlier_cells(self.group.whole, self.difference.facts)

    def keys(self, by_pattern: Mapping[Pattern, Sequence[int]]) -> list[int]:
        """Return the keys of the numbers, unsorted; `by_pattern` has those of the group."""
        return [key for pattern in self.difference.patterns for key in by_pattern.get(pattern, ())]

    @property
    def claims(self) -> tuple[str, ...]:
        """Return how they differ, in words that follow the subject.

        For one number: "messaging, United States is restricted, but allowed on 11"; the template adds "of the 12 …".
        For several: "cannot text the United States, most can".
        """
        alike: dict[tuple[Fact, Fact], list[OutlierCell]] = defaultdict(list)
        for outlying in self.cells:
            alike[outlying.fact, outlying.majority].append(outlying)
        claim = _claim_of_one if self.total == 1 else _claim_of_several
        return tuple(claim(cells, fact, majority) for (fact, majority), cells in alike.items())


def outliers_of(audit: Audit) -> Iterator[tuple[Group, Difference]]:
    """Yield the outliers of every group, as plain tuples, because a page makes only a few of them `Outliers`."""
    for group in audit.groups:
        whole, matching = group.whole, group.matching
        for difference in whole.differences:
            if matching is whole or difference.patterns & matching.counts.keys():
                yield group, difference


def rarities_of(audit: Audit) -> list[Rarity]:
    """Return the rarities of all outliers, the rarest first: the smallest share, then the largest group."""
    counts = Counter(difference.rarity for _, difference in outliers_of(audit))
    return [rarity for rarity in sorted(counts) for _ in range(counts[rarity])]


def sorted_by_name(
    named: Iterable[tuple[Outliers, Iterable[AuditedNumber]]],
) -> list[tuple[Outliers, list[AuditedNumber]]]:
    """Sort each entry's numbers by name, and equally rare entries by their first number."""
    found = [(outliers, sorted(numbers, key=_name_order)) for outliers, numbers in named]
    return sorted(found, key=lambda found: (found[0].difference.rarity, _name_order(found[1][0])))


def _name_order(number: AuditedNumber) -> tuple[str, str, int]:
    return number.name_key, number.number, number.key


_ABLE = {Fact.ALLOWED: "can", Fact.RESTRICTED: "cannot", Fact.UNKNOWN: "are not reported as able to"}
_MOST = {Fact.ALLOWED: "can", Fact.RESTRICTED: "cannot", Fact.UNKNOWN: "are not reported"}


def _claim_of_one(cells: Sequence[OutlierCell], fact: Fact, majority: Fact) -> str:
    counts = sorted({outlying.count for outlying in cells})
    words = [f"{count:,}" for count in counts]
    count = " or ".join(words) if len(words) < 3 else f"{words[0]} to {words[-1]}"
    return f"{_places_are([outlying.cell for outlying in cells])} {fact.label}, but {majority.label} on {count}"


def _places_are(cells: Sequence[Cell]) -> str:
    """Return cells and verb: "messaging, Canada is", "calling everywhere and messaging (Canada) are"."""
    if len(cells) == 1:
        return f"{cells[0].channel.key}, {cells[0].region.name} is"
    parts = []
    for regions, channels in _by_region(cells):
        where = "everywhere" if regions == REGIONS else f"({' and '.join(region.name for region in regions)})"
        parts.append(f"{' and '.join(channel.key for channel in channels)} {where}")
    is_one = cells[0].channel is cells[-1].channel
    return f"{' and '.join(parts)} {'is' if is_one else 'are'}"


def _claim_of_several(cells: Sequence[OutlierCell], fact: Fact, majority: Fact) -> str:
    conjunction, everywhere = (" and ", "everywhere") if fact is Fact.ALLOWED else (" or ", "anywhere")
    acts = [
        f"{conjunction.join(channel.act for channel in channels)} "
        f"{everywhere if regions == REGIONS else conjunction.join(region.place for region in regions)}"
        for regions, channels in _by_region([outlying.cell for outlying in cells])
    ]
    return f"{_ABLE[fact]} {conjunction.join(acts)}, most {_MOST[majority]}"


def _by_region(cells: Sequence[Cell]) -> list[tuple[tuple[Region, ...], list[Channel]]]:
    """Return the regions with their channels; channels with the same regions come together."""
    found: dict[tuple[Region, ...], list[Channel]] = defaultdict(list)
    for channel, channel_cells in groupby(cells, key=lambda cell: cell.channel):
        found[tuple(cell.region for cell in channel_cells)].append(channel)
    return list(found.items())
