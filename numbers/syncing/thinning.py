"""Removes syncs that only repeat what the ones around them say: an open page adds one a minute.

A sync is removed if it and both its neighbors of the same question succeeded without anything to report, and if nothing
in the memory changed between them. So each change keeps the syncs that date it, and each hour one sync.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Q, Value, When

from numbers.database.paging import CHUNK, chunks
from numbers.models import Sync

KEPT_WHOLE = timedelta(days=1)

_HAS_NOTHING_TO_REPORT = Q(
    outcome=Sync.Outcome.SUCCEEDED, wrote=False, held=0, set_aside_count=0, notices=[], mismatches=[], error_kind=""
)


@dataclass(frozen=True, slots=True)
class _Row:
    pk: int
    began: datetime
    is_plain: bool
    changes: int  # of the memory, up to and with this sync

    @property
    def hour(self) -> datetime:
        return self.began.replace(minute=0, second=0, microsecond=0)


def thin_out_daily(now: datetime) -> int:
    """Remove superfluous syncs if `now` is on another day than the last sync. Return how many."""
    last = Sync.objects.order_by("-pk").values_list("started_at", flat=True).first()
    return thin_out(now) if last and last.date() != now.date() else 0


def thin_out(now: datetime) -> int:
    """Remove superfluous syncs, except those of the last day. Return how many."""
    keys = list(_superfluous(now - KEPT_WHOLE))
    for chunk in chunks(keys, CHUNK):
        Sync.objects.filter(pk__in=chunk).delete()
    return len(keys)


def _superfluous(until: datetime) -> Iterator[int]:
    kept: dict[tuple[str, str], _Row] = {}  # of each question, the last sync that stays
    before: dict[tuple[str, str], _Row] = {}  # and the last two syncs
    last: dict[tuple[str, str], _Row] = {}
    changes = 0
    is_plain = Case(When(_HAS_NOTHING_TO_REPORT, then=Value(True)), default=Value(False))
    rows = Sync.objects.filter(started_at__lt=until).order_by("pk").annotate(is_plain=is_plain)
    for pk, scope, subject, began, wrote, plain in rows.values_list(
        "pk", "scope", "subject", "started_at", "wrote", "is_plain"
    ).iterator():
        changes += wrote
        question, row = (scope, subject), _Row(pk, began, plain, changes)
        if question in before:
            earlier, middle = before[question], last[question]
            is_repetition = earlier.is_plain and middle.is_plain and plain and earlier.changes == changes
            if is_repetition and kept[question].hour == middle.hour:
                yield middle.pk
            else:
                kept[question] = middle
        else:
            kept.setdefault(question, row)
        if question in last:
            before[question] = last[question]
        last[question] = row
