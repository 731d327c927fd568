"""Builds audits from lines, without the database."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from numbers.audit.groups import Audit, AuditedNumber, Grouping, Key, audit_of, order_of
from numbers.audit.looks import look_of
from numbers.audit.outliers import Outliers, by_name, outliers_of

On = Mapping[int, Collection[Key]]  # keys of the teammates on a number, by the number's key


def audit(
    by: Grouping,
    numbers: Sequence[AuditedNumber],
    on: On | None = None,
    people: Sequence[Key] = (),
    shown: Collection[int] | None = None,
) -> Audit:
    """Return the audit of these numbers; those in `shown` match the filter, by default all."""
    looks = {number.key: look_of(number.kind, number.facts) for number in numbers}
    fitting = [number.key for number in numbers if shown is None or number.key in shown]
    everyone: dict[Key, list[int]] = defaultdict(list)
    for number in numbers:
        for key in _keys(by, number, on or {}, people):
            everyone[key].append(number.key)
    order = [*people, ""] if by is Grouping.TEAMMATE else order_of(by, map(str, everyone))
    return audit_of(by, looks, everyone, order, fitting)


def _keys(by: Grouping, number: AuditedNumber, on: On, people: Sequence[Key]) -> Collection[Key]:
    if by is Grouping.TEAMMATE:
        return [key for key in on.get(number.key, ()) if key in people] or ("",)
    return (number.kind if by is Grouping.KIND else number.group_id.strip() and number.group_id,)


def members(of: Audit, numbers: Sequence[AuditedNumber]) -> dict[Key, list[AuditedNumber]]:
    """Return the matching numbers of each group, by its key."""
    by_key = {number.key: number for number in numbers}
    return {group.key: [by_key[key] for key in of.keys_of(group)] for group in of.groups}


def found(of: Audit, numbers: Sequence[AuditedNumber]) -> list[tuple[Outliers, list[AuditedNumber]]]:
    """Return the outliers in the order of the page, with their numbers."""
    by_key = {number.key: number for number in numbers}
    return by_name((outliers, [by_key[key] for key in outliers.keys(of)]) for outliers in outliers_of(of))
