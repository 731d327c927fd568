"""Invariants between the counts of syncs and the histories that the syncs wrote."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from numbers.models import OPEN, Assignment, NumberState, PhoneNumber, Sync, TeammateState
from numbers.operations.invariants.breach import SUCCEEDED, Broken
from numbers.operations.invariants.histories import NUMBERS

_SYNC = ("pk", "scope", "observed_at", "seen", "new", "changed", "gone", "held", "wrote", "set_aside")


class _Tally:
    """Counts by moment, asked for in the order of the moments. `total` is the sum until the last moment asked for."""

    def __init__(self, counts: Iterable[tuple[datetime, int]]) -> None:
        self._counts = iter(list(counts))  # one for each sync that wrote; an open cursor would outlive a closed pipe
        self._next = next(self._counts, None)
        self.total = 0

    def at(self, moment: datetime) -> int:
        count = 0
        while self._next and self._next[0] <= moment:
            count = self._next[1] if self._next[0] == moment else 0
            self.total += self._next[1]
            self._next = next(self._counts, None)
        return count


def syncs_counted_what_they_wrote() -> Broken:
    """The counts of each sync agree with what began and ended when it observed.

    A sync may count more changes than are visible: a teammate's new name changes each of their numbers.
    """
    firsts, begun, ended = _tally(PhoneNumber, "first_seen"), _tally(NumberState, "since"), _tally(NumberState, "until")
    followed, changes, described = _Tally(_followed()), _Tally(_changes()), _tally(TeammateState, "since")
    off_before = 0
    syncs = Sync.objects.filter(SUCCEEDED, observed_at__isnull=False).order_by("observed_at", "pk").values_list(*_SYNC)
    for pk, scope, at, seen, new, changed, gone, held, wrote, set_aside in syncs.iterator():
        began, ends, visible, renamed = begun.at(at), ended.at(at), changes.at(at), described.at(at)
        for name, said, count in (("new", new, firsts.at(at)), ("gone", gone, ends - followed.at(at))):
            if said != count:
                yield f"sync {pk}", at, f"it says {name}: {said}, and the histories show {count}."
        if changed < visible:
            yield f"sync {pk}", at, f"it says changed: {changed}, and the histories show {visible}."
        if not wrote and (began or ends or visible or renamed):
            yield f"sync {pk}", at, "it says that it wrote nothing, and the histories show something."
        if scope == Sync.Scope.WORKSPACE:
            there = begun.total - ended.total
            off = there - seen - held
            if off != off_before and not 0 <= off <= _kept_without_counting(set_aside):
                what = f"it says seen: {seen} and held: {held}, and the histories show {there} numbers then."
                yield f"sync {pk}", at, what
            off_before = off


def syncs_counted_no_more_than_is_there() -> Broken:
    """Find syncs that counted more changed numbers than the histories show, although no teammate changed.

    Deleted assignments cause that. So do numbers that describe the same teammate differently, and some upgrades.
    """
    changes, described = _Tally(_changes()), _tally(TeammateState, "since")
    counted = Sync.objects.filter(SUCCEEDED, changed__gt=0, observed_at__isnull=False).order_by("observed_at", "pk")
    syncs: QuerySet[Any, Any] = counted.values_list("pk", "observed_at", "changed")
    for pk, at, changed in syncs.iterator():
        visible = changes.at(at)
        if changed > visible and not described.at(at):
            what = f"it counted {changed} changed numbers, and the histories show {visible}: assignments may be lost."
            yield f"sync {pk}", at, what


def _kept_without_counting(set_aside: Any) -> int:  # noqa: ANN401 - JSON
    """Return how many numbers may be neither seen nor held: former versions set aside records with a readable id."""
    records = set_aside if isinstance(set_aside, list) else []
    return sum(not isinstance(record, dict) or record.get("number") != "" for record in records)


def _tally(model: type[Any], moment: str) -> _Tally:
    return _Tally(_by_moment(model.objects.filter(**{f"{moment}__isnull": False}).values(at=F(moment))))


def _by_moment(rows: QuerySet[Any, Any]) -> Iterator[tuple[datetime, int]]:
    counts: Iterator[tuple[datetime, int]] = (
        rows.annotate(count=Count("*")).order_by("at").values_list("at", "count").iterator()
    )
    return counts


def _followed() -> Iterator[tuple[datetime, int]]:
    """Yield each moment at which states begin that follow another one of the same number, with how many do."""
    followed = NUMBERS.in_turn().filter(before_until=F("since")).order_by("since").values_list("since", flat=True)
    for moment, states in groupby(followed.iterator()):
        yield moment, sum(1 for _ in states)


def _changes() -> Iterator[tuple[datetime, int]]:
    """Yield each moment at which known numbers changed, in their state or in who is on them, with how many did."""
    since = Q(since__gt=F("phone_number__first_seen"))
    there = NumberState.objects.filter(OPEN | Q(until__gt=OuterRef("until")), since__lte=OuterRef("until"))
    ended = Assignment.objects.filter(until__isnull=False)
    ended = ended.filter(Exists(there.filter(phone_number=OuterRef("phone_number"))))
    touched = (
        NumberState.objects.filter(since)
        .order_by()
        .values_list("since", "phone_number")
        .union(
            Assignment.objects.filter(since).order_by().values_list("since", "phone_number"),
            ended.order_by().values_list("until", "phone_number"),
        )
        .order_by("since")
    )
    for moment, numbers in groupby(touched.iterator(), key=lambda row: row[0]):
        yield moment, sum(1 for _ in numbers)
