"""What must hold of everything remembered, whatever Quo said and whatever happened to this machine.

Each invariant is one query, or a few whose number is fixed, that finds only what breaks it; nothing is written, and
nothing but findings is held in memory. What follows from the facts is worked out here once more, from `folding` and
`phones`: a check that called the code that it checks would agree with it always. The facts themselves are read again
from the answers that are kept, by the code that read them when they came.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import (
    CharField,
    Count,
    DateTimeField,
    Exists,
    F,
    ForeignKey,
    Max,
    Min,
    Model,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Window,
)
from django.db.models.functions import Lag
from django.utils.dateparse import parse_datetime

from numbers.folding import fold, order_key, telephone_digits
from numbers.models import OPEN, Assignment, NumberState, PhoneNumber, Sync, Teammate, TeammateState
from numbers.phones import number_facts
from numbers.quo.errors import BadPayload
from numbers.quo.payloads import read_again
from numbers.recording import number_fields

_CHUNK = 2_000
_SUCCEEDED = Q(outcome=Sync.Outcome.SUCCEEDED)
_RUNNING = Q(outcome=Sync.Outcome.RUNNING)


@dataclass(frozen=True, slots=True)
class Finding:
    """Where an invariant is broken: `which` names the number, teammate or sync, `when` a moment, if there is one."""

    invariant: str
    which: str
    when: datetime | None
    what: str

    def __str__(self) -> str:
        when = f" ({self.when.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC)" if self.when else ""
        return f"{self.invariant}: {self.which}{when}: {self.what}"


@dataclass(frozen=True, slots=True)
class Invariant:
    """A name, and what yields each place where it does not hold, as (which, when, what).

    Where one that is `first_of_all` does not hold, the others cannot be looked at.
    """

    name: str
    find: Callable[[], Iterator[tuple[str, datetime | None, str]]]
    first_of_all: bool = False


Broken = Iterator[tuple[str, datetime | None, str]]


@dataclass(frozen=True, slots=True)
class _History:
    """A table of states: of what they are, by its foreign keys, and how a finding calls it."""

    model: type[Model]
    of: tuple[str, ...]
    noun: str

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model._default_manager.order_by(*self.of, "since", "pk")
        return rows

    def in_turn(self) -> QuerySet[Any]:
        """Each state beside the one before it of the same number, teammate or both."""
        turn: dict[str, Any] = {"partition_by": [F(name) for name in self.of], "order_by": ["since", "pk"]}
        before = {f"before_{moment}": Window(Lag(moment), **turn) for moment in ("since", "until")}
        rows: QuerySet[Any] = self.rows().annotate(**before)
        return rows

    def told(self, rows: QuerySet[Any], moment: str, what: str) -> Broken:
        names = [f"{name}__quo_id" for name in self.of]
        for *ids, when in rows.values_list(*names, moment).iterator(chunk_size=_CHUNK):
            yield " on ".join(reversed([quo_id or "?" for quo_id in ids])), when, what


_NUMBERS = _History(NumberState, ("phone_number",), "state of a number")
_TEAMMATES = _History(TeammateState, ("teammate",), "state of a teammate")
_ASSIGNMENTS = _History(Assignment, ("phone_number", "teammate"), "assignment")


# Histories


def _one_open(history: _History) -> Broken:
    counted = history.model._default_manager.filter(OPEN).order_by(*history.of).values(*history.of)
    twice = counted.annotate(count=Count("pk"), last=Max("since")).filter(count__gt=1)
    return history.told(twice, "last", f"more than one {history.noun} is open.")


def _ends_after_it_began(history: _History) -> Broken:
    wrong = history.rows().filter(until__lte=F("since"))
    return history.told(wrong, "since", f"this {history.noun} ends before, or when, it begins.")


def _no_overlap(history: _History) -> Broken:
    # Of two that are open another invariant tells.
    never_ended = Q(before_since__isnull=False, before_until__isnull=True, until__isnull=False)
    wrong = history.in_turn().filter(Q(before_until__gt=F("since")) | never_ended)
    return history.told(wrong, "since", f"this {history.noun} begins before the one before it has ended.")


def _no_gap_of_teammates() -> Broken:
    wrong = _TEAMMATES.in_turn().filter(before_until__lt=F("since"))
    return _TEAMMATES.told(wrong, "before_until", "from here until the next state nothing is known of the teammate.")


def _gaps_of_numbers() -> Broken:
    """A number may be missing for a while, but only since a complete answer that took numbers for gone."""
    states = NumberState.objects.filter(phone_number=OuterRef("phone_number"))
    removal = Sync.objects.filter(_SUCCEEDED, scope=Sync.Scope.WORKSPACE, gone__gt=0, observed_at=OuterRef("until"))
    wrong = _NUMBERS.rows().filter(
        ~Exists(states.filter(since=OuterRef("until"))),
        Exists(states.filter(since__gt=OuterRef("until"))),
        ~Exists(removal),
    )
    what = "from here until the next state nothing is known of the number, and no sync found it gone then."
    return _NUMBERS.told(wrong, "until", what)


def _observed(history: _History) -> Broken:
    """Only a sync that succeeded begins and ends a state, at the moment that it observed."""
    for moment, verb in (("since", "begins"), ("until", "ends")):
        seen = Sync.objects.filter(_SUCCEEDED, observed_at=OuterRef(moment))
        wrong = history.rows().filter(~Exists(seen), **{f"{moment}__isnull": False})
        yield from history.told(wrong, moment, f"this {history.noun} {verb} when no sync observed anything.")


# Numbers and teammates against their states


def _numbers() -> QuerySet[Any]:
    return PhoneNumber.objects.annotate(
        count=Count("states"),
        open=Count("states", filter=Q(states__until__isnull=True)),
        first_since=Min("states__since"),
        last_since=Max("states__since"),
        last_until=Max("states__until"),
    ).order_by("pk")


def _teammates() -> QuerySet[Any]:
    return Teammate.objects.annotate(
        count=Count("states"),
        open=Count("states", filter=Q(states__until__isnull=True)),
        first_since=Min("states__since"),
        last_until=Max("states__until"),
    ).order_by("pk")


def _told(rows: QuerySet[Any], moment: str, what: str) -> Broken:
    for quo_id, when in rows.values_list("quo_id", moment).iterator(chunk_size=_CHUNK):
        yield quo_id, when, what


def _number_is_described() -> Broken:
    return _told(_numbers().filter(count=0), "first_seen", "the number has no state.")


def _number_is_open_while_there() -> Broken:
    ended = _numbers().filter(count__gt=0, open=0, gone_at__isnull=True)
    yield from _told(ended, "last_until", "the number is not gone, and its last state has ended.")
    still_open = _numbers().filter(open__gt=0, gone_at__isnull=False)
    yield from _told(still_open, "gone_at", "the number is gone, and its last state has not ended.")


def _number_begins_when_first_seen() -> Broken:
    wrong = _numbers().exclude(first_since=F("first_seen")).filter(count__gt=0)
    return _told(wrong, "first_seen", "the number was first seen at another time than its first state began.")


def _number_ends_when_gone() -> Broken:
    wrong = _numbers().filter(open=0, gone_at__isnull=False).exclude(last_until=F("gone_at"))
    return _told(wrong.filter(count__gt=0), "gone_at", "the number went at another time than its last state ended.")


def _number_was_confirmed_in_its_last_state() -> Broken:
    wrong = _numbers().filter(
        Q(seen_until__lt=F("last_since")) | Q(seen_until__gte=F("gone_at")) | Q(recorded_at__lt=F("last_since"))
    )
    yield from _told(wrong, "last_since", "the number was last confirmed outside its last state.")
    unknown = _numbers().filter(gone_at__isnull=False, seen_until__isnull=True)
    yield from _told(unknown, "gone_at", "the number is gone, and nothing says when it was last confirmed.")


def _teammate_is_described() -> Broken:
    return _told(_teammates().filter(count=0), "first_seen", "the teammate has no state.")


def _teammate_stays_described() -> Broken:
    ended = _teammates().filter(count__gt=0, open=0)
    return _told(ended, "last_until", "the last state of the teammate has ended: a teammate once seen stays described.")


def _teammate_begins_when_first_seen() -> Broken:
    wrong = _teammates().exclude(first_since=F("first_seen")).filter(count__gt=0)
    return _told(wrong, "first_seen", "the teammate was first seen at another time than the first state began.")


def _assignments_are_inside_the_history() -> Broken:
    """A teammate is on a number only while the number is there, from its beginning to its end without a gap."""
    states = NumberState.objects.filter(phone_number=OuterRef("phone_number"))
    at_beginning = states.filter(OPEN | Q(until__gt=OuterRef("since")), since__lte=OuterRef("since"))
    to_the_end = states.filter(OPEN | Q(until__gte=OuterRef("until")), since__lt=OuterRef("until"))
    next_one = NumberState.objects.filter(phone_number=OuterRef("phone_number"), since=OuterRef("until"))
    stops = states.filter(~Exists(next_one), until__gt=OuterRef("since"))
    whole = Q(until__isnull=True) & ~Exists(stops) & Exists(states.filter(OPEN))
    whole |= Q(until__isnull=False) & Exists(to_the_end) & ~Exists(stops.filter(until__lt=OuterRef("until")))
    wrong = _ASSIGNMENTS.rows().exclude(Exists(at_beginning) & whole)
    yield from _ASSIGNMENTS.told(wrong, "since", "this assignment is not within the time that the number was there.")
    early = _ASSIGNMENTS.rows().filter(since__lt=F("teammate__first_seen"))
    yield from _ASSIGNMENTS.told(early, "since", "this assignment begins before the teammate was first seen.")


# Syncs


def _told_of_syncs(rows: QuerySet[Any], moment: str, what: str) -> Broken:
    for pk, when in rows.order_by("pk").values_list("pk", moment).iterator(chunk_size=_CHUNK):
        yield f"sync {pk}", when, what


def _syncs_in_order() -> Broken:
    observed = Sync.objects.filter(observed_at__isnull=False)
    wrong = observed.annotate(before=Window(Lag("observed_at"), order_by="pk")).filter(before__gte=F("observed_at"))
    return _told_of_syncs(wrong, "observed_at", "it observed no later than the sync before it.")


def _syncs_that_ended_are_complete() -> Broken:
    end = Q(ended_at__isnull=False)
    error = ~Q(error_kind="") & ~Q(error_sentence="")
    is_whole = (
        (_RUNNING & ~end & Q(observed_at__isnull=True))
        | (_SUCCEEDED & end & Q(observed_at__isnull=False, error_kind=""))
        | (Q(outcome=Sync.Outcome.FAILED) & end & Q(observed_at__isnull=True) & error)
        | (Q(outcome=Sync.Outcome.INTERRUPTED) & end & Q(observed_at__isnull=True) & ~Q(error_sentence=""))
    )
    wrong = Sync.objects.exclude(is_whole)
    return _told_of_syncs(wrong, "started_at", "its outcome, its end, its observation and its error do not fit.")


def _syncs_say_what_they_did() -> Broken:
    whole = Q(scope=Sync.Scope.WORKSPACE)
    did = Q(new__gt=0) | Q(changed__gt=0) | Q(gone__gt=0)
    wrong = Sync.objects.filter(
        (whole & ~Q(subject=""))
        | (~whole & Q(subject=""))
        | (~whole & (Q(gone__gt=0) | Q(held__gt=0)))
        | (did & Q(wrote=False))
        | Q(seen__lt=F("new") + F("changed"))
        | (Q(held__gt=0) & (Q(held_digest="") | Q(gone__gt=0)))
        | (~_SUCCEEDED & (Q(wrote=True) | did))
    )
    return _told_of_syncs(wrong, "started_at", "its question and its counts contradict each other.")


def _one_sync_runs() -> Broken:
    later = Sync.objects.filter(pk__gt=OuterRef("pk"))
    wrong = Sync.objects.filter(_RUNNING).filter(Exists(later))
    return _told_of_syncs(wrong, "started_at", "it is said to run still, and a later sync has begun.")


# The facts, and what follows from them


def _numbers_are_as_answered() -> Broken:
    """Answers that are not kept, or that this version would not take, say nothing."""
    states = _NUMBERS.rows().exclude(answer="").annotate(quo_id=F("phone_number__quo_id")).defer("search_text")
    for state in states.iterator(chunk_size=_CHUNK):
        try:
            record = read_again(state.answer)
        except BadPayload:
            yield state.quo_id, state.since, "the answer that is kept of this state is damaged."
            continue
        if record is None:
            continue
        wrong = [name for name, value in number_fields(record) if getattr(state, name) != value]
        if record.id != state.quo_id:
            wrong.append("id")
        if wrong:
            what = f"the answer that is kept of this state has another {' and '.join(wrong)}."
            yield state.quo_id, state.since, what


def _numbers_are_found() -> Broken:
    # By number: what a telephone number is, is worked out once for its states.
    states = _NUMBERS.rows().select_related("phone_number").defer("answer")
    for state in states.iterator(chunk_size=_CHUNK):
        texts = (state.name, state.symbol or "", state.group_id, state.number, *telephone_digits(state.name))
        right = {
            "search_text": fold(" ".join(texts)),
            "name_key": order_key(state.name),
            **number_facts(state.number, state.forward),
        }
        if wrong := [name for name, value in right.items() if getattr(state, name) != value]:
            what = f"{' and '.join(wrong)} of this state do not follow from its facts."
            yield state.phone_number.quo_id, state.since, what


def _teammates_are_found() -> Broken:
    for state in TeammateState.objects.select_related("teammate").iterator(chunk_size=_CHUNK):
        right = {
            "search_text": fold(f"{state.display_name} {state.email}"),
            "name_key": order_key(state.display_name),
        }
        if wrong := [name for name, value in right.items() if getattr(state, name) != value]:
            what = f"{' and '.join(wrong)} of this state do not follow from its facts."
            yield state.teammate.quo_id, state.since, what


# The database itself


def _nothing_is_orphaned() -> Broken:
    """Every row that another one names is there, in all tables; SQLite checks that itself, if asked."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA foreign_key_check")
            for table, row, parent, _ in cursor.fetchall():
                yield f"row {row} of {table}", None, f"it names a row of {parent} that is not there."
        return
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed or model._meta.proxy:
            continue
        for field in model._meta.local_concrete_fields:
            if isinstance(field, ForeignKey) and getattr(field, "db_constraint", True):
                parents = field.related_model._base_manager.filter(**{field.target_field.name: OuterRef(field.attname)})
                orphans = model._base_manager.filter(~Exists(parents), **{f"{field.name}__isnull": False})
                table, parent = model._meta.db_table, field.related_model._meta.db_table
                for pk in orphans.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=_CHUNK):
                    yield f"row {pk} of {table}", None, f"it names a row of {parent} that is not there."


def _the_file_is_unharmed() -> Broken:
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        for (said,) in cursor.fetchall():
            if said != "ok":
                yield "the database file", None, f"SQLite finds it damaged: {said}."


def _times_and_texts_can_be_read() -> Broken:
    """SQLite keeps anything in any column; what is neither time nor text can be neither compared nor shown."""
    if connection.vendor != "sqlite":
        return
    for model in (PhoneNumber, NumberState, Teammate, TeammateState, Assignment, Sync):
        table = model._meta.db_table
        columns = {str(field.column): field for field in model._meta.local_concrete_fields}
        times = [name for name, field in columns.items() if isinstance(field, DateTimeField)]
        raw = ", ".join(f"+{name}" for name in times)  # what is computed is given as it is, not made a time of
        for pk, *values in _rows(f"SELECT id, {raw} FROM {table} ORDER BY id"):  # noqa: S608 - our own words
            for name, value in zip(times, values, strict=True):
                if value is not None and not _is_time(value):
                    yield f"row {pk} of {table}", None, f"its {name} is no time and cannot be read."
        texts = [name for name, field in columns.items() if isinstance(field, CharField | TextField)]
        types = ", ".join(f"typeof({name})" for name in texts)
        for pk, *kinds in _rows(f"SELECT id, {types} FROM {table} WHERE 'blob' IN ({types}) ORDER BY id"):  # noqa: S608
            wrong = " and ".join(name for name, kind in zip(texts, kinds, strict=True) if kind == "blob")
            yield f"row {pk} of {table}", None, f"its {wrong} is no text and cannot be read."


def _rows(sql: str) -> Iterator[tuple[Any, ...]]:
    """Yield what SQLite answers, a chunk at a time."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(_CHUNK):
            yield from rows


def _is_time(value: object) -> bool:
    try:
        return isinstance(value, str) and parse_datetime(value) is not None
    except ValueError:  # the 30th of February
        return False


def _of(check: Callable[[_History], Broken], history: _History) -> Callable[[], Broken]:
    return lambda: check(history)


# The file first: what a damaged one says of the rest is worth nothing.
INVARIANTS = (
    Invariant("file", _the_file_is_unharmed),
    Invariant("times and texts can be read", _times_and_texts_can_be_read, first_of_all=True),
    Invariant("no orphans", _nothing_is_orphaned),
    *(
        Invariant(f"{name} {of}", _of(check, history))
        for of, history in (("number", _NUMBERS), ("teammate", _TEAMMATES), ("assignment", _ASSIGNMENTS))
        for name, check in (
            ("one open state per", _one_open),
            ("ends after it began:", _ends_after_it_began),
            ("no overlap per", _no_overlap),
            ("observed by a sync:", _observed),
        )
    ),
    Invariant("no gap per number", _gaps_of_numbers),
    Invariant("no gap per teammate", _no_gap_of_teammates),
    Invariant("number is described", _number_is_described),
    Invariant("number is open while there", _number_is_open_while_there),
    Invariant("number begins when first seen", _number_begins_when_first_seen),
    Invariant("number ends when gone", _number_ends_when_gone),
    Invariant("number was confirmed in its last state", _number_was_confirmed_in_its_last_state),
    Invariant("teammate is described", _teammate_is_described),
    Invariant("teammate stays described", _teammate_stays_described),
    Invariant("teammate begins when first seen", _teammate_begins_when_first_seen),
    Invariant("assignment inside the history", _assignments_are_inside_the_history),
    Invariant("syncs in order", _syncs_in_order),
    Invariant("syncs that ended are complete", _syncs_that_ended_are_complete),
    Invariant("syncs say what they did", _syncs_say_what_they_did),
    Invariant("one sync runs", _one_sync_runs),
    Invariant("numbers are as Quo answered", _numbers_are_as_answered),
    Invariant("numbers are found", _numbers_are_found),
    Invariant("teammates are found", _teammates_are_found),
)


def findings() -> Iterator[Finding]:
    """Yield everything that does not hold in the default database. Raises DatabaseError where it cannot be read.

    Ask inside `snapshots.one_moment()`: between two questions a sync may write.
    """
    for invariant in INVARIANTS:
        holds = True
        for which, when, what in invariant.find():
            holds = False
            yield Finding(invariant.name, which, when, what)
        if invariant.first_of_all and not holds:
            return
