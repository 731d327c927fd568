"""Why a row of the list matches a search, for rows that do not show it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from numbers.memory.moment import Moment
from numbers.memory.numbers import numbers_at
from numbers.memory.search.attributes import KIND_WORDS, names_attribute
from numbers.memory.search.dashes import with_plain_dashes
from numbers.memory.search.telephones import spellings_of
from numbers.memory.search.words import MAX_WORDS, Term, terms_of
from numbers.vocabulary.folding import fold, telephone_digits
from numbers.vocabulary.phones import country_name, pretty
from numbers.vocabulary.visible import shown_name


class Person(Protocol):
    """A teammate on the number."""

    @property
    def name(self) -> str: ...

    @property
    def email(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Place:
    """A text that a term matches: what it is, and the column that shows it, if any does."""

    what: str
    text: str
    column: str = ""


@dataclass(frozen=True)
class Matcher:
    """Finds where the terms of a search match a row. `lines` are the names of our numbers by telephone."""

    terms: Sequence[tuple[Term, Collection[str]]] = ()  # with the spellings of each
    lines: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def places(self, state: Any, people: Sequence[Person], shown: int) -> tuple[tuple[Place, ...], ...]:  # noqa: ANN401 - a row of `described`
        """Return the places of each term that is not in the name. The first `shown` of the `people` are visible."""
        found = (
            (*_own_places(term, spellings, state), *_people(term, people, shown), *self._lines(term, state))
            for term, spellings in self.terms
            if not _fits(term, " ".join((state.name, *telephone_digits(state.name))), spellings)
        )
        return tuple(filter(None, found))

    def _lines(self, term: Term, state: Any) -> Iterator[Place]:  # noqa: ANN401 - a row of `described`
        names = self.lines.get(state.forward_number, ())
        return (Place("forwarding to", name, "forward") for name in names if _fits(term, name))


def _own_places(term: Term, spellings: Collection[str], state: Any) -> Iterator[Place]:  # noqa: ANN401 - as above
    forward, port, country = state.forward or "", state.porting_status or "", country_name(state.country)
    texts = (
        (Place("number", state.number, "number"), f"{state.number} {state.telephone}"),
        (Place("symbol", state.symbol or "", "symbol"), state.symbol or ""),
        (Place("group", state.group_id, "group"), state.group_id),
        (Place("forward", pretty(forward), "forward"), f"{forward} {state.forward_number}"),
    )
    yield from (place for place, text in texts if _fits(term, text, spellings))
    attributes = (
        (Place("kind", state.kind, "kind"), KIND_WORDS.get(state.kind, "")),
        # A tag beside the number says so too.
        (Place("kind", state.kind, "number"), KIND_WORDS["toll-free"] if state.kind == "toll-free" else ""),
        (Place("country", country, "country"), country),
        (Place("country", country, "number"), country if country in pretty(state.number) else ""),
        (Place("porting status", port, "porting"), port),
    )
    yield from (place for place, text in attributes if all(names_attribute(word, text) for word in term.words))


def _people(term: Term, people: Sequence[Person], shown: int) -> Iterator[Place]:
    for index, person in enumerate(people):
        if _fits(term, person.name):
            yield Place("teammate", person.name, "teammates" if index < shown else "")
        elif _fits(term, f"{person.name} {person.email}"):
            yield Place("teammate", f"{person.name}, {person.email}")


def _fits(term: Term, text: str, spellings: Iterable[str] = ()) -> bool:
    folded = with_plain_dashes(fold(text))
    return all(word in folded for word in term.words) or any(spelling in folded for spelling in spellings)


def matcher(query: str, states: Sequence[Any], moment: Moment) -> Matcher:
    """Return what finds the places in these rows of `described` where `query` matches."""
    terms = [term for term in terms_of(query)[:MAX_WORDS] if not term.is_optional]
    regions = {state.country for state in states} - {""}
    return Matcher([(term, spellings_of(term, regions)) for term in terms], _lines(states, moment) if terms else {})


def _lines(states: Sequence[Any], moment: Moment) -> Mapping[str, Sequence[str]]:
    telephones = {state.forward_number for state in states} - {""}
    lines: dict[str, list[str]] = {}
    if telephones:
        rows = numbers_at(moment).filter(telephone__in=telephones).order_by().values_list("telephone", "name")
        for telephone, name in rows:
            lines.setdefault(telephone, []).append(shown_name(name))
    return lines


def hidden(matches: Iterable[Sequence[Place]], columns: Collection[str]) -> list[Place]:
    """Return the first place of each term that no visible column shows."""
    unseen = (places for places in matches if not any(place.column in columns for place in places))
    return list(dict.fromkeys(places[0] for places in unseen))
