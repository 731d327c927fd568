"""What the audit's page shows, drawn from memory: the outliers, what may be behind, and a page of the matrix."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from django.core.paginator import Page

from numbers.audit.causes import Cause, Causes, causes_of
from numbers.audit.groups import Audit, AuditedNumber, Group, Grouping, Name
from numbers.audit.looks import Tally, tallies_of
from numbers.audit.outliers import OutlierCell, Outliers, by_name, outlier_cells, outliers_of
from numbers.audit.query import AuditQuery
from numbers.audit.reading import audited_numbers, names_of, read_audit
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
OUTLIERS_PER_PAGE = 20
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
class OutlierEntry:
    """`count` outliers that differ in the same way: some by name, others folded, the rest counted in `beyond`.

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

    `total` and `outlier_total` count numbers, however many groups each is in, on all pages.

    `tallies` are of all of them, where there are several groups to tell from. `compared` groups are large enough for
    an outlier; `outlier_page` and `rows` are the pages of the outliers and of the matrix.
    """

    query: AuditQuery
    filters: NumberFilters
    total: int
    tallies: tuple[Tally, ...]
    groups: int
    compared: int
    outlier_total: int
    outlier_page: Page[int]
    outliers: tuple[OutlierEntry, ...]
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
    found = outliers_of(audit)
    causes = causes_of(audit.numbers)
    rows = paging.page_of(audit.rows, ROWS_PER_PAGE, asked.filters.page)
    outlier_page = paging.page_of(len(found), OUTLIERS_PER_PAGE, asked.outlier_page)
    query = asked.at(page=rows.number, outlier_page=outlier_page.number)
    name = teammate.name if teammate else ""
    unknown = TeammateChoice(asked.filters.user, asked.filters.user, "") if asked.filters.user else None
    return AuditPage(
        query=query,
        filters=replace(query.filters, who=asked.filters.who),
        total=audit.total,
        tallies=tallies_of(audit.numbers),
        groups=len(audit.groups),
        compared=sum(group.is_compared for group in audit.groups),
        outlier_total=len(audit.outliers),
        outlier_page=outlier_page,
        outliers=tuple(_outliers(audit, found, outlier_page, asked.filters, causes)),
        causes=causes.found,
        rows=rows,
        blocks=tuple(_blocks(audit, rows.start_index() - 1, rows.end_index(), asked.filters)),
        teammate=teammate or unknown,
        is_known_teammate=teammate is not None,
        sentence=sentence(asked.filters, name),
        chips=chips(asked.filters, name),
        notices=asked.filters.notices + tuple(_beyond(asked, query)),
    )


def _outliers(
    audit: Audit, found: Sequence[Outliers], page: Page[int], filters: NumberFilters, causes: Causes
) -> Iterator[OutlierEntry]:
    """Describe the outliers of a page. Equally rare ones are in the order of names, so all of those are read."""
    if not found:
        return
    start, stop = page.start_index() - 1, page.end_index()
    rarity = attrgetter("difference.rarity")
    first = bisect_left(found, rarity(found[start]), key=rarity)
    last = bisect_right(found, rarity(found[stop - 1]), key=rarity)
    equally_rare = [(outliers, outliers.keys(audit)) for outliers in found[first:last]]
    numbers = audited_numbers({key for _, keys in equally_rare for key in keys})
    described = by_name((outliers, [numbers[key] for key in keys]) for outliers, keys in equally_rare)
    described = described[start - first : stop - first]
    names = names_of({outliers.group.key for outliers, _ in described})
    for outliers, alike in described:
        yield _outlier_entry(outliers, names[outliers.group.key], alike, filters, causes)


def _beyond(asked: AuditQuery, shown: AuditQuery) -> Iterator[str]:
    if asked.filters.page != shown.filters.page:
        yield f"There is no page {asked.filters.page}, so the last one is shown."
    if asked.outlier_page != shown.outlier_page:
        yield f"There is no page {asked.outlier_page} of the odd ones, so the last one is shown."


def _outlier_entry(
    outliers: Outliers, name: Name, numbers: Sequence[AuditedNumber], filters: NumberFilters, causes: Causes
) -> OutlierEntry:
    count = len(numbers)
    links = [NumberLink(number_url(one.quo_id), _name(one), pretty(one.number)) for one in numbers[:NAMED]]
    # A fold that hides one name only would take as much room as the name.
    shown = SHOWN_NAMES if count > SHOWN_NAMES + 1 else SHOWN_NAMES + 1
    return OutlierEntry(
        key=f"{outliers.group.position}-{numbers[0].phone_number}",
        group=outliers.group,
        name=name,
        claims=outliers.claims,
        count=count,
        shown=tuple(links[:shown]),
        folded=tuple(links[shown:]),
        beyond=count - len(links),
        list_query=_list_query(filters, outliers.group, name, outliers.cells),
        causes=causes.of(outliers, numbers),
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
    numbers = audited_numbers({key for *_, keys in parts for key in keys})
    names = names_of({group.key for group, *_ in parts})
    for group, is_continued, keys in parts:
        rows = tuple(_matrix_row(group, numbers[key]) for key in keys)
        yield Block(group, names[group.key], is_continued, rows, _list_query(filters, group, names[group.key]))


def _matrix_row(group: Group, number: AuditedNumber) -> MatrixRow:
    whole = group.whole
    outlying = outlier_cells(whole, whole.differing(number.facts))
    unlike = {one.cell: f"{one.count:,} of {whole.size:,} {one.most.label}" for one in outlying}
    readings = zip(CELLS, number.facts, number.raws, strict=True)
    return MatrixRow(
        key=f"{group.position}-{number.phone_number}",
        quo_id=number.quo_id,
        url=number_url(number.quo_id),
        name=_name(number),
        number=number.number,
        number_pretty=pretty(number.number),
        kind=number.kind,
        readings=tuple(Reading(cell, fact, raw, unlike.get(cell, "")) for cell, fact, raw in readings),
    )


def _name(number: AuditedNumber) -> str:
    return number.name.strip() or NO_NAME


def _list_query(filters: NumberFilters, group: Group, name: Name, outlying: Iterable[OutlierCell] = ()) -> str:
    """Return the query of the list of all that fit and are in `group`; with `outlying`, of those that differ just so.

    Nothing where the list cannot be asked for them: it has one place for a teammate, and none for an empty group.
    """
    field, value = {
        Grouping.GROUP: ("group", name.key),
        Grouping.KIND: ("kind", name.key),
        Grouping.TEAMMATE: ("user", name.key) if name.key else ("unassigned", "yes"),
    }[group.by]
    if not value or len(value) > MAX_LENGTH or getattr(filters, field) not in {"", value}:
        return ""
    facts = {one.cell: one.fact for one in outlying}
    cells = {
        cell.field: facts.get(cell, most).value
        for cell, most in zip(CELLS, group.whole.most, strict=True)
        if facts and most is not None
    }
    return filters.but(**{field: value, **cells}).query
