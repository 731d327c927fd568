"""The query string of the list of teammates. The page, its fragments and its exports all read it here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict

from numbers import teammate_querysets
from numbers.bidi import isolated
from numbers.facts import COLUMNS, Fact
from numbers.filter_words import PLACES, joined
from numbers.filters import FACT_CHOICES
from numbers.folding import fold
from numbers.models import TeammateState
from numbers.query import choice_of, name_others, name_repeated, page_of, shown, text_of
from numbers.search.finding import search_teammates
from numbers.search.words import MAX_WORDS

DEFAULT_SORT = "name"
SORT_LABELS = {"name": "name", "numbers": "how many numbers", "role": "role"}

ROLE_LABELS = {"owner": "Owners", "admin": "Admins", "member": "Members"}
NUMBERS_LABELS = {"none": "on no number", "one": "on one number", "several": "on several numbers"}
_COUNTS = {"none": Q(numbers=0), "one": Q(numbers=1), "several": Q(numbers__gt=1)}

_ACTS = {"calling": "call", "messaging": "text"}
_ABLE = {Fact.ALLOWED: "can", Fact.RESTRICTED: "cannot", Fact.UNKNOWN: "are not reported as able to"}

_REACH = tuple(column.field for column in COLUMNS)
_NARROWING = ("q", "role", "numbers", *_REACH)
_NAMES = (*_NARROWING, "sort", "page")


@dataclass(frozen=True)
class TeammateFilters:
    """What the list shows: empty is not filtered; `sort` begins with "-" where it descends; pages count from 1.

    `numbers` is how many numbers somebody is on: "none", "one" or "several". The cells are the reach through all of
    them: "allowed" is through at least one, "restricted" through none.
    """

    sort_labels: ClassVar[Mapping[str, str]] = SORT_LABELS

    q: str = ""
    role: str = ""
    numbers: str = ""
    calling_us: str = ""
    calling_ca: str = ""
    calling_intl: str = ""
    messaging_us: str = ""
    messaging_ca: str = ""
    messaging_intl: str = ""
    sort: str = DEFAULT_SORT
    page: int = 1
    notices: tuple[str, ...] = ()

    def states(self) -> QuerySet[TeammateState]:
        """The teammates that fit, as they are now, sorted; each with `numbers`, on how many they are now."""
        states = teammate_querysets.counting_numbers(search_teammates(self.q))
        if self.role:
            states = states.filter(role=self.role)
        if self.numbers:
            states = states.filter(_COUNTS[self.numbers])
        for field, fact in self.reach.items():
            states = teammate_querysets.with_reach(states, field, fact)
        return teammate_querysets.ordered_teammates(states, self.sort)

    @property
    def reach(self) -> dict[str, Fact]:
        """The cells that narrow the list."""
        return {field: Fact(value) for field in _REACH if (value := getattr(self, field))}

    @property
    def active(self) -> dict[str, str]:
        """The filters that narrow the list, in the order in which people read them."""
        return {name: value for name in _NARROWING if (value := getattr(self, name))}

    @property
    def is_narrowed(self) -> bool:
        return bool(self.active)

    @property
    def query(self) -> str:
        """The canonical query string; what stands at its default is left out."""
        sort = {"sort": self.sort} if self.sort != DEFAULT_SORT else {}
        page = {"page": str(self.page)} if self.page > 1 else {}
        return urlencode({**self.active, **sort, **page})

    def but(self, **changes: str | int) -> "TeammateFilters":
        """The same list with something else; any change but of the page begins at page 1."""
        return replace(self, **{"page": 1, **changes})  # type: ignore[arg-type]

    def sentence(self) -> str:
        """Say what the list shows: "Admins on one number who can call abroad and fit “ann”"."""
        who = [
            f"{_ABLE[fact]} {_ACTS[column.channel]} {PLACES[column.region]}"
            for column in COLUMNS
            if (fact := self.reach.get(column.field))
        ]
        who += [f"fit “{isolated(self.q)}”"] if self.q else []
        words = (ROLE_LABELS.get(self.role, "Teammates"), NUMBERS_LABELS.get(self.numbers, ""))
        return " ".join(filter(None, (*words, f"who {joined(who)}" if who else "")))

    def chips(self) -> "tuple[Chip, ...]":
        """A chip for each active filter, in the order of the form."""
        labels = {
            "q": f"Search: {isolated(self.q)}",
            "role": f"Role: {self.role}",
            "numbers": NUMBERS_LABELS.get(self.numbers, "").capitalize(),
            **{
                column.field: f"{column.channel.capitalize()} {column.region}: {self.reach[column.field].label}"
                for column in COLUMNS
                if column.field in self.reach
            },
        }
        return tuple(Chip(name, labels[name], self.but(**{name: ""})) for name in self.active)

    @property
    def sorted_by(self) -> str:
        """What the list is sorted by, in words."""
        label = SORT_LABELS[self.sort.removeprefix("-")]
        return f"{label}, descending" if self.sort.startswith("-") else label


@dataclass(frozen=True)
class Chip:
    """An active filter: its parameter, what people read of it, and the list without it."""

    name: str
    label: str
    without: TeammateFilters


def parse(query: QueryDict, *, also: Collection[str] = ()) -> TeammateFilters:
    """Read a query string. What cannot be meant is ignored and named in `notices`, but for the names in `also`."""
    notices: list[str] = []
    q = text_of(query, "q", "search", notices)
    if len(fold(q).split()) > MAX_WORDS:
        notices.append(f"Only the first {MAX_WORDS} words of the search are looked for.")
    filters = TeammateFilters(
        q=q,
        role=choice_of(query, "role", {role: role for role in ROLE_LABELS}, notices),
        numbers=choice_of(query, "numbers", {count: count for count in NUMBERS_LABELS}, notices),
        sort=_sort(query, notices),
        page=page_of(query, notices),
    )
    reach = {field: choice_of(query, field, FACT_CHOICES, notices) for field in _REACH}
    name_repeated(query, (*_NAMES, *also), notices)
    name_others(query, (*_NAMES, *also), notices)
    return replace(filters, **reach, notices=tuple(notices))  # type: ignore[arg-type]  # each of its own type


def _sort(query: QueryDict, notices: list[str]) -> str:
    sort = query.get("sort", "").strip() or DEFAULT_SORT
    if sort.removeprefix("-") not in teammate_querysets.TEAMMATE_SORTS:
        notices.append(f"The list cannot be sorted by {shown(sort)}, so it is sorted by name.")
        return DEFAULT_SORT
    return sort
