"""Builds audits from lines, without the database."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from numbers.audit.groups import Audit, AuditedNumber, Grouping, Key, audit_of, order_of
from numbers.audit.outliers import Outliers, outliers_of, sorted_by_name
from numbers.audit.patterns import pattern_of

On = Mapping[int, Collection[Key]]  # keys of the teammates on a number, by the number's key


def audit(
    by: Grouping,
    numbers: Sequence[AuditedNumber],
    on: On | None = None,
    teammates: Sequence[Key] = (),
    matching: Collection[int] | None = None,
) -> Audit:
    """Return the audit of these numbers; `matching` has the keys of those that match the filter, by default all."""
    patterns = {number.key: pattern_of(number.kind, number.facts) for number in numbers}
    states = {number.key: number.key for number in numbers if matching is None or number.key in matching}
    whole_groups: dict[Key, list[int]] = defaultdict(list)
    for number in numbers:
        for key in _keys(by, number, on or {}, teammates):
            whole_groups[key].append(number.key)
    order = [*teammates, ""] if by is Grouping.TEAMMATE else order_of(by, map(str, whole_groups))
    return audit_of(by, patterns, states, {key: whole_groups[key] for key in order})


def _keys(by: Grouping, number: AuditedNumber, on: On, teammates: Sequence[Key]) -> Collection[Key]:
    if by is Grouping.TEAMMATE:
        return [key for key in on.get(number.key, ()) if key in teammates] or ("",)
    return (number.kind if by is Grouping.KIND else number.group_id.strip() and number.group_id,)


def members(audit: Audit, numbers: Sequence[AuditedNumber]) -> dict[Key, list[AuditedNumber]]:
    """Return the matching numbers of each group, by its key."""
    by_key = {number.key: number for number in numbers}
    return {group.key: [by_key[key] for key in audit.keys_of(group)] for group in audit.groups}


def found(audit: Audit, numbers: Sequence[AuditedNumber]) -> list[tuple[Outliers, list[AuditedNumber]]]:
    """Return the outliers in the order of the page, with their numbers."""
    by_key = {number.key: number for number in numbers}
    all_outliers = map(Outliers._make, outliers_of(audit))
    keys = ((outliers, outliers.keys(audit.keys_by_pattern(outliers.group.position))) for outliers in all_outliers)
    return sorted_by_name((outliers, [by_key[key] for key in some]) for outliers, some in keys)
