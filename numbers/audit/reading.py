"""Reads the audit: first a few facts of every number, from an index, then all of the numbers that are shown."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import product

from django.db.models import FilteredRelation, Q

from numbers.audit.groups import Alike, Audit, Grouping, Line, Name, audit_of, line_of, names_of
from numbers.audit.query import AuditQuery
from numbers.facts import COLUMNS, Fact
from numbers.models import NumberState, TeammateState, shown_name
from numbers.querysets import FEW, current, pattern

_PATTERNS = tuple(product(Fact, repeat=len(COLUMNS)))
_AT_ONCE = 10_000  # rows
_LINE = ("pk", "phone_number", "phone_number__quo_id", "name", "name_key", "number", "group_id", "kind")


def read_audit(asked: AuditQuery) -> Audit:
    """Return the audit of the numbers that fit now. Call it within `one_moment`."""
    alike: dict[int, Alike] = {}
    groups_of: dict[int, Collection[str]] = {}
    same: dict[tuple[str, int], Alike] = {}  # numbers that are alike share one object
    members: dict[str, Collection[str]] = {}
    rows = current().order_by().values_list("pk", "group_id", "kind", pattern())
    for key, group_id, kind, number in rows.iterator(_AT_ONCE):
        alike[key] = same.setdefault((kind, number), (kind, _PATTERNS[number]))
        group = kind if asked.by is Grouping.KIND else group_id if group_id.strip() else ""
        groups_of[key] = members.setdefault(group, (group,))
    names: Iterable[Name] = names_of(asked.by, members)
    if asked.by is Grouping.TEAMMATE:
        groups_of, names = _by_teammate(alike)
    fitting = list(asked.filters.states().values_list("pk", flat=True).iterator(_AT_ONCE))
    return audit_of(asked.by, alike, groups_of, names, fitting)


def _by_teammate(numbers: Iterable[int]) -> tuple[dict[int, Collection[str]], list[Name]]:
    """Return the ids of the teammates on each number, and the teammates by name. "Nobody" is the last of them."""
    people: dict[int, Name] = {}
    states = TeammateState.objects.filter(until=None).order_by("name_key", "teammate__quo_id")
    fields = ("teammate", "teammate__quo_id", "first_name", "last_name", "email")
    for key, user_id, first_name, last_name, email in states.values_list(*fields):
        people[key] = Name(user_id, shown_name(first_name, last_name, email), email)
    on: dict[int, list[str]] = defaultdict(list)
    now = FilteredRelation("phone_number__assignments", condition=Q(phone_number__assignments__until=None))
    pairs = current().order_by().annotate(now=now).values_list("pk", "now__teammate")
    for number, teammate in pairs.iterator(_AT_ONCE):
        if teammate in people:
            on[number].append(people[teammate].key)
    return {number: on.get(number, ("",)) for number in numbers}, [*people.values(), Name("", "")]


def lines_of(keys: Collection[int]) -> Mapping[int, Line]:
    """Read the numbers by the keys of their states. A state only changes by ending, so this may be done later."""
    fields = (*_LINE, *(column.field for column in COLUMNS))
    states = NumberState.objects.order_by().values_list(*fields)
    return {line.key: line for some in _parts(list(keys)) for line in map(line_of, states.filter(pk__in=some))}


def _parts(keys: Sequence[int]) -> Iterable[Sequence[int]]:
    return (keys[start : start + FEW] for start in range(0, len(keys), FEW))
