"""Reads the audit: first the patterns of all numbers, from an index; then the rows of the numbers on the page."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import chain

from numbers.audit.groups import (
    NOT_IDENTIFIED,
    Audit,
    AuditedNumber,
    Grouping,
    GroupName,
    Key,
    audit_of,
    audited_number,
    order_of,
)
from numbers.audit.patterns import Pattern, pattern_of
from numbers.audit.query import AuditQuery
from numbers.database.compiled_query import raw_rows
from numbers.database.joined import Joined
from numbers.database.paging import chunks
from numbers.memory.assignments import assignments_at
from numbers.memory.cache import last_of_version
from numbers.memory.moment import NOW, Moment
from numbers.memory.numbers import MAX_KEY_LOOKUPS, not_identified, numbers_at
from numbers.memory.teammates import teammates_at
from numbers.memory.version import Version
from numbers.models import NumberState, TeammateState, display_name
from numbers.vocabulary.cells import CELLS, fact_of

_FIELDS = ("phone_number", "phone_number__quo_id", "name", "name_key", "number", "group_id", "kind")


def audit_of_version(query: AuditQuery, version: Version, moment: Moment = NOW) -> Audit:
    """Return the audit of the numbers that match at the moment. Call it within `one_moment`.

    The last one is kept for its other pages and its file: with 100,000 numbers, reading it takes most of their time.
    """
    return _audit_of_version(query.at(page=1, outlier_page=1), version, moment)


@last_of_version
def _audit_of_version(query: AuditQuery, _version: Version, moment: Moment) -> Audit:
    return read_audit(query, moment)


def read_audit(query: AuditQuery, moment: Moment = NOW) -> Audit:
    """Return the same audit without keeping it."""
    patterns: dict[int, Pattern] = {}
    groups: dict[str, list[int]] = defaultdict(list)
    for pattern, numbers in _numbers_by_pattern(moment):
        patterns.update(dict.fromkeys(numbers, pattern))
        groups[pattern.kind] += numbers
    if query.by is Grouping.TEAMMATE:
        unidentified = {number for (number,) in raw_rows(not_identified(moment).values_list("phone_number"))}
        whole_groups, unclear = _by_teammate(patterns, unidentified, moment), len(unidentified)
    else:
        whole_groups = _in_order(query.by, groups if query.by is Grouping.KIND else _by_group(moment))
        unclear = len(whole_groups.get("", ()))
    states = dict(raw_rows(query.filters.states(moment).values_list("phone_number", "pk")))
    return replace(audit_of(query.by, patterns, states, whole_groups), unclear=unclear)


def _numbers_by_pattern(moment: Moment) -> Iterator[tuple[Pattern, list[int]]]:
    """Yield each pattern with its numbers, several times if it has several raw values."""
    fields = ("kind", *(cell.field for cell in CELLS))
    joined = numbers_at(moment).order_by(*fields).values_list(*fields).annotate(keys=Joined("phone_number"))
    for kind, *raws, keys in raw_rows(joined):
        yield pattern_of(kind, tuple(map(fact_of, raws))), list(map(int, keys.split()))


def _by_group(moment: Moment) -> Mapping[str, list[int]]:
    # Not joined in the database: a group may have only one number.
    groups: dict[str, list[int]] = defaultdict(list)
    for group, number in raw_rows(numbers_at(moment).order_by().values_list("group_id", "phone_number")):
        groups[group].append(number)
    return groups


def _by_teammate(
    patterns: Mapping[int, Pattern], unidentified: AbstractSet[int], moment: Moment
) -> Mapping[Key, Collection[int]]:
    """Return the numbers of each teammate by the key of their state, the teammates by name; then those of nobody.

    The last are those of the `unidentified` on which no teammate is known.
    """
    # This order lets a covering index answer without reading the rows.
    joined = assignments_at(moment).order_by("teammate").values_list("teammate").annotate(keys=Joined("phone_number"))
    members = {teammate: list(map(int, keys.split())) for teammate, keys in raw_rows(joined)}
    teammates = raw_rows(teammates_at(moment).order_by("name_key", "pk").values_list("pk", "teammate"))
    groups: dict[Key, Collection[int]] = {state: members.get(teammate, ()) for state, teammate in teammates}
    unassigned = patterns.keys() - chain.from_iterable(groups.values())
    return {**groups, "": unassigned - unidentified, NOT_IDENTIFIED: unassigned & unidentified}


def _in_order(by: Grouping, groups: Mapping[str, list[int]]) -> Mapping[Key, Collection[int]]:
    """Return Quo's groups sorted, "" last; or the kinds, toll-free first. A blank id means no group."""
    named: dict[str, list[int]] = defaultdict(list)
    for group, numbers in groups.items():
        named[group if group.strip() else ""] += numbers
    return {group: named[group] for group in order_of(by, named)}


def audited_numbers(audit: Audit, numbers: Iterable[int]) -> Mapping[int, AuditedNumber]:
    """Return these numbers of the audit by key. Needs no snapshot: a state only changes by ending."""
    fields = (*_FIELDS, *(cell.field for cell in CELLS))
    states = NumberState.objects.order_by().values_list(*fields)
    keys = map(audit.states.__getitem__, numbers)
    rows = (row for chunk in chunks(keys, MAX_KEY_LOOKUPS) for row in states.filter(pk__in=chunk))
    return {number.key: number for number in map(audited_number, rows)}


def group_names(keys: Collection[Key]) -> Mapping[Key, GroupName]:
    """Return the names of the groups with these keys. Needs no snapshot: teammates are read by their states' keys."""
    names: dict[Key, GroupName] = {key: GroupName(key, key) for key in keys if isinstance(key, str)}
    fields = ("pk", "teammate__quo_id", "first_name", "last_name", "email")
    states = TeammateState.objects.order_by().values_list(*fields)
    names[NOT_IDENTIFIED] = GroupName("", "Not identified")
    teammates = {
        key: GroupName(user_id, display_name(first_name, last_name, email, user_id), email)
        for chunk in chunks((key for key in keys if isinstance(key, int) and key != NOT_IDENTIFIED), MAX_KEY_LOOKUPS)
        for key, user_id, first_name, last_name, email in states.filter(pk__in=chunk)
    }
    return {**names, **teammates}
