"""The odd ones out of an audit: numbers whose cells differ from what most of their group has, in words.

Pure functions over groups: no database, no HTTP. No words here hold text from outside, so pages may show them as
they are.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
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


Oddity = tuple[Fact | None, ...]  # the facts by which a number differs from most of its group, None in other cells


def oddity_of(group: Group, facts: Facts) -> Oddity:
    return tuple(
        fact if most is not None and fact is not most else None for fact, most in zip(facts, group.most, strict=True)
    )


def odd_cells(group: Group, facts: Facts) -> tuple[OddCell, ...]:
    """Return the cells in which a number of `group` with these facts differs from most of it."""
    return _cells(group, oddity_of(group, facts))


def _cells(group: Group, oddity: Oddity) -> tuple[OddCell, ...]:
    return tuple(
        OddCell(tally.column, fact, most, tally.of(most))
        for tally, fact, most in zip(group.whole, oddity, group.most, strict=True)
        if most is not None and fact is not None
    )


@dataclass(frozen=True)
class Finding:
    """The `count` shown numbers of one group that differ from most of it in the same way, of these `kinds`.

    `lines` are these numbers by name, where they are at hand; `sharing` is how many of the whole group differ so,
    shown or not.
    """

    group: Group
    oddity: Oddity
    count: int
    kinds: frozenset[str]
    sharing: int
    lines: tuple[Line, ...] = ()

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

    def with_lines(self, lines: tuple[Line, ...]) -> "Finding":
        return replace(self, lines=lines)


def findings_of(groups: Iterable[Group]) -> list[Finding]:
    """Return what is odd in any group, the rarest first: by the share of the group, the larger group, then by name.

    Where the numbers are not at hand, those that are as rare in groups as large stand in any order.
    """
    return in_order(finding for group in groups for finding in _findings_in(group))


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: (rarity(finding), *map(_by_name, finding.lines[:1])))


def rarity(finding: Finding) -> tuple[float, int]:
    """What findings are sorted by before their names."""
    # Equal shares divide to the same float.
    return finding.sharing / finding.group.size, -finding.group.size


def _findings_in(group: Group) -> list[Finding]:
    if not any(group.most):
        return []
    counts: Counter[Oddity] = Counter()
    kinds: dict[Oddity, set[str]] = defaultdict(set)
    for (kind, facts), count in group.shown.items():
        oddity = oddity_of(group, facts)
        if any(oddity):
            counts[oddity] += count
            kinds[oddity].add(kind)
    if not counts:
        return []
    sharing = counts
    if group.is_partly_shown:
        sharing = Counter()
        for facts, count in group.patterns:
            sharing[oddity_of(group, facts)] += count
    lines = odd_lines(group, group.lines)
    return [
        Finding(group, oddity, count, frozenset(kinds[oddity]), sharing[oddity], lines[oddity])
        for oddity, count in counts.items()
    ]


def odd_lines(group: Group, lines: Iterable[Line]) -> Mapping[Oddity, tuple[Line, ...]]:
    """Return the numbers that are odd in the same way, by name; none where they are not among `lines`."""
    patterns: dict[Facts, list[Line]] = defaultdict(list)
    for line in lines:
        patterns[line.facts].append(line)
    odd: dict[Oddity, list[Line]] = defaultdict(list)
    for facts, some in patterns.items():
        odd[oddity_of(group, facts)] += some
    by_name = {oddity: tuple(sorted(some, key=_by_name)) for oddity, some in odd.items() if any(oddity)}
    return defaultdict(tuple, by_name)


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
