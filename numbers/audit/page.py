"""What the audit's page shows, drawn from memory: the odd ones out, what may be behind, and a page of the matrix."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from django.core.paginator import Page

from numbers.audit.causes import Cause, Causes, causes_of
from numbers.audit.groups import Audit, Group, Grouping, Line, Name
from numbers.audit.looks import Tally, tallies_of
from numbers.audit.odd import Finding, OddCell, by_name, findings_of, odd_cells
from numbers.audit.query import AuditQuery
from numbers.audit.reading import lines_of, names_of, read_audit
from numbers.database import paging
from numbers.database.snapshot import one_moment
from numbers.filters.base import Chip
from numbers.filters.choices import TeammateChoice, teammate_named
from numbers.filters.numbers import NumberFilters
from numbers.filters.wording import chips, sentence
from numbers.memory.cache import per_version
from numbers.memory.moment import NOW, Moment
from numbers.memory.version import Version
from numbers.quo.ids import MAX_LENGTH
from numbers.vocabulary.cells import CELLS, Reading
from numbers.vocabulary.links import number_url
from numbers.vocabulary.phones import pretty
from numbers.vocabulary.phrases import NO_NAME

ROWS_PER_PAGE = 200
FINDINGS_PER_PAGE = 20
SHOWN_NAMES = 6
NAMED = 60


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
    readings: tuple[Reading, ...]


@dataclass(frozen=True)
class Block:
    """The part of a group that is on this page of the matrix. `list_query` asks the list for all of the group."""

    group: Group
    name: Name
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
    group: Group
    name: Name
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


@per_version
def audit_page(asked: AuditQuery, _version: Version, moment: Moment = NOW) -> AuditPage:
    """Return the audit of the numbers that fit; a page beyond the last is the last, and said so."""
    with one_moment():  # a sync that ended between two questions would put counts and numbers apart
        teammate = teammate_named(asked.filters.user, moment) if asked.filters.user else None
        return page_of(asked, read_audit(asked, moment), teammate)


def page_of(asked: AuditQuery, audit: Audit, teammate: TeammateChoice | None = None) -> AuditPage:
    """Return what the page shows of an audit."""
    odd = findings_of(audit)
    causes = causes_of(audit.numbers)
    rows = paging.page_of(audit.rows, ROWS_PER_PAGE, asked.filters.page)
    findings = paging.page_of(len(odd), FINDINGS_PER_PAGE, asked.odd)
    query = asked.at(page=rows.number, odd=findings.number)
    name = teammate.name if teammate else ""
    unknown = TeammateChoice(asked.filters.user, asked.filters.user, "") if asked.filters.user else None
    return AuditPage(
        query=query,
        filters=replace(query.filters, who=asked.filters.who),
        total=audit.total,
        tallies=tallies_of(audit.numbers),
        groups=len(audit.groups),
        compared=sum(group.is_compared for group in audit.groups),
        odd_total=len(audit.odd),
        findings=findings,
        odd_ones=tuple(_odd_ones(audit, odd, findings, asked.filters, causes)),
        causes=causes.found,
        rows=rows,
        blocks=tuple(_blocks(audit, rows.start_index() - 1, rows.end_index(), asked.filters)),
        teammate=teammate or unknown,
        is_known_teammate=teammate is not None,
        sentence=sentence(asked.filters, name),
        chips=chips(asked.filters, name),
        notices=asked.filters.notices + tuple(_beyond(asked, query)),
    )


def _odd_ones(
    audit: Audit, odd: Sequence[Finding], page: Page[int], filters: NumberFilters, causes: Causes
) -> Iterator[OddOnes]:
    """Describe the findings of a page. Equally rare ones are in the order of names, so all of those are read."""
    if not odd:
        return
    start, stop = page.start_index() - 1, page.end_index()
    rarity = attrgetter("difference.rarity")
    first = bisect_left(odd, rarity(odd[start]), key=rarity)
    last = bisect_right(odd, rarity(odd[stop - 1]), key=rarity)
    equally_rare = [(finding, finding.keys(audit)) for finding in odd[first:last]]
    lines = lines_of({key for _, keys in equally_rare for key in keys})
    described = by_name((finding, [lines[key] for key in keys]) for finding, keys in equally_rare)
    described = described[start - first : stop - first]
    names = names_of({finding.group.key for finding, _ in described})
    for finding, numbers in described:
        yield _odd_one(finding, names[finding.group.key], numbers, filters, causes)


def _beyond(asked: AuditQuery, shown: AuditQuery) -> Iterator[str]:
    if asked.filters.page != shown.filters.page:
        yield f"There is no page {asked.filters.page}, so the last one is shown."
    if asked.odd != shown.odd:
        yield f"There is no page {asked.odd} of the odd ones, so the last one is shown."


def _odd_one(finding: Finding, name: Name, lines: Sequence[Line], filters: NumberFilters, causes: Causes) -> OddOnes:
    count = len(lines)
    links = [NumberLink(number_url(line.quo_id), _name(line), pretty(line.number)) for line in lines[:NAMED]]
    # A fold that hides one name only would take as much room as the name.
    shown = SHOWN_NAMES if count > SHOWN_NAMES + 1 else SHOWN_NAMES + 1
    return OddOnes(
        key=f"{finding.group.position}-{lines[0].phone_number}",
        group=finding.group,
        name=name,
        claims=finding.claims,
        count=count,
        shown=tuple(links[:shown]),
        folded=tuple(links[shown:]),
        beyond=count - len(links),
        list_query=_list_query(filters, finding.group, name, finding.cells),
        causes=causes.of(finding, lines),
    )


def _blocks(audit: Audit, start: int, stop: int, filters: NumberFilters) -> Iterator[Block]:
    """Cut the groups, whose numbers stand one after the other, to those from `start` to before `stop`."""
    parts: list[tuple[Group, bool, Sequence[int]]] = []
    begin = 0
    for group in audit.groups:
        end = begin + group.shown.size
        if start < end and begin < stop:
            first = max(start - begin, 0)
            parts.append((group, first > 0, audit.keys_of(group)[first : stop - begin]))
        begin = end
    lines = lines_of({key for *_, keys in parts for key in keys})
    names = names_of({group.key for group, *_ in parts})
    for group, is_continued, keys in parts:
        rows = tuple(_matrix_row(group, lines[key]) for key in keys)
        yield Block(group, names[group.key], is_continued, rows, _list_query(filters, group, names[group.key]))


def _matrix_row(group: Group, line: Line) -> MatrixRow:
    odd = odd_cells(group.whole, group.whole.oddity_of(line.facts))
    unlike = {one.cell: f"{one.count:,} of {group.whole.size:,} {one.most.label}" for one in odd}
    readings = zip(CELLS, line.facts, line.raws, strict=True)
    return MatrixRow(
        key=f"{group.position}-{line.phone_number}",
        quo_id=line.quo_id,
        url=number_url(line.quo_id),
        name=_name(line),
        number=line.number,
        number_pretty=pretty(line.number),
        kind=line.kind,
        readings=tuple(Reading(cell, fact, raw, unlike.get(cell, "")) for cell, fact, raw in readings),
    )


def _name(line: Line) -> str:
    return line.name.strip() or NO_NAME


def _list_query(filters: NumberFilters, group: Group, name: Name, odd: Iterable[OddCell] = ()) -> str:
    """Return the query of the list of all that fit and are in `group`; with `odd`, of those that are odd just so.

    Nothing where the list cannot be asked for them: it has one place for a teammate, and none for an empty group.
    """
    field, value = {
        Grouping.GROUP: ("group", name.key),
        Grouping.KIND: ("kind", name.key),
        Grouping.TEAMMATE: ("user", name.key) if name.key else ("unassigned", "yes"),
    }[group.by]
    if not value or len(value) > MAX_LENGTH or getattr(filters, field) not in {"", value}:
        return ""
    facts = {one.cell: one.fact for one in odd}
    cells = {
        cell.field: facts.get(cell, most).value
        for cell, most in zip(CELLS, group.whole.most, strict=True)
        if facts and most is not None
    }
    return filters.but(**{field: value, **cells}).query
