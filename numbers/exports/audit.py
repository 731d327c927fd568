"""The audit as a file: a row for each number in each of its groups, with what it is odd in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from numbers.audit.groups import Audit, Group, Grouping, Line, Name
from numbers.audit.odd import OddCell, odd_cells
from numbers.audit.query import AuditQuery
from numbers.audit.reading import lines_of, names_of, read_audit
from numbers.database.snapshot import one_moment
from numbers.exports.about import About, about_numbers
from numbers.exports.columns import Column, RawColumn
from numbers.exports.documents import Files
from numbers.exports.json_export import Record, by_region
from numbers.exports.rows import CHUNK
from numbers.memory.moment import NOW, Moment
from numbers.vocabulary.cells import CELLS, Reading
from numbers.vocabulary.phones import pretty


@dataclass(frozen=True, slots=True)
class AuditLine:
    """A number in one of its groups."""

    group: Group
    name: Name
    line: Line
    odd: tuple[OddCell, ...]


def audit_document(asked: AuditQuery, ending: str, *, is_raw: bool = False, moment: Moment = NOW) -> Iterator[bytes]:
    """Return the whole audit, as the file that ends in `ending`; `is_raw` is for machines."""
    with one_moment():
        audit = read_audit(asked, moment)
    files = Files(_columns(asked.by), _RAW, _record)
    about = partial(_about, asked, audit.total, moment)
    return files.document(audit_lines(audit), audit.rows, about, ending, is_raw=is_raw)


def audit_lines(audit: Audit) -> Iterator[AuditLine]:
    """Yield every number that fits, in each of its groups, beside what most of the group have.

    States are read in chunks, by their keys. A state only changes by ending, so the whole file shows the moment when
    the audit was read.
    """
    members = ((group, key) for group in audit.groups for key in audit.keys_of(group))
    while chunk := list(islice(members, CHUNK)):
        lines = lines_of({key for _, key in chunk})
        names = names_of({group.key for group, _ in chunk})
        for group, key in chunk:
            odd = odd_cells(group.whole, group.whole.oddity_of(lines[key].facts))
            yield AuditLine(group, names[group.key], lines[key], odd)


def _about(asked: AuditQuery, count: int, moment: Moment) -> About:
    about = about_numbers(asked.filters, count, moment)
    odd = "Where a number differs from what more than half of its whole group has, of three numbers or more."
    return replace(about, title="Audit", said=(*about.said, ("Grouped by", asked.by.value), ("Odd in", odd)))


_NONE = {Grouping.GROUP: "(no group)", Grouping.KIND: "", Grouping.TEAMMATE: "(nobody)"}


_GROUPED_BY: dict[Grouping, Column[AuditLine]] = {
    Grouping.KIND: Column("Kind", 10, lambda line: line.line.kind),
    Grouping.GROUP: Column("Group id", 14, lambda line: line.line.group_id),
}


def _columns(by: Grouping) -> tuple[Column[AuditLine], ...]:
    """Return the columns for people; what the numbers are grouped by stands first and only once."""
    group: tuple[Column[AuditLine], ...] = (
        Column(by.value.capitalize(), 24, lambda line: line.name.label or _NONE[line.group.by]),
    )
    if by is Grouping.TEAMMATE:
        group += (Column("Teammate's email", 32, lambda line: line.name.detail),)
    return (
        *group,
        Column("Name", 32, lambda line: line.line.name),
        Column("Number", 18, lambda line: pretty(line.line.number)),
        Column("E.164", 17, lambda line: line.line.number),
        *(_cell_column(place) for place in range(len(CELLS))),
        Column("Odd in", 40, lambda line: "; ".join(_odd_words(line.group, odd) for odd in line.odd)),
        *(column for grouping, column in _GROUPED_BY.items() if grouping is not by),
        Column("Id", 16, lambda line: line.line.quo_id),
    )


def _cell_column(place: int) -> Column[AuditLine]:
    cell = CELLS[place]

    def value(line: AuditLine) -> Reading:
        return Reading(cell, line.line.facts[place], line.line.raws[place])

    return Column(cell.label, 15, value)


def _odd_words(group: Group, odd: OddCell) -> str:
    return f"{odd.cell.label} ({odd.count} of {group.whole.size} {odd.most.label})"


def _raw(place: int) -> Callable[[AuditLine], str | None]:
    return lambda line: line.line.raws[place]


# In the JSON, too.
_DESCRIBED: tuple[RawColumn[AuditLine], ...] = (
    RawColumn("groupedBy", lambda line: line.group.by.value),
    RawColumn("in", lambda line: line.name.key or None),
    RawColumn("id", lambda line: line.line.quo_id),
    RawColumn("name", lambda line: line.line.name),
    RawColumn("number", lambda line: line.line.number),
    RawColumn("groupId", lambda line: line.line.group_id),
    RawColumn("kind", lambda line: line.line.kind),
)

_RAW: tuple[RawColumn[AuditLine], ...] = (
    *_DESCRIBED,
    *(RawColumn(f"restrictions.{cell.key}", _raw(place)) for place, cell in enumerate(CELLS)),
    RawColumn("oddIn", lambda line: " ".join(odd.cell.key for odd in line.odd)),
)


def _record(line: AuditLine) -> Record:
    """Return a number in the words of Quo's API. A restriction that Quo did not send is left out."""
    sent = {cell: raw for cell, raw in zip(CELLS, line.line.raws, strict=True) if raw is not None}
    record: Record = {column.name: column.value(line) for column in _DESCRIBED}
    return record | {"restrictions": by_region(sent), "oddIn": [odd.cell.key for odd in line.odd]}
