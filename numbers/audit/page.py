"""What the audit page shows: the outliers, their possible causes and one page of the matrix."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from django.core.paginator import Page

from numbers.audit.causes import Cause, Causes, causes_of
from numbers.audit.groups import Audit, AuditedNumber, Group, Grouping, GroupName
from numbers.audit.outliers import OutlierCell, Outliers, outlier_cells, outliers_of, rarities_of, sorted_by_name
from numbers.audit.patterns import Rarity, Tally, tallies_of
from numbers.audit.query import AuditQuery
from numbers.audit.reading import audit_of_version, audited_numbers, group_names
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
from numbers.vocabulary.visible import shown_name

ROWS_PER_PAGE = 200
OUTLIERS_PER_PAGE = 20
MAX_VISIBLE = 6
MAX_LINKS = 60


@dataclass(frozen=True)
class MatrixRow:
    """A number in the matrix, in one of its groups. `key` is unique on the page and safe in an HTML id."""

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
    """The part of a group on this page of the matrix. `list_query` makes the list show the whole group."""

    group: Group
    name: GroupName
    is_continued: bool
    rows: tuple[MatrixRow, ...]
    list_query: str


@dataclass(frozen=True)
class NumberLink:
    """A number's name, with the URL of its page."""

    url: str
    name: str
    number_pretty: str


@dataclass(frozen=True)
class OutlierEntry:
    """`count` outliers that differ in the same way: `visible` and `collapsed` links, and a count of the `unlisted`.

    `list_query` makes the list show exactly these numbers; empty if no list can.
    """

    key: str
    group: Group
    name: GroupName
    claims: tuple[str, ...]
    count: int
    visible: tuple[NumberLink, ...]
    collapsed: tuple[NumberLink, ...]
    unlisted: int
    list_query: str
    causes: tuple[Cause, ...]

    @property
    def more(self) -> int:
        """Return how many are not in `visible`."""
        return len(self.collapsed) + self.unlisted


@dataclass(frozen=True, eq=False)
class AuditPage:
    """The audit page. It is cached per version of the memory, so it holds only what it shows.

    `total` and `outlier_total` count each number of all pages once; `tallies` cover all of them. `compared` is how many
    groups are large enough to have outliers, `unreported` and `unclear` are as in the audit. `outlier_page` and
    `rows` are the pages of the outliers and the matrix.
    """

    query: AuditQuery
    filters: NumberFilters
    total: int
    tallies: tuple[Tally, ...]
    groups: int
    compared: int
    unreported: int
    unclear: int
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
def audit_page(query: AuditQuery, version: Version, moment: Moment = NOW) -> AuditPage:
    """Return the audit of the matching numbers. Past the last page, returns the last page with a notice."""
    with one_moment():  # a sync between two queries would make counts and numbers disagree
        teammate = teammate_named(query.filters.user, moment) if query.filters.user else None
        page = page_of(query, audit_of_version(query, version, moment), teammate)
        return replace(page, notices=page.notices + query.filters.unmatched(page.total, moment))


def page_of(query: AuditQuery, audit: Audit, teammate: TeammateChoice | None = None) -> AuditPage:
    """Return what the page shows of an audit."""
    rarities = rarities_of(audit)
    numbers = audit.numbers
    causes = causes_of(numbers)
    rows = paging.page_of(audit.row_count, ROWS_PER_PAGE, query.filters.page)
    outlier_page = paging.page_of(len(rarities), OUTLIERS_PER_PAGE, query.outlier_page)
    canonical = query.at(page=rows.number, outlier_page=outlier_page.number)
    name = teammate.name if teammate else ""
    unknown = TeammateChoice(query.filters.user, query.filters.user, "") if query.filters.user else None
    return AuditPage(
        query=canonical,
        filters=replace(canonical.filters, who=query.filters.who),
        total=audit.total,
        tallies=tallies_of(numbers),
        groups=len(audit.groups),
        compared=sum(group.is_compared for group in audit.groups),
        unreported=audit.unreported,
        unclear=audit.unclear,
        outlier_total=len(audit.outliers),
        outlier_page=outlier_page,
        outliers=tuple(_outliers(audit, rarities, outlier_page, query.filters, causes)),
        causes=causes.found,
        rows=rows,
        blocks=tuple(_blocks(audit, rows.start_index() - 1, rows.end_index(), query.filters)),
        teammate=teammate or unknown,
        is_known_teammate=teammate is not None,
        sentence=sentence(query.filters, name),
        chips=chips(query.filters, name),
        notices=query.filters.notices + tuple(_page_notices(query, canonical)),
    )


def _outliers(
    audit: Audit, rarities: Sequence[Rarity], page: Page[int], filters: NumberFilters, causes: Causes
) -> Iterator[OutlierEntry]:
    """Yield the entries of one page of outliers. Equally rare ones are sorted by name, so all of those are read."""
    if not rarities:
        return
    start, stop = page.start_index() - 1, page.end_index()
    on_page = set(rarities[start:stop])
    found = [Outliers(group, difference) for group, difference in outliers_of(audit) if difference.rarity in on_page]
    keys_in = cache(audit.keys_by_pattern)
    equally_rare = [(outliers, outliers.keys(keys_in(outliers.group.position))) for outliers in found]
    numbers = audited_numbers(audit, {key for _, keys in equally_rare for key in keys})
    described = sorted_by_name((outliers, [numbers[key] for key in keys]) for outliers, keys in equally_rare)
    first = rarities.index(rarities[start])
    described = described[start - first : stop - first]
    names = group_names({outliers.group.key for outliers, _ in described})
    for outliers, alike in described:
        yield _outlier_entry(outliers, names[outliers.group.key], alike, filters, causes)


def _page_notices(query: AuditQuery, canonical: AuditQuery) -> Iterator[str]:
    if query.filters.page != canonical.filters.page:
        yield f"There is no page {query.filters.page}, so the last one is shown."
    if query.outlier_page != canonical.outlier_page:
        yield f"There is no page {query.outlier_page} of the odd ones, so the last one is shown."


def _outlier_entry(
    outliers: Outliers, name: GroupName, numbers: Sequence[AuditedNumber], filters: NumberFilters, causes: Causes
) -> OutlierEntry:
    count = len(numbers)
    links = [
        NumberLink(number_url(number.quo_id), _name(number), pretty(number.number)) for number in numbers[:MAX_LINKS]
    ]
    # Collapsing a single name would save no room.
    visible = MAX_VISIBLE if count > MAX_VISIBLE + 1 else MAX_VISIBLE + 1
    return OutlierEntry(
        key=f"{outliers.group.position}-{numbers[0].key}",
        group=outliers.group,
        name=name,
        claims=outliers.claims,
        count=count,
        visible=tuple(links[:visible]),
        collapsed=tuple(links[visible:]),
        unlisted=count - len(links),
        list_query=_list_query(filters, outliers.group, name, outliers.cells),
        causes=causes.of_outliers(outliers, numbers),
    )


def _blocks(audit: Audit, start: int, stop: int, filters: NumberFilters) -> Iterator[Block]:
    """Yield the parts of groups in the rows from `start` up to `stop`, counted through all groups."""
    parts: list[tuple[Group, bool, Sequence[int]]] = []
    begin = 0
    for group in audit.groups:
        end = begin + group.matching.size
        if start < end and begin < stop:
            first = max(start - begin, 0)
            parts.append((group, first > 0, audit.keys_of(group)[first : stop - begin]))
        begin = end
    numbers = audited_numbers(audit, {key for *_, keys in parts for key in keys})
    names = group_names({group.key for group, *_ in parts})
    for group, is_continued, keys in parts:
        rows = tuple(_matrix_row(group, numbers[key]) for key in keys)
        yield Block(group, names[group.key], is_continued, rows, _list_query(filters, group, names[group.key]))


def _matrix_row(group: Group, number: AuditedNumber) -> MatrixRow:
    whole = group.whole
    outlying = outlier_cells(whole, whole.differing_facts(number.facts))
    majorities = {outlier.cell: f"{outlier.count:,} of {whole.size:,} {outlier.majority.label}" for outlier in outlying}
    readings = zip(CELLS, number.facts, number.raws, strict=True)
    return MatrixRow(
        key=f"{group.position}-{number.key}",
        quo_id=number.quo_id,
        url=number_url(number.quo_id),
        name=_name(number),
        number=number.number,
        number_pretty=pretty(number.number),
        kind=number.kind,
        readings=tuple(Reading(cell, fact, raw, majorities.get(cell, "")) for cell, fact, raw in readings),
    )


def _name(number: AuditedNumber) -> str:
    return shown_name(number.name)


def _list_query(filters: NumberFilters, group: Group, name: GroupName, outlying: Iterable[OutlierCell] = ()) -> str:
    """Return the query of the list of the matching numbers in `group`; with `outlying`, only of these outliers.

    Empty if the list has no such filter: it filters by one teammate only, and not by an empty group.
    """
    field, value = {
        Grouping.GROUP: ("group", name.key),
        Grouping.KIND: ("kind", name.key),
        Grouping.TEAMMATE: ("user", name.key) if name.key else ("unassigned", "unknown" if name.label else "yes"),
    }[group.by]
    if not value or len(value) > MAX_LENGTH or getattr(filters, field) not in {"", value}:
        return ""
    facts = {outlier.cell: outlier.fact for outlier in outlying}
    cells = {
        cell.field: facts.get(cell, majority).value
        for cell, majority in zip(CELLS, group.whole.majority, strict=True)
        if facts and majority is not None
    }
    return filters.but(**{field: value, **cells}).query
