"""Audits of lines that are at hand, put together without the database."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from numbers.audit.groups import Audit, Grouping, Key, Line, audit_of, order_of
from numbers.audit.looks import look_of
from numbers.audit.odd import Finding, by_name, findings_of

On = Mapping[int, Collection[Key]]  # the keys of the teammates on a number, by its own key


def audit(
    by: Grouping,
    lines: Sequence[Line],
    on: On | None = None,
    people: Sequence[Key] = (),
    shown: Collection[int] | None = None,
) -> Audit:
    """The audit of these numbers, of which those in `shown` fit: all unless it is given."""
    looks = {line.key: look_of(line.kind, line.facts) for line in lines}
    fitting = [line.key for line in lines if shown is None or line.key in shown]
    everyone: dict[Key, list[int]] = defaultdict(list)
    for line in lines:
        for key in _keys(by, line, on or {}, people):
            everyone[key].append(line.key)
    order = [*people, ""] if by is Grouping.TEAMMATE else order_of(by, map(str, everyone))
    return audit_of(by, looks, everyone, order, fitting)


def _keys(by: Grouping, line: Line, on: On, people: Sequence[Key]) -> Collection[Key]:
    if by is Grouping.TEAMMATE:
        return [key for key in on.get(line.key, ()) if key in people] or ("",)
    return (line.kind if by is Grouping.KIND else line.group_id.strip() and line.group_id,)


def members(of: Audit, lines: Sequence[Line]) -> dict[Key, list[Line]]:
    """The numbers that fit in each group, by its key."""
    by_key = {line.key: line for line in lines}
    return {group.key: [by_key[key] for key in of.keys_of(group)] for group in of.groups}


def found(of: Audit, lines: Sequence[Line]) -> list[tuple[Finding, list[Line]]]:
    """What is odd, in the order of the page, with the numbers that are."""
    by_key = {line.key: line for line in lines}
    return by_name((finding, [by_key[key] for key in finding.keys(of)]) for finding in findings_of(of))
