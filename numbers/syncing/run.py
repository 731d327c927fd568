"""One sync: ask Quo, compare, record. The only way in for what is remembered.

The answer is validated whole before anything is written, and written in one transaction, in which the sync itself is
marked as succeeded; so a process killed at any moment leaves the memory as it was or as it ought to be. A failure is
remembered in the sync's own row, which stands outside that transaction.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.db import DatabaseError, transaction
from django.db.models import Max, Q
from django.utils import timezone

from numbers.database import planner
from numbers.database.locks import only_one_sync
from numbers.memory.sync_target import SyncTarget
from numbers.models import KEPT_SET_ASIDE, Assignment, Sync
from numbers.quo.errors import NotFound, QuoError
from numbers.quo.payloads import Answer, NumberRecord
from numbers.syncing.recording import (
    Known,
    Progress,
    Teammates,
    known_numbers,
    record_answer,
    record_gone,
    record_unconfirmed,
)

log = logging.getLogger(__name__)

# An answer without more than half of the known numbers is not believed at once, if that is this many or it is empty.
IMPLAUSIBLE_LOSS = 5
BELIEVED_AFTER = timedelta(hours=1)

KEPT_MISMATCHED = 100
LOOK_UPS = 10


class Source(Protocol):
    """Where answers come from: Quo's client."""

    def list_phone_numbers(self, user_id: str | None = None) -> Answer: ...
    def get_phone_number(self, number_id: str) -> NumberRecord: ...


class SyncRefused(Exception):
    """No sync was begun. The text is a sentence for a person."""


class SyncBusy(SyncRefused):
    """Another sync is running."""


@dataclass(frozen=True)
class Mismatch:
    """Where Quo's list for a teammate and the numbers' own records disagree: a sentence, and the numbers' ids."""

    sentence: str
    numbers: Sequence[str]


def _no_progress(_done: int, _total: int) -> None:
    pass


def run(
    target: SyncTarget,
    source: Source,
    *,
    demo: bool = False,
    accept_removals: bool = False,
    clock: Callable[[], datetime] = timezone.now,
    progress: Progress = _no_progress,
) -> Sync:
    """Ask `source` and record what differs; return the sync, succeeded or failed.

    Raises SyncBusy while another sync runs, SyncRefused where the memory holds another workspace's numbers, and
    DatabaseError or OSError where not even the failure could be remembered.
    """
    with only_one_sync() as mine:
        if not mine:
            raise SyncBusy("Another sync is running right now; what it finds will show here.")
        _close_interrupted(clock())
        _refuse_to_mix(demo=demo)
        sync = Sync.objects.create(scope=target.scope, subject=target.subject, demo=demo, started_at=clock())
        try:
            answer, mismatches = _ask(target, source)
            with transaction.atomic(durable=True):
                _note_oddities(sync, answer, mismatches)
                _record(sync, answer, _moment(clock()), accept_removals=accept_removals, progress=progress)
                _end(sync, Sync.Outcome.SUCCEEDED, clock())
        except KeyboardInterrupt:
            _close_interrupted(clock())
            raise
        except QuoError as error:
            _fail(sync, error, clock())
        except DatabaseError as error:
            log.error("sync %s could not be recorded: %s", sync.pk, type(error).__name__)  # noqa: TRY400 - values stay out of the log
            _fail_to_record(sync, clock())
    return sync


def _close_interrupted(now: datetime) -> None:
    """End the syncs that were stopped: this process holds the lock, so nobody else's is running."""
    Sync.objects.filter(outcome=Sync.Outcome.RUNNING).update(
        outcome=Sync.Outcome.INTERRUPTED,
        ended_at=now,
        error_sentence="The sync was stopped before it ended. Nothing of it was recorded.",
    )


def _refuse_to_mix(*, demo: bool) -> None:
    held = Sync.objects.filter(outcome=Sync.Outcome.SUCCEEDED).order_by("-pk").values_list("demo", flat=True).first()
    if held is None or held is demo:
        return
    theirs = "the demo workspace" if held else "a real workspace"
    raise SyncRefused(
        f"This database holds {theirs}, so nothing else is synced into it. Set DATABASE_URL to another database."
    )


def _ask(target: SyncTarget, source: Source) -> tuple[Answer, list[Mismatch]]:
    if target.scope == Sync.Scope.NUMBER:
        return Answer(records=(source.get_phone_number(target.subject),)), []
    if target.scope == Sync.Scope.TEAMMATE:
        return _ask_about_teammate(target.subject, source)
    return source.list_phone_numbers(), []


def _ask_about_teammate(user_id: str, source: Source) -> tuple[Answer, list[Mismatch]]:
    """Ask for one teammate's numbers.

    Who is on a number is what the number's own record says, so a number that the answer leaves out though the teammate
    is remembered on it is looked up by itself; what a filtered answer leaves out concludes nothing.
    """
    answer = source.list_phone_numbers(user_id)
    records = {record.id: record for record in answer.records}
    mismatches: list[Mismatch] = []
    strangers = [record.id for record in answer.records if all(user.id != user_id for user in record.users)]
    if strangers:
        sentence = f"Quo lists {_numbers(len(strangers))} for this teammate without naming them on it."
        mismatches.append(Mismatch(sentence, strangers))
    aside = {item.number_id for item in answer.set_aside}
    remembered = Assignment.objects.filter(teammate__quo_id=user_id, until=None).order_by("pk")
    omitted = [
        quo_id
        for quo_id in remembered.values_list("phone_number__quo_id", flat=True)
        if quo_id not in records and quo_id not in aside
    ]
    for quo_id in omitted[:LOOK_UPS]:
        try:
            records[quo_id] = source.get_phone_number(quo_id)
        except NotFound:
            sentence = f"Quo no longer knows {quo_id}; a sync of every number will tell whether it is gone."
            mismatches.append(Mismatch(sentence, [quo_id]))
    looked_up = [records[quo_id] for quo_id in omitted[:LOOK_UPS] if quo_id in records]
    still_on = [record.id for record in looked_up if any(user.id == user_id for user in record.users)]
    if still_on:
        sentence = f"Quo's list for this teammate leaves out {_numbers(len(still_on))} that the teammate is on."
        mismatches.append(Mismatch(sentence, still_on))
    if left := omitted[LOOK_UPS:]:
        count = _numbers(len(left))
        sentence = f"Quo's list for this teammate leaves out {count} more; a sync of every number will tell."
        mismatches.append(Mismatch(sentence, left))
    return Answer(tuple(records.values()), answer.set_aside, answer.notices), mismatches


def _numbers(count: int) -> str:
    return "1 number" if count == 1 else f"{count} numbers"


def _moment(now: datetime) -> datetime:
    """Return a time later than every recorded one, even where the clock was set back: states must not overlap."""
    latest = Sync.objects.aggregate(latest=Max("observed_at"))["latest"]
    return now if latest is None or now > latest else latest + timedelta(microseconds=1)


def _note_oddities(sync: Sync, answer: Answer, mismatches: Sequence[Mismatch]) -> None:
    sync.set_aside_count = len(answer.set_aside)
    sync.set_aside = [
        {"path": item.path, "reason": item.reason, "number": item.number_id or ""}
        for item in answer.set_aside[:KEPT_SET_ASIDE]
    ]
    sync.notices = [*answer.notices, *(mismatch.sentence for mismatch in mismatches)]
    sync.mismatches = [
        {"sentence": mismatch.sentence, "numbers": list(mismatch.numbers[:KEPT_MISMATCHED])} for mismatch in mismatches
    ]


def _record(sync: Sync, answer: Answer, observed_at: datetime, *, accept_removals: bool, progress: Progress) -> None:
    complete = sync.scope == Sync.Scope.WORKSPACE
    known = known_numbers(None if complete else [record.id for record in answer.records])
    teammates = Teammates(answer.records)
    outcome = record_answer(answer.records, teammates, known, observed_at, progress)
    sync.observed_at = observed_at
    sync.seen = len(answer.records)
    sync.new, sync.changed, sync.wrote = outcome.new, outcome.changed, outcome.wrote
    if complete:
        _conclude_removals(sync, answer, known, observed_at, accept_removals=accept_removals)
    if sync.new + sync.changed + sync.gone >= planner.MANY:
        planner.refresh_statistics()


def _conclude_removals(
    sync: Sync, answer: Answer, known: dict[str, Known], observed_at: datetime, *, accept_removals: bool
) -> None:
    """Mark what a complete answer no longer has as gone, unless the answer is not to be believed."""
    last_complete = last_complete_observation()
    seen = {record.id for record in answer.records}
    aside = {item.number_id for item in answer.set_aside}
    current = sum(not number.is_gone for number in known.values())
    unseen = {quo_id: number for quo_id, number in known.items() if quo_id not in seen and not number.is_gone}
    missing = [number.pk for quo_id, number in unseen.items() if quo_id not in aside]
    is_unreadable = bool(missing) and None in aside  # any of the missing may be the one that could not be read
    is_implausible = _is_implausible(len(missing), current, is_empty=not seen)
    if (is_unreadable or is_implausible) and not accept_removals:
        sync.held_digest = _digest(seen | aside)
        if not _was_held_long_ago(sync.held_digest, observed_at):
            sync.held = len(missing)
            if is_unreadable:
                sync.notices.append("A record without a readable id was set aside, so no number was marked as gone.")
    if missing and not sync.held:
        sync.gone, sync.wrote = len(missing), True
        record_gone(missing, observed_at, last_complete)
    unconfirmed = [
        number.pk for quo_id, number in unseen.items() if number.is_confirmed and (sync.held or quo_id in aside)
    ]
    if unconfirmed:
        sync.wrote = True
        record_unconfirmed(unconfirmed, last_complete)


def _digest(ids: Iterable[str | None]) -> str:
    """Tell one answer from another by its ids; None stands for records whose id could not be read."""
    return hashlib.sha256("\n".join(sorted(quo_id or "" for quo_id in ids)).encode()).hexdigest()


def _is_implausible(missing: int, known: int, *, is_empty: bool) -> bool:
    return missing * 2 > known and (missing >= IMPLAUSIBLE_LOSS or is_empty)


def _was_held_long_ago(digest: str, observed_at: datetime) -> bool:
    """Say whether the same answer was held back an hour ago or more, and each complete answer since then."""
    complete = Sync.objects.filter(scope=Sync.Scope.WORKSPACE, outcome=Sync.Outcome.SUCCEEDED)
    same = Q(held__gt=0, held_digest=digest)
    other = complete.exclude(same).aggregate(latest=Max("observed_at"))["latest"]
    long_ago = complete.filter(same, observed_at__lte=observed_at - BELIEVED_AFTER)
    return (long_ago.filter(observed_at__gt=other) if other else long_ago).exists()


def last_complete_observation() -> datetime | None:
    """Return when Quo last answered for the whole workspace."""
    complete = Q(scope=Sync.Scope.WORKSPACE, outcome=Sync.Outcome.SUCCEEDED)
    latest: datetime | None = Sync.objects.filter(complete).aggregate(latest=Max("observed_at"))["latest"]
    return latest


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
    """Forget what the rolled-back transaction had set, and remember that it failed."""
    sync.refresh_from_db()
    sync.error_kind = "memory"
    sync.error_sentence = (
        "Quo answered, but the answer could not be written to the database. Check that its disk has room and that "
        "Quo Admin may write there."
    )
    _end(sync, Sync.Outcome.FAILED, now)
