"""The audit by group and by kind as the database counts it: each number is in one group, and few of them are read."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from django.db.models import Count, QuerySet

from numbers.audit.groups import Facts, Group, Grouping, Line, counted_group, group_key, keys_in_order, lines_of
from numbers.audit.odd import Finding, odd_lines, oddity_of
from numbers.audit.query import AuditQuery
from numbers.facts import COLUMNS, fact_of
from numbers.models import NumberState
from numbers.querysets import FEW, current

CELLS = tuple(column.field for column in COLUMNS)
LINE = ("phone_number", "phone_number__quo_id", "name", "name_key", "number", "group_id", "kind", *CELLS)

_FIELDS = {Grouping.GROUP: "group_id", Grouping.KIND: "kind"}


class Counted:
    """The numbers that fit, counted in their `groups`; `numbers` are all of them."""

    def __init__(self, asked: AuditQuery) -> None:
        self._by, self._field = asked.by, _FIELDS[asked.by]
        self._states = asked.filters.states()
        self._values: dict[str, set[str]] = defaultdict(set)  # several where the ids of some groups are blank
        whole = self._count(current())
        shown = self._count(self._states) if asked.filters.is_narrowed else whole
        self.groups = [
            counted_group(position, asked.by, key=key, label=key, detail="", whole=whole[key], shown=shown[key])
            for position, key in enumerate(keys_in_order(asked.by, shown))
        ]
        self.numbers = Counter[tuple[str, Facts]]()
        for some in shown.values():
            self.numbers.update(some)

    def _count(self, states: QuerySet[NumberState]) -> Mapping[str, Counter[tuple[str, Facts]]]:
        counted: dict[str, Counter[tuple[str, Facts]]] = defaultdict(Counter)
        patterns = states.order_by().values_list("group_id", "kind", *CELLS)
        for group_id, kind, *raws, count in patterns.annotate(Count("pk")):
            value = group_id if self._by is Grouping.GROUP else kind
            key = self._key(value)
            self._values[key].add(value)
            counted[key][kind, _facts(*raws)] += count
        return counted

    def _key(self, value: str) -> str:
        return group_key(value) if self._by is Grouping.GROUP else value

    def _are_few(self, groups: Iterable[Group]) -> bool:
        return sum(len(self._values[group.key]) for group in groups) <= FEW

    def _in(self, groups: Collection[Group]) -> QuerySet[NumberState]:
        """The numbers in these groups; all there are where those are too many to be named one by one."""
        values = [value for group in groups for value in self._values[group.key]]
        return self._states.filter((f"{self._field}__in", values)) if self._are_few(groups) else self._states

    def lines(self, parts: Collection[tuple[Group, int, int]]) -> Sequence[Sequence[Line]]:
        """Return the numbers of each group from a place to before another, in the order of the list."""
        cut = {group.key for group, first, last in parts if last - first < group.count and self._are_few([group])}
        others = [group for group, *_ in parts if group.key not in cut]
        read = self._by_key(self._in(others).values_list(*LINE)) if others else {}
        return [
            lines_of(self._in([group]).values_list(*LINE)[first:last])
            if group.key in cut
            else read[group.key][first:last]
            for group, first, last in parts
        ]

    def odd(self, findings: Collection[Finding]) -> Iterator[Finding]:
        """Return the findings with their numbers, of which the index that they are counted in tells which they are."""
        groups = {finding.group.key: finding.group for finding in findings}
        wanted = {(finding.group.key, finding.oddity) for finding in findings}

        @cache
        def is_wanted(value: str, *raws: str | None) -> bool:
            group = groups.get(key := self._key(value))
            return group is not None and (key, oddity_of(group, _facts(*raws))) in wanted

        rows = self._in(groups.values()).order_by().values_list("pk", self._field, *CELLS)
        keys = [key for key, *said in rows.iterator() if is_wanted(*said)]
        read: dict[str, list[Line]] = defaultdict(list)
        for start in range(0, len(keys), FEW):
            states = NumberState.objects.filter(pk__in=keys[start : start + FEW]).order_by()
            for key, lines in self._by_key(states.values_list(*LINE)).items():
                read[key] += lines
        odd = {key: odd_lines(group, read[key]) for key, group in groups.items()}
        return (finding.with_lines(odd[finding.group.key][finding.oddity]) for finding in findings)

    def _by_key(self, rows: Iterable[tuple[Any, ...]]) -> dict[str, list[Line]]:
        read: dict[str, list[Line]] = defaultdict(list)
        for line in lines_of(rows):
            read[self._key(getattr(line, self._field))].append(line)
        return read


@lru_cache(maxsize=4096)
def _facts(*raws: str | None) -> Facts:
    return tuple(map(fact_of, raws))
