"""Reads the audit: first a few facts of every number, from an index, then all of the numbers that are shown."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from itertools import groupby, product
from operator import itemgetter
from typing import Any

from numbers.audit.groups import Audit, AuditedNumber, Grouping, Key, Name, audit_of, audited_number, order_of
from numbers.audit.looks import Look, look_of
from numbers.audit.query import AuditQuery
from numbers.database.compiled_query import raw_rows
from numbers.database.paging import chunks
from numbers.memory.assignments import assignments_at
from numbers.memory.moment import NOW, Moment
from numbers.memory.numbers import FEW, numbers_at, pattern
from numbers.memory.teammates import teammates_at
from numbers.models import NumberState, TeammateState, display_name
from numbers.vocabulary.cells import CELLS, Fact

_PATTERNS = tuple(product(Fact, repeat=len(CELLS)))
_WITHIN = {Grouping.GROUP: "group_id", Grouping.KIND: "kind", Grouping.TEAMMATE: "phone_number"}
_FIELDS = ("pk", "phone_number", "phone_number__quo_id", "name", "name_key", "number", "group_id", "kind")


def read_audit(asked: AuditQuery, moment: Moment = NOW) -> Audit:
    """Return the audit of the numbers that match at the moment. Call it within `one_moment`."""
    looks: dict[int, Look] = {}
    within: dict[int, Any] = {}
    rows = raw_rows(numbers_at(moment).order_by().values_list("pk", "kind", pattern(), _WITHIN[asked.by]))
    for key, kind, number, group in rows:
        looks[key] = _look(kind, number)
        within[key] = group
    everyone, order = _by_teammate(within, moment) if asked.by is Grouping.TEAMMATE else _by_text(asked.by, within)
    fitting = (key for (key,) in raw_rows(asked.filters.states(moment).values_list("pk")))
    return audit_of(asked.by, looks, everyone, order, fitting)


@cache
def _look(kind: str, number: int) -> Look:
    return look_of(kind, _PATTERNS[number])


def _by_text(by: Grouping, groups: Mapping[int, str]) -> tuple[Mapping[Key, Collection[int]], Sequence[Key]]:
    """Return the keys of each group's numbers, and the groups in order. Blank ids are no group together."""
    everyone: dict[Key, list[int]] = defaultdict(list)
    for key, group in groups.items():
        everyone[group if group.strip() else ""].append(key)
    return everyone, order_of(by, map(str, everyone))


def _by_teammate(numbers: Mapping[int, int], moment: Moment) -> tuple[Mapping[Key, Collection[int]], Sequence[Key]]:
    """Return the keys of each teammate's numbers, and the teammates by name. "Nobody" is the last of them."""
    keys = {number: key for key, number in numbers.items()}
    # In the order of an index that has both, so that the rows are not read.
    on = assignments_at(moment).order_by("teammate").values_list("teammate", "phone_number")
    members = {
        teammate: [keys[number] for _, number in pairs if number in keys]
        for teammate, pairs in groupby(raw_rows(on), key=itemgetter(0))
    }
    people = teammates_at(moment).order_by("name_key", "pk").values_list("pk", "teammate")
    everyone: dict[Key, Collection[int]] = {key: members.get(teammate, ()) for key, teammate in raw_rows(people)}
    everyone[""] = set(numbers).difference(*everyone.values())
    return everyone, list(everyone)


def audited_numbers(keys: Iterable[int]) -> Mapping[int, AuditedNumber]:
    """Read the numbers by the keys of their states, at whatever time: a state only changes by ending."""
    fields = (*_FIELDS, *(cell.field for cell in CELLS))
    states = NumberState.objects.order_by().values_list(*fields)
    rows = (row for some in chunks(keys, FEW) for row in states.filter(pk__in=some))
    return {number.key: number for number in map(audited_number, rows)}


def names_of(keys: Collection[Key]) -> Mapping[Key, Name]:
    """Return what the groups with these keys are called. Teammates are read by their states, so at whatever time."""
    names = {key: Name(key, key) for key in keys if isinstance(key, str)}
    fields = ("pk", "teammate__quo_id", "first_name", "last_name", "email")
    states = TeammateState.objects.order_by().values_list(*fields)
    people = {
        key: Name(user_id, display_name(first_name, last_name, email), email)
        for some in chunks((key for key in keys if isinstance(key, int)), FEW)
        for key, user_id, first_name, last_name, email in states.filter(pk__in=some)
    }
    return {**names, **people}
