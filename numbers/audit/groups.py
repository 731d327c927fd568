"""The restrictions audit: numbers in groups. Pure functions: no database, no HTTP."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import compress
from typing import Any, NamedTuple

from numbers.audit.looks import FEWEST_TO_COMPARE, Composition, Counts, Facts, Look, composition_of
from numbers.vocabulary.cells import fact_of
from numbers.vocabulary.folding import order_key

Key = str | int  # of a group: the id of Quo's group, the kind, or the key of a teammate's state; "" for what has none


class Grouping(StrEnum):
    """What numbers are put together by."""

    GROUP = "group"
    KIND = "kind"
    TEAMMATE = "teammate"


class AuditedNumber(NamedTuple):
    """A number as the audit shows it. `key` is its state's; `raws` are Quo's own words for the cells."""

    key: int
    phone_number: int
    quo_id: str
    name: str
    name_key: str
    number: str
    group_id: str
    kind: str
    raws: tuple[str | None, ...]
    facts: Facts


def audited_number(row: tuple[Any, ...]) -> AuditedNumber:
    """Return the number of a row: the fields of `AuditedNumber` up to `kind`, then the raw values of the cells."""
    cells = AuditedNumber._fields.index("raws")
    return AuditedNumber._make((*row[:cells], row[cells:], tuple(map(fact_of, row[cells:]))))


class Name(NamedTuple):
    """What a group is called. `key` is the group's id, the kind or the teammate's id; empty where numbers have none."""

    key: str
    label: str
    detail: str = ""


class Group(NamedTuple):
    """Numbers that are compared with each other; `position` counts the groups from 0.

    Of the `whole` group, some are `shown`. What is usual is of the whole group, shown or not.
    """

    position: int
    by: Grouping
    key: Key
    whole: Composition
    shown: Composition

    @property
    def is_compared(self) -> bool:
        return self.whole.size >= FEWEST_TO_COMPARE

    @property
    def is_partly_shown(self) -> bool:
        return self.shown.size < self.whole.size


@dataclass(frozen=True)
class Audit:
    """Numbers in their groups, by the keys of their states.

    `looks` has every number there is. `places` has those that fit, each with its place in the list; `numbers` counts
    those, each once, however many groups it is in, and `outliers` are those that differ from most of a group. `members`
    are the numbers that fit in each group, unsorted.
    """

    looks: Mapping[int, Look]
    places: Mapping[int, int]
    groups: Sequence[Group]
    members: Sequence[Collection[int]]
    outliers: Collection[int]
    numbers: Counts

    @property
    def rows(self) -> int:
        return sum(map(len, self.members))

    @property
    def total(self) -> int:
        return len(self.places)

    def keys_of(self, group: Group) -> list[int]:
        """Return the group's numbers that fit, in the order of the list."""
        return sorted(self.members[group.position], key=self.places.__getitem__)


def audit_of(
    by: Grouping,
    looks: Mapping[int, Look],
    everyone: Mapping[Key, Collection[int]],
    order: Iterable[Key],
    fitting: Iterable[int],
) -> Audit:
    """Put the `fitting` numbers in groups, in the `order` of the groups' keys. Groups with none of them are left out.

    `everyone` has all the numbers of each group, fitting or not.
    """
    places = {key: place for place, key in enumerate(fitting)}
    is_narrowed = len(places) < len(looks)
    groups: list[Group] = []
    members: list[Collection[int]] = []
    outliers: set[int] = set()
    for key in order:
        some = all_of_it = everyone[key]
        if is_narrowed:
            some = [number for number in all_of_it if number in places]
        if not some:
            continue
        seen = [looks[number] for number in all_of_it]
        whole = shown = composition_of(seen)
        if len(some) < len(all_of_it):
            shown = composition_of(map(looks.__getitem__, some))
        if whole.outlier_looks:
            outliers.update(compress(all_of_it, map(whole.outlier_looks.__contains__, seen)))
        groups.append(Group(len(groups), by, key, whole, shown))
        members.append(some)
    numbers = Counter(map(looks.__getitem__, places) if is_narrowed else looks.values())
    if is_narrowed:
        outliers &= places.keys()
    return Audit(looks, places, groups, members, outliers, numbers)


def order_of(by: Grouping, keys: Iterable[str]) -> list[str]:
    """Sort Quo's groups by their ids, the one without an id last; or the kinds, toll-free first."""
    if by is Grouping.KIND:
        return sorted(keys, reverse=True)
    return sorted(keys, key=lambda key: (not key, order_key(key), key))
