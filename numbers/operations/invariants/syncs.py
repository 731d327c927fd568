"""Invariants of the record of syncs."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import Lag

from numbers.models import Sync
from numbers.operations.invariants.breach import RUNNING, SUCCEEDED, Broken


def _told_of_syncs(rows: QuerySet[Any], moment: str, what: str) -> Broken:
    for pk, when in rows.order_by("pk").values_list("pk", moment).iterator():
        yield f"sync {pk}", when, what


def syncs_in_order() -> Broken:
    observed = Sync.objects.filter(observed_at__isnull=False)
    wrong = observed.annotate(before=Window(Lag("observed_at"), order_by="pk")).filter(before__gte=F("observed_at"))
    return _told_of_syncs(wrong, "observed_at", "it observed no later than the sync before it.")


def syncs_that_ended_are_complete() -> Broken:
    end = Q(ended_at__isnull=False)
    error = ~Q(error_kind="") & ~Q(error_sentence="")
    is_whole = (
        (RUNNING & ~end & Q(observed_at__isnull=True))
        | (SUCCEEDED & end & Q(observed_at__isnull=False, error_kind=""))
        | (Q(outcome=Sync.Outcome.FAILED) & end & Q(observed_at__isnull=True) & error)
        | (Q(outcome=Sync.Outcome.INTERRUPTED) & end & Q(observed_at__isnull=True) & ~Q(error_sentence=""))
    )
    wrong = Sync.objects.exclude(is_whole)
    return _told_of_syncs(wrong, "started_at", "its outcome, its end, its observation and its error do not fit.")


def syncs_say_what_they_did() -> Broken:
    whole = Q(scope=Sync.Scope.WORKSPACE)
    did = Q(new__gt=0) | Q(changed__gt=0) | Q(gone__gt=0)
    wrong = Sync.objects.filter(
        (whole & ~Q(subject=""))
        | (~whole & Q(subject=""))
        | (~whole & (Q(gone__gt=0) | Q(held__gt=0)))
        | (did & Q(wrote=False))
        | Q(seen__lt=F("new") + F("changed"))
        | (Q(held__gt=0) & (Q(held_digest="") | Q(gone__gt=0)))
        | (~SUCCEEDED & (Q(wrote=True) | did))
        | ~Q(scope__in=Sync.Scope.values)
        | (~Q(held_digest="") & Q(held=0, gone=0))
        | (SUCCEEDED & Q(scope=Sync.Scope.NUMBER) & ~Q(seen=1))
    )
    return _told_of_syncs(wrong, "started_at", "its question and its counts contradict each other.")


def lists_of_syncs_can_be_read() -> Broken:
    """What is listed in a sync has the form that pages expect, and no more is listed than was counted."""
    listed = Sync.objects.exclude(set_aside=[], notices=[], mismatches=[], set_aside_count=0).order_by("pk")
    columns = ("pk", "started_at", "set_aside_count", "set_aside", "notices", "mismatches")
    for pk, when, count, set_aside, notices, mismatches in listed.values_list(*columns).iterator():
        wrong = []
        if not _are_records(set_aside, path=str, reason=str) or not bool(count) <= len(set_aside) <= count:
            wrong.append("set_aside")
        if not _are_texts(notices):
            wrong.append("notices")
        if not _are_records(mismatches, sentence=str, numbers=list):
            wrong.append("mismatches")
        if wrong:
            yield f"sync {pk}", when, f"its {' and '.join(wrong)} cannot be read, or do not fit its counts."


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _are_records(value: object, **types: type) -> bool:
    return isinstance(value, list) and all(
        isinstance(item, dict) and all(isinstance(item.get(name), kind) for name, kind in types.items())
        for item in value
    )


def one_workspace_answered() -> Broken:
    """Find the first sync that another kind of workspace answered than the first sync of all."""
    succeeded = Sync.objects.filter(SUCCEEDED).order_by("pk")
    first = succeeded.first()
    others = succeeded.exclude(demo=first.demo)[:1] if first else Sync.objects.none()
    for sync in others:
        kinds = ("the demo", "a real workspace") if sync.demo else ("a real workspace", "the demo")
        yield f"sync {sync.pk}", sync.observed_at, "{} answered it, and {} an earlier one.".format(*kinds)


def one_sync_runs() -> Broken:
    later = Sync.objects.filter(pk__gt=OuterRef("pk"))
    wrong = Sync.objects.filter(RUNNING).filter(Exists(later))
    return _told_of_syncs(wrong, "started_at", "it is said to run still, and a later sync has begun.")
