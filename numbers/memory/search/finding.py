"""Finds numbers and teammates by a search query."""

from collections.abc import Sequence

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from numbers.memory.assignments import assignments_at
from numbers.memory.moment import NOW, Moment
from numbers.memory.search.words import MAX_WORDS, spellings_of, words_of
from numbers.memory.teammates import teammates_at
from numbers.models import NumberState, SearchText, TeammateState
from numbers.vocabulary.folding import fold


def search_numbers(states: QuerySet[NumberState], query: str, moment: Moment) -> QuerySet[NumberState]:
    """Keep the numbers that match every word of `query`: by name, symbol, group, digits or a teammate."""
    words = words_of(query)[:MAX_WORDS]
    if not words:
        return states
    if moment != NOW:
        return states.filter(*(_matches(word, "search_text", _has_teammate(word, moment)) for word in words))
    # The sum keeps SQLite from looking up each match by its key and sorting them all.
    return states.alias(number_key=F("phone_number_id") + 0).filter(number_key__in=matching_texts(words).values("pk"))


def matching_texts(words: Sequence[str]) -> QuerySet[SearchText]:
    """Return the current search texts that match all of these folded words."""
    return SearchText.objects.filter(*(_matches(word, "own", Q(teammates__contains=word)) for word in words))


def _matches(word: str, own_text: str, has_teammate: Q) -> Q:
    """Match the word in any spelling with the number's own text, or unchanged with a teammate."""
    own = ((f"{own_text}__contains", spelling) for spelling in sorted(spellings_of(word)))
    return Q(*own, has_teammate, _connector=Q.OR)


def _has_teammate(word: str, moment: Moment) -> Q:
    matching = Q(moment.held("teammate__states__"), teammate__states__search_text__contains=word)
    return Q(Exists(assignments_at(moment).filter(matching, phone_number=OuterRef("phone_number"))))


def search_teammates(query: str, moment: Moment) -> QuerySet[TeammateState]:
    """Return the teammates whose names or email match every word of `query`, by name."""
    words = fold(query).split()[:MAX_WORDS]
    states = teammates_at(moment).filter(*(Q(search_text__contains=word) for word in words))
    return states.select_related("teammate").order_by("name_key", "pk")
