"""The filters of the list of teammates, for the page, its fragments and its exports."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from django.db.models import Q, QuerySet
from django.http import QueryDict

from numbers.filters.base import NAMES_FIRST, Chip, ListFilters
from numbers.filters.numbers import FACT_CHOICES, quo_text_of
from numbers.filters.query_string import choice_of, name_others, name_repeated, page_of, shown, sort_of, text_of
from numbers.filters.wording import joined
from numbers.memory import teammates as teammate_queries
from numbers.memory.moment import NOW, Moment
from numbers.memory.search.finding import search_teammates, unmatched_by_teammates
from numbers.memory.search.words import MAX_WORDS, terms_of
from numbers.models import TeammateState
from numbers.vocabulary.bidi import isolated
from numbers.vocabulary.cells import CELLS, Fact

SORT_LABELS = {"name": "name", "numbers": "how many numbers", "role": "role"}

ROLE_LABELS = {"owner": "Owners", "admin": "Admins", "member": "Members"}
NUMBERS_LABELS = {"none": "named on no number", "one": "named on one number", "several": "named on several numbers"}
_COUNTS = {"none": Q(numbers=0), "one": Q(numbers=1), "several": Q(numbers__gt=1)}

_VERBS = {Fact.ALLOWED: "can", Fact.RESTRICTED: "cannot", Fact.UNKNOWN: "are not reported as able to"}


@dataclass(frozen=True)
class TeammateFilters(ListFilters):
    """The query of the list of teammates.

    `numbers` is how many numbers a teammate is on: "none", "one" or "several". The cells filter by reach: "allowed"
    means through at least one number, "restricted" through none.
    """

    sort_labels = SORT_LABELS
    narrowing = ("q", "role", "numbers", *(cell.field for cell in CELLS))

    role: str = ""
    numbers: str = ""

    def states(self, moment: Moment = NOW) -> QuerySet[TeammateState]:
        """Return the teammates that match at the moment, sorted, with the count `numbers` of each."""
        states = teammate_queries.counting_numbers(search_teammates(self.q, moment), moment)
        if self.role:
            states = states.filter(role=self.role)
        if self.numbers:
            states = states.filter(_COUNTS[self.numbers])
        for cell, fact in self.facts.items():
            states = teammate_queries.with_reach(states, cell.field, fact, moment)
        return states if self.order == NAMES_FIRST else teammate_queries.ordered_teammates(states, self.order)

    def unmatched(self, moment: Moment = NOW) -> tuple[str, ...]:
        """Return a sentence for each term of the search that no teammate matches, with or without other filters."""
        return tuple(f"Nothing matches {shown(term)}." for term in unmatched_by_teammates(self.q, moment))

    def sentence(self) -> str:
        """Describe the list: "Admins named on one number who can call abroad and fit “ann”"."""
        facts = self.facts.items()
        clauses = [f"{_VERBS[fact]} {cell.channel.act} {cell.region.destination}" for cell, fact in facts]
        clauses += [f"fit “{isolated(self.q)}”"] if self.q else []
        other = f"with the role “{isolated(self.role)}”" if self.role and self.role not in ROLE_LABELS else ""
        words = (ROLE_LABELS.get(self.role, "Teammates"), other, NUMBERS_LABELS.get(self.numbers, ""))
        return " ".join(filter(None, (*words, f"who {joined(clauses)}" if clauses else "")))

    def chips(self) -> tuple[Chip, ...]:
        """Return a chip for each active filter, in the order of the form."""
        labels = {
            "q": f"Search: {isolated(self.q)}",
            "role": f"Role: {isolated(self.role)}",
            "numbers": NUMBERS_LABELS.get(self.numbers, "").capitalize(),
            **{cell.field: f"{cell.label}: {fact.label}" for cell, fact in self.facts.items()},
        }
        return tuple(Chip(name, labels[name], self.but(**{name: ""})) for name in self.active)


def parse(query: QueryDict, *, also: Collection[str] = ()) -> TeammateFilters:
    """Parse a query string. Invalid parameters are ignored with a notice, except the names in `also`."""
    notices: list[str] = []
    q = text_of(query, "q", "search", notices)
    if len(terms_of(q)) > MAX_WORDS:
        notices.append(f"Only the first {MAX_WORDS} words of the search are looked for.")
    filters = TeammateFilters(
        q=q,
        role=_role(query, notices),
        numbers=choice_of(query, "numbers", {count: count for count in NUMBERS_LABELS}, notices),
        sort=sort_of(query, SORT_LABELS, q, notices),
        page=page_of(query, notices),
    )
    reach = {cell.field: choice_of(query, cell.field, FACT_CHOICES, notices) for cell in CELLS}
    names = (*TeammateFilters.narrowing, "sort", "page", *also)
    name_repeated(query, names, notices)
    name_others(query, names, notices)
    return replace(filters, **reach, notices=tuple(notices))  # type: ignore[arg-type]  # each of its own type


def _role(query: QueryDict, notices: list[str]) -> str:
    """Return a role exactly as a teammate has it, or else the described role that people mean by it in any case."""
    text = quo_text_of(query, "role", notices)
    described = text.strip().lower()
    is_meant = described in ROLE_LABELS and (text == described or not teammate_queries.role_occurs(text))
    return described if is_meant else text
