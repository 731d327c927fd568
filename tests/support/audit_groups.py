"""Audits of lines that are at hand, put together without the database."""

from collections.abc import Collection, Mapping, Sequence

from numbers.audit.groups import Audit, Grouping, Line, Name, audit_of, names_of
from numbers.audit.odd import Finding, by_name, findings_of

On = Mapping[int, Collection[str]]  # the ids of the teammates on a number, by its key


def audit(
    by: Grouping,
    lines: Sequence[Line],
    on: On | None = None,
    people: Sequence[Name] = (),
    shown: Collection[int] | None = None,
) -> Audit:
    """The audit of these numbers, of which those in `shown` fit: all unless it is given."""
    alike = {line.key: (line.kind, line.facts) for line in lines}
    fitting = [line.key for line in lines if shown is None or line.key in shown]
    if by is Grouping.TEAMMATE:
        groups_of = {line.key: (on or {}).get(line.key) or ("",) for line in lines}
        return audit_of(by, alike, groups_of, [*people, Name("", "")], fitting)
    keys = {
        line.key: (line.kind if by is Grouping.KIND else line.group_id.strip() and line.group_id,) for line in lines
    }
    return audit_of(by, alike, keys, names_of(by, {key for (key,) in keys.values()}), fitting)


def members(of: Audit, lines: Sequence[Line]) -> dict[str, list[Line]]:
    """The numbers that fit in each group, by its key."""
    by_key = {line.key: line for line in lines}
    return {group.key: [by_key[key] for key in keys] for group, keys in zip(of.groups, of.keys, strict=True)}


def found(of: Audit, lines: Sequence[Line]) -> list[tuple[Finding, list[Line]]]:
    """What is odd, in the order of the page, with the numbers that are."""
    return by_name(findings_of(of), {line.key: line for line in lines})
