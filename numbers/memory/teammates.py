"""Named queries for teammates. They only read."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from numbers.memory.assignments import assignments_at
from numbers.memory.moment import Moment
from numbers.memory.numbers import fact_rank, numbers_at, with_fact
from numbers.models import Assignment, NumberState, TeammateState
from numbers.vocabulary.cells import CELLS, Fact

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


def teammates_at(moment: Moment) -> QuerySet[TeammateState]:
    """Return the state of every teammate at the moment."""
    return TeammateState.objects.filter(moment.held())


def role_occurs(role: str) -> bool:
    """Return whether a teammate has or had exactly this role."""
    return TeammateState.objects.filter(role=role).exists()


def names_of(user_ids: Collection[str], moment: Moment) -> dict[str, str]:
    """Return the display names of these teammates by their ids `US…`; unknown ids are left out."""
    states = teammates_at(moment).filter(teammate__quo_id__in=user_ids).select_related("teammate")
    return {state.teammate.quo_id: state.display_name for state in states}


def counting_numbers(states: QuerySet[TeammateState], moment: Moment) -> QuerySet[TeammateState]:
    """Annotate teammates with `numbers`: how many they are on."""
    counted = (
        assignments_at(moment)
        .filter(teammate=OuterRef("teammate"))
        .order_by()
        .values("teammate")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return states.annotate(numbers=Coalesce(Subquery(counted), 0))


def ordered_teammates(states: QuerySet[TeammateState], sort: str) -> QuerySet[TeammateState]:
    """Sort counted teammates by a key of `TEAMMATE_SORTS`, descending with a leading `-`; ties by name."""
    key = TEAMMATE_SORTS[sort.removeprefix("-")]
    return states.order_by(key.desc() if sort.startswith("-") else key.asc(), "name_key", "pk")


# The reach through several numbers is the last of these facts that occurs among them.
REACH = (Fact.RESTRICTED, Fact.UNKNOWN, Fact.ALLOWED)


def reach_of(teammates: Iterable[int], moment: Moment) -> QuerySet[Assignment, Any]:
    """Return a dict for each of these teammates, with the index into `REACH` of their reach in each cell."""
    return (
        Assignment.objects.filter(moment.held(), moment.held("phone_number__states__"), teammate__in=list(teammates))
        .order_by()
        .values("teammate_id")
        .annotate(**{cell.field: Max(fact_rank(f"phone_number__states__{cell.field}", REACH)) for cell in CELLS})
    )


def with_reach(states: QuerySet[TeammateState], field: str, fact: Fact, moment: Moment) -> QuerySet[TeammateState]:
    """Keep the teammates whose reach in the cell `field` is `fact`. Teammates on no number have no reach."""
    states = states.filter(teammate__in=teammates_with(field, fact, moment))
    for further in REACH[REACH.index(fact) + 1 :]:
        states = states.exclude(teammate__in=teammates_with(field, further, moment))
    return states


def teammates_with(field: str, fact: Fact, moment: Moment) -> QuerySet[Assignment, Any]:
    """Return the keys of the teammates who are on a number with this fact in the cell `field`."""
    numbers = with_fact(numbers_at(moment), field, fact).values("phone_number")
    return assignments_at(moment).filter(phone_number__in=numbers).order_by().values("teammate")


def reaches(field: str, moment: Moment) -> Exists:
    """Return the condition that a teammate is on a number that allows the cell `field`. Fast for few teammates."""
    states = "phone_number__states__"
    allowing = Q(moment.held(), moment.held(states), **{f"{states}{field}": "unrestricted"})
    return Exists(Assignment.objects.filter(allowing, teammate=OuterRef("teammate")))


def numbers_of(teammate: int, moment: Moment) -> QuerySet[NumberState]:
    """Return the numbers of a teammate by name, annotated with `is_shared`: whether another teammate is on it."""
    others = assignments_at(moment).filter(phone_number=OuterRef("phone_number")).exclude(teammate=teammate)
    on_it = Q(moment.held("phone_number__assignments__"), phone_number__assignments__teammate=teammate)
    return numbers_at(moment).filter(on_it).annotate(is_shared=Exists(others)).order_by("name_key", "telephone", "pk")


def held_numbers(teammates: Iterable[int], moment: Moment) -> QuerySet[Assignment, Any]:
    """Return a row for each number of each of these teammates, by the number's name.

    A row has the teammate's key, then the number's id, name, number and cells.
    """
    state = "phone_number__states__"
    return (
        Assignment.objects.filter(moment.held(), moment.held(state), teammate__in=list(teammates))
        .order_by(f"{state}name_key", f"{state}telephone", "phone_number_id")
        .values_list(
            *("teammate_id", "phone_number__quo_id", f"{state}name", f"{state}number"),
            *(f"{state}{cell.field}" for cell in CELLS),
        )
    )


def last_left(teammate: int, moment: Moment) -> datetime | None:
    """Return when a teammate without numbers at the moment was taken off the last one."""
    left = Assignment.objects.filter(moment.up_to("until"), teammate=teammate)
    latest: datetime | None = left.aggregate(latest=Max("until"))["latest"]
    return latest


def last_numbers_of(teammate: int, left_at: datetime) -> QuerySet[NumberState]:
    """Return the numbers that a teammate was taken off at `left_at`, as they were just before, by name."""
    left = NumberState.objects.filter(
        phone_number__assignments__teammate=teammate, phone_number__assignments__until=left_at
    )
    just_before = Q(since__lt=left_at) & (Q(until=None) | Q(until__gte=left_at))
    return left.filter(just_before).order_by("name_key", "telephone", "pk")
