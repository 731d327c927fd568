"""Validates the query string of the list of numbers. Each invalid part becomes a notice instead of an error.

The page, its fragments and its exports all use this, so they show the same numbers.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Self

from django.db.models import QuerySet
from django.http import QueryDict

from numbers.filters.base import NAMES_FIRST, ListFilters
from numbers.filters.columns import COLUMNS
from numbers.filters.query_string import choice_of, name_others, name_repeated, page_of, shown, sort_of, text_of
from numbers.memory import numbers as number_queries
from numbers.memory.moment import NOW, Moment
from numbers.memory.search.finding import names_first, search_numbers, unmatched_by_numbers
from numbers.memory.search.words import MAX_WORDS, terms_of
from numbers.models import NumberState
from numbers.quo.ids import MAX_LENGTH, is_user_id
from numbers.vocabulary.cells import CELLS, Fact

_YES = dict.fromkeys(("yes", "1", "true", "on"), "yes")
_NO = dict.fromkeys(("no", "0", "false", "off"), "no")

FACT_CHOICES = {fact.value: fact.value for fact in Fact}
KIND_CHOICES = {kind.value: kind.value for kind in NumberState.Kind}
FORWARD_CHOICES = {
    "any": "any",
    "none": "none",
    "inside": "inside",
    "outside": "outside",
    "unknown": "unknown",
    **dict.fromkeys(_YES, "any"),
    **dict.fromkeys(_NO, "none"),
}
UNASSIGNED_CHOICES = {**_YES, **_NO, "unknown": "unknown"}
_PEOPLE = {"yes": "nobody", "no": "somebody", "unknown": "unknown"}
UNKNOWN_COUNTRY = "unknown"


NARROWING = (
    *("q", "user", *(cell.field for cell in CELLS)),
    *("group", "kind", "country", "porting", "forward", "unassigned", "unusual"),
)


@dataclass(frozen=True)
class NumberFilters(ListFilters):
    """What the list of numbers shows. `who` is the text typed to find a teammate; it does not filter."""

    narrowing = NARROWING

    user: str = ""
    group: str = ""
    kind: str = ""
    country: str = ""
    porting: str = ""
    forward: str = ""
    unassigned: str = ""
    unusual: str = ""
    who: str = ""

    @property
    def sort_labels(self) -> dict[str, str]:
        columns = sorted(COLUMNS.values(), key=attrgetter("sort_place"))
        return {column.key: column.sort_label or column.label.lower() for column in columns}

    def states(self, moment: Moment = NOW) -> QuerySet[NumberState]:
        """Return the numbers that match at the moment, sorted."""
        states = search_numbers(number_queries.numbers_at(moment), self.q, moment)
        for cell, fact in self.facts.items():
            states = number_queries.with_fact(states, cell.field, fact)
        if self.user:
            states = number_queries.of_teammate(states, self.user, moment)
        if self.group:
            states = states.filter(group_id=self.group)
        if self.kind:
            states = states.filter(kind=self.kind)
        if self.country:
            states = states.filter(country="" if self.country == UNKNOWN_COUNTRY else self.country)
        if self.porting:
            states = number_queries.with_port(states, self.porting)
        if self.forward:
            states = number_queries.with_forward(states, self.forward, moment)
        if self.unassigned:
            states = number_queries.with_people(states, _PEOPLE[self.unassigned], moment)
        if self.unusual:
            states = number_queries.described_unusually(states)
        return self._sorted(states, moment)

    def _sorted(self, states: QuerySet[NumberState], moment: Moment) -> QuerySet[NumberState]:
        if self.order == NAMES_FIRST:
            return number_queries.ordered(states, first=names_first(self.q, "name"))
        sign, key = self.order[: self.order.startswith("-")], self.order.removeprefix("-")
        return number_queries.ordered(states, COLUMNS[key].order(moment), sign)

    def unmatched(self, total: int, moment: Moment = NOW) -> tuple[str, ...]:
        """Return a sentence for each term of the search that no number matches, with or without other filters.

        If there are results, that is only a word beside a telephone number, which did not filter.
        """
        if total and not any(term.is_telephone for term in terms_of(self.q)):
            return ()
        return tuple(f"Nothing matches {shown(term)}." for term in unmatched_by_numbers(self.q, moment))

    def but(self, **changes: str | int) -> Self:
        return super().but(**{"who": "", **changes})


def parse(query: QueryDict, *, also: Collection[str] = ()) -> NumberFilters:
    """Parse a query string. Invalid parts are ignored and named in `notices`, except parameters in `also`."""
    notices: list[str] = []
    q = text_of(query, "q", "search", notices)
    if len(terms_of(q)) > MAX_WORDS:
        notices.append(f"Only the first {MAX_WORDS} words of the search are looked for.")
    filters = NumberFilters(
        q=q,
        who=text_of(query, "who", "teammate's name", notices),
        user=_user(query, notices),
        group=quo_text_of(query, "group", notices),
        kind=choice_of(query, "kind", KIND_CHOICES, notices),
        country=_country(query, notices),
        porting=quo_text_of(query, "porting", notices),
        forward=choice_of(query, "forward", FORWARD_CHOICES, notices),
        unassigned=choice_of(query, "unassigned", UNASSIGNED_CHOICES, notices),
        unusual=choice_of(query, "unusual", _YES, notices),
        sort=sort_of(query, COLUMNS, q, notices),
        page=page_of(query, notices),
    )
    facts = {cell.field: choice_of(query, cell.field, FACT_CHOICES, notices) for cell in CELLS}
    names = (*NARROWING, "sort", "page", "who", *also)
    name_repeated(query, names, notices)
    name_others(query, names, notices)
    return replace(filters, **facts, notices=tuple(notices))  # type: ignore[arg-type]  # each of its own type


def _user(query: QueryDict, notices: list[str]) -> str:
    user = query.get("user", "").lstrip()  # lstrip, because an id may end in a space
    if user and not is_user_id(user):
        notices.append(f"{shown(user)} is no teammate's id (they begin with US), so every teammate is shown.")
        return ""
    return user


def can_be_asked(text: str) -> bool:
    """Return whether the list can be filtered by this group or port: not if it is blank or too long."""
    return bool(text.strip()) and len(text) <= MAX_LENGTH and "\x00" not in text


def quo_text_of(query: QueryDict, name: str, notices: list[str]) -> str:
    """Return a value in Quo's words, unchanged."""
    text = query.get(name, "")
    if can_be_asked(text):
        return text
    if text.strip():
        notices.append(f"{shown(text)} is nothing that {name} can be, so it was ignored.")
    return ""


def _country(query: QueryDict, notices: list[str]) -> str:
    text = query.get("country", "").strip()
    if not text or text.lower() == UNKNOWN_COUNTRY:
        return text.lower()
    if not (len(text) == 2 and text.isascii() and text.isalpha()):
        notices.append(f"{shown(text)} is no country's code (they have two letters, such as US), so it was ignored.")
        return ""
    return text.upper()
