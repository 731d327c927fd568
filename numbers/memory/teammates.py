"""The questions that are asked of the memory about teammates, each with a name. Reading only."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from numbers.memory.numbers import current, with_fact
from numbers.models import Assignment, NumberState, TeammateState
from numbers.vocabulary.cells import COLUMNS, Fact

_ROLES = ("owner", "admin", "member")

TEAMMATE_SORTS: dict[str, F | Case] = {
    "name": F("name_key"),
    "numbers": F("numbers"),
    "role": Case(
        *(When(role=role, then=Value(rank)) for rank, role in enumerate(_ROLES)),
        default=Value(len(_ROLES)),
        output_field=IntegerField(),
    ),
}


def counting_numbers(states: QuerySet[TeammateState]) -> QuerySet[TeammateState]:
    """The same teammates, each with `numbers`: how many they are on now."""
    counted = (
        Assignment.objects.filter(teammate=OuterRef("teammate"), until=None)
        .order_by()
        .values("teammate")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return states.annotate(numbers=Coalesce(Subquery(counted), 0))


def ordered_teammates(states: QuerySet[TeammateState], sort: str) -> QuerySet[TeammateState]:
    """Sort counted teammates by a key of `TEAMMATE_SORTS`, descending with a leading `-`; equals by name."""
    key = TEAMMATE_SORTS[sort.removeprefix("-")]
    return states.order_by(key.desc() if sort.startswith("-") else key.asc(), "name_key", "pk")


# How far several numbers together reach: what one of them says counts more than what stands before it.
REACH = (Fact.RESTRICTED, Fact.UNKNOWN, Fact.ALLOWED)


def reach_of(teammates: Iterable[int]) -> QuerySet[Assignment, Any]:
    """How far these teammates reach through all their numbers of now: a dict each, places in `REACH` by cell."""
    return (
        Assignment.objects.filter(teammate__in=list(teammates), until=None, phone_number__states__until=None)
        .order_by()
        .values("teammate_id")
        .annotate(**{column.field: Max(_reach(f"phone_number__states__{column.field}")) for column in COLUMNS})
    )


def _reach(field: str) -> Case:
    return Case(
        When(**{field: "unrestricted"}, then=Value(REACH.index(Fact.ALLOWED))),
        When(**{field: "restricted"}, then=Value(REACH.index(Fact.RESTRICTED))),
        default=Value(REACH.index(Fact.UNKNOWN)),
        output_field=IntegerField(),
    )


def with_reach(states: QuerySet[TeammateState], field: str, fact: Fact) -> QuerySet[TeammateState]:
    """The teammates who reach just so far in the cell `field`; who is on no number has no reach and is none of them."""
    states = states.filter(teammate__in=people_where(field, fact))
    for further in REACH[REACH.index(fact) + 1 :]:
        states = states.exclude(teammate__in=people_where(field, further))
    return states


def people_where(field: str, fact: Fact) -> QuerySet[Assignment, Any]:
    """Who is on a number now of which Quo says this."""
    numbers = with_fact(current(), field, fact).values("phone_number")
    return Assignment.objects.filter(until=None, phone_number__in=numbers).order_by().values("teammate")


def reaches(field: str) -> Exists:
    """Whether a teammate is on a number now that allows this, asked of one teammate after the other: for the first."""
    allowing = {"phone_number__states__until": None, f"phone_number__states__{field}": "unrestricted"}
    return Exists(Assignment.objects.filter(teammate=OuterRef("teammate"), until=None, **allowing))


def numbers_of(teammate: int) -> QuerySet[NumberState]:
    """The numbers that a teammate is on now, by name; each with `is_shared`, whether anybody else is on it."""
    others = Assignment.objects.filter(phone_number=OuterRef("phone_number"), until=None).exclude(teammate=teammate)
    on_it = current().filter(phone_number__assignments__teammate=teammate, phone_number__assignments__until=None)
    return on_it.annotate(is_shared=Exists(others)).order_by("name_key", "number", "pk")


def last_numbers_of(teammate: int, left_at: datetime) -> QuerySet[NumberState]:
    """The numbers that a teammate was taken off at `left_at`, as they were until then, by name."""
    left = NumberState.objects.filter(
        phone_number__assignments__teammate=teammate, phone_number__assignments__until=left_at
    )
    until_then = Q(since__lt=left_at) & (Q(until=None) | Q(until__gte=left_at))
    return left.filter(until_then).order_by("name_key", "number", "pk")
