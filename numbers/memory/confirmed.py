"""Finds when Quo last confirmed a number or a teammate before a given time: the earlier end of a change.

Expressions for rows that have the time in a field. Later syncs have later keys and later times, so an index finds the
last sync before a time quickly.
"""

from datetime import UTC, datetime
from typing import Any

from django.db.models import DateTimeField, Exists, F, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat, Greatest, NullIf

from numbers.memory.moment import held_at
from numbers.models import MAX_SET_ASIDE, Assignment, Sync


def number_confirmed(field: str) -> NullIf:
    """Return when an answer last confirmed the row's number before the time in `field`: a list, or the number alone.

    A list does not confirm numbers that were held or set aside. If more were set aside than are stored, it confirms
    none. A teammate's list confirms the numbers that the teammate is on, unless it had mismatches.
    """
    quo_id = OuterRef("phone_number__quo_id")
    aside = Q(aside__contains=Concat(Value('"'), quo_id, Value('"'), output_field=TextField()))
    whole = _about(Sync.Scope.WORKSPACE).annotate(aside=Cast("set_aside", TextField())).exclude(aside)
    of_teammates = _about(Sync.Scope.TEAMMATE, OuterRef("teammate__quo_id")).filter(set_aside_count=0, mismatches=[])
    return _latest(
        _last(whole.filter(held=0, set_aside_count__lte=MAX_SET_ASIDE), OuterRef(field)),
        _last(_about(Sync.Scope.NUMBER, quo_id), OuterRef(field)),
        _last_by_assignment("phone_number", of_teammates, field),
    )


def teammate_confirmed(field: str) -> NullIf:
    """Return when an answer last confirmed the row's teammate, through a number, before the time in `field`."""
    is_on = held_at(OuterRef("observed_at"))
    on = Exists(Assignment.objects.filter(is_on, teammate=OuterRef(OuterRef("teammate"))))
    of_numbers = _about(Sync.Scope.NUMBER, OuterRef("phone_number__quo_id"))
    return _latest(
        _last(_about(Sync.Scope.WORKSPACE).filter(on, held=0), OuterRef(field)),
        _last(_about(Sync.Scope.TEAMMATE, OuterRef("teammate__quo_id")).filter(on), OuterRef(field)),
        _last_by_assignment("teammate", of_numbers, field),
    )


def _about(scope: Sync.Scope, subject: OuterRef | str = "") -> QuerySet[Sync]:
    return Sync.objects.filter(scope=scope, subject=subject, outcome=Sync.Outcome.SUCCEEDED)


def _last(syncs: QuerySet[Sync], time: OuterRef) -> Subquery:
    """Return when the last of `syncs` before the sync observed at `time` was observed."""
    sync_then = Subquery(Sync.objects.filter(observed_at=OuterRef(time)).order_by().values("pk")[:1])
    return Subquery(syncs.filter(pk__lt=sync_then).order_by("-pk").values("observed_at")[:1])


def _last_by_assignment(key: str, syncs: QuerySet[Sync], field: str) -> Subquery:
    """Return the latest such time over the assignments with the row's `key` that held until the time in `field`.

    A sync before an assignment began says nothing about it.
    """
    until_then = Q(until=None) | Q(until__gte=OuterRef(field))
    assignments = Assignment.objects.filter(until_then, **{key: OuterRef(key)})
    since_then = syncs.filter(observed_at__gte=OuterRef("since"))
    dated = assignments.annotate(confirmed=_last(since_then, OuterRef(OuterRef(field))))
    return Subquery(dated.order_by(F("confirmed").desc(nulls_last=True)).values("confirmed")[:1])


_NEVER = Value(datetime(1970, 1, 1, tzinfo=UTC), DateTimeField())


def _latest(*times: Subquery) -> NullIf:
    # SQLite's greatest of a null and a time is null.
    known: list[Any] = [Coalesce(time, _NEVER) for time in times]
    return NullIf(Greatest(*known), _NEVER)
