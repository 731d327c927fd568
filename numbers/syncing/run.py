"""Runs one sync: asks Quo, compares the answer with the memory and records the differences.

The whole answer is validated first, then recorded in one transaction, which also marks the sync as succeeded. So a
process killed at any moment leaves the memory as it was before or after the sync. A failure is recorded in the sync's
row, outside that transaction.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from django.db import DatabaseError, transaction
from django.db.models import Max
from django.utils import timezone

from numbers.database.bulk_insert import MANY, refresh_statistics
from numbers.database.locks import only_one_sync
from numbers.memory.freshness import is_partial_at
from numbers.memory.moment import NOW
from numbers.memory.sync_target import SyncTarget
from numbers.models import MAX_SET_ASIDE, Assignment, Sync
from numbers.quo.errors import NotFound, QuoError
from numbers.quo.records import Answer, NumberRecord
from numbers.syncing.mixing import mismatch
from numbers.syncing.recording import Progress, Teammates, known_numbers, record_answer
from numbers.syncing.removals import conclude_removals
from numbers.syncing.thinning import thin_out_daily

log = logging.getLogger(__name__)

KEPT_MISMATCHED = 100  # numbers of each mismatch
LOOK_UPS = 10  # requests for single numbers in one sync

# Where Quo's list for a teammate and the numbers' own records disagree: numbers (ids) by a sentence for people.
Mismatches = dict[str, Sequence[str]]


class Source(Protocol):
    """The part of Quo's client that a sync needs."""

    def list_phone_numbers(self, user_id: str | None = None) -> Answer: ...
    def get_phone_number(self, number_id: str) -> NumberRecord: ...


class SyncRefused(Exception):
    """The sync was not started. The text is a sentence for people."""


class SyncBusy(SyncRefused):
    """Another sync is running."""


def run(
    target: SyncTarget,
    source: Source,
    *,
    demo: bool = False,
    accept_removals: bool = False,
    clock: Callable[[], datetime] = timezone.now,
    progress: Progress | None = None,
) -> Sync:
    """Ask `source`, record the differences, and return the sync, succeeded or failed.

    Raises SyncBusy while another sync runs, SyncRefused if the database holds another workspace, and DatabaseError or
    OSError if not even the failure could be recorded.
    """
    with only_one_sync() as mine:
        if not mine:
            raise SyncBusy("Another sync is running right now; what it finds will show here.")
        _close_interrupted(clock())
        _refuse_to_mix(demo=demo)
        thin_out_daily(clock())
        sync = Sync.objects.create(scope=target.scope, subject=target.subject, demo=demo, started_at=clock())
        try:
            answer, mismatches = _ask(target, source)
            with transaction.atomic(durable=True):
                _note_oddities(sync, answer, mismatches)
                _record(sync, answer, _later_than_recorded(clock()), accept_removals=accept_removals, progress=progress)
                _end(sync, Sync.Outcome.SUCCEEDED, clock())
        except KeyboardInterrupt:
            _close_interrupted(clock())
            raise
        except QuoError as error:
            _fail(sync, error, clock())
        except DatabaseError as error:
            log.error("sync %s could not be recorded: %s", sync.pk, type(error).__name__)  # noqa: TRY400 - no values in the log
            _fail_to_record(sync, clock())
    return sync


def _close_interrupted(now: datetime) -> None:
    """Close the syncs that were killed. This process holds the lock, so no other sync is running."""
    Sync.objects.filter(outcome=Sync.Outcome.RUNNING).update(
        outcome=Sync.Outcome.INTERRUPTED,
        ended_at=now,
        error_sentence="The sync was stopped before it ended. Nothing of it was recorded.",
    )


def _refuse_to_mix(*, demo: bool) -> None:
    if refusal := mismatch(demo=demo):
        raise SyncRefused(refusal)


def _ask(target: SyncTarget, source: Source) -> tuple[Answer, Mismatches]:
    if target.scope == Sync.Scope.NUMBER:
        return Answer(records=(source.get_phone_number(target.subject),)), {}
    if target.scope == Sync.Scope.TEAMMATE:
        return _ask_about_teammate(target.subject, source)
    return source.list_phone_numbers(), {}


def _ask_about_teammate(user_id: str, source: Source) -> tuple[Answer, Mismatches]:
    """Ask for one teammate's numbers.

    A number's own record decides who is on it, and a filtered answer proves nothing by what it omits. So each omitted
    number that has the teammate in the memory is looked up by itself.
    """
    answer = source.list_phone_numbers(user_id)
    records = {record.id: record for record in answer.records}
    mismatches: Mismatches = {}
    identified = [record for record in answer.records if record.unidentified == 0]  # others may have the teammate
    strangers = [record.id for record in identified if all(user.id != user_id for user in record.users)]
    if strangers:
        sentence = f"Quo lists {_numbers(len(strangers))} for this teammate without naming them on it."
        mismatches[sentence] = strangers
    remembered = Assignment.objects.filter(teammate__quo_id=user_id, until=None).order_by("pk")
    omitted = [quo_id for quo_id in remembered.values_list("phone_number__quo_id", flat=True) if quo_id not in records]
    for quo_id in omitted[:LOOK_UPS]:
        try:
            records[quo_id] = source.get_phone_number(quo_id)
        except NotFound:
            sentence = f"Quo no longer knows {quo_id}; a sync of every number will tell whether it is gone."
            mismatches[sentence] = [quo_id]
    looked_up = [records[quo_id] for quo_id in omitted[:LOOK_UPS] if quo_id in records]
    still_assigned = [record.id for record in looked_up if any(user.id == user_id for user in record.users)]
    if still_assigned:
        sentence = f"Quo's list for this teammate leaves out {_numbers(len(still_assigned))} that the teammate is on."
        mismatches[sentence] = still_assigned
    if not_looked_up := omitted[LOOK_UPS:]:
        count = _numbers(len(not_looked_up))
        sentence = f"Quo's list for this teammate leaves out {count} more; a sync of every number will tell."
        mismatches[sentence] = not_looked_up
    return Answer(tuple(records.values()), answer.set_aside, answer.notices), mismatches


def _numbers(count: int) -> str:
    return "1 number" if count == 1 else f"{count} numbers"


def _later_than_recorded(now: datetime) -> datetime:
    """Return `now`, or a later time if the clock was set back: states must not overlap."""
    latest = Sync.objects.aggregate(latest=Max("observed_at"))["latest"]
    return now if latest is None or now > latest else latest + timedelta(microseconds=1)


def _note_oddities(sync: Sync, answer: Answer, mismatches: Mismatches) -> None:
    sync.set_aside_count = len(answer.set_aside)
    sync.set_aside = [
        {"path": item.path, "reason": item.reason, "number": ""} for item in answer.set_aside[:MAX_SET_ASIDE]
    ]
    sync.notices = [*answer.notices, *mismatches]
    sync.mismatches = [
        {"sentence": sentence, "numbers": list(ids[:KEPT_MISMATCHED])} for sentence, ids in mismatches.items()
    ]


def _record(
    sync: Sync, answer: Answer, observed_at: datetime, *, accept_removals: bool, progress: Progress | None
) -> None:
    complete = sync.scope == Sync.Scope.WORKSPACE
    known = known_numbers(None if complete else [record.id for record in answer.records])
    teammates = Teammates(answer.records)
    sync.observed_at = observed_at
    sync.seen = len(answer.records)
    record_answer(sync, answer.records, teammates, known, observed_at, progress=progress)
    if complete:
        conclude_removals(sync, answer, known, observed_at, accept_removals=accept_removals)
        # What is known of other numbers depends on whether a record could not be read; see `forwards_in_doubt`.
        sync.wrote |= bool(known) and is_partial_at(NOW) != bool(answer.set_aside)
    if sync.new + sync.changed + sync.gone >= MANY:
        refresh_statistics()


def _end(sync: Sync, outcome: Sync.Outcome, now: datetime) -> None:
    sync.outcome = outcome
    sync.ended_at = now
    sync.save()


def _fail(sync: Sync, error: QuoError, now: datetime) -> None:
    sync.error_kind = error.kind
    sync.error_status = error.status
    sync.error_code = error.code
    sync.error_message = error.message
    sync.error_trace = error.trace
    sync.error_sentence = error.sentence
    _end(sync, Sync.Outcome.FAILED, now)


def _fail_to_record(sync: Sync, now: datetime) -> None:
    """Discard what the rolled-back transaction had set on the sync, and record the failure."""
    sync.refresh_from_db()
    sync.error_kind = "memory"
    sync.error_sentence = (
        "Quo answered, but the answer could not be written to the database. Check that its disk has room and that "
        "Quo Admin may write there."
    )
    _end(sync, Sync.Outcome.FAILED, now)
