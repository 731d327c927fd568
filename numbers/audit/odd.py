"""The odd ones out of an audit: numbers whose cells differ from what most of their group has, in words.

Pure functions over groups: no database, no HTTP. No words here hold text from outside, so pages may show them as
they are.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from numbers.audit.groups import Alike, Audit, Facts, Group, Line
from numbers.facts import CHANNELS, REGIONS, Column, Fact


@dataclass(frozen=True, slots=True)
class OddCell:
    """A cell in which a number differs from its group: it has `fact`, and `count` of the whole group `most`."""

    column: Column
    fact: Fact
    most: Fact
    count: int


Oddity = tuple[Fact | None, ...]  # the facts by which a number differs from most of its group, None in other cells


def oddity_of(group: Group, facts: Facts) -> Oddity:
    return _oddity(facts, group.most)


@lru_cache(maxsize=8192)
def _oddity(facts: Facts, usual: tuple[Fact | None, ...]) -> Oddity:
    return tuple(
        fact if most is not None and fact is not most else None for fact, most in zip(facts, usual, strict=True)
    )


def odd_cells(group: Group, facts: Facts) -> tuple[OddCell, ...]:
    """Return the cells in which a number of `group` with these facts differs from most of it."""
    return _cells(group, oddity_of(group, facts))


def _cells(group: Group, oddity: Oddity) -> tuple[OddCell, ...]:
    return tuple(
        OddCell(tally.column, fact, most, tally.of(most))
        for tally, fact, most in zip(group.usual, oddity, group.most, strict=True)
        if most is not None and fact is not None
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """The shown numbers of one group, by their `keys`, that differ from most of it in the same way.

    `sharing` is how many of the whole group differ so, shown or not.
    """

    group: Group
    oddity: Oddity
    keys: Sequence[int]
    sharing: int

    @property
    def count(self) -> int:
        return len(self.keys)

    @property
    def cells(self) -> tuple[OddCell, ...]:
        return _cells(self.group, self.oddity)

    @property
    def claims(self) -> tuple[str, ...]:
        """What is odd, in words that follow the subject.

        Of one number: "messaging, United States is restricted, but allowed on 11", to be followed by "of the 12 …".
        Of several: "cannot text the United States, most can".
        """
        alike: dict[tuple[Fact, Fact], list[OddCell]] = defaultdict(list)
        for cell in self.cells:
            alike[cell.fact, cell.most].append(cell)
        say = _of_one if self.count == 1 else _of_several
        return tuple(say(cells, fact, most) for (fact, most), cells in alike.items())

    @property
    def rarity(self) -> tuple[float, int]:
        """What findings are sorted by before their names."""
        # Equal shares divide to the same float.
        return self.sharing / self.group.size, -self.group.size


def findings_of(audit: Audit) -> list[Finding]:
    """Return what is odd in any group, the rarest first: by the share of the group, then the larger group."""
    found = (
        finding
        for group, keys in zip(audit.groups, audit.keys, strict=True)
        for finding in _findings_in(group, keys, audit.alike)
    )
    return sorted(found, key=lambda finding: finding.rarity)


def _findings_in(group: Group, keys: Iterable[int], alike: Mapping[int, Alike]) -> Iterator[Finding]:
    if not group.is_compared or len(group.whole) == 1:  # true of most groups by teammate
        return
    oddities = {look: oddity for look in group.whole if any(oddity := oddity_of(group, look[1]))}
    odd: dict[Oddity, list[int]] = defaultdict(list)
    for key in keys:
        if alike[key] in oddities:
            odd[oddities[alike[key]]].append(key)
    sharing: dict[Oddity, int] = defaultdict(int)
    for look, oddity in oddities.items():
        sharing[oddity] += group.whole[look]
    for oddity, some in odd.items():
        yield Finding(group, oddity, some, sharing[oddity])


def by_name(findings: Iterable[Finding], lines: Mapping[int, Line]) -> list[tuple[Finding, list[Line]]]:
    """Return the findings, each with its numbers by name. Equally rare ones are in the order of their first names."""
    named = [(finding, sorted((lines[key] for key in finding.keys), key=_by_name)) for finding in findings]
    return sorted(named, key=lambda found: (found[0].rarity, _by_name(found[1][0])))


def _by_name(line: Line) -> tuple[str, str, int]:
    return line.name_key, line.number, line.phone_number


_PLACES = {"US": "the United States", "CA": "Canada", "Intl": "other countries"}
_CHANNELS = {channel: channel for channel in CHANNELS}
_ACTS = {"calling": "call", "messaging": "text"}
_ABLE = {Fact.ALLOWED: "can", Fact.RESTRICTED: "cannot", Fact.UNKNOWN: "are not reported as able to"}
_MOST = {Fact.ALLOWED: "can", Fact.RESTRICTED: "cannot", Fact.UNKNOWN: "are not reported"}


def _of_one(cells: Sequence[OddCell], fact: Fact, most: Fact) -> str:
    counts = sorted({cell.count for cell in cells})
    words = [f"{count:,}" for count in counts]
    count = " or ".join(words) if len(words) < 3 else f"{words[0]} to {words[-1]}"
    return f"{_places_are([cell.column for cell in cells])} {fact.label}, but {most.label} on {count}"


def _places_are(columns: Sequence[Column]) -> str:
    """Name the cells, with the verb: "messaging, Canada is", "calling everywhere and messaging (Canada) are"."""
    if len(columns) == 1:
        return f"{columns[0].channel}, {columns[0].region_name} is"
    parts = [
        f"{channels} everywhere"
        if len(places) == len(REGIONS)
        else f"{channels} ({' and '.join(place.region_name for place in places)})"
        for channels, places in _by_channel(columns, " and ")
    ]
    is_one = columns[0].channel == columns[-1].channel
    return f"{' and '.join(parts)} {'is' if is_one else 'are'}"


def _of_several(cells: Sequence[OddCell], fact: Fact, most: Fact) -> str:
    glue, everywhere = (" and ", "everywhere") if fact is Fact.ALLOWED else (" or ", "anywhere")
    acts = [
        f"{acts} {everywhere if len(places) == len(REGIONS) else glue.join(_PLACES[place.region] for place in places)}"
        for acts, places in _by_channel([cell.column for cell in cells], glue, _ACTS)
    ]
    return f"{_ABLE[fact]} {glue.join(acts)}, most {_MOST[most]}"


def _by_channel(
    columns: Sequence[Column], glue: str, words: Mapping[str, str] = _CHANNELS
) -> list[tuple[str, list[Column]]]:
    """Return each channel in `words` and its cells; both channels in one where they have the same regions."""
    parts = [(words[channel], list(cells)) for channel, cells in groupby(columns, key=lambda column: column.channel)]
    if len({tuple(cell.region for cell in cells) for _, cells in parts}) == 1:
        return [(glue.join(word for word, _ in parts), parts[0][1])]
    return parts
