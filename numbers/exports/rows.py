"""The rows of a file: a list at one moment, read in chunks while syncs may go on.

The keys of the list's states are read first, together with their moment. A state only changes by ending, so reading it
later gives the same facts; assignments are read as of that moment. No transaction stays open while a file is sent,
and at most one chunk is in memory.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from django.db.models import F

from numbers.database.paging import CHUNK
from numbers.database.snapshot import one_moment
from numbers.filters.numbers import NumberFilters
from numbers.filters.teammates import TeammateFilters
from numbers.memory.assignments import teammates_on
from numbers.memory.moment import NOW, Moment
from numbers.memory.teammates import REACH, held_numbers
from numbers.models import NumberState, Sync, TeammateState, display_name
from numbers.vocabulary.cells import CELLS, Cell, Fact, fact_of

FIRST = 150  # states; as few as fill the first block of any kind of file, so that it begins soon


@dataclass(frozen=True)
class Listing:
    """The keys of a list's states in order, and their moment: a time in the past, unless the list is empty."""

    keys: Sequence[int]
    moment: Moment


def listing_of(asked: NumberFilters | TeammateFilters, moment: Moment = NOW) -> Listing:
    """Return what is in the list at the moment."""
    with one_moment():  # a sync that ended between two questions, that of a search among them, would put them apart
        pks = asked.states(moment).values_list("pk", flat=True)
        keys = array("q", pks.iterator(10_000))  # 64 bits each, not objects
        return Listing(keys, last_moment() if keys and moment == NOW else moment)


def last_moment() -> Moment:
    """Return the time of Quo's last answer, which stays the same while syncs go on."""
    observed = Sync.objects.exclude(observed_at=None).order_by("-observed_at")
    return Moment(observed.values_list("observed_at", flat=True).first())


@dataclass(frozen=True, slots=True)
class AssignedTeammate:
    """A teammate on a number; `role` and `group_id` are as given on that number."""

    user_id: str
    email: str
    first_name: str | None
    last_name: str | None
    role: str
    group_id: str

    @property
    def name(self) -> str:
        return display_name(self.first_name, self.last_name, self.email)


@dataclass(frozen=True, slots=True)
class NumberLine:
    """A number, and who is on it in order of their names. `state` has `_FIELDS`.

    It is no model: of thousands, making those takes as long as all the rest.
    """

    state: Any
    people: Sequence[AssignedTeammate]


_FIELDS = (
    *("pk", "phone_number_id", "quo_id", "group_id", "port_request_id", "formatted_number", "forward", "name"),
    *("number", "kind", "country", "porting_status", "symbol", "created_at_text", "updated_at_text"),
    *(cell.field for cell in CELLS),
)


def number_lines(listing: Listing, *, with_answers: bool = False) -> Iterator[NumberLine]:
    """Yield the numbers of a list; `with_answers` also reads what Quo sent, which is long."""
    fields = (*_FIELDS, "answer") if with_answers else _FIELDS
    states = NumberState.objects.annotate(quo_id=F("phone_number__quo_id")).values_list(*fields, named=True)
    for keys in _chunks(listing.keys):
        found = {state.pk: state for state in states.filter(pk__in=keys)}
        people = _people_on([state.phone_number_id for state in found.values()], listing.moment)
        yield from (NumberLine(found[key], people.get(found[key].phone_number_id, ())) for key in keys)


def _people_on(phone_numbers: Iterable[int], moment: Moment) -> dict[int, list[AssignedTeammate]]:
    people: dict[int, list[AssignedTeammate]] = defaultdict(list)
    for phone_number, *person in teammates_on(phone_numbers, moment):
        people[phone_number].append(AssignedTeammate(*person))
    return people


@dataclass(frozen=True, slots=True)
class HeldNumber:
    """A number that a teammate is on; `facts` are of its cells, in the order of `CELLS`."""

    quo_id: str
    name: str
    number: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class TeammateLine:
    """A teammate, and the numbers they are on in order of their names."""

    state: TeammateState
    numbers: Sequence[HeldNumber]

    @cached_property
    def reach(self) -> dict[Cell, Fact]:
        """How far they reach in each cell through any of their numbers; nothing of one who is on none."""
        if not self.numbers:
            return {}
        furthest = (max(facts, key=REACH.index) for facts in zip(*(held.facts for held in self.numbers), strict=True))
        return dict(zip(CELLS, furthest, strict=True))


def teammate_lines(listing: Listing) -> Iterator[TeammateLine]:
    """Yield the teammates of a list."""
    states = TeammateState.objects.select_related("teammate").defer("search_text", "name_key")
    for keys in _chunks(listing.keys):
        found = states.in_bulk(keys)
        numbers = _numbers_of([state.teammate_id for state in found.values()], listing.moment)
        yield from (TeammateLine(found[key], numbers.get(found[key].teammate_id, ())) for key in keys)


def _numbers_of(teammates: Iterable[int], moment: Moment) -> dict[int, list[HeldNumber]]:
    numbers: dict[int, list[HeldNumber]] = defaultdict(list)
    for teammate, quo_id, name, number, *raws in held_numbers(teammates, moment):
        numbers[teammate].append(HeldNumber(quo_id, name, number, tuple(map(fact_of, raws))))
    return numbers


def _chunks(keys: Sequence[int]) -> Iterator[list[int]]:
    places = (0, *range(FIRST, len(keys), CHUNK), len(keys)) if keys else ()
    return (list(keys[start:end]) for start, end in pairwise(places))
