"""The rows of a file: a list at one moment, read in chunks while syncs may run.

The keys of the list's states and their moment are read first. A state changes only by ending, so it has the same facts
when it is read later; assignments are read as of that moment. No transaction stays open while a file is sent, and at
most one chunk is in memory.
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
from numbers.filters.columns import stored_fields
from numbers.filters.numbers import NumberFilters
from numbers.filters.teammates import TeammateFilters
from numbers.memory.forwards import Chains
from numbers.memory.moment import NOW, Moment
from numbers.memory.teammates import REACH, held_numbers
from numbers.models import NumberState, Sync, TeammateState
from numbers.pages.forwards import START, Forward, forwards_of
from numbers.pages.rows import TeammateOnNumber, teammates_by_number
from numbers.vocabulary.cells import CELLS, Cell, Fact, fact_of

FIRST_CHUNK = 150  # states; just enough to fill the first block of any format, so that the download starts soon


@dataclass(frozen=True)
class Listing:
    """The keys of a list's states in order, and their moment: a time in the past, unless the list is empty."""

    keys: Sequence[int]
    moment: Moment


def listing_of(filters: NumberFilters | TeammateFilters, moment: Moment = NOW) -> Listing:
    """Return the keys of the list at the moment."""
    with one_moment():  # or a sync between two queries could make them disagree
        pks = filters.states(moment).values_list("pk", flat=True)
        keys = array("q", pks.iterator(10_000))  # 64 bits each, not objects
        return Listing(keys, moment_of_last_answer() if keys and moment == NOW else moment)


def moment_of_last_answer() -> Moment:
    """Return the time of Quo's last answer. The list at that time never changes again."""
    observed = Sync.objects.exclude(observed_at=None).order_by("-observed_at")
    return Moment(observed.values_list("observed_at", flat=True).first())


@dataclass(frozen=True, slots=True)
class NumberLine:
    """A number and its teammates by name. `state` is a row with `_FIELDS` and the fields of the columns.

    It is not a model, because building thousands of models would double the time.
    """

    state: Any
    people: Sequence[TeammateOnNumber]
    forward: Forward | None = None


_FIELDS = (
    *("pk", "phone_number_id", "quo_id", "port_request_id", "formatted_number"),
    *("created_at_text", "updated_at_text"),
)


def number_lines(listing: Listing, *, with_answers: bool = False) -> Iterator[NumberLine]:
    """Yield the numbers of a list. `with_answers` also reads Quo's raw answers, which are large."""
    fields = dict.fromkeys((*_FIELDS, *stored_fields(), *(["answer"] if with_answers else [])))
    states = NumberState.objects.annotate(quo_id=F("phone_number__quo_id")).values_list(*fields, named=True)
    chains = Chains(listing.moment)
    for keys in _chunks(listing.keys):
        found = {state.pk: state for state in states.filter(pk__in=keys)}
        teammates = teammates_by_number([state.phone_number_id for state in found.values()], listing.moment)
        forwards = forwards_of(map(START, found.values()), chains)
        for state in map(found.__getitem__, keys):
            number = state.phone_number_id
            yield NumberLine(state, teammates.get(number, ()), forwards.get(number))


@dataclass(frozen=True, slots=True)
class HeldNumber:
    """A number that a teammate is on. `facts` are in the order of `CELLS`."""

    quo_id: str
    name: str
    number: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class TeammateLine:
    """A teammate and their numbers by name."""

    state: TeammateState
    numbers: Sequence[HeldNumber]

    @cached_property
    def reach(self) -> dict[Cell, Fact]:
        """The best fact of each cell through any of their numbers; empty if they are on none."""
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
    bounds = (0, *range(FIRST_CHUNK, len(keys), CHUNK), len(keys)) if keys else ()
    return (list(keys[start:end]) for start, end in pairwise(bounds))
