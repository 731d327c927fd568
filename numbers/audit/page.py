"""What the audit's page shows, drawn from memory: the odd ones out, what may be behind, and a page of the matrix."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from django.core.paginator import Page, Paginator

from numbers.audit.causes import Cause, Causes, causes_of
from numbers.audit.groups import (
    Group,
    Grouping,
    Keys,
    Line,
    Person,
    Tally,
    groups_by_group,
    groups_by_kind,
    groups_by_teammate,
    lines_of,
    tallies_of,
)
from numbers.audit.odd import Finding, OddCell, findings_of, odd_cells
from numbers.audit.query import AuditQuery
from numbers.facts import COLUMNS, Cell
from numbers.filter_words import Chip, chips, sentence
from numbers.filters import NumberFilters
from numbers.models import Assignment, TeammateState, shown_name
from numbers.phones import pretty
from numbers.quo.ids import MAX_LENGTH
from numbers.rows import NO_NAME, number_url
from numbers.services import TeammateChoice, teammate_named
from numbers.versions import Version

PAGES = 16  # that are kept
ROWS_PER_PAGE = 200
FINDINGS_PER_PAGE = 20
SHOWN_NAMES = 6
NAMED = 60

_FIELDS = ("phone_number", "phone_number__quo_id", "name", "name_key", "number", "group_id", "kind")


@dataclass(frozen=True)
class MatrixCell:
    """A cell of the matrix; `odd` says how it differs from most of its group, if it does."""

    cell: Cell
    odd: OddCell | None


@dataclass(frozen=True)
class MatrixRow:
    """A number in the matrix, in one of its groups. `key` is safe in an HTML id and is the page's only one."""

    key: str
    quo_id: str
    url: str
    name: str
    number: str
    number_pretty: str
    kind: str
    cells: tuple[MatrixCell, ...]


@dataclass(frozen=True)
class Head:
    """What the page says of a group; its numbers, of which `count` are shown, stay behind."""

    position: int
    by: Grouping
    key: str
    label: str
    detail: str
    count: int
    size: int
    tallies: tuple[Tally, ...]

    @property
    def is_partly_shown(self) -> bool:
        return self.count < self.size


@dataclass(frozen=True)
class Block:
    """The part of a group that is on this page of the matrix. `list_query` asks the list for all of the group."""

    group: Head
    is_continued: bool
    rows: tuple[MatrixRow, ...]
    list_query: str


@dataclass(frozen=True)
class NumberLink:
    """A number, named."""

    url: str
    name: str
    number_pretty: str


@dataclass(frozen=True)
class OddOnes:
    """A finding about `count` numbers as the page shows it: some by name, others folded, the rest counted in `beyond`.

    `list_query` asks the list for exactly these numbers; empty where one list cannot show them.
    """

    key: str
    group: Head
    claims: tuple[str, ...]
    count: int
    shown: tuple[NumberLink, ...]
    folded: tuple[NumberLink, ...]
    beyond: int
    list_query: str
    causes: tuple[Cause, ...]

    @property
    def more(self) -> int:
        """How many are not in `shown`."""
        return len(self.folded) + self.beyond


@dataclass(frozen=True, eq=False)
class AuditPage:
    """The audit, one object for each version of the memory, so it holds on to no more than it shows.

    `total` and `odd_total` count numbers, however many groups each is in, on all pages.

    `tallies` are of all of them, where there are several groups to tell from. `compared` groups are large enough for
    a number to be odd in; `findings` and `rows` are the pages of the odd ones and of the matrix.
    """

    query: AuditQuery
    filters: NumberFilters
    total: int
    tallies: tuple[Tally, ...]
    groups: int
    compared: int
    odd_total: int
    findings: Page[int]
    odd_ones: tuple[OddOnes, ...]
    causes: tuple[Cause, ...]
    rows: Page[int]
    blocks: tuple[Block, ...]
    teammate: TeammateChoice | None
    is_known_teammate: bool
    sentence: str
    chips: tuple[Chip, ...]
    notices: tuple[str, ...]


@lru_cache(maxsize=PAGES)
def audit_page(asked: AuditQuery, _version: Version) -> AuditPage:
    """Return the audit of the numbers that fit; a page beyond the last is the last, and said so.

    It is put together once for each version of the memory, which never changes.
    """
    lines, groups = grouped(asked)
    return page_of(asked, lines, groups, teammate_named(asked.filters.user) if asked.filters.user else None)


def page_of(
    asked: AuditQuery, lines: Sequence[Line], groups: Sequence[Group], teammate: TeammateChoice | None = None
) -> AuditPage:
    """Return the audit of `lines` in their `groups`: all is at hand, the memory is not asked."""
    odd = findings_of(groups)
    causes = causes_of(lines)
    rows = Paginator(range(sum(len(group.lines) for group in groups)), ROWS_PER_PAGE).get_page(asked.filters.page)
    findings = Paginator(range(len(odd)), FINDINGS_PER_PAGE).get_page(asked.odd)
    query = asked.at(page=rows.number, odd=findings.number)
    name = teammate.name if teammate else ""
    unknown = TeammateChoice(asked.filters.user, asked.filters.user, "") if asked.filters.user else None
    return AuditPage(
        query=query,
        filters=replace(query.filters, who=asked.filters.who),
        total=len(lines),
        tallies=tallies_of(lines),
        groups=len(groups),
        compared=sum(group.is_compared for group in groups),
        odd_total=len({line.key for finding in odd for line in finding.lines}),
        findings=findings,
        odd_ones=tuple(_odd_ones(odd[place], asked.filters, causes) for place in findings),
        causes=causes.found,
        rows=rows,
        blocks=tuple(_blocks(groups, rows.start_index() - 1, rows.end_index(), asked.filters)),
        teammate=teammate or unknown,
        is_known_teammate=teammate is not None,
        sentence=sentence(asked.filters, name),
        chips=chips(asked.filters, name),
        notices=asked.filters.notices + tuple(_beyond(asked, query)),
    )


def _beyond(asked: AuditQuery, shown: AuditQuery) -> Iterator[str]:
    if asked.filters.page != shown.filters.page:
        yield f"There is no page {asked.filters.page}, so the last one is shown."
    if asked.odd != shown.odd:
        yield f"There is no page {asked.odd} of the odd ones, so the last one is shown."


def grouped(asked: AuditQuery) -> tuple[list[Line], list[Group]]:
    """Return every number that fits, and the groups that they are in; a question to the memory, or up to four.

    What most of a group have does not hang on what is filtered by, so all the numbers are read, and then which fit.
    """
    cells = (column.field for column in COLUMNS)
    lines = lines_of(NumberFilters(sort=asked.filters.sort).states().values_list(*_FIELDS, *cells))
    shown = None
    fitting = lines
    if asked.filters.is_narrowed:
        shown = set(asked.filters.states().order_by().values_list("phone_number", flat=True))
        fitting = [line for line in lines if line.key in shown]
    if asked.by == Grouping.GROUP:
        return fitting, groups_by_group(lines, shown)
    if asked.by == Grouping.KIND:
        return fitting, groups_by_kind(lines, shown)
    return fitting, _groups_by_teammate(lines, shown)


def _groups_by_teammate(lines: Iterable[Line], shown: Keys | None) -> list[Group]:
    people: dict[int, Person] = {}
    states = TeammateState.objects.filter(until=None).order_by("name_key", "teammate__quo_id")
    fields = ("teammate", "teammate__quo_id", "first_name", "last_name", "email")
    for key, user_id, first_name, last_name, email in states.values_list(*fields):
        people[key] = Person(user_id, shown_name(first_name, last_name, email), email)
    on: dict[int, list[str]] = defaultdict(list)
    assignments = Assignment.objects.filter(until=None).order_by().values_list("phone_number", "teammate")
    for number, teammate in assignments:
        if teammate in people:
            on[number].append(people[teammate].user_id)
    return groups_by_teammate(lines, people.values(), on, shown)


def _odd_ones(finding: Finding, filters: NumberFilters, causes: Causes) -> OddOnes:
    names = [NumberLink(number_url(line.quo_id), _name(line), pretty(line.number)) for line in finding.lines[:NAMED]]
    # A fold that hides one name only would take as much room as the name.
    shown = SHOWN_NAMES if len(finding.lines) > SHOWN_NAMES + 1 else SHOWN_NAMES + 1
    return OddOnes(
        key=f"{finding.group.position}-{finding.lines[0].key}",
        group=_head(finding.group),
        claims=finding.claims,
        count=len(finding.lines),
        shown=tuple(names[:shown]),
        folded=tuple(names[shown:]),
        beyond=len(finding.lines) - len(names),
        list_query=_list_query(filters, finding.group, finding.cells),
        causes=causes.of(finding),
    )


def _head(group: Group) -> Head:
    return Head(
        group.position,
        group.by,
        group.key,
        group.label,
        group.detail,
        len(group.lines),
        group.size,
        group.tallies,
    )


def _blocks(groups: Iterable[Group], start: int, stop: int, filters: NumberFilters) -> Iterator[Block]:
    """Cut the groups, whose numbers stand one after the other, to those from `start` to before `stop`."""
    begin = 0
    for group in groups:
        first, last = max(start - begin, 0), min(stop - begin, len(group.lines))
        if first < last:
            rows = tuple(_matrix_row(group, line) for line in group.lines[first:last])
            yield Block(_head(group), first > 0, rows, _list_query(filters, group))
        begin += len(group.lines)


def _matrix_row(group: Group, line: Line) -> MatrixRow:
    odd = {cell.column: cell for cell in odd_cells(group, line.facts)}
    cells = zip(COLUMNS, line.facts, line.raws, strict=True)
    return MatrixRow(
        key=f"{group.position}-{line.key}",
        quo_id=line.quo_id,
        url=number_url(line.quo_id),
        name=_name(line),
        number=line.number,
        number_pretty=pretty(line.number),
        kind=line.kind,
        cells=tuple(MatrixCell(Cell(column, fact, raw), odd.get(column)) for column, fact, raw in cells),
    )


def _name(line: Line) -> str:
    return line.name.strip() or NO_NAME


def _list_query(filters: NumberFilters, group: Group, odd: Iterable[OddCell] = ()) -> str:
    """Return the query of the list of all that fit and are in `group`; with `odd`, of those that are odd just so.

    Nothing where the list cannot be asked for them: it has one place for a teammate, and none for an empty group.
    """
    field, value = {
        Grouping.GROUP: ("group", group.key),
        Grouping.KIND: ("kind", group.key),
        Grouping.TEAMMATE: ("user", group.key) if group.key else ("unassigned", "yes"),
    }[group.by]
    if not value or len(value) > MAX_LENGTH or getattr(filters, field) not in {"", value}:
        return ""
    facts = {cell.column: cell.fact for cell in odd}
    cells = {
        column.field: facts.get(column, most).value
        for column, most in zip(COLUMNS, group.most, strict=True)
        if facts and most is not None
    }
    return filters.but(**{field: value, **cells}).query
