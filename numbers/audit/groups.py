"""The restrictions audit: numbers in groups, how many of a group have what in each cell, and what most have.

Pure functions over light lines: no database, no HTTP.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from numbers.facts import COLUMNS, Column, Fact, fact_of
from numbers.folding import order_key

# Of two numbers that differ, neither is the odd one.
FEWEST_TO_COMPARE = 3

Facts = tuple[Fact, ...]  # of the six cells, in the order of COLUMNS
Patterns = frozenset[tuple[Facts, int]]  # which facts there are together, each with on how many numbers
Alike = Mapping[tuple[str, Facts], int]  # how many numbers are of that kind and have these facts
_FACTS = tuple(Fact)


class Grouping(StrEnum):
    """What numbers are put together by."""

    GROUP = "group"
    KIND = "kind"
    TEAMMATE = "teammate"


class Line(NamedTuple):
    """A number, as light as the audit can have it. `raws` are Quo's own words for the six cells."""

    key: int
    quo_id: str
    name: str
    name_key: str
    number: str
    group_id: str
    kind: str
    raws: tuple[str | None, ...]
    facts: Facts


def lines_of(rows: Iterable[tuple[Any, ...]]) -> list[Line]:
    """Return a line for each row: the fields of `Line` up to `kind`, then the six raw values."""
    cells = Line._fields.index("raws")
    known: dict[tuple[str | None, ...], tuple[Any, Facts]] = {}  # six cells have few patterns, however many numbers
    lines = []
    for row in rows:
        raws = row[cells:]
        said = known.get(raws)
        if said is None:
            said = known[raws] = raws, tuple(fact_of(raw) for raw in raws)
        lines.append(Line._make(row[:cells] + said))
    return lines


@dataclass(frozen=True)
class Tally:
    """How many of a group's numbers have which fact in the cell `column`."""

    column: Column
    allowed: int
    restricted: int
    unknown: int

    def of(self, fact: Fact) -> int:
        return self.allowed if fact is Fact.ALLOWED else self.restricted if fact is Fact.RESTRICTED else self.unknown

    @property
    def total(self) -> int:
        return self.allowed + self.restricted + self.unknown

    @property
    def parts(self) -> tuple[tuple[Fact, int], ...]:
        """The facts that occur, each with how often."""
        return tuple((fact, count) for fact, count in self._counts if count)

    @cached_property
    def most(self) -> Fact | None:
        """What more than half have; None where no fact has that many, and of fewer than three numbers."""
        total = self.total
        if total < FEWEST_TO_COMPARE:
            return None
        return next((fact for fact, count in self._counts if 2 * count > total), None)

    @property
    def _counts(self) -> tuple[tuple[Fact, int], ...]:
        return (Fact.ALLOWED, self.allowed), (Fact.RESTRICTED, self.restricted), (Fact.UNKNOWN, self.unknown)


def alike(lines: Iterable[Line]) -> Alike:
    """Count the numbers that differ in no cell and in no kind."""
    return Counter((line.kind, line.facts) for line in lines)


def tallies_of(numbers: Alike) -> tuple[Tally, ...]:
    """Return the tally of each cell, in the order of `COLUMNS`."""
    return _tallies(_patterns_of(numbers))


def _patterns_of(numbers: Alike) -> Patterns:
    patterns: Counter[Facts] = Counter()
    for (_, facts), count in numbers.items():
        patterns[facts] += count
    return frozenset(patterns.items())


@lru_cache(maxsize=4096)  # thousands of teammates are on one or two numbers with the same facts
def _tallies(patterns: Patterns) -> tuple[Tally, ...]:
    counted = [dict.fromkeys(_FACTS, 0) for _ in COLUMNS]
    for facts, count in patterns:
        for cell, fact in zip(counted, facts, strict=True):
            cell[fact] += count
    return tuple(Tally(column, *cell.values()) for column, cell in zip(COLUMNS, counted, strict=True))


@dataclass(frozen=True, slots=True)
class Group:
    """Numbers that are compared with each other.

    `position` counts the groups from 0. `key` is the group's id, the kind, or the teammate's id; empty where the
    numbers have none. Of its numbers `count` are shown: `lines`, where they are at hand, are these, `shown` has their
    facts and `tallies` count them. What is usual is of the whole group, shown or not: `size` is how many numbers it
    has, `whole` counts them, `patterns` has their facts, and `most` is what more than half of them have in each cell,
    None where there is no such fact.
    """

    position: int
    by: Grouping
    key: str
    label: str
    detail: str
    lines: tuple[Line, ...]
    count: int
    shown: Alike
    tallies: tuple[Tally, ...]
    size: int
    whole: tuple[Tally, ...]
    patterns: Patterns
    most: tuple[Fact | None, ...]

    @property
    def is_compared(self) -> bool:
        return self.size >= FEWEST_TO_COMPARE

    @property
    def is_partly_shown(self) -> bool:
        return self.count < self.size


@dataclass(frozen=True, slots=True)
class Person:
    """A teammate, by whom numbers may be grouped."""

    user_id: str
    name: str
    email: str


def group_of(position: int, by: Grouping, *, key: str, label: str, detail: str, patterns: Patterns) -> Group:
    """Return a group of which only the facts are known, without its numbers."""
    whole = _tallies(patterns)
    size = sum(count for _, count in patterns)
    return Group(position, by, key, label, detail, (), size, {}, whole, size, whole, patterns, _most(whole))


def _most(whole: Iterable[Tally]) -> tuple[Fact | None, ...]:
    return tuple(tally.most for tally in whole)


Keys = Container[int]  # of the numbers that are shown; None for all of them


def groups_by(by: Grouping, lines: Iterable[Line], shown: Keys | None = None) -> list[Group]:
    """Return the groups of Quo, by their ids, last the numbers whose group id is empty; or those of each kind.

    `lines` are all the numbers there are. Groups of which none is `shown` are left out, here and below.
    """
    members = _gathered(lines, lambda line: (line.kind if by is Grouping.KIND else group_key(line.group_id),))
    return _groups(by, ((key, key, "", members[key]) for key in keys_in_order(by, members)), shown)


def group_key(group_id: str) -> str:
    return group_id if group_id.strip() else ""


def keys_in_order(by: Grouping, keys: Iterable[str]) -> list[str]:
    """Sort the keys of groups of Quo, or the kinds."""
    if by is Grouping.KIND:
        return sorted(keys, reverse=True)
    return sorted(keys, key=lambda key: (not key, order_key(key), key))


def groups_by_teammate(
    lines: Iterable[Line], people: Iterable[Person], on: Mapping[int, Collection[str]], shown: Keys | None = None
) -> list[Group]:
    """Return each teammate's numbers, in the order of `people`; last, the numbers with nobody.

    `on` has the ids of the teammates on a number, by the number's key.
    """
    members = _gathered(lines, lambda line: on.get(line.key) or ("",))
    known = [(person.user_id, person.name, person.email) for person in people if person.user_id in members]
    nobody = [("", "", "")] if "" in members else []
    return _groups(Grouping.TEAMMATE, ((*described, members[described[0]]) for described in known + nobody), shown)


def _gathered(lines: Iterable[Line], keys_of: Callable[[Line], Iterable[str]]) -> dict[str, list[Line]]:
    members: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        for key in keys_of(line):
            members[key].append(line)
    return dict(members)


def _groups(by: Grouping, described: Iterable[tuple[str, str, str, list[Line]]], shown: Keys | None) -> list[Group]:
    groups: list[Group] = []
    for key, label, detail, members in described:
        lines = members if shown is None else [line for line in members if line.key in shown]
        if lines:
            whole = alike(members)
            some = whole if len(lines) == len(members) else alike(lines)
            group = counted_group(len(groups), by, key=key, label=label, detail=detail, whole=whole, shown=some)
            groups.append(replace(group, lines=tuple(lines)))
    return groups


def counted_group(
    position: int, by: Grouping, *, key: str, label: str, detail: str, whole: Alike, shown: Alike
) -> Group:
    """Return the group that has `whole`, of which some are `shown`, without its numbers."""
    group = group_of(position, by, key=key, label=label, detail=detail, patterns=_patterns_of(whole))
    count = sum(shown.values())
    tallies = group.whole if count == group.size else tallies_of(shown)
    return replace(group, count=count, shown=shown, tallies=tallies)
