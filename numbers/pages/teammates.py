"""The teammates' pages: who there is, what each can reach through which numbers, and what would be left with nobody."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page
from django.db.models import QuerySet

from numbers.database.compiled_query import CompiledQuery
from numbers.database.paging import PAGE_SIZE, page_of, rows_on
from numbers.filters.teammates import TeammateFilters
from numbers.memory import teammates as teammate_queries
from numbers.memory.assignments import assignments_at
from numbers.memory.cache import per_version
from numbers.memory.moment import NOW, Moment
from numbers.memory.numbers import numbers_at
from numbers.memory.teammates import REACH
from numbers.memory.version import Version
from numbers.models import Sync, TeammateState
from numbers.pages.rows import NumberRow, described, number_rows
from numbers.vocabulary.cells import CELLS, Cell, Fact, Reading, fact_of
from numbers.vocabulary.links import number_url, path_of, teammate_url
from numbers.vocabulary.phones import pretty
from numbers.vocabulary.phrases import NO_NAME

SHOWN_GRANTS = 4
SHOWN_LAST = 50
MOST_LONE = 500

Row = Mapping[str, Any]  # of a number, with at least the columns that name it
_ID = "phone_number__quo_id"
_NAMED_BY = (_ID, "name", "number", "forward")


def list_url(user_id: str, **more: str) -> str:
    """Return the address of the list of numbers, filtered by a teammate and by `more`."""
    return f"{path_of('numbers:list')}?{urlencode({'user': user_id, **more})}"


@dataclass(frozen=True)
class TeammateRow:
    """A teammate in the list. `reach` is empty of one who is on no number."""

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
    """A page of the teammates that fit: one object for each version of the memory."""

    filters: TeammateFilters
    rows: tuple[TeammateRow, ...]
    total: int
    page: Page[int]
    notices: tuple[str, ...]


@per_version
def teammate_list(filters: TeammateFilters, _version: Version, moment: Moment = NOW) -> TeammateList:
    """Return one page of the teammates that fit; a page beyond the last is the last, and said so."""
    states = filters.states(moment)
    page = page_of(states.count(), PAGE_SIZE, filters.page)
    counted = teammate_queries.counting_numbers(TeammateState.objects.select_related("teammate"), moment)
    notices = filters.notices
    if filters.page > page.number:
        notices += (f"There is no page {filters.page}, so the last one is shown.",)
    return TeammateList(
        filters=filters.but(page=page.number),
        rows=tuple(teammate_rows(rows_on(page, states, counted), moment)),
        total=page.paginator.count,
        page=page,
        notices=notices,
    )


def teammate_rows(states: Iterable[TeammateState], moment: Moment) -> list[TeammateRow]:
    """Return the rows of counted teammates, the reach of all of them in one query."""
    states = list(states)
    reaches = teammate_queries.reach_of([state.teammate_id for state in states], moment)
    reach = {row["teammate_id"]: row for row in reaches}
    return [
        TeammateRow(
            key=state.teammate_id,
            user_id=state.teammate.quo_id,
            url=teammate_url(state.teammate.quo_id),
            name=state.display_name.strip() or NO_NAME,
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
    """A number as a sentence names it. `forward` is where its calls are forwarded, if anywhere."""

    url: str
    name: str
    number: str
    forward: str


@dataclass(frozen=True)
class ReachLine:
    """Whether a teammate can call or text in a cell through any of their numbers.

    `numbers` names the first of those that decide it (that allow it; else those that Quo does not report), `count`
    says how many there are, and `url` leads to all of them.
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
    """Where Quo's list for a teammate and the numbers' own records disagree, and about which numbers."""

    sentence: str
    numbers: tuple[NamedNumber, ...]


@dataclass(frozen=True)
class Mismatches:
    """What did not agree the last time that Quo was asked about a teammate, at `asked_at`, if ever."""

    found: tuple[MismatchLine, ...] = ()
    asked_at: datetime | None = None


@dataclass(frozen=True, eq=False)
class TeammatePage:
    """One teammate's page: one object for each version of the memory.

    `rows` are the first of their numbers, `total` says how many there are. `lone` are the first of the `lone_total`
    numbers that nobody else is on. Of one who is on no number now, `left_at` is when Quo first answered so, and
    `last` the first of the `last_total` numbers until then.
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
    lone: tuple[NamedNumber, ...]
    lone_total: int
    left_at: datetime | None
    last: tuple[NamedNumber, ...]
    last_total: int


@per_version
def teammate_page(user_id: str, _version: Version, moment: Moment = NOW) -> TeammatePage | None:
    """Return what is remembered of a teammate, on a number or not; None of one never seen."""
    state = teammate_queries.teammates_at(moment).filter(teammate__quo_id=user_id).select_related("teammate").first()
    if state is None:
        return None
    theirs = teammate_queries.numbers_of(state.teammate_id, moment)
    # As bare rows: one may be on every number there is.
    held = list(theirs.values(*_NAMED_BY, "is_shared", *(cell.field for cell in CELLS)))
    given = assignments_at(moment).filter(teammate=state.teammate_id).order_by("role", "group_id")
    as_given = list(given.values_list("role", "group_id").distinct())
    lone = [number for number in held if not number["is_shared"]]
    left_at = None if held else teammate_queries.last_left(state.teammate_id, moment)
    last = list(teammate_queries.last_numbers_of(state.teammate_id, left_at).values(*_NAMED_BY)) if left_at else []
    return TeammatePage(
        user_id=user_id,
        name=state.display_name.strip() or NO_NAME,
        email=state.email,
        roles=tuple(dict.fromkeys(role for role, _ in as_given)) or (state.role,),
        groups=tuple(sorted({group for _, group in as_given})),
        first_seen=state.teammate.first_seen,
        rows=tuple(number_rows(described(theirs)[:PAGE_SIZE], moment)) if held else (),
        total=len(held),
        list_url=list_url(user_id),
        reach=tuple(_reach_line(user_id, cell, held) for cell in CELLS) if held else (),
        lone=_named(lone[:MOST_LONE]),
        lone_total=len(lone),
        left_at=left_at,
        last=_named(last[:SHOWN_LAST]),
        last_total=len(last),
    )


def _reach_line(user_id: str, cell: Cell, held: Sequence[Row]) -> ReachLine:
    """Return the reach in one cell over all of a teammate's numbers, of which there is at least one."""
    facts = [fact_of(number[cell.field]) for number in held]
    fact = max(facts, key=REACH.index)
    deciding = [number for number, of_number in zip(held, facts, strict=True) if of_number is fact]
    return ReachLine(
        reading=Reading(cell, fact, None),
        numbers=_named(deciding[:SHOWN_GRANTS]) if fact is not Fact.RESTRICTED else (),
        count=len(deciding),
        url=list_url(user_id, **{cell.field: fact}),
    )


def answers_about(user_id: str, moment: Moment = NOW) -> QuerySet[Sync]:
    """Quo's good answers about a teammate, the newest first."""
    about = Sync.objects.filter(moment.up_to("observed_at"), subject=user_id).filter(scope=Sync.Scope.TEAMMATE)
    return about.filter(outcome=Sync.Outcome.SUCCEEDED).order_by("-pk")


LAST_ANSWER = CompiledQuery(lambda: answers_about("")[:1])


def mismatches_of(user_id: str, moment: Moment = NOW) -> Mismatches:
    """Return what did not agree; no version of the memory has it, as an answer that changes nothing may tell it."""
    if moment == NOW:
        sync = LAST_ANSWER.first(user_id, Sync.Scope.TEAMMATE, Sync.Outcome.SUCCEEDED)
    else:
        sync = answers_about(user_id, moment).first()
    return Mismatches(_mismatches(sync, moment), sync.observed_at) if sync else Mismatches()


def _mismatches(sync: Sync, moment: Moment) -> tuple[MismatchLine, ...]:
    ids = [quo_id for mismatch in sync.mismatches for quo_id in mismatch["numbers"]]
    known = {}
    if ids:
        rows = numbers_at(moment).filter(phone_number__quo_id__in=ids).values(*_NAMED_BY)
        known = {row[_ID]: row for row in rows}
    return tuple(
        MismatchLine(
            mismatch["sentence"],
            tuple(
                _name_of(known[quo_id]) if quo_id in known else NamedNumber(number_url(quo_id), quo_id, "", "")
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
        name=row["name"].strip() or NO_NAME,
        number=pretty(row["number"]),
        forward=pretty(row["forward"]) if row["forward"] else "",
    )
