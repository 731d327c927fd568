"""Reads the audit: first the patterns of all numbers, from an index; then the rows of the numbers on the page."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from itertools import groupby, product
from operator import itemgetter
from typing import Any

from numbers.audit.groups import Audit, AuditedNumber, Grouping, GroupName, Key, audit_of, audited_number, order_of
from numbers.audit.patterns import Pattern, pattern_of
from numbers.audit.query import AuditQuery
from numbers.database.compiled_query import raw_rows
from numbers.database.paging import chunks
from numbers.memory.assignments import assignments_at
from numbers.memory.moment import NOW, Moment
from numbers.memory.numbers import MAX_KEY_LOOKUPS, facts_code, numbers_at
from numbers.memory.teammates import teammates_at
from numbers.models import NumberState, TeammateState, display_name
from numbers.vocabulary.cells import CELLS, Fact

_FACTS_BY_CODE = tuple(product(Fact, repeat=len(CELLS)))
_GROUP_FIELDS = {Grouping.GROUP: "group_id", Grouping.KIND: "kind", Grouping.TEAMMATE: "phone_number"}
_FIELDS = ("pk", "phone_number", "phone_number__quo_id", "name", "name_key", "number", "group_id", "kind")


def read_audit(query: AuditQuery, moment: Moment = NOW) -> Audit:
    """Return the audit of the numbers that match at the moment. Call it within `one_moment`."""
    patterns: dict[int, Pattern] = {}
    groups: dict[int, Any] = {}
    rows = raw_rows(numbers_at(moment).order_by().values_list("pk", "kind", facts_code(), _GROUP_FIELDS[query.by]))
    for key, kind, code, group in rows:
        patterns[key] = _pattern(kind, code)
        groups[key] = group
    by_teammate = query.by is Grouping.TEAMMATE
    whole_groups, order = _by_teammate(groups, moment) if by_teammate else _by_text(query.by, groups)
    matching = (key for (key,) in raw_rows(query.filters.states(moment).values_list("pk")))
    return audit_of(query.by, patterns, whole_groups, order, matching)


@cache
def _pattern(kind: str, code: int) -> Pattern:
    return pattern_of(kind, _FACTS_BY_CODE[code])


def _by_text(by: Grouping, groups: Mapping[int, str]) -> tuple[Mapping[Key, Collection[int]], Sequence[Key]]:
    """Return the keys of each group's numbers, and the groups in order. A blank id means no group."""
    whole_groups: dict[Key, list[int]] = defaultdict(list)
    for key, group in groups.items():
        whole_groups[group if group.strip() else ""].append(key)
    return whole_groups, order_of(by, map(str, whole_groups))


def _by_teammate(numbers: Mapping[int, int], moment: Moment) -> tuple[Mapping[Key, Collection[int]], Sequence[Key]]:
    """Return the keys of each teammate's numbers, and the teammates by name, "nobody" last."""
    keys = {number: key for key, number in numbers.items()}
    # This order lets a covering index answer without reading the rows.
    pairs = assignments_at(moment).order_by("teammate").values_list("teammate", "phone_number")
    members = {
        teammate: [keys[number] for _, number in own if number in keys]
        for teammate, own in groupby(raw_rows(pairs), key=itemgetter(0))
    }
    teammates = teammates_at(moment).order_by("name_key", "pk").values_list("pk", "teammate")
    whole_groups: dict[Key, Collection[int]] = {key: members.get(teammate, ()) for key, teammate in raw_rows(teammates)}
    whole_groups[""] = set(numbers).difference(*whole_groups.values())
    return whole_groups, list(whole_groups)


def audited_numbers(keys: Iterable[int]) -> Mapping[int, AuditedNumber]:
    """Return the numbers with these keys of states. Needs no snapshot: a state only changes by ending."""
    fields = (*_FIELDS, *(cell.field for cell in CELLS))
    states = NumberState.objects.order_by().values_list(*fields)
    rows = (row for chunk in chunks(keys, MAX_KEY_LOOKUPS) for row in states.filter(pk__in=chunk))
    return {number.key: number for number in map(audited_number, rows)}


def group_names(keys: Collection[Key]) -> Mapping[Key, GroupName]:
    """Return the names of the groups with these keys. Needs no snapshot: teammates are read by their states' keys."""
    names = {key: GroupName(key, key) for key in keys if isinstance(key, str)}
    fields = ("pk", "teammate__quo_id", "first_name", "last_name", "email")
    states = TeammateState.objects.order_by().values_list(*fields)
    teammates = {
        key: GroupName(user_id, display_name(first_name, last_name, email), email)
        for chunk in chunks((key for key in keys if isinstance(key, int)), MAX_KEY_LOOKUPS)
        for key, user_id, first_name, last_name, email in states.filter(pk__in=chunk)
    }
    return {**names, **teammates}
