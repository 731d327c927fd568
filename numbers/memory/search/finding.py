"""Finds numbers and teammates by a search query."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import add

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable

from numbers.memory.assignments import assignments_at
from numbers.memory.moment import NOW, Moment
from numbers.memory.numbers import numbers_at
from numbers.memory.search.attributes import in_name, ports_at, with_attribute, with_forward
from numbers.memory.search.dashes import containing
from numbers.memory.search.telephones import is_national, spellings_of
from numbers.memory.search.words import MAX_WORDS, Term, terms_of
from numbers.memory.teammates import teammates_at
from numbers.models import NumberState, SearchText, TeammateState


@dataclass(frozen=True)
class Searched:
    """A term as it is looked for at a moment: what it may be in stored digits, and the ports that numbers have."""

    term: Term
    spellings: frozenset[str] = frozenset()
    ports: tuple[str, ...] = ()


def searched_terms(query: str, moment: Moment) -> list[Searched]:
    """Return the terms of `query` for a search of numbers."""
    terms = terms_of(query)[:MAX_WORDS]
    if not terms:
        return []
    regions = _regions_at(moment) if any(map(is_national, terms)) else ()
    ports = ports_at(moment)
    return [Searched(term, frozenset(spellings_of(term, regions)), ports) for term in terms]


def _regions_at(moment: Moment) -> list[str]:
    """Return the countries of all numbers: a telephone number without a country code is probably of one of them."""
    countries = numbers_at(moment).exclude(country="").order_by().values_list("country", flat=True)
    return list(countries.distinct())


def search_numbers(states: QuerySet[NumberState], query: str, moment: Moment) -> QuerySet[NumberState]:
    """Keep the numbers that match every term of `query` by any text that they show, except optional ones.

    Beside a telephone number, words that no number matches are left out: they are about it, in any language.
    """
    searched = [one for one in searched_terms(query, moment) if not one.term.is_optional]
    if any(one.term.is_telephone for one in searched):
        searched = [one for one in searched if one.term.is_telephone or _is_matched(one, moment)]
    if not searched:
        return states
    # The sum keeps SQLite from looking up each match by its key and sorting them all.
    states = states.alias(number_key=F("phone_number_id") + 0)
    return states.filter(*(_matches(one, moment) for one in searched))


def _is_matched(searched: Searched, moment: Moment) -> bool:
    numbers = numbers_at(moment).alias(number_key=F("phone_number_id") + 0)
    return numbers.filter(_matches(searched, moment)).exists()


def _matches(searched: Searched, moment: Moment) -> Q:
    term, spellings = searched.term, searched.spellings
    described = with_attribute(term.words, searched.ports) | with_forward(term.words, spellings, moment)
    if moment != NOW:
        return _in_text("search_text", searched) | _has_teammate(term, moment) | described
    # Two lists of keys, so that one query reads the narrow texts, and the other a covering index.
    texts = matching_texts(searched).values("pk")
    return Q(number_key__in=texts) | Q(number_key__in=numbers_at(moment).filter(described).values("phone_number"))


def matching_texts(searched: Searched) -> QuerySet[SearchText]:
    """Return the current search texts that match."""
    return SearchText.objects.filter(_in_text("own", searched) | _with_all("teammates", searched.term.words))


def _in_text(field: str, searched: Searched) -> Q:
    spellings = ((f"{field}__contains", spelling) for spelling in sorted(searched.spellings))
    return Q(_with_all(field, searched.term.words), *spellings, _connector=Q.OR)


def _with_all(field: str, words: Iterable[str]) -> Q:
    return Q(*(containing(field, word) for word in words))


def _has_teammate(term: Term, moment: Moment) -> Q:
    matching = Q(moment.held("teammate__states__"), _with_all("teammate__states__search_text", term.words))
    return Q(Exists(assignments_at(moment).filter(matching, phone_number=OuterRef("phone_number"))))


def search_teammates(query: str, moment: Moment) -> QuerySet[TeammateState]:
    """Return the teammates whose names, email or role match every term of `query`: first those with matching names."""
    searched = [term for term in terms_of(query)[:MAX_WORDS] if not term.is_optional]
    states = teammates_at(moment).filter(*map(_describes_teammate, searched))
    return states.select_related("teammate").order_by(*names_first(query, "first_name", "last_name"), "name_key", "pk")


def _describes_teammate(term: Term) -> Q:
    return _with_all("search_text", term.words) | Q(role__iexact=" ".join(term.words))


def names_first(query: str, *fields: str) -> list[Combinable]:
    """Return expressions that sort rows by how many terms their name, which is in `fields`, does not match."""
    names = [in_name(term.words, fields) for term in terms_of(query)[:MAX_WORDS]]
    missing = [Case(When(name, then=Value(0)), default=Value(1), output_field=IntegerField()) for name in names]
    return [reduce(add, missing)] if missing else []


def unmatched_by_numbers(query: str, moment: Moment) -> list[str]:
    """Return each term, as it was typed, that no number at the moment matches."""
    searched = {one.term: one for one in searched_terms(query, moment) if not one.term.is_optional}
    return [term.typed for term, one in searched.items() if not _is_matched(one, moment)]


def unmatched_by_teammates(query: str, moment: Moment) -> list[str]:
    """Return each term, as it was typed, that no teammate at the moment matches."""
    terms = dict.fromkeys(term for term in terms_of(query)[:MAX_WORDS] if not term.is_optional)
    states = teammates_at(moment)
    return [term.typed for term in terms if not states.filter(_describes_teammate(term)).exists()]
