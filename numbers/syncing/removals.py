"""Marks numbers as gone that a complete answer no longer has, unless the answer is implausible."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from django.db.models import DateTimeField, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from numbers.database.paging import CHUNK, chunks
from numbers.memory.search import texts as search_texts
from numbers.models import Assignment, NumberState, PhoneNumber, Sync
from numbers.quo.records import Answer
from numbers.syncing.recording import Known

# An answer that lacks more than half of the known numbers is held back if it lacks this many or is empty.
IMPLAUSIBLE_LOSS = 5
BELIEVED_AFTER = timedelta(hours=1)  # of the same answer


def conclude_removals(
    sync: Sync, answer: Answer, known: dict[str, Known], observed_at: datetime, *, accept_removals: bool
) -> None:
    """Mark the numbers that a complete answer no longer has as gone, or hold the removals back.

    A record without a readable id may be any of the missing numbers, so such an answer never proves that one is gone.
    """
    last_complete = _complete_syncs().aggregate(latest=Max("observed_at"))["latest"]
    seen = {record.id for record in answer.records}
    current = sum(not number.is_gone for number in known.values())
    unseen = [number for quo_id, number in known.items() if quo_id not in seen and not number.is_gone]
    missing = [number.pk for number in unseen]
    is_unreadable = bool(missing and answer.set_aside)
    is_implausible = len(missing) * 2 > current and (len(missing) >= IMPLAUSIBLE_LOSS or not seen)
    if (is_unreadable or is_implausible) and not accept_removals:
        sync.held_digest = _digest(answer)
        if is_unreadable or not _was_held_long_ago(sync.held_digest, observed_at):
            sync.held = len(missing)
        if is_unreadable:
            sync.notices.append("Some records could not be read, so no number was marked as gone.")
    if missing and not sync.held:
        sync.gone, sync.wrote = len(missing), True
        record_gone(missing, observed_at, last_complete)
    unconfirmed = [number.pk for number in unseen if number.is_confirmed and sync.held]
    if unconfirmed:
        sync.wrote = True
        _record_unconfirmed(unconfirmed, last_complete)


def _digest(answer: Answer) -> str:
    """Return a digest that identifies an answer by its ids and the count of records without one.

    So the answer without those records is another one, and waits by itself.
    """
    said = [sorted(record.id for record in answer.records), len(answer.set_aside)]
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()


def _complete_syncs() -> QuerySet[Sync]:
    return Sync.objects.filter(scope=Sync.Scope.WORKSPACE, outcome=Sync.Outcome.SUCCEEDED)


def _was_held_long_ago(digest: str, observed_at: datetime) -> bool:
    """Return whether this answer was held back BELIEVED_AFTER ago, and every complete answer since was the same."""
    complete = _complete_syncs()
    same = Q(held__gt=0, held_digest=digest)
    other = complete.exclude(same).aggregate(latest=Max("observed_at"))["latest"]
    long_ago = complete.filter(same, observed_at__lte=observed_at - BELIEVED_AFTER)
    return (long_ago.filter(observed_at__gt=other) if other else long_ago).exists()


def record_gone(pks: Sequence[int], observed_at: datetime, last_complete: datetime | None) -> None:
    """Close the states and assignments of numbers that are gone."""
    for chunk in chunks(pks, CHUNK):
        NumberState.objects.filter(phone_number__in=chunk, until=None).update(until=observed_at)
        Assignment.objects.filter(phone_number__in=chunk, until=None).update(until=observed_at)
        PhoneNumber.objects.filter(pk__in=chunk).update(gone_at=observed_at)
        search_texts.delete(chunk)
    _record_unconfirmed(pks, last_complete)


def _record_unconfirmed(pks: Sequence[int], last_complete: datetime | None) -> None:
    """Record when numbers were last confirmed that every complete answer had confirmed until now."""
    alone = Sync.objects.filter(
        scope=Sync.Scope.NUMBER, subject=OuterRef("quo_id"), outcome=Sync.Outcome.SUCCEEDED
    ).order_by("-observed_at")
    last_alone = Coalesce(Subquery(alone.values("observed_at")[:1]), "recorded_at")
    confirmed = [last_alone, Value(last_complete, DateTimeField())] if last_complete else [last_alone]
    for chunk in chunks(pks, CHUNK):
        PhoneNumber.objects.filter(pk__in=chunk, seen_until=None).update(seen_until=Greatest("recorded_at", *confirmed))
