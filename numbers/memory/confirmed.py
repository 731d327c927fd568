"""When Quo's answers last told of a number or a teammate before a moment: the earlier end of a change.

Expressions for rows that have the moment in a field. Of two syncs the later one has the later key and the later time,
so the last one before a moment is found by an index, however many there were.
"""

from datetime import UTC, datetime
from typing import Any

from django.db.models import DateTimeField, Exists, F, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat, Greatest, NullIf

from numbers.models import KEPT_SET_ASIDE, Assignment, Sync


def number_confirmed(moment: str) -> NullIf:
    """When answers last told of the row's number before the row's `moment`: of all numbers, of it alone, of somebody.

    Not told of is what was held back as missing or set aside as unreadable (where so much was that not all of it was
    noted, anything). A teammate's list tells of the numbers that the teammate is on, unless it raises questions.
    """
    quo_id = OuterRef("phone_number__quo_id")
    aside = Q(aside__contains=Concat(Value('"'), quo_id, Value('"'), output_field=TextField()))
    whole = _about(Sync.Scope.WORKSPACE).annotate(aside=Cast("set_aside", TextField())).exclude(aside)
    of_people = _about(Sync.Scope.TEAMMATE, OuterRef("teammate__quo_id")).filter(set_aside_count=0, mismatches=[])
    return _latest(
        _last(whole.filter(held=0, set_aside_count__lte=KEPT_SET_ASIDE), OuterRef(moment)),
        _last(_about(Sync.Scope.NUMBER, quo_id), OuterRef(moment)),
        _last_by_assignment("phone_number", of_people, moment),
    )


def teammate_confirmed(moment: str) -> NullIf:
    """When answers last told of the row's teammate before the row's `moment`, who has to be on a number for that."""
    is_on = Q(since__lte=OuterRef("observed_at")) & (Q(until=None) | Q(until__gt=OuterRef("observed_at")))
    on = Exists(Assignment.objects.filter(is_on, teammate=OuterRef(OuterRef("teammate"))))
    of_numbers = _about(Sync.Scope.NUMBER, OuterRef("phone_number__quo_id"))
    return _latest(
        _last(_about(Sync.Scope.WORKSPACE).filter(on, held=0), OuterRef(moment)),
        _last(_about(Sync.Scope.TEAMMATE, OuterRef("teammate__quo_id")).filter(on), OuterRef(moment)),
        _last_by_assignment("teammate", of_numbers, moment),
    )


def _about(scope: Sync.Scope, subject: OuterRef | str = "") -> QuerySet[Sync]:
    return Sync.objects.filter(scope=scope, subject=subject, outcome=Sync.Outcome.SUCCEEDED)


def _last(syncs: QuerySet[Sync], moment: OuterRef) -> Subquery:
    """When the last of `syncs` was that came before the sync of `moment`."""
    found_by = Subquery(Sync.objects.filter(observed_at=OuterRef(moment)).order_by().values("pk")[:1])
    return Subquery(syncs.filter(pk__lt=found_by).order_by("-pk").values("observed_at")[:1])


def _last_by_assignment(of: str, syncs: QuerySet[Sync], moment: str) -> Subquery:
    """The same over the assignments of the row's number or teammate that held until `moment`; `syncs` are of each."""
    until_then = Q(until=None) | Q(until__gte=OuterRef(moment))
    assignments = Assignment.objects.filter(until_then, **{of: OuterRef(of)})
    dated = assignments.annotate(confirmed=_last(syncs, OuterRef(OuterRef(moment))))
    return Subquery(dated.order_by(F("confirmed").desc(nulls_last=True)).values("confirmed")[:1])


_NEVER = Value(datetime(1970, 1, 1, tzinfo=UTC), DateTimeField())


def _latest(*times: Subquery) -> NullIf:
    # Of a null and a time, SQLite's greatest is null.
    known: list[Any] = [Coalesce(time, _NEVER) for time in times]
    return NullIf(Greatest(*known), _NEVER)
