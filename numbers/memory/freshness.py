"""How old the copy on a page is, and why there is no newer one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from django.db.models import QuerySet

from numbers.database.compiled_query import CompiledQuery
from numbers.memory.moment import Moment
from numbers.memory.sync_target import WORKSPACE, SyncTarget
from numbers.models import Sync
from numbers.vocabulary.phrases import unread_records

# An open page polls this often, and syncs if its target was not synced for this long.
PAGE_MAX_AGE = timedelta(seconds=60)
STALE_AFTER_INTERVALS = 6
CLOCKS_DIFFER = timedelta(minutes=1)  # between the machines that serve and sync


class Level(StrEnum):
    """How old the copy is compared with how often we intend to sync."""

    FRESH = "fresh"
    LATE = "late"
    STALE = "stale"
    NEVER = "never"


@dataclass(frozen=True)
class Freshness:
    """What a page says about its own age.

    `is_due` says whether the page should sync its own target. A sync of the whole workspace makes the copy younger,
    but does not answer the target of a teammate's page or a number's page.
    `observed_at` is the time for which the facts of the last good answer hold. `age` is None before the first one, and
    if it came at a time that is still to come, because the clock was set back.
    `failure` is the last sync if it failed. `held` is the last good sync of the workspace if it held removals back.
    `set_aside` is how many records of its answer, or of a later one about the subject, could not be read.
    """

    level: Level
    observed_at: datetime | None
    checked_at: datetime | None
    age: timedelta | None
    is_due: bool
    failure: Sync | None
    held: Sync | None
    set_aside: int
    poll_seconds: ClassVar[int] = int(PAGE_MAX_AGE.total_seconds())

    @property
    def ago(self) -> str:
        """Return the age in words."""
        return "" if self.age is None else in_words(self.age)

    @property
    def clock_went_back(self) -> bool:
        return self.checked_at is not None and self.age is None

    @property
    def waiting(self) -> str:
        """Return what a page without data shows: "asking", or "failed" after a failed sync; "" if there is data."""
        if self.level != Level.NEVER:
            return ""
        return "failed" if self.failure else "asking"

    @property
    def is_partial(self) -> bool:
        """Return whether the workspace may have numbers that could not be read."""
        return self.level == Level.NEVER or self.set_aside > 0

    @property
    def unread_sentence(self) -> str:
        return unread_records(self.set_aside)

    @property
    def is_in_doubt(self) -> bool:
        """Return whether the page must say more than its age."""
        return bool(self.failure or self.held or self.set_aside or self.clock_went_back)


def freshness_of(target: SyncTarget, now: datetime, interval: timedelta, *, is_known: bool = True) -> Freshness:
    """Return how old the memory of the target's subject is; `interval` is how often we intend to sync.

    A page shows answers about the whole workspace and about its own subject. If no sync has found the subject so far
    (`is_known` is false), only its own answers count: those about the workspace did not include it.
    """
    own = newest_syncs(target)
    of_workspace = own if target == WORKSPACE else newest_syncs(WORKSPACE)
    about = sorted([*own, *of_workspace] if is_known else own, key=lambda sync: sync.pk, reverse=True)
    last = next(iter(about), None)
    good = next(filter(_succeeded, about), None)
    whole = next(filter(_succeeded, of_workspace), None)
    # After the clock was set back, `observed_at` runs ahead of it, and `ended_at` does not.
    checked_at = min(filter(None, (good.observed_at, good.ended_at)), default=None) if good else None
    age = max(now - checked_at, timedelta(0)) if checked_at and now >= checked_at - CLOCKS_DIFFER else None
    last_asked = own[0].ended_at if own else None
    return Freshness(
        level=_level(age, interval) if checked_at else Level.NEVER,
        observed_at=good.observed_at if good else None,
        checked_at=checked_at,
        age=age,
        is_due=last_asked is None or abs(now - last_asked) >= PAGE_MAX_AGE,
        failure=last if last and not _succeeded(last) else None,
        held=whole if whole and whole.held else None,
        set_aside=max((sync.set_aside_count for sync in {good, whole} if sync), default=0),
    )


def _succeeded(sync: Sync) -> bool:
    return sync.outcome == Sync.Outcome.SUCCEEDED


def newest_syncs(target: SyncTarget) -> list[Sync]:
    """Return the last ended sync of this target and, if it failed, the last one before it that succeeded.

    By key, not by time: keys stay in order when the clock is set back.
    """
    newest = NEWEST.first(target.scope, target.subject, Sync.Outcome.RUNNING)
    if newest is None or _succeeded(newest):
        return [newest] if newest else []
    good = ended_syncs(target).filter(outcome=Sync.Outcome.SUCCEEDED).first()
    return [newest, good] if good else [newest]


def is_partial_at(moment: Moment) -> bool:
    """Return whether the workspace may have had numbers at the moment that could not be read."""
    complete = ended_syncs(WORKSPACE).filter(moment.up_to("observed_at"), outcome=Sync.Outcome.SUCCEEDED)
    return complete.values_list("set_aside_count", flat=True).first() != 0  # None before the first complete answer


def ended_syncs(target: SyncTarget) -> QuerySet[Sync]:
    """Return the ended syncs of this target, newest first."""
    asked = Sync.objects.filter(scope=target.scope, subject=target.subject).exclude(outcome=Sync.Outcome.RUNNING)
    return asked.only(*_FIELDS).order_by("-pk")


_FIELDS = (
    *("scope", "subject", "outcome", "started_at", "observed_at", "ended_at", "held", "set_aside_count"),
    *("error_kind", "error_message", "error_trace", "error_sentence"),
)

NEWEST = CompiledQuery(lambda: ended_syncs(WORKSPACE)[:1])


def _level(age: timedelta | None, interval: timedelta) -> Level:
    if age is None or age > interval * STALE_AFTER_INTERVALS:
        return Level.STALE
    return Level.FRESH if age <= interval else Level.LATE


def in_words(age: timedelta) -> str:
    """Return an age in its largest whole unit: "40 seconds", "1 minute", "3 hours", "2 days"."""
    seconds = int(age.total_seconds())
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            count = seconds // length
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "1 second" if seconds == 1 else f"{seconds} seconds"
