"""Follows forwards: a call to a number that forwards goes to the next line, until it ends somewhere or in a loop."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import cached_property
from typing import NamedTuple

from django.db.models import BooleanField, Case, Q, Value, When

from numbers.database.paging import chunks
from numbers.memory.moment import Moment
from numbers.memory.numbers import (
    MAX_KEY_LOOKUPS,
    endings_in_doubt,
    forwards_in_national_format,
    nobody_on,
    numbers_at,
    somebody_on,
)
from numbers.vocabulary.phones import has_ending

MAX_STEPS = 3  # followed with one query each, for all numbers at once; for longer chains, every line is read


class Ending(Enum):
    """How a chain of forwards ends."""

    SOMEBODY = auto()  # at a line with somebody on it
    NOBODY = auto()
    UNKNOWN_PEOPLE = auto()  # at a line, but Quo does not say who is on it
    OUTSIDE = auto()  # at a telephone that is none of the workspace's numbers
    IN_DOUBT = auto()  # at a telephone that no line has, but that may be one of the workspace's numbers all the same
    UNREADABLE = auto()  # the forward is no telephone number
    AMBIGUOUS = auto()  # several lines have the number
    LOOP = auto()


class Line(NamedTuple):
    """A number that a call can arrive at. `is_staffed` is None if Quo does not say who is on it."""

    key: int
    quo_id: str
    name: str
    forward: str
    forward_number: str
    is_staffed: bool | None = None


@dataclass(frozen=True)
class Chain:
    """Where the calls to a line go.

    `first` is the own line that it forwards to, and `last` the one where the chain ends, leaves the workspace or enters
    a loop: the line itself if it does not forward to another one. `count` is how many other lines come after it. `loop`
    has the lines of a loop in their order.
    """

    ending: Ending
    last: Line
    first: Line | None = None
    count: int = 0
    loop: tuple[Line, ...] = ()


class Chains:
    """Follows forwards at a moment. Remembers the lines that it has read, so that each is read once.

    The teammate `besides` does not count as somebody on a line.
    """

    def __init__(self, moment: Moment, *, besides: int | None = None) -> None:
        self._moment = moment
        self._besides = besides
        self._lines: dict[str, list[Line]] = {}  # by their telephones, with an empty list for one of no line
        self._by_key: dict[int, Line] = {}
        self._has_every_line = False

    def of(self, starts: Mapping[int, tuple[str, str]]) -> dict[int, Chain]:
        """Return the chains of calls to these numbers by key. `starts` has the `forward` and `forward_number` of each.

        Leaves out those that do not forward.
        """
        forwarding = {
            key: Line(key, "", "", forward, self._meant(key, forward, forward_number))
            for key, (forward, forward_number) in starts.items()
            if forward
        }
        self._read_lines_after(forwarding.values())
        chains: dict[int, Chain] = {}
        for key, start in forwarding.items():
            _follow(self._by_key.get(key, start), self._lines, chains)
        return {key: self._or_in_doubt(chains[key]) for key in forwarding}

    def _or_in_doubt(self, chain: Chain) -> Chain:
        is_in_doubt = chain.ending is Ending.OUTSIDE and has_ending(chain.last.forward_number, self._endings_in_doubt)
        return replace(chain, ending=Ending.IN_DOUBT) if is_in_doubt else chain

    @cached_property
    def _endings_in_doubt(self) -> frozenset[str]:
        return endings_in_doubt(self._moment)

    def _read_lines_after(self, lines: Iterable[Line]) -> None:
        """Read every line that calls to `lines` can reach, unless it was read before."""
        for _ in range(MAX_STEPS):
            telephones = {text for line in lines for text in _destination(line)} - self._lines.keys()
            if self._has_every_line or not telephones:
                return
            self._lines |= {telephone: [] for telephone in telephones}
            lines = [line for some in chunks(telephones, MAX_KEY_LOOKUPS) for line in self._read(Q(telephone__in=some))]
        if any(_destination(line) - self._lines.keys() for line in lines):
            self._lines = {}
            self._has_every_line = True
            self._read(~Q(telephone=""))

    def _meant(self, key: int, forward: str | None, forward_number: str) -> str:
        """Return the number that a forward means, also if it is one of ours in the format of its country."""
        return self._in_national_format.get(key, "") if forward and not forward_number else forward_number

    @cached_property
    def _in_national_format(self) -> dict[int, str]:
        return forwards_in_national_format(self._moment)

    def _read(self, condition: Q) -> list[Line]:
        is_staffed = Case(
            When(somebody_on(self._moment, besides=self._besides), then=Value(True)),
            When(nobody_on(self._moment, besides=self._besides), then=Value(False)),
            output_field=BooleanField(null=True),
        )
        fields = (
            "phone_number_id",
            "phone_number__quo_id",
            "name",
            "forward",
            "forward_number",
            is_staffed,
            "telephone",
        )
        rows = numbers_at(self._moment).filter(condition).order_by().values_list(*fields)
        read = []
        for key, quo_id, name, forward, forward_number, staffed, telephone in rows.iterator(10_000):
            meant = self._meant(key, forward, forward_number)
            line = self._by_key[key] = Line(key, quo_id, name, forward or "", meant, staffed)
            self._lines.setdefault(telephone, []).append(line)
            read.append(line)
        return read


def _follow(start: Line, lines: Mapping[str, Collection[Line]], chains: dict[int, Chain]) -> None:
    """Add the chains of `start` and of every line after it."""
    path: dict[int, Line] = {}
    line, ending = start, None
    while line.key not in chains and line.key not in path and ending is None:
        path[line.key] = line
        following = _next(line, lines)
        line, ending = (line, following) if isinstance(following, Ending) else (following, None)
    if ending is not None:
        path.popitem()
        chains[line.key] = Chain(ending, line)
    elif line.key in path:
        before = list(path.values())
        loop = tuple(before[list(path).index(line.key) :])
        for place, looping in enumerate(loop):
            following = loop[(place + 1) % len(loop)]
            chains[looping.key] = Chain(Ending.LOOP, looping, following, len(loop) - 1, loop)
            del path[looping.key]
    for earlier in reversed(path.values()):
        rest = chains[line.key]
        chains[earlier.key] = Chain(rest.ending, rest.last, line, rest.count + 1, rest.loop)
        line = earlier


def _next(line: Line, lines: Mapping[str, Collection[Line]]) -> Line | Ending:
    """Return the line that calls go to from `line`, or how they end there."""
    if not line.forward:
        return {True: Ending.SOMEBODY, False: Ending.NOBODY, None: Ending.UNKNOWN_PEOPLE}[line.is_staffed]
    found = {found.key: found for text in _destination(line) for found in lines.get(text, ())}
    if len(found) == 1:
        return next(iter(found.values()))
    if found:
        return Ending.AMBIGUOUS
    return Ending.OUTSIDE if line.forward_number else Ending.UNREADABLE


def _destination(line: Line) -> set[str]:
    """Return the telephones that a line with the same destination has, in the same way as `forwards_elsewhere`."""
    return {line.forward, line.forward_number} - {""} if line.forward else set()
