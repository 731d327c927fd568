"""The lines of the audit's file: every number that fits, in each of its groups, beside what most of the group have.

Which states stand in which group is read first, as keys, together with the moment that they hold for. The states
themselves, and the counts of a group's facts, are read as of that moment when their turn comes, so no more than a
chunk is in memory, however many numbers there are and however large a group is.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from django.db.models import Count, Exists, FilteredRelation, OuterRef, Q, QuerySet

from numbers.audit.groups import Facts, Group, Grouping, Line, group_of, lines_of
from numbers.audit.odd import OddCell, odd_cells
from numbers.audit.query import AuditQuery
from numbers.exports.rows import CHUNK, held_at, last_moment
from numbers.facts import COLUMNS, fact_of
from numbers.folding import order_key
from numbers.models import Assignment, NumberState, TeammateState, shown_name
from numbers.snapshots import one_moment

Value = str | int | None  # what tells a group's members: an id, a kind, a teammate's key, None of nobody

FIRST = 16  # groups whose facts are counted before the first line; later ones are counted many at a time
_COLUMNS = {Grouping.GROUP: "group_id", Grouping.KIND: "kind"}
_CELLS = tuple(column.field for column in COLUMNS)
_FIELDS = ("pk", "phone_number__quo_id", "name", "name_key", "number", "group_id", "kind", *_CELLS)


@dataclass(frozen=True, slots=True)
class AuditLine:
    """A number in one of its groups."""

    group: Group
    line: Line
    odd: tuple[OddCell, ...]


class Place(NamedTuple):
    """A group in the file: the `values` that its members have, and the keys of those states that fit, in order."""

    values: Sequence[Value]
    keys: Sequence[int]


@dataclass(frozen=True)
class Outline:
    """What is in the file, as it was at `moment`."""

    by: Grouping
    places: Sequence[Place]
    moment: datetime | None

    @property
    def rows(self) -> int:
        return sum(len(place.keys) for place in self.places)

    @property
    def count(self) -> int:
        """How many numbers it has, however many rows each."""
        return len({key for place in self.places for key in place.keys})


def outline_of(asked: AuditQuery) -> Outline:
    """Return what fits right now, group by group, in the order of the page."""
    places_of = {
        Grouping.GROUP: _places_of_groups,
        Grouping.KIND: _places_of_kinds,
        Grouping.TEAMMATE: _places_of_teammates,
    }[asked.by]
    with one_moment():
        return Outline(asked.by, places_of(asked.filters.states()), last_moment())


def _places_of_groups(states: QuerySet[NumberState]) -> list[Place]:
    members = _members(states, "group_id")
    named = sorted((key for key in members if key.strip()), key=lambda key: (order_key(key), key))
    places = [Place([key], members[key]) for key in named]
    if len(named) < len(members):
        everywhere = NumberState.objects.filter(until=None).order_by().values_list("group_id", flat=True).distinct()
        blank = [value for value in everywhere.iterator() if not value.strip()]
        fitting = states.filter(group_id__in=blank).values_list("pk", flat=True)
        places.append(Place(blank, array("q", fitting.iterator())))
    return places


def _places_of_kinds(states: QuerySet[NumberState]) -> list[Place]:
    members = _members(states, "kind")
    return [Place([kind], members[kind]) for kind in sorted(members, reverse=True)]


def _places_of_teammates(states: QuerySet[NumberState]) -> list[Place]:
    """Return those of the teammates by name; last, of the numbers with nobody."""
    on = FilteredRelation("phone_number__assignments", condition=Q(phone_number__assignments__until=None))
    members = _members(states.annotate(now=on), "now__teammate")
    people = TeammateState.objects.filter(until=None).order_by("name_key", "teammate__quo_id")
    keys = [*people.values_list("teammate", flat=True).iterator(10_000), None]
    return [Place([key], members[key]) for key in keys if key in members]


def _members(states: QuerySet[NumberState], field: str) -> dict[Any, "array[int]"]:
    """Return the keys of the states that have each value of `field`, in their order."""
    members: dict[Any, array[int]] = defaultdict(lambda: array("q"))  # 64 bits each, not objects
    for value, key in states.values_list(field, "pk").iterator(10_000):
        members[value].append(key)
    return dict(members)


def audit_lines(outline: Outline) -> Iterator[AuditLine]:
    """Yield the lines of an audit."""
    members = ((group, key) for group, place in _grouped(outline) for key in place.keys)
    states = NumberState.objects.values_list(*_FIELDS)
    while chunk := list(islice(members, CHUNK)):
        found = {line.key: line for line in lines_of(states.filter(pk__in={key for _, key in chunk}))}
        yield from (AuditLine(group, found[key], odd_cells(group, found[key].facts)) for group, key in chunk)


def _grouped(outline: Outline) -> Iterator[tuple[Group, Place]]:
    places, size = iter(enumerate(outline.places)), FIRST
    while chunk := list(islice(places, size)):
        values = [value for _, place in chunk for value in place.values]
        names, patterns = _names(outline, values), _patterns(outline, values)
        for position, place in chunk:
            key, label, detail = names[place.values[0]]
            whole = frozenset(sum((patterns[value] for value in place.values), Counter()).items())
            yield group_of(position, outline.by, key=key, label=label, detail=detail, patterns=whole), place
        size = min(size * 4, CHUNK)


def _names(outline: Outline, values: Collection[Value]) -> dict[Value, tuple[str, str, str]]:
    """Return the key, the label and the detail of each group."""
    if outline.by is not Grouping.TEAMMATE:
        texts = {value: str(value) if str(value).strip() else "" for value in values}
        return {value: (text, text, "") for value, text in texts.items()}
    fields = ("teammate", "teammate__quo_id", "first_name", "last_name", "email")
    people = TeammateState.objects.filter(held_at(outline.moment), teammate__in=_keys(values)).values_list(*fields)
    names: dict[Value, tuple[str, str, str]] = {None: ("", "", "")}
    for key, user_id, first_name, last_name, email in people:
        names[key] = (user_id, shown_name(first_name, last_name, email), email)
    return names


def _keys(values: Iterable[Value]) -> list[int]:
    return [value for value in values if isinstance(value, int)]


def _patterns(outline: Outline, values: Collection[Value]) -> dict[Value, Counter[Facts]]:
    """Count the facts of all the numbers in some groups, whether they fit or not."""
    patterns: dict[Value, Counter[Facts]] = defaultdict(Counter)
    for value, *raws, count in _counted(outline, values):
        patterns[value][tuple(map(fact_of, raws))] += count
    return patterns


def _counted(outline: Outline, values: Collection[Value]) -> Iterator[tuple[Any, ...]]:
    """Yield the raw cells that the groups' numbers have: the group's value, the six, and how many have them."""
    held = held_at(outline.moment)
    states = NumberState.objects.filter(held).order_by()
    if outline.by is not Grouping.TEAMMATE:
        field = _COLUMNS[outline.by]
        members = states.filter(**{f"{field}__in": values})
        yield from members.values_list(field, *_CELLS).annotate(Count("pk")).iterator()
        return
    state = "phone_number__states__"
    on = Assignment.objects.filter(held, held_at(outline.moment, state), teammate__in=_keys(values)).order_by()
    yield from on.values_list("teammate", *(f"{state}{cell}" for cell in _CELLS)).annotate(Count("pk")).iterator()
    if None in values:
        somebody = Assignment.objects.filter(held, phone_number=OuterRef("phone_number"))
        for row in states.filter(~Exists(somebody)).values_list(*_CELLS).annotate(Count("pk")).iterator():
            yield None, *row
