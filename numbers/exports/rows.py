"""The rows of a file: a list as it was at one moment, read bit by bit, however many syncs go on meanwhile.

Which states the list has is read first, together with the moment that they hold for. States never change except that
they end, so what is read of them later is what it was then; who was on a number is asked as of that moment. No
transaction is held open while a file is sent, and never more than a chunk is in memory.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from typing import Any

from django.db.models import F

from numbers.database.snapshot import one_moment
from numbers.filters.numbers import NumberFilters
from numbers.filters.teammates import TeammateFilters
from numbers.memory.numbers import held_at
from numbers.memory.teammates import REACH
from numbers.models import Assignment, NumberState, Sync, TeammateState, shown_name
from numbers.vocabulary.cells import COLUMNS, Column, Fact, fact_of

CHUNK = 500  # states; a database takes only so many parameters
FIRST = 150  # states; as few as fill the first block of any kind of file, so that it begins soon


@dataclass(frozen=True)
class Listing:
    """The states of a list, by key in their order, and the moment that they hold for: None of an empty list."""

    keys: Sequence[int]
    moment: datetime | None


def listing_of(asked: NumberFilters | TeammateFilters) -> Listing:
    """Return what is in the list right now."""
    with one_moment():  # a sync that ended between two questions, that of a search among them, would put them apart
        keys = array("q", asked.states().values_list("pk", flat=True).iterator(10_000))  # 64 bits each, not objects
        return Listing(keys, last_moment() if keys else None)


def last_moment() -> datetime | None:
    """Return when Quo was last heard of anything."""
    observed = Sync.objects.exclude(observed_at=None).order_by("-observed_at")
    return observed.values_list("observed_at", flat=True).first()


@dataclass(frozen=True, slots=True)
class Person:
    """A teammate on a number; `role` and `group_id` are as given on that number."""

    user_id: str
    email: str
    first_name: str | None
    last_name: str | None
    role: str
    group_id: str

    @property
    def name(self) -> str:
        return shown_name(self.first_name, self.last_name, self.email)


@dataclass(frozen=True, slots=True)
class NumberLine:
    """A number, and who is on it in order of their names. `state` has `_FIELDS`.

    It is no model: of thousands, making those takes as long as all the rest.
    """

    state: Any
    people: Sequence[Person]


_FIELDS = (
    *("pk", "phone_number_id", "quo_id", "group_id", "port_request_id", "formatted_number", "forward", "name"),
    *("number", "kind", "country", "porting_status", "symbol", "created_at_text", "updated_at_text"),
    *(column.field for column in COLUMNS),
)


def number_lines(listing: Listing, *, with_answers: bool = False) -> Iterator[NumberLine]:
    """Yield the numbers of a list; `with_answers` also reads what Quo sent, which is long."""
    fields = (*_FIELDS, "answer") if with_answers else _FIELDS
    states = NumberState.objects.annotate(quo_id=F("phone_number__quo_id")).values_list(*fields, named=True)
    for keys in _chunks(listing.keys):
        found = {state.pk: state for state in states.filter(pk__in=keys)}
        people = _people_on([state.phone_number_id for state in found.values()], listing.moment)
        yield from (NumberLine(found[key], people.get(found[key].phone_number_id, ())) for key in keys)


def _people_on(phone_numbers: Iterable[int], moment: datetime | None) -> dict[int, list[Person]]:
    people: dict[int, list[Person]] = defaultdict(list)
    rows = (
        Assignment.objects.filter(
            held_at(moment), held_at(moment, "teammate__states__"), phone_number__in=phone_numbers
        )
        .order_by("teammate__states__name_key", "teammate__quo_id")
        .values_list(
            "phone_number_id",
            "teammate__quo_id",
            *(f"teammate__states__{name}" for name in ("email", "first_name", "last_name")),
            *("role", "group_id"),
        )
    )
    for phone_number, *person in rows:
        people[phone_number].append(Person(*person))
    return people


@dataclass(frozen=True, slots=True)
class HeldNumber:
    """A number that a teammate is on; `facts` are of its six cells, in the order of `COLUMNS`."""

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
    def reach(self) -> dict[Column, Fact]:
        """How far they reach in each cell through any of their numbers; nothing of one who is on none."""
        if not self.numbers:
            return {}
        furthest = (max(facts, key=REACH.index) for facts in zip(*(held.facts for held in self.numbers), strict=True))
        return dict(zip(COLUMNS, furthest, strict=True))


def teammate_lines(listing: Listing) -> Iterator[TeammateLine]:
    """Yield the teammates of a list."""
    states = TeammateState.objects.select_related("teammate").defer("search_text", "name_key")
    for keys in _chunks(listing.keys):
        found = states.in_bulk(keys)
        numbers = _numbers_of([state.teammate_id for state in found.values()], listing.moment)
        yield from (TeammateLine(found[key], numbers.get(found[key].teammate_id, ())) for key in keys)


def _numbers_of(teammates: Iterable[int], moment: datetime | None) -> dict[int, list[HeldNumber]]:
    numbers: dict[int, list[HeldNumber]] = defaultdict(list)
    state = "phone_number__states__"
    rows = (
        Assignment.objects.filter(held_at(moment), held_at(moment, state), teammate__in=teammates)
        .order_by(F(f"{state}name_key"), F(f"{state}number"), "phone_number_id")
        .values_list(
            *("teammate_id", "phone_number__quo_id", f"{state}name", f"{state}number"),
            *(f"{state}{column.field}" for column in COLUMNS),
        )
    )
    for teammate, quo_id, name, number, *raws in rows:
        numbers[teammate].append(HeldNumber(quo_id, name, number, tuple(map(fact_of, raws))))
    return numbers


def _chunks(keys: Sequence[int]) -> Iterator[list[int]]:
    places = (0, *range(FIRST, len(keys), CHUNK), len(keys)) if keys else ()
    return (list(keys[start:end]) for start, end in pairwise(places))
