"""The outliers of an audit: numbers whose cells differ from what most of their group has, in words.

Pure functions over groups: no database, no HTTP. No words here hold text from outside, so pages may show them as
they are.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from numbers.audit.groups import Audit, AuditedNumber, Group
from numbers.audit.looks import Composition, Difference, SomeFacts
from numbers.vocabulary.cells import CELLS, REGIONS, Cell, Channel, Fact, Region


@dataclass(frozen=True, slots=True)
class OutlierCell:
    """A cell in which a number differs from its group: it has `fact`, and `count` of the whole group `most`."""

    cell: Cell
    fact: Fact
    most: Fact
    count: int


def outlier_cells(whole: Composition, differing: SomeFacts) -> tuple[OutlierCell, ...]:
    """Return the cells in which numbers with these `differing` facts differ from most of their `whole` group."""
    if not any(differing):
        return ()
    return tuple(
        OutlierCell(cell, fact, most, whole.having(place, most))
        for place, (cell, fact, most) in enumerate(zip(CELLS, differing, whole.most, strict=True))
        if most is not None and fact is not None
    )


class Outliers(NamedTuple):
    """The shown numbers of a group that differ from most of it in the same way."""

    group: Group
    difference: Difference

    @property
    def total(self) -> int:
        """How many they are."""
        counts = self.group.shown.counts
        return sum(counts.get(look, 0) for look in self.difference.looks)

    @property
    def cells(self) -> tuple[OutlierCell, ...]:
        return outlier_cells(self.group.whole, self.difference.facts)

    def keys(self, audit: Audit) -> list[int]:
        """Return the keys of the numbers, in no order."""
        looks = self.difference.looks
        return [key for key in audit.members[self.group.position] if audit.looks[key] in looks]

    @property
    def claims(self) -> tuple[str, ...]:
        """How they differ, in words that follow the subject.

        Of one number: "messaging, United States is restricted, but allowed on 11", to be followed by "of the 12 …".
        Of several: "cannot text the United States, most can".
        """
        alike: dict[tuple[Fact, Fact], list[OutlierCell]] = defaultdict(list)
        for outlying in self.cells:
            alike[outlying.fact, outlying.most].append(outlying)
        say = _of_one if self.total == 1 else _of_several
        return tuple(say(cells, fact, most) for (fact, most), cells in alike.items())


def outliers_of(audit: Audit) -> list[Outliers]:
    """Return the outliers of every group, the rarest first: by the share of the group, then the larger group."""
    found: dict[tuple[float, int], list[Outliers]] = defaultdict(list)  # few differ in how rare they are
    for group in audit.groups:
        for difference in group.whole.differences:
            if group.shown is group.whole or difference.looks & group.shown.counts.keys():
                found[difference.rarity].append(Outliers(group, difference))
    return [outliers for rarity in sorted(found) for outliers in found[rarity]]


def by_name(
    named: Iterable[tuple[Outliers, Iterable[AuditedNumber]]],
) -> list[tuple[Outliers, list[AuditedNumber]]]:
    """Sort outliers by name, and equally rare ways to differ by the first names."""
    found = [(outliers, sorted(numbers, key=_by_name)) for outliers, numbers in named]
    return sorted(found, key=lambda found: (found[0].difference.rarity, _by_name(found[1][0])))


def _by_name(number: AuditedNumber) -> tuple[str, str, int]:
    return number.name_key, number.number, number.phone_number


_ABLE = {Fact.ALLOWED: "can", Fact.RESTRICTED: "cannot", Fact.UNKNOWN: "are not reported as able to"}
_MOST = {Fact.ALLOWED: "can", Fact.RESTRICTED: "cannot", Fact.UNKNOWN: "are not reported"}


def _of_one(cells: Sequence[OutlierCell], fact: Fact, most: Fact) -> str:
    counts = sorted({outlying.count for outlying in cells})
    words = [f"{count:,}" for count in counts]
    count = " or ".join(words) if len(words) < 3 else f"{words[0]} to {words[-1]}"
    return f"{_places_are([outlying.cell for outlying in cells])} {fact.label}, but {most.label} on {count}"


def _places_are(cells: Sequence[Cell]) -> str:
    """Name the cells, with the verb: "messaging, Canada is", "calling everywhere and messaging (Canada) are"."""
    if len(cells) == 1:
        return f"{cells[0].channel.key}, {cells[0].region.name} is"
    parts = []
    for regions, channels in _by_region(cells):
        where = "everywhere" if regions == REGIONS else f"({' and '.join(region.name for region in regions)})"
        parts.append(f"{' and '.join(channel.key for channel in channels)} {where}")
    is_one = cells[0].channel is cells[-1].channel
    return f"{' and '.join(parts)} {'is' if is_one else 'are'}"


def _of_several(cells: Sequence[OutlierCell], fact: Fact, most: Fact) -> str:
    glue, everywhere = (" and ", "everywhere") if fact is Fact.ALLOWED else (" or ", "anywhere")
    acts = [
        f"{glue.join(channel.act for channel in channels)} "
        f"{everywhere if regions == REGIONS else glue.join(region.place for region in regions)}"
        for regions, channels in _by_region([outlying.cell for outlying in cells])
    ]
    return f"{_ABLE[fact]} {glue.join(acts)}, most {_MOST[most]}"


def _by_region(cells: Sequence[Cell]) -> list[tuple[tuple[Region, ...], list[Channel]]]:
    """Return the regions of each channel, and once those of channels that have the same ones."""
    found: dict[tuple[Region, ...], list[Channel]] = defaultdict(list)
    for channel, several in groupby(cells, key=lambda cell: cell.channel):
        found[tuple(cell.region for cell in several)].append(channel)
    return list(found.items())
