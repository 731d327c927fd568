"""The teammates' pages: the list, each teammate's reach, and the numbers only they are on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page
from django.db.models import QuerySet

from numbers.database.paging import PAGE_SIZE, page_of, rows_on
from numbers.filters.teammates import TeammateFilters
from numbers.memory import teammates as teammate_queries
from numbers.memory.assignments import assignments_at
from numbers.memory.cache import per_version
from numbers.memory.forwards import Chains
from numbers.memory.moment import NOW, Moment
from numbers.memory.numbers import not_identified, numbers_at
from numbers.memory.teammates import REACH
from numbers.memory.version import Version
from numbers.models import Sync, TeammateState
from numbers.pages.forwards import Forward, forwards_of
from numbers.pages.rows import NumberRow, described, number_rows
from numbers.vocabulary.cells import CELLS, Cell, Fact, Reading, fact_of
from numbers.vocabulary.links import number_url, path_of, teammate_url
from numbers.vocabulary.phones import pretty
from numbers.vocabulary.phrases import numbers_not_identified
from numbers.vocabulary.visible import shown_name

MAX_DECIDING = 4
MAX_LAST_NUMBERS = 50
MAX_UNSHARED = 500

Row = Mapping[str, Any]  # a number's columns, at least _NAME_COLUMNS
_ID = "phone_number__quo_id"
_NAME_COLUMNS = (_ID, "name", "number")
_START = ("phone_number_id", "forward", "forward_number")  # of a `forwards.Start`


def list_url(user_id: str, **other_filters: str) -> str:
    """Return the URL of the list of numbers, filtered by a teammate and by `other_filters`."""
    return f"{path_of('numbers:list')}?{urlencode({'user': user_id, **other_filters})}"


@dataclass(frozen=True)
class TeammateRow:
    """A teammate in the list. `reach` is empty if they are on no number."""

    key: int
    user_id: str
    url: str
    name: str
    email: str
    role: str
    numbers: int
    list_url: str
    reach: tuple[Reading, ...]


@dataclass(frozen=True, eq=False)
class TeammateList:
    """A page of the matching teammates, cached per memory version."""

    filters: TeammateFilters
    rows: tuple[TeammateRow, ...]
    total: int
    page: Page[int]
    notices: tuple[str, ...]


@per_version
def teammate_list(filters: TeammateFilters, _version: Version, moment: Moment = NOW) -> TeammateList:
    """Return one page of the matching teammates; past the end, the last page with a notice."""
    states = filters.states(moment)
    page = page_of(states.count(), PAGE_SIZE, filters.page)
    counted = teammate_queries.counting_numbers(TeammateState.objects.select_related("teammate"), moment)
    unclear = numbers_not_identified(not_identified(moment).count())
    notices = (*filters.notices, unclear) if unclear else filters.notices
    if filters.page > page.number:
        notices += (f"There is no page {filters.page}, so the last one is shown.",)
    if filters.q and not page.paginator.count:
        notices += filters.unmatched(moment)
    return TeammateList(
        filters=filters.but(page=page.number),
        rows=tuple(teammate_rows(rows_on(page, states, counted), moment)),
        total=page.paginator.count,
        page=page,
        notices=notices,
    )


def teammate_rows(states: Iterable[TeammateState], moment: Moment) -> list[TeammateRow]:
    """Return the rows of teammates with their counts. One query reads the reach of all."""
    states = list(states)
    reaches = teammate_queries.reach_of([state.teammate_id for state in states], moment)
    reach = {row["teammate_id"]: row for row in reaches}
    return [
        TeammateRow(
            key=state.teammate_id,
            user_id=state.teammate.quo_id,
            url=teammate_url(state.teammate.quo_id),
            name=state.display_name,
            email=state.email,
            role=state.role,
            numbers=state.numbers,  # type: ignore[attr-defined] # counted by the query
            list_url=list_url(state.teammate.quo_id),
            reach=tuple(
                Reading(cell, REACH[reach[state.teammate_id][cell.field]], None)
                for cell in CELLS
                if state.teammate_id in reach
            ),
        )
        for state in states
    ]


@dataclass(frozen=True)
class NamedNumber:
    """The name and link of a number. `forward` is where its calls would be forwarded without the teammate."""

    url: str
    name: str
    number: str
    forward: Forward | None = None


@dataclass(frozen=True)
class ReachLine:
    """Whether a teammate can call or text in a cell through any of their numbers.

    `numbers` are the first of the numbers that decide it: those that allow it, else those that are not reported.
    `count` is how many there are, and `url` lists all of them.
    """

    reading: Reading
    numbers: tuple[NamedNumber, ...]
    count: int
    url: str

    @property
    def more(self) -> int:
        return self.count - len(self.numbers)


@dataclass(frozen=True)
class MismatchLine:
    """A disagreement between Quo's list for a teammate and the numbers' own records, with the numbers concerned."""

    sentence: str
    numbers: tuple[NamedNumber, ...]


@dataclass(frozen=True)
class Mismatches:
    """The disagreements in the latest sync of a teammate, at `asked_at`, if there was one."""

    found: tuple[MismatchLine, ...] = ()
    asked_at: datetime | None = None


@dataclass(frozen=True, eq=False)
class TeammatePage:
    """One teammate's page, cached per memory version.

    `rows` are the first of their `total` numbers. `unshared` are the first of the `unshared_total` numbers that nobody
    else is on, and `is_any_forwarded` says whether one of those forwards calls. `unclear` are the first of the
    `unclear_total` numbers on which nobody else is identified. `elsewhere` is a sentence about numbers that do not name
    them, but may have them. If they are on no number now, `left_at` is when Quo first said so, and `last_numbers` are
    the first of the `last_numbers_total` numbers they were on until then.
    """

    user_id: str
    name: str
    email: str
    roles: tuple[str, ...]
    groups: tuple[str, ...]
    first_seen: datetime
    rows: tuple[NumberRow, ...]
    total: int
    list_url: str
    reach: tuple[ReachLine, ...]
    unshared: tuple[NamedNumber, ...]
    unshared_total: int
    is_any_forwarded: bool
    unclear: tuple[NamedNumber, ...]
    unclear_total: int
    elsewhere: str
    left_at: datetime | None
    last_numbers: tuple[NamedNumber, ...]
    last_numbers_total: int


@per_version
def teammate_page(user_id: str, _version: Version, moment: Moment = NOW) -> TeammatePage | None:
    """Return the page of a teammate, on a number or not; None if the teammate was never seen."""
    state = teammate_queries.teammates_at(moment).filter(teammate__quo_id=user_id).select_related("teammate").first()
    if state is None:
        return None
    theirs = teammate_queries.numbers_of(state.teammate_id, moment)
    # Plain rows, because a teammate may be on every number.
    columns = (*_NAME_COLUMNS, *_START, "unidentified", "is_shared")
    held = list(theirs.values(*columns, *(cell.field for cell in CELLS)))
    assignments = assignments_at(moment).filter(teammate=state.teammate_id).order_by("role", "group_id")
    roles_and_groups = list(assignments.values_list("role", "group_id").distinct())
    alone = [number for number in held if not number["is_shared"]]
    unshared = [number for number in alone if not number["unidentified"]]
    unclear = [number for number in alone if number["unidentified"]]
    elsewhere = not_identified(moment).count() - sum(bool(number["unidentified"]) for number in held)
    left_at = None if held else teammate_queries.last_left(state.teammate_id, moment)
    last = teammate_queries.last_numbers_of(state.teammate_id, left_at) if left_at else None
    last_numbers = list(last.values(*_NAME_COLUMNS)) if last is not None else []
    return TeammatePage(
        user_id=user_id,
        name=state.display_name,
        email=state.email,
        roles=tuple(dict.fromkeys(role for role, _ in roles_and_groups if role)) or tuple(filter(None, [state.role])),
        groups=tuple(sorted({group for _, group in roles_and_groups if group})),
        first_seen=state.teammate.first_seen,
        rows=tuple(number_rows(described(theirs)[:PAGE_SIZE], moment)) if held else (),
        total=len(held),
        list_url=list_url(user_id),
        reach=tuple(_reach_line(user_id, cell, held) for cell in CELLS) if held else (),
        unshared=tuple(_unshared(unshared[:MAX_UNSHARED], state.teammate_id, moment)),
        unshared_total=len(unshared),
        is_any_forwarded=any(number["forward"] for number in unshared),
        unclear=_named(unclear[:MAX_UNSHARED]),
        unclear_total=len(unclear),
        elsewhere=numbers_not_identified(elsewhere),
        left_at=left_at,
        last_numbers=_named(last_numbers[:MAX_LAST_NUMBERS]),
        last_numbers_total=len(last_numbers),
    )


def _unshared(rows: Sequence[Row], teammate: int, moment: Moment) -> Iterator[NamedNumber]:
    """Yield the names of numbers that only the teammate is on, with where they forward calls without the teammate."""
    forwards = forwards_of(map(itemgetter(*_START), rows), Chains(moment, besides=teammate))
    for row in rows:
        yield replace(_name_of(row), forward=forwards.get(row["phone_number_id"]))


def _reach_line(user_id: str, cell: Cell, held: Sequence[Row]) -> ReachLine:
    """Return the reach in one cell through a teammate's numbers, at least one."""
    facts = [fact_of(number[cell.field]) for number in held]
    fact = max(facts, key=REACH.index)
    deciding = [number for number, number_fact in zip(held, facts, strict=True) if number_fact is fact]
    return ReachLine(
        reading=Reading(cell, fact, None),
        numbers=_named(deciding[:MAX_DECIDING]) if fact is not Fact.RESTRICTED else (),
        count=len(deciding),
        url=list_url(user_id, **{cell.field: fact}),
    )


def successful_syncs_of(user_id: str, moment: Moment = NOW) -> QuerySet[Sync]:
    """Return the successful syncs of a teammate, newest first."""
    syncs = Sync.objects.filter(moment.up_to("observed_at"), subject=user_id).filter(scope=Sync.Scope.TEAMMATE)
    return syncs.filter(outcome=Sync.Outcome.SUCCEEDED).order_by("-pk")


def mismatches_of(user_id: str, moment: Moment = NOW) -> Mismatches:
    """Return the latest mismatches. Not cached: a sync can find some without a new memory version."""
    sync = successful_syncs_of(user_id, moment).first()
    return Mismatches(_mismatches(sync, moment), sync.observed_at) if sync else Mismatches()


def _mismatches(sync: Sync, moment: Moment) -> tuple[MismatchLine, ...]:
    ids = [quo_id for mismatch in sync.mismatches for quo_id in mismatch["numbers"]]
    known = {}
    if ids:
        rows = numbers_at(moment).filter(phone_number__quo_id__in=ids).values(*_NAME_COLUMNS)
        known = {row[_ID]: row for row in rows}
    return tuple(
        MismatchLine(
            mismatch["sentence"],
            tuple(
                _name_of(known[quo_id]) if quo_id in known else NamedNumber(number_url(quo_id), quo_id, "")
                for quo_id in mismatch["numbers"]
            ),
        )
        for mismatch in sync.mismatches
    )


def _named(rows: Iterable[Row]) -> tuple[NamedNumber, ...]:
    return tuple(_name_of(row) for row in rows)


def _name_of(row: Row) -> NamedNumber:
    return NamedNumber(
        url=number_url(row[_ID]),
        name=shown_name(row["name"]),
        number=pretty(row["number"]),
    )
