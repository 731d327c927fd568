"""The questions that are asked of the memory, each with a name. Reading only."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from numbers.models import Assignment, NumberState, TeammateState
from numbers.vocabulary.cells import COLUMNS, Fact

FEW = 2_000  # rows that are looked up by their ids, and sorted then


def current() -> QuerySet[NumberState]:
    """Every number as it is now."""
    return NumberState.objects.filter(until=None)


def held_at(moment: datetime | None, of: str = "") -> Q:
    """What held at `moment`; `of` leads to what must have held."""
    ended = Q(**{f"{of}until": None}) | Q(**{f"{of}until__gt": moment})
    return Q(**{f"{of}since__lte": moment}) & ended


def of_teammate(states: QuerySet[NumberState], user_id: str) -> QuerySet[NumberState]:
    """The numbers that the teammate `US…` is on now."""
    on_them = Assignment.objects.filter(teammate__quo_id=user_id, until=None).values("phone_number")
    return states.filter(phone_number__in=on_them)


def with_fact(states: QuerySet[NumberState], field: str, fact: Fact) -> QuerySet[NumberState]:
    """The numbers of which Quo says this of the cell `field`."""
    raw = {Fact.ALLOWED: "unrestricted", Fact.RESTRICTED: "restricted"}
    if fact is Fact.UNKNOWN:
        return states.exclude(**{f"{field}__in": list(raw.values())})
    return states.filter(**{field: raw[fact]})


def with_somebody(states: QuerySet[NumberState], *, is_on: bool) -> QuerySet[NumberState]:
    """The numbers with at least one teammate on them now, or those with nobody."""
    somebody = Exists(Assignment.objects.filter(phone_number=OuterRef("phone_number"), until=None))
    return states.filter(somebody if is_on else ~somebody)


NO_PORT = Q(porting_status=None) | Q(porting_status="")
UNFINISHED = ~(NO_PORT | Q(porting_status__iexact="completed"))


def with_port(states: QuerySet[NumberState], status: str) -> QuerySet[NumberState]:
    """The numbers whose port has Quo's `status`; without one ("none"), or with one that is not done ("unfinished")."""
    if status == "none":
        return states.filter(NO_PORT)
    if status == "unfinished":
        return states.filter(UNFINISHED)
    return states.filter(porting_status=status)


NO_FORWARD = Q(forward=None) | Q(forward="")
_OURS = Exists(NumberState.objects.filter(number=OuterRef("forward_number"), until=None))
OUTSIDE = ~NO_FORWARD & ~Q(_OURS)


def with_forward(states: QuerySet[NumberState], where: str) -> QuerySet[NumberState]:
    """The numbers that forward calls: "any"where, "none", "inside" to a number of the workspace, else "outside"."""
    if where == "none":
        return states.filter(NO_FORWARD)
    if where == "outside":
        return states.filter(OUTSIDE)
    states = states.exclude(NO_FORWARD)
    return states.filter(_OURS) if where == "inside" else states


def names_of(user_ids: Collection[str]) -> dict[str, str]:
    """What people read of these teammates, by their ids `US…`; those that are not known are left out."""
    states = TeammateState.objects.filter(until=None, teammate__quo_id__in=user_ids).select_related("teammate")
    return {state.teammate.quo_id: state.display_name for state in states}


def _fact_rank(field: str) -> Case:
    """Allowed before restricted before not reported."""
    return Case(
        When(**{field: "unrestricted"}, then=Value(0)),
        When(**{field: "restricted"}, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )


def pattern() -> Combinable:
    """The facts of all six cells as one whole number, whose digits to the base of three are their ranks."""
    digits: Combinable = _fact_rank(COLUMNS[0].field)
    for column in COLUMNS[1:]:
        digits = digits * Value(len(Fact)) + _fact_rank(column.field)
    return digits


def _teammates_on() -> Subquery:
    # Not an aggregate, which would group what it counts: of each number it counts all.
    counted = Func("pk", function="COUNT", output_field=IntegerField())
    on_it = Assignment.objects.filter(phone_number=OuterRef("phone_number"), until=None).order_by()
    return Subquery(on_it.values(count=counted))


SORTS: dict[str, F | Case | Coalesce | Subquery] = {
    "name": F("name_key"),
    "number": F("number"),
    "symbol": Coalesce(F("symbol"), Value(""), output_field=CharField()),
    "teammates": _teammates_on(),
    **{column.field: _fact_rank(column.field) for column in COLUMNS},
    "forward": Coalesce(F("forward"), Value(""), output_field=CharField()),
    "porting": Coalesce(F("porting_status"), Value(""), output_field=CharField()),
    "group": F("group_id"),
    "kind": F("kind"),
    "country": F("country"),
}


def ordered(states: QuerySet[NumberState], sort: str) -> QuerySet[NumberState]:
    """Sort states of one moment by a key of `SORTS`, descending with a leading `-`.

    Equals are by name, then number, then identity, so pages never overlap.
    """
    key = SORTS[sort.removeprefix("-")]
    return states.order_by(key.desc() if sort.startswith("-") else key.asc(), "name_key", "number", "phone_number_id")


def teammates_on(phone_numbers: Iterable[int], *, until: datetime | None = None) -> QuerySet[Assignment, Any]:
    """Who is on these numbers now, or was up to `until`, by name: a dict each, with the teammate's open state."""
    return (
        Assignment.objects.filter(phone_number__in=list(phone_numbers), until=until, teammate__states__until=None)
        .order_by("teammate__states__name_key", "teammate__quo_id")
        .values(
            "phone_number_id",
            "role",
            "group_id",
            user_id=F("teammate__quo_id"),
            email=F("teammate__states__email"),
            first_name=F("teammate__states__first_name"),
            last_name=F("teammate__states__last_name"),
        )
    )
