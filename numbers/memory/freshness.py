"""How old the copy on a page is, in words, and what stood in the way of a newer one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import QuerySet

from numbers.database.compiled_query import CompiledQuery
from numbers.memory.question import WORKSPACE, Question
from numbers.models import Sync

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
    def waiting(self) -> str:
        """What a page without anything to show waits for: "asking" or, where that failed, "failed"; else empty."""
        if self.level != Level.NEVER:
            return ""
        return "failed" if self.failure else "asking"

    @property
    def is_in_doubt(self) -> bool:
        """Whether there is more to tell than an age."""
        return bool(self.failure or self.held or self.set_aside)


def freshness_of(question: Question, now: datetime, interval: timedelta, *, is_known: bool = True) -> Freshness:
    """Return how old the memory of what `question` asks is; `interval` is how often the office means to sync.

    A page shows the answers about the whole workspace, and those about its own subject. Of a subject that no sync has
    brought so far, only its own: the workspace's answers said nothing of it.
    """
    own = newest_syncs(question)
    of_workspace = own if question == WORKSPACE else newest_syncs(WORKSPACE)
    about = sorted([*own, *of_workspace] if is_known else own, key=lambda sync: sync.pk, reverse=True)
    last = next(iter(about), None)
    good = next(filter(_succeeded, about), None)
    whole = next(filter(_succeeded, of_workspace), None)
    # Where the clock was set back, the time that facts hold from runs ahead of it; when the sync ended does not.
    checked_at = min(filter(None, (good.observed_at, good.ended_at)), default=None) if good else None
    age = max(now - checked_at, timedelta(0)) if checked_at else None
    last_asked = own[0].ended_at if own else None
    return Freshness(
        level=_level(age, interval),
        observed_at=good.observed_at if good else None,
        checked_at=checked_at,
        ago=in_words(age) if age is not None else "",
        is_due=last_asked is None or abs(now - last_asked) >= PAGE_MAX_AGE,
        failure=last if last and not _succeeded(last) else None,
        held=whole if whole and whole.held else None,
        set_aside=whole.set_aside_count if whole else 0,
    )


def _succeeded(sync: Sync) -> bool:
    return sync.outcome == Sync.Outcome.SUCCEEDED


def newest_syncs(question: Question) -> list[Sync]:
    """Return the last sync that asked this and ended and, where that one failed, the last that succeeded before it.

    By key, not by time: of two syncs the one begun later is the later one even where the clock was set back.
    """
    newest = NEWEST.first(question.scope, question.subject, Sync.Outcome.RUNNING)
    if newest is None or _succeeded(newest):
        return [newest] if newest else []
    good = ended_syncs(question).filter(outcome=Sync.Outcome.SUCCEEDED).first()
    return [newest, good] if good else [newest]


def ended_syncs(question: Question) -> QuerySet[Sync]:
    """The syncs that asked this and ended, the newest first."""
    asked = Sync.objects.filter(scope=question.scope, subject=question.subject).exclude(outcome=Sync.Outcome.RUNNING)
    return asked.only(*_TOLD).order_by("-pk")


_TOLD = (
    *("scope", "subject", "outcome", "started_at", "observed_at", "ended_at", "held", "set_aside_count"),
    *("error_kind", "error_message", "error_trace", "error_sentence"),
)

NEWEST = CompiledQuery(lambda: ended_syncs(WORKSPACE)[:1])


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
