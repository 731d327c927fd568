"""What changed, from the memory: numbers that are new, gone or described otherwise, teammates put on and taken off.

Nobody knows what happened between two syncs: a change lies between the sync that found it and the last one before it
that still confirmed how things were. What the first complete answer found was not new, only not known before.
The role and the group that a number gives a teammate are not told: the role is the teammate's own, and told there.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.utils.timezone import localtime

from numbers.history.wording import Parts, Person, arrived, gone, number_changed, number_part, teammate_changed
from numbers.memory.cache import per_version
from numbers.memory.confirmed import number_confirmed, teammate_confirmed
from numbers.memory.version import Version
from numbers.models import Assignment, NumberState, Sync, TeammateState, shown_name


@dataclass(frozen=True)
class Change:
    """What one sync found different about one number (`subject` is `PN…`) or one teammate (`US…`).

    It happened after `earliest`, when the old was confirmed last (None where it never was), and not after `latest`,
    when the new was seen. `key` is stable and safe in an HTML id.
    """

    key: str
    subject: str
    parts: Parts
    earliest: datetime | None
    latest: datetime

    @property
    def sentence(self) -> str:
        return "".join(part.text for part in self.parts)

    @property
    def is_of_one_day(self) -> bool:
        """Whether both ends lie on one day of the office."""
        return self.earliest is None or localtime(self.earliest).date() == localtime(self.latest).date()

    @property
    def time_format(self) -> str:
        """Django's format for both ends: with seconds only where they lie in one minute."""
        minutes = {moment.replace(second=0, microsecond=0) for moment in (self.earliest, self.latest) if moment}
        return "H:i:s" if self.earliest and len(minutes) == 1 else "H:i"


@dataclass(frozen=True)
class Changes:
    """The newest changes since a moment, and how many there are in all.

    Only what changed after `watching_since` is known: then Quo first answered for the whole workspace, if it ever did.
    """

    found: tuple[Change, ...]
    total: int
    watching_since: datetime | None

    @property
    def more(self) -> int:
        return self.total - len(self.found)


def changes(*, since: datetime, limit: int, version: Version) -> Changes:
    """Return the `limit` newest changes that were found at `since` or later; of one sync, those of numbers first.

    However many there are, the queries are the same few, and only the changes that are returned are put together.
    """
    baseline = _first_complete_answer()
    newest, moments = changes_since(since.replace(minute=0, second=0, microsecond=0), limit, baseline, version)
    return Changes(
        tuple(change for change in newest if change.latest >= since),
        sum(count for moment, count in moments if moment >= since),
        baseline,
    )


@per_version
def changes_since(
    hour: datetime, limit: int, baseline: datetime | None, _version: Version
) -> tuple[tuple[Change, ...], tuple[tuple[datetime, int], ...]]:
    """Return the newest changes since `hour`, and each moment with how many there are of it.

    A whole hour can be asked for again; the caller leaves out what is too old by then.
    """
    found = list(_found(hour, baseline).order_by("-moment", "is_teammate", "of"))
    keys = [_Key(*row) for row in found[:limit]]
    numbers = _number_changes([key for key in keys if not key.is_teammate])
    teammates = _teammate_changes([key for key in keys if key.is_teammate])
    newest = tuple((teammates if key.is_teammate else numbers)[key] for key in keys)
    return newest, tuple(Counter(moment for moment, *_ in found).items())


def _first_complete_answer() -> datetime | None:
    complete = Sync.objects.filter(scope=Sync.Scope.WORKSPACE, subject="", outcome=Sync.Outcome.SUCCEEDED)
    return complete.order_by("pk").values_list("observed_at", flat=True).first()


# Which changes there are


@dataclass(frozen=True)
class _Key:
    """What is told as one change: all that one sync found of a number or, `of` being its key, of a teammate."""

    moment: datetime
    is_teammate: bool
    of: int


def _found(since: datetime, baseline: datetime | None) -> QuerySet[Any, Any]:
    """The keys of all changes, as rows; of what several tables tell of one number, the union keeps one."""
    states, first = NumberState.objects, Q(since=F("phone_number__first_seen"))
    begun = later = Q(since__gte=since)
    if baseline and baseline >= since:
        later = Q(since__gt=baseline)
        begun = begun if _is_known_before(baseline) else later
    sources = (
        (states.filter(until__gte=since), "until"),
        (states.filter(later) if baseline else states.none(), "since"),
        (_put_on().filter(begun).exclude(first), "since"),
        (_taken_off().filter(until__gte=since), "until"),
    )
    numbers = [_keys(rows, moment, "phone_number_id", is_teammate=False) for rows, moment in sources]
    described = TeammateState.objects.filter(begun).exclude(since=F("teammate__first_seen"))
    return numbers[0].union(*numbers[1:], _keys(described, "since", "teammate_id", is_teammate=True))


def _is_known_before(baseline: datetime) -> bool:
    """Whether anything was; else all that the first complete answer told began with its number or its teammate."""
    return Sync.objects.filter(outcome=Sync.Outcome.SUCCEEDED, observed_at__lt=baseline).exists()


def _keys(rows: QuerySet[Any], moment: str, of: str, *, is_teammate: bool) -> QuerySet[Any, Any]:
    named = rows.order_by().annotate(moment=F(moment), is_teammate=Value(is_teammate), of=F(of))
    keys: QuerySet[Any, Any] = named.values_list("moment", "is_teammate", "of")
    return keys


def _put_on() -> QuerySet[Assignment]:
    """The assignments that did not follow another one of the same teammate on the same number."""
    return Assignment.objects.exclude(Exists(_same_pair().filter(until=OuterRef("since"))))


def _taken_off() -> QuerySet[Assignment]:
    return Assignment.objects.exclude(until=None).exclude(Exists(_same_pair().filter(since=OuterRef("until"))))


def _same_pair() -> QuerySet[Assignment]:
    return Assignment.objects.filter(phone_number=OuterRef("phone_number"), teammate=OuterRef("teammate"))


def _at(keys: Sequence[_Key], moment: str, of: str) -> Q:
    """The rows of the keys: those whose field `moment` and whose foreign key `of` are theirs.

    They bring along what else the same numbers changed in the last of the moments: of all others, every key is there.
    """
    return Q(**{f"{moment}__in": {key.moment for key in keys}, f"{of}__in": {key.of for key in keys}})


# Numbers


def _number_changes(keys: Sequence[_Key]) -> Mapping[_Key, Change]:
    if not keys:
        return {}
    states = (
        NumberState.objects.filter(_at(keys, "since", "phone_number") | _at(keys, "until", "phone_number"))
        .select_related("phone_number")
        .defer("answer", "search_text")
        .annotate(confirmed_before=number_confirmed("since"), confirmed_last=number_confirmed("until"))
    )
    began = {(state.since, state.phone_number_id): state for state in states}
    ended = {(state.until, state.phone_number_id): state for state in states}
    on, off = _staffings(_put_on(), "since", keys), _staffings(_taken_off(), "until", keys)
    return {
        key: _number_change(key, ended.get(at), began.get(at), on.get(at, []), off.get(at, []))
        for key in keys
        for at in [(key.moment, key.of)]
    }


@dataclass(frozen=True)
class _Staffing:
    """Somebody put on a number or taken off it, and the number: both with their names of that time."""

    person: Person
    number_id: str
    number_name: str
    confirmed: datetime | None


_Staffings = Mapping[tuple[datetime, int], Sequence[_Staffing]]


def _staffings(assignments: QuerySet[Assignment], moment: str, keys: Sequence[_Key]) -> _Staffings:
    """Who was put on or taken off, by moment and number, in order of their names."""
    rows = (
        assignments.filter(_at(keys, moment, "phone_number"))
        .filter(_held("teammate__states", moment))
        .filter(_held("phone_number__states", moment))
        .annotate(confirmed=number_confirmed(moment))
        .order_by("teammate__states__name_key", "teammate__quo_id")
    )
    people = ("teammate__states__first_name", "teammate__states__last_name", "teammate__states__email")
    columns = ("teammate__quo_id", *people, "phone_number__quo_id", "phone_number__states__name", "confirmed")
    found: dict[tuple[datetime, int], list[_Staffing]] = defaultdict(list)
    for when, number, user_id, first, last, email, *rest in rows.values_list(moment, "phone_number", *columns):
        found[when, number].append(_Staffing(Person(user_id, shown_name(first, last, email)), *rest))
    return found


def _held(states: str, moment: str) -> Q:
    """Of the related `states`, the one that held at the row's `moment`."""
    since, until = f"{states}__since", f"{states}__until"
    return Q(**{f"{since}__lte": F(moment)}) & (Q(**{until: None}) | Q(**{f"{until}__gt": F(moment)}))


def _number_change(
    key: _Key,
    before: NumberState | None,
    after: NumberState | None,
    on: Sequence[_Staffing],
    off: Sequence[_Staffing],
) -> Change:
    """Put one number's change together: from the state that ended, to the one that began, and who came and went."""
    put_on, taken_off = [item.person for item in on], [item.person for item in off]
    if after is None and before is not None:
        return _change(key, before.phone_number.quo_id, gone(before), before.confirmed_last)  # type: ignore[attr-defined] # told by the query
    if after is None:
        one = [*on, *off][0]
        parts = number_changed(number_part(one.number_id, one.number_name), None, put_on, taken_off)
        return _change(key, one.number_id, parts, one.confirmed)
    quo_id = after.phone_number.quo_id
    if before is None:
        parts = arrived(after, put_on, is_new=after.phone_number.first_seen == key.moment)
    else:
        parts = number_changed(number_part(quo_id, after.name), (before, after), put_on, taken_off)
    return _change(key, quo_id, parts, after.confirmed_before)  # type: ignore[attr-defined] # told by the query


def _change(key: _Key, subject: str, parts: Parts, earliest: datetime | None) -> Change:
    of = "t" if key.is_teammate else "n"
    return Change(f"{of}{key.of}-{key.moment:%Y%m%d%H%M%S%f}", subject, parts, earliest, key.moment)


# Teammates


def _teammate_changes(keys: Sequence[_Key]) -> Mapping[_Key, Change]:
    if not keys:
        return {}
    states = (
        TeammateState.objects.filter(_at(keys, "since", "teammate") | _at(keys, "until", "teammate"))
        .select_related("teammate")
        .annotate(confirmed_before=teammate_confirmed("since"))
    )
    began = {(state.since, state.teammate_id): state for state in states}
    ended = {(state.until, state.teammate_id): state for state in states}
    return {key: _teammate_change(key, ended[key.moment, key.of], began[key.moment, key.of]) for key in keys}


def _teammate_change(key: _Key, before: TeammateState, after: TeammateState) -> Change:
    quo_id = after.teammate.quo_id
    return _change(key, quo_id, teammate_changed(quo_id, before, after), after.confirmed_before)  # type: ignore[attr-defined] # told by the query
