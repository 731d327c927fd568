"""Invariants between numbers or teammates and their histories."""

from typing import Any

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet

from numbers.models import OPEN, Assignment, NumberState, PhoneNumber, Teammate
from numbers.operations.invariants.breach import Broken, told
from numbers.operations.invariants.histories import ASSIGNMENTS, TEAMMATES

_OF_STATES = {
    "count": Count("states"),
    "open": Count("states", filter=Q(states__until__isnull=True)),
    "first_since": Min("states__since"),
    "last_until": Max("states__until"),
}


def _numbers() -> QuerySet[Any]:
    return PhoneNumber.objects.annotate(**_OF_STATES, last_since=Max("states__since")).order_by("pk")


def _teammates() -> QuerySet[Any]:
    return Teammate.objects.annotate(**_OF_STATES).order_by("pk")


def number_is_described() -> Broken:
    return told(_numbers().filter(count=0), "first_seen", "the number has no state.")


def number_is_open_while_there() -> Broken:
    ended = _numbers().filter(count__gt=0, open=0, gone_at__isnull=True)
    yield from told(ended, "last_until", "the number is not gone, and its last state has ended.")
    still_open = _numbers().filter(open__gt=0, gone_at__isnull=False)
    yield from told(still_open, "gone_at", "the number is gone, and its last state has not ended.")


def number_begins_when_first_seen() -> Broken:
    wrong = _numbers().exclude(first_since=F("first_seen")).filter(count__gt=0)
    return told(wrong, "first_seen", "the number was first seen at another time than its first state began.")


def number_ends_when_gone() -> Broken:
    wrong = _numbers().filter(open=0, gone_at__isnull=False).exclude(last_until=F("gone_at"))
    return told(wrong.filter(count__gt=0), "gone_at", "the number went at another time than its last state ended.")


def number_was_confirmed_in_its_last_state() -> Broken:
    wrong = _numbers().filter(
        Q(seen_until__lt=F("last_since")) | Q(seen_until__gte=F("gone_at")) | Q(recorded_at__lt=F("last_since"))
    )
    yield from told(wrong, "last_since", "the number was last confirmed outside its last state.")
    unknown = _numbers().filter(gone_at__isnull=False, seen_until__isnull=True)
    yield from told(unknown, "gone_at", "the number is gone, and nothing says when it was last confirmed.")


def teammate_is_described() -> Broken:
    return told(_teammates().filter(count=0), "first_seen", "the teammate has no state.")


def teammate_stays_described() -> Broken:
    ended = _teammates().filter(count__gt=0, open=0)
    return told(ended, "last_until", "the last state of the teammate has ended: a teammate once seen stays described.")


def teammate_begins_when_first_seen() -> Broken:
    wrong = _teammates().exclude(first_since=F("first_seen")).filter(count__gt=0)
    return told(wrong, "first_seen", "the teammate was first seen at another time than the first state began.")


def teammate_has_a_role_given_on_a_number() -> Broken:
    """Quo gives a role with each number of a teammate, and their state has one of these."""
    began = Q(since__lte=OuterRef("since")) & (OPEN | Q(until__gt=OuterRef("since")))
    assigned = Assignment.objects.filter(began, teammate=OuterRef("teammate"))
    wrong = TEAMMATES.rows().filter(Exists(assigned), ~Exists(assigned.filter(role=OuterRef("role"))))
    return TEAMMATES.told(wrong, "since", "this state has a role that no number of the teammate gave then.")


def assignments_are_inside_the_history() -> Broken:
    """The number of an assignment has states for the whole time of the assignment, without a gap."""
    states = NumberState.objects.filter(phone_number=OuterRef("phone_number"))
    at_beginning = states.filter(OPEN | Q(until__gt=OuterRef("since")), since__lte=OuterRef("since"))
    to_the_end = states.filter(OPEN | Q(until__gte=OuterRef("until")), since__lt=OuterRef("until"))
    next_one = NumberState.objects.filter(phone_number=OuterRef("phone_number"), since=OuterRef("until"))
    stops = states.filter(~Exists(next_one), until__gt=OuterRef("since"))
    whole = Q(until__isnull=True) & ~Exists(stops) & Exists(states.filter(OPEN))
    whole |= Q(until__isnull=False) & Exists(to_the_end) & ~Exists(stops.filter(until__lt=OuterRef("until")))
    wrong = ASSIGNMENTS.rows().exclude(Exists(at_beginning) & whole)
    yield from ASSIGNMENTS.told(wrong, "since", "this assignment is not within the time that the number was there.")
    early = ASSIGNMENTS.rows().filter(since__lt=F("teammate__first_seen"))
    yield from ASSIGNMENTS.told(early, "since", "this assignment begins before the teammate was first seen.")
