"""What the audit's page shows, drawn from memory: the odd ones out, what may be behind, and a page of the matrix."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from django.core.paginator import Page, Paginator

from numbers.audit.by_teammate import by_teammate
from numbers.audit.causes import Cause, Causes, causes_of
from numbers.audit.counted import Counted
from numbers.audit.groups import (
    Alike,
    Group,
    Grouping,
    Line,
    Tally,
    alike,
    tallies_of,
)
from numbers.audit.odd import Finding, OddCell, findings_of, in_order, odd_cells, rarity
from numbers.audit.query import AuditQuery
from numbers.facts import COLUMNS, Cell
from numbers.filter_words import chips, sentence
from numbers.filters import NumberFilters
from numbers.list_filters import Chip
from numbers.phones import pretty
from numbers.quo.ids import MAX_LENGTH
from numbers.rows import NO_NAME, number_url
from numbers.services import TeammateChoice, teammate_named
from numbers.snapshots import one_moment
from numbers.versions import Version

PAGES = 16  # that are kept
ROWS_PER_PAGE = 200
FINDINGS_PER_PAGE = 20
SHOWN_NAMES = 6
NAMED = 60


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
    with one_moment():  # a sync that ended between two questions would put counts and numbers apart
        teammate = teammate_named(asked.filters.user) if asked.filters.user else None
        if asked.by is Grouping.TEAMMATE:
            lines, groups = by_teammate(asked)
            return page_of(asked, alike(lines), groups, teammate)
        counted = Counted(asked)
        return page_of(asked, counted.numbers, counted.groups, teammate, counted)


def page_of(
    asked: AuditQuery,
    numbers: Alike,
    groups: Sequence[Group],
    teammate: TeammateChoice | None = None,
    counted: Counted | None = None,
) -> AuditPage:
    """Return the audit of `numbers` in their `groups`, whose lines are at hand where they are not `counted`."""
    odd = findings_of(groups)
    causes = causes_of(numbers)
    rows = Paginator(range(sum(group.count for group in groups)), ROWS_PER_PAGE).get_page(asked.filters.page)
    findings = Paginator(range(len(odd)), FINDINGS_PER_PAGE).get_page(asked.odd)
    query = asked.at(page=rows.number, odd=findings.number)
    name = teammate.name if teammate else ""
    unknown = TeammateChoice(asked.filters.user, asked.filters.user, "") if asked.filters.user else None
    return AuditPage(
        query=query,
        filters=replace(query.filters, who=asked.filters.who),
        total=sum(numbers.values()),
        tallies=tallies_of(numbers),
        groups=len(groups),
        compared=sum(group.is_compared for group in groups),
        odd_total=_odd_total(asked.by, odd),
        findings=findings,
        odd_ones=tuple(_odd_ones(finding, asked.filters, causes) for finding in _on_page(odd, findings, counted)),
        causes=causes.found,
        rows=rows,
        blocks=tuple(_blocks(groups, rows.start_index() - 1, rows.end_index(), asked.filters, counted)),
        teammate=teammate or unknown,
        is_known_teammate=teammate is not None,
        sentence=sentence(asked.filters, name),
        chips=chips(asked.filters, name),
        notices=asked.filters.notices + tuple(_beyond(asked, query)),
    )


def _odd_total(by: Grouping, odd: Iterable[Finding]) -> int:
    if by is Grouping.TEAMMATE:  # who share a number may all find it odd
        return len({line.key for finding in odd for line in finding.lines})
    return sum(finding.count for finding in odd)


def _on_page(odd: Sequence[Finding], page: Page[int], counted: Counted | None) -> Sequence[Finding]:
    """Return the findings of a page. Counted ones are read together with those as rare, among which names decide."""
    start, stop = page.start_index() - 1, page.end_index()
    if counted is None or not odd:
        return odd[max(start, 0) : stop]
    first = bisect_left(odd, rarity(odd[start]), key=rarity)
    last = bisect_right(odd, rarity(odd[stop - 1]), key=rarity)
    return in_order(counted.odd(odd[first:last]))[start - first : stop - first]


def _beyond(asked: AuditQuery, shown: AuditQuery) -> Iterator[str]:
    if asked.filters.page != shown.filters.page:
        yield f"There is no page {asked.filters.page}, so the last one is shown."
    if asked.odd != shown.odd:
        yield f"There is no page {asked.odd} of the odd ones, so the last one is shown."


def _odd_ones(finding: Finding, filters: NumberFilters, causes: Causes) -> OddOnes:
    names = [NumberLink(number_url(line.quo_id), _name(line), pretty(line.number)) for line in finding.lines[:NAMED]]
    # A fold that hides one name only would take as much room as the name.
    shown = SHOWN_NAMES if finding.count > SHOWN_NAMES + 1 else SHOWN_NAMES + 1
    return OddOnes(
        key=f"{finding.group.position}-{finding.lines[0].key}",
        group=_head(finding.group),
        claims=finding.claims,
        count=finding.count,
        shown=tuple(names[:shown]),
        folded=tuple(names[shown:]),
        beyond=finding.count - len(names),
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
        group.count,
        group.size,
        group.tallies,
    )


def _blocks(
    groups: Iterable[Group], start: int, stop: int, filters: NumberFilters, counted: Counted | None
) -> Iterator[Block]:
    """Cut the groups, whose numbers stand one after the other, to those from `start` to before `stop`."""
    parts = []
    begin = 0
    for group in groups:
        first, last = max(start - begin, 0), min(stop - begin, group.count)
        if first < last:
            parts.append((group, first, last))
        begin += group.count
    read = counted.lines(parts) if counted else [group.lines[first:last] for group, first, last in parts]
    for (group, first, _), lines in zip(parts, read, strict=True):
        rows = tuple(_matrix_row(group, line) for line in lines)
        yield Block(_head(group), first > 0, rows, _list_query(filters, group))


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
