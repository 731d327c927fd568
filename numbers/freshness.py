"""How old the copy on a page is, in words, and what stood in the way of a newer one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from django.db.models import Q, QuerySet

from numbers.models import Sync
from numbers.prepared import Prepared
from numbers.sync import WORKSPACE, Question

# A page asks by itself once its own question has not been asked for this long, by anybody.
PAGE_MAX_AGE = timedelta(seconds=60)
STALE_AFTER_INTERVALS = 6


class Level(StrEnum):
    """How old the copy is against how often the office means to sync."""

    FRESH = "fresh"
    LATE = "late"
    STALE = "stale"
    NEVER = "never"


@dataclass(frozen=True)
class Freshness:
    """What a page says of its own age.

    `is_due` says whether the page should ask its own question: what Quo said of the whole workspace makes the copy
    younger, but is no answer to what Quo lists for one teammate, or says of one number asked by itself.
    `observed_at` is the time that the facts of the last good answer hold for.
    `failure` is the last sync, where it failed; `held`, the last answer about the whole workspace, where removals
    were not believed; `set_aside` counts the records of that answer which could not be read.
    """

    level: Level
    observed_at: datetime | None
    checked_at: datetime | None
    ago: str
    is_due: bool
    failure: Sync | None
    held: Sync | None
    set_aside: int

    @property
    def told_of(self) -> tuple[tuple[int, datetime], ...]:
        """Which syncs it tells of: after a restore a key may come again for another one, never at the same moment."""
        return tuple((sync.pk, sync.started_at) for sync in (self.failure, self.held) if sync)

    @property
    def waiting(self) -> str:
        """What a page without anything to show waits for: "asking" or, where that failed, "failed"; else empty."""
        if self.level != Level.NEVER:
            return ""
        return "failed" if self.failure else "asking"

    @property
    def is_in_doubt(self) -> bool:
        """Whether there is more to tell than an age."""
        return bool(self.failure or self.held or self.set_aside)


def syncs_about(question: Question, *, is_known: bool = True) -> QuerySet[Sync]:
    """The syncs whose answer a page shows: the whole workspace's, and those of the page's own subject.

    Of a subject that no sync has brought so far, only its own: the workspace's answers said nothing of it.
    """
    about = Q(scope=question.scope, subject=question.subject)
    if is_known and question != WORKSPACE:  # else the database would read a year of syncs to sort them
        about |= Q(scope=WORKSPACE.scope, subject=WORKSPACE.subject)
    return Sync.objects.filter(about)


def freshness_of(question: Question, now: datetime, interval: timedelta, *, is_known: bool = True) -> Freshness:
    """Return how old the memory of what `question` asks is; `interval` is how often the office means to sync."""
    # By key, not by time: of two syncs the one begun later is the later one even where the clock was set back.
    last = _last(question, is_known=is_known)
    succeeded = Sync.Outcome.SUCCEEDED
    good = last
    if last and last.outcome != succeeded:
        about = syncs_about(question, is_known=is_known)
        good = about.filter(outcome=succeeded).order_by("-pk").first()
    whole = good if question == WORKSPACE else _last_good_of_the_workspace.first()
    # Where the clock was set back, the time that facts hold from runs ahead of it; when the sync ended does not.
    checked_at = min(filter(None, (good.observed_at, good.ended_at)), default=None) if good else None
    age = max(now - checked_at, timedelta(0)) if checked_at else None
    last_asked = last.ended_at if last else None
    if is_known and question != WORKSPACE:  # then the last sync may have asked something else
        own = _last_of_subject.first(question.scope, question.subject)
        last_asked = own.ended_at if own else None
    return Freshness(
        level=_level(age, interval),
        observed_at=good.observed_at if good else None,
        checked_at=checked_at,
        ago=in_words(age) if age is not None else "",
        is_due=last_asked is None or abs(now - last_asked) >= PAGE_MAX_AGE,
        failure=last if last and last.outcome != succeeded else None,
        held=whole if whole and whole.held else None,
        set_aside=whole.set_aside_count if whole else 0,
    )


def _last(question: Question, *, is_known: bool) -> Sync | None:
    """Return the last sync about what the page shows, however it ended."""
    if question == WORKSPACE or not is_known:
        return _last_of_subject.first(question.scope, question.subject)
    return _last_of_either.first(question.scope, question.subject)


def _newest_ended(scope: Sync.Scope, subject: str, *, is_known: bool) -> QuerySet[Sync]:
    ended = syncs_about(Question(scope, subject), is_known=is_known).exclude(outcome=Sync.Outcome.RUNNING)
    return ended.order_by("-pk")[:1]


_last_of_subject = Prepared(partial(_newest_ended, is_known=False), str, str)
_last_of_either = Prepared(partial(_newest_ended, is_known=True), str, str)
_last_good_of_the_workspace = Prepared(
    lambda: syncs_about(WORKSPACE).filter(outcome=Sync.Outcome.SUCCEEDED).order_by("-pk").defer("set_aside")[:1]
)


def _level(age: timedelta | None, interval: timedelta) -> Level:
    if age is None:
        return Level.NEVER
    if age <= interval:
        return Level.FRESH
    return Level.LATE if age <= interval * STALE_AFTER_INTERVALS else Level.STALE


def in_words(age: timedelta) -> str:
    """Say an age in its largest whole unit: "40 seconds", "1 minute", "3 hours", "2 days"."""
    seconds = int(age.total_seconds())
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            count = seconds // length
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "1 second" if seconds == 1 else f"{seconds} seconds"
