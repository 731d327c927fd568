"""Named queries for what changed: a change is one difference that one sync found about a number or a teammate."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value

from numbers.memory.confirmed import number_confirmed, teammate_confirmed
from numbers.memory.moment import Moment, held_at
from numbers.models import Assignment, NumberState, Sync, TeammateState


@dataclass(frozen=True)
class ChangeKey:
    """Identifies a change: the time of the sync that found it, and the key `of` a number or teammate."""

    at: datetime
    is_teammate: bool
    of: int


def first_complete_answer(moment: Moment) -> datetime | None:
    """Return when Quo first answered for the whole workspace, if it had by the moment."""
    complete = Sync.objects.filter(scope=Sync.Scope.WORKSPACE, subject="", outcome=Sync.Outcome.SUCCEEDED)
    return complete.filter(moment.up_to("observed_at")).order_by("pk").values_list("observed_at", flat=True).first()


def changes_between(start: datetime, baseline: datetime | None, moment: Moment) -> QuerySet[Any, Any]:
    """Return the values of a `ChangeKey` for each change from `start` up to the moment, newest first.

    What the first complete answer found, at `baseline`, was not new. The union merges the rows about one number from
    several tables.
    """
    states, is_first = NumberState.objects, Q(since=F("phone_number__first_seen"))
    begun = later = Q(since__gte=start)
    if baseline and baseline >= start:
        later = Q(since__gt=baseline)
        begun = begun if _is_known_before(baseline) else later
    sources = (
        (states.filter(until__gte=start), "until"),
        (states.filter(later) if baseline else states.none(), "since"),
        (_put_on().filter(begun).exclude(is_first), "since"),
        (_taken_off().filter(until__gte=start), "until"),
    )
    numbers = [_keys(rows, field, "phone_number_id", moment, is_teammate=False) for rows, field in sources]
    described = TeammateState.objects.filter(begun).exclude(since=F("teammate__first_seen"))
    found = numbers[0].union(*numbers[1:], _keys(described, "since", "teammate_id", moment, is_teammate=True))
    return found.order_by("-at", "is_teammate", "of")


def _is_known_before(baseline: datetime) -> bool:
    """Return whether an answer before `baseline` exists. If not, everything in that answer is new by definition."""
    return Sync.objects.filter(outcome=Sync.Outcome.SUCCEEDED, observed_at__lt=baseline).exists()


def _keys(rows: QuerySet[Any], field: str, of: str, moment: Moment, *, is_teammate: bool) -> QuerySet[Any, Any]:
    named = rows.filter(moment.up_to(field)).order_by().annotate(at=F(field), is_teammate=Value(is_teammate), of=F(of))
    keys: QuerySet[Any, Any] = named.values_list("at", "is_teammate", "of")
    return keys


def _put_on() -> QuerySet[Assignment]:
    """Return the assignments that do not directly follow another one of the same teammate on the same number."""
    return Assignment.objects.exclude(Exists(_same_pair().filter(until=OuterRef("since"))))


def _taken_off() -> QuerySet[Assignment]:
    return Assignment.objects.exclude(until=None).exclude(Exists(_same_pair().filter(since=OuterRef("until"))))


def _same_pair() -> QuerySet[Assignment]:
    return Assignment.objects.filter(phone_number=OuterRef("phone_number"), teammate=OuterRef("teammate"))


State = TypeVar("State", NumberState, TeammateState)
ByChange = Mapping[tuple[datetime, int], State]  # by the time of the change and the key of the number or teammate


def number_states_around(keys: Sequence[ChangeKey]) -> tuple[ByChange[NumberState], ByChange[NumberState]]:
    """Return the states that ended and those that began with these changes.

    `confirmed_before` and `confirmed_last` say when the number was last confirmed before its state began and ended.
    """
    states = NumberState.objects.filter(_at(keys, "since", "phone_number") | _at(keys, "until", "phone_number"))
    confirmed = {"confirmed_before": number_confirmed("since"), "confirmed_last": number_confirmed("until")}
    return _by_change(
        states.select_related("phone_number").defer("answer", "search_text").annotate(**confirmed), "phone_number_id"
    )


def teammate_states_around(keys: Sequence[ChangeKey]) -> tuple[ByChange[TeammateState], ByChange[TeammateState]]:
    """Return the same for teammates, with `confirmed_before` only."""
    states = TeammateState.objects.filter(_at(keys, "since", "teammate") | _at(keys, "until", "teammate"))
    dated = states.select_related("teammate").annotate(confirmed_before=teammate_confirmed("since"))
    return _by_change(dated, "teammate_id")


def _by_change(states: Iterable[State], of: str) -> tuple[ByChange[State], ByChange[State]]:
    found = list(states)
    ended, began = ({(getattr(state, end), getattr(state, of)): state for state in found} for end in ("until", "since"))
    return ended, began


def _at(keys: Sequence[ChangeKey], field: str, of: str) -> Q:
    """Match the rows of these changes by their time in `field` and their foreign key `of`.

    This may also match another change of the same numbers at the last of these times.
    """
    return Q(**{f"{field}__in": {key.at for key in keys}, f"{of}__in": {key.of for key in keys}})


def put_on(keys: Sequence[ChangeKey]) -> QuerySet[Assignment, Any]:
    """Return a row for each teammate put on a number with these changes, by name.

    A row has the time, the number's key, the teammate's id, first and last name and email, the number's id, name
    and `unidentified`, and when the number was last confirmed before.
    """
    return _assignments(_put_on(), "since", keys)


def taken_off(keys: Sequence[ChangeKey]) -> QuerySet[Assignment, Any]:
    """Return the same for each teammate taken off a number."""
    return _assignments(_taken_off(), "until", keys)


def _assignments(assignments: QuerySet[Assignment], field: str, keys: Sequence[ChangeKey]) -> QuerySet[Assignment, Any]:
    return (
        assignments.filter(_at(keys, field, "phone_number"))
        .filter(held_at(F(field), "teammate__states__"))
        .filter(held_at(F(field), "phone_number__states__"))
        .annotate(confirmed=number_confirmed(field))
        .order_by("teammate__states__name_key", "teammate__quo_id")
        .values_list(
            *(field, "phone_number", "teammate__quo_id", "teammate__states__first_name", "teammate__states__last_name"),
            *("teammate__states__email", "phone_number__quo_id"),
            *("phone_number__states__name", "phone_number__states__unidentified", "confirmed"),
        )
    )
