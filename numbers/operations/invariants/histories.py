"""Invariants of histories: states that follow each other, begun and ended by syncs."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, Max, Model, OuterRef, Q, QuerySet, Window
from django.db.models.functions import Lag

from numbers.models import OPEN, Assignment, NumberState, Sync, TeammateState
from numbers.operations.invariants.breach import SUCCEEDED, Broken, told


@dataclass(frozen=True, slots=True)
class History:
    """A table of states. `of` are the foreign keys that a history belongs to, `noun` is for the texts of breaches."""

    model: type[Model]
    of: tuple[str, ...]
    noun: str

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model._default_manager.order_by(*self.of, "since", "pk")
        return rows

    def in_turn(self) -> QuerySet[Any]:
        """Return each state with the times of the state before it in the same history."""
        turn: dict[str, Any] = {"partition_by": [F(name) for name in self.of], "order_by": ["since", "pk"]}
        before = {f"before_{moment}": Window(Lag(moment), **turn) for moment in ("since", "until")}
        rows: QuerySet[Any] = self.rows().annotate(**before)
        return rows

    def told(self, rows: QuerySet[Any], moment: str, what: str) -> Broken:
        return told(rows, moment, what, [f"{name}__quo_id" for name in reversed(self.of)])


NUMBERS = History(NumberState, ("phone_number",), "state of a number")
TEAMMATES = History(TeammateState, ("teammate",), "state of a teammate")
ASSIGNMENTS = History(Assignment, ("phone_number", "teammate"), "assignment")


def one_open(history: History) -> Broken:
    counted = history.model._default_manager.filter(OPEN).order_by(*history.of).values(*history.of)
    twice = counted.annotate(count=Count("pk"), last=Max("since")).filter(count__gt=1)
    return history.told(twice, "last", f"more than one {history.noun} is open.")


def ends_after_it_began(history: History) -> Broken:
    wrong = history.rows().filter(until__lte=F("since"))
    return history.told(wrong, "since", f"this {history.noun} ends before, or when, it begins.")


def no_overlap(history: History) -> Broken:
    # Two open states are another invariant's breach.
    never_ended = Q(before_since__isnull=False, before_until__isnull=True, until__isnull=False)
    wrong = history.in_turn().filter(Q(before_until__gt=F("since")) | never_ended)
    return history.told(wrong, "since", f"this {history.noun} begins before the one before it has ended.")


def no_gap_of_teammates() -> Broken:
    wrong = TEAMMATES.in_turn().filter(before_until__lt=F("since"))
    return TEAMMATES.told(wrong, "before_until", "from here until the next state nothing is known of the teammate.")


def gaps_of_numbers() -> Broken:
    """A number has a gap only if it starts at a sync of the whole workspace that found numbers gone."""
    states = NumberState.objects.filter(phone_number=OuterRef("phone_number"))
    removal = Sync.objects.filter(SUCCEEDED, scope=Sync.Scope.WORKSPACE, gone__gt=0, observed_at=OuterRef("until"))
    wrong = NUMBERS.rows().filter(
        ~Exists(states.filter(since=OuterRef("until"))),
        Exists(states.filter(since__gt=OuterRef("until"))),
        ~Exists(removal),
    )
    what = "from here until the next state nothing is known of the number, and no sync found it gone then."
    return NUMBERS.told(wrong, "until", what)


def observed(history: History) -> Broken:
    """Every state begins and ends at the `observed_at` of a successful sync."""
    for moment, verb in (("since", "begins"), ("until", "ends")):
        seen = Sync.objects.filter(SUCCEEDED, observed_at=OuterRef(moment))
        wrong = history.rows().filter(~Exists(seen), **{f"{moment}__isnull": False})
        yield from history.told(wrong, moment, f"this {history.noun} {verb} when no sync observed anything.")
