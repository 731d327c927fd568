"""Reads the audit: first the patterns of all numbers, from an index; then the rows of the numbers on the page."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import cache
from itertools import chain, product

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
from numbers.memory.moment import NOW, Moment
from numbers.memory.numbers import MAX_KEY_LOOKUPS, facts_code, not_identified, numbers_at
from numbers.memory.teammates import teammates_at
from numbers.models import NumberState, TeammateState, display_name
from numbers.vocabulary.cells import CELLS, Fact

_FACTS_BY_CODE = tuple(product(Fact, repeat=len(CELLS)))
_FIELDS = ("phone_number", "phone_number__quo_id", "name", "name_key", "number", "group_id", "kind")


def read_audit(query: AuditQuery, moment: Moment = NOW) -> Audit:
    """Return the audit of the numbers that match at the moment. Call it within `one_moment`."""
    patterns: dict[int, Pattern] = {}
    states: dict[int, int] = {}
    groups: dict[str, list[int]] = defaultdict(list)
    text = "kind" if query.by is Grouping.KIND else "group_id"
    rows = raw_rows(numbers_at(moment).order_by().values_list("phone_number", "pk", "kind", facts_code(), text))
    for number, state, kind, code, group in rows:
        patterns[number] = _pattern(kind, code)
        states[number] = state
        groups[group].append(number)
    if query.by is Grouping.TEAMMATE:
        unidentified = {number for (number,) in raw_rows(not_identified(moment).values_list("phone_number"))}
        whole_groups, unclear = _by_teammate(patterns, unidentified, moment), len(unidentified)
    else:
        whole_groups = _in_order(query.by, groups)
        unclear = len(whole_groups.get("", ()))
    matching = (number for (number,) in raw_rows(query.filters.states(moment).values_list("phone_number")))
    return replace(audit_of(query.by, patterns, states, whole_groups, matching), unclear=unclear)


@cache
def _pattern(kind: str, code: int) -> Pattern:
    return pattern_of(kind, _FACTS_BY_CODE[code])


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
