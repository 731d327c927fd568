"""The odd ones out of an audit: numbers whose cells differ from what most of their group has, in words.

Pure functions over groups: no database, no HTTP. No words here hold text from outside, so pages may show them as
they are.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from numbers.audit.groups import Facts, Group, Line
from numbers.facts import CHANNELS, REGIONS, Column, Fact


@dataclass(frozen=True, slots=True)
class OddCell:
    """A cell in which a number differs from its group: it has `fact`, and `count` of the whole group `most`."""

    column: Column
    fact: Fact
    most: Fact
    count: int


def odd_cells(group: Group, facts: Facts) -> tuple[OddCell, ...]:
    """Return the cells in which a number of `group` with these facts differs from most of it."""
    return tuple(
        OddCell(tally.column, fact, most, tally.of(most))
        for tally, fact, most in zip(group.whole, facts, group.most, strict=True)
        if most is not None and fact is not most
    )


@dataclass(frozen=True)
class Finding:
    """The shown numbers of one group that differ from most of it in the same way, by name.

    `sharing` is how many of the whole group do, shown or not.
    """

    group: Group
    cells: tuple[OddCell, ...]
    lines: tuple[Line, ...]
    sharing: int

    @property
    def claims(self) -> tuple[str, ...]:
        """What is odd, in words that follow the subject.

        Of one number: "messaging, United States is restricted, but allowed on 11", to be followed by "of the 12 …".
        Of several: "cannot text the United States, most can".
        """
        alike: dict[tuple[Fact, Fact], list[OddCell]] = defaultdict(list)
        for cell in self.cells:
            alike[cell.fact, cell.most].append(cell)
        say = _of_one if len(self.lines) == 1 else _of_several
        return tuple(say(cells, fact, most) for (fact, most), cells in alike.items())


def findings_of(groups: Iterable[Group]) -> list[Finding]:
    """Return what is odd in any group, the rarest first: by the share of the group, the larger group, then by name."""
    return sorted((finding for group in groups for finding in _findings_in(group)), key=_rarity)


def _rarity(finding: Finding) -> tuple[float, int, str, str, int]:
    # Equal shares divide to the same float.
    return finding.sharing / finding.group.size, -finding.group.size, *_by_name(finding.lines[0])


def _findings_in(group: Group) -> list[Finding]:
    if not any(group.most):
        return []
    patterns: dict[Facts, list[Line]] = defaultdict(list)
    for line in group.lines:
        patterns[line.facts].append(line)
    odd: dict[tuple[OddCell, ...], list[Line]] = defaultdict(list)
    for facts, lines in patterns.items():
        if facts != group.most and (cells := odd_cells(group, facts)):
            odd[cells] += lines
    sharing = {cells: len(lines) for cells, lines in odd.items()}
    if odd and group.is_partly_shown:
        sharing = Counter()
        for facts, count in group.patterns:
            sharing[odd_cells(group, facts)] += count
    return [Finding(group, cells, tuple(sorted(lines, key=_by_name)), sharing[cells]) for cells, lines in odd.items()]


def _by_name(line: Line) -> tuple[str, str, int]:
    return line.name_key, line.number, line.key


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
