"""The audit as a file: a row for each number in each of its groups, with the cells in which it differs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from numbers.audit.groups import NOT_IDENTIFIED, Audit, AuditedNumber, Group, Grouping, GroupName
from numbers.audit.outliers import OutlierCell, outlier_cells
from numbers.audit.query import AuditQuery
from numbers.audit.reading import audit_of_version, audited_numbers, group_names
from numbers.database.paging import CHUNK, chunks
from numbers.database.snapshot import one_moment
from numbers.exports.about import About, about_numbers
from numbers.exports.columns import Column, RawColumn
from numbers.exports.documents import Files
from numbers.exports.json_export import Record, by_region
from numbers.memory.moment import NOW, Moment
from numbers.memory.version import memory_version
from numbers.vocabulary.cells import CELLS, Reading
from numbers.vocabulary.phones import pretty
from numbers.vocabulary.visible import shown_name


@dataclass(frozen=True, slots=True)
class AuditLine:
    """A number in one of its groups."""

    group: Group
    name: GroupName
    number: AuditedNumber
    outlying: tuple[OutlierCell, ...]


def audit_document(query: AuditQuery, ending: str, *, is_raw: bool = False, moment: Moment = NOW) -> Iterator[bytes]:
    """Return the whole audit as a file with this ending; `is_raw` selects the form for machines."""
    with one_moment():
        audit = audit_of_version(query, memory_version(), moment)
    files = Files(_columns(query.by), _RAW, _record)
    about = partial(_about, query, audit.total, moment)
    return files.document(audit_lines(audit), audit.row_count, about, ending, is_raw=is_raw)


def audit_lines(audit: Audit) -> Iterator[AuditLine]:
    """Yield a line for each matching number in each of its groups.

    States are read in chunks by key. A state changes only by ending, so the file shows the moment when the audit was
    read.
    """
    members = ((group, key) for group in audit.groups for key in audit.keys_of(group))
    for chunk in chunks(members, CHUNK):
        numbers = audited_numbers(audit, {key for _, key in chunk})
        names = group_names({group.key for group, _ in chunk})
        for group, key in chunk:
            outlying = outlier_cells(group.whole, group.whole.differing_facts(numbers[key].facts))
            yield AuditLine(group, names[group.key], numbers[key], outlying)


def _about(query: AuditQuery, count: int, moment: Moment) -> About:
    about = about_numbers(query.filters, count, moment)
    outlying = "Where a number differs from what more than half of its whole group has, of three numbers or more."
    return replace(about, title="Audit", entries=(*about.entries, ("Grouped by", query.by.value), ("Odd in", outlying)))


_NO_GROUP = {Grouping.GROUP: "(no group given)", Grouping.KIND: "", Grouping.TEAMMATE: "(nobody)"}

_GROUPED_BY: dict[Grouping, Column[AuditLine]] = {
    Grouping.KIND: Column("Kind", 10, lambda line: line.number.kind),
    Grouping.GROUP: Column("Group id", 14, lambda line: line.number.group_id),
}


def _columns(by: Grouping) -> tuple[Column[AuditLine], ...]:
    """Return the columns for people. The column of the grouping comes first and only once."""
    group: tuple[Column[AuditLine], ...] = (Column(by.value.capitalize(), 24, _group_label),)
    if by is Grouping.TEAMMATE:
        group += (Column("Teammate's email", 32, lambda line: line.name.detail),)
    return (
        *group,
        Column("Name", 32, lambda line: line.number.name and shown_name(line.number.name)),
        Column("Number", 18, lambda line: pretty(line.number.number)),
        Column("E.164", 17, lambda line: line.number.number),
        *(Column(cell.label, 15, _reading(index)) for index, cell in enumerate(CELLS)),
        Column("Odd in", 40, lambda line: "; ".join(_outlier_words(line.group, outlier) for outlier in line.outlying)),
        *(column for grouping, column in _GROUPED_BY.items() if grouping is not by),
        Column("Id", 16, lambda line: line.number.quo_id),
    )


def _group_label(line: AuditLine) -> str:
    if line.group.key == NOT_IDENTIFIED:
        return "(not identified)"
    return line.name.label or _NO_GROUP[line.group.by]


def _reading(index: int) -> Callable[[AuditLine], Reading]:
    return lambda line: Reading(CELLS[index], line.number.facts[index], line.number.raws[index])


def _outlier_words(group: Group, outlier: OutlierCell) -> str:
    return f"{outlier.cell.label} ({outlier.count} of {group.whole.size} {outlier.majority.label})"


def _raw(index: int) -> Callable[[AuditLine], str | None]:
    return lambda line: line.number.raws[index]


# These are also in the JSON.
_RAW_BASE: tuple[RawColumn[AuditLine], ...] = (
    RawColumn("groupedBy", lambda line: line.group.by.value),
    RawColumn("in", lambda line: line.name.key or None),
    RawColumn("id", lambda line: line.number.quo_id),
    RawColumn("name", lambda line: line.number.name),
    RawColumn("number", lambda line: line.number.number),
    RawColumn("groupId", lambda line: line.number.group_id),
    RawColumn("kind", lambda line: line.number.kind),
)

_RAW: tuple[RawColumn[AuditLine], ...] = (
    *_RAW_BASE,
    *(RawColumn(f"restrictions.{cell.key}", _raw(index)) for index, cell in enumerate(CELLS)),
    RawColumn("oddIn", lambda line: " ".join(outlier.cell.key for outlier in line.outlying)),
)


def _record(line: AuditLine) -> Record:
    """Return a number in the format of Quo's API. A restriction that Quo did not send is left out."""
    sent = {cell: raw for cell, raw in zip(CELLS, line.number.raws, strict=True) if raw is not None}
    record: Record = {column.name: column.value(line) for column in _RAW_BASE}
    return record | {"restrictions": by_region(sent), "oddIn": [outlier.cell.key for outlier in line.outlying]}
