"""Which numbers and teammates a search finds. Reading only."""

from collections.abc import Sequence

from django.db.models import F, Q, QuerySet

from numbers.memory.search.words import MAX_WORDS, words_of, writings_of
from numbers.models import NumberState, SearchText, TeammateState
from numbers.vocabulary.folding import fold


def search_numbers(states: QuerySet[NumberState], query: str) -> QuerySet[NumberState]:
    """The numbers of now that every word of `query` fits: name, symbol, group, digits in any writing, or a teammate."""
    words = words_of(query)[:MAX_WORDS]
    if not words:
        return states
    # The sum keeps SQLite from looking up each found number by its key and sorting them all.
    return states.alias(number_key=F("phone_number_id") + 0).filter(number_key__in=found(words).values("pk"))


def found(words: Sequence[str]) -> QuerySet[SearchText]:
    """The search texts that every one of these folded words fits."""
    return SearchText.objects.filter(*map(_fits, words))


def _fits(word: str) -> Q:
    """A word may match the number's own text in any of its writings, or the teammates' text as it is."""
    own = (("own__contains", writing) for writing in sorted(writings_of(word)))
    return Q(*own, ("teammates__contains", word), _connector=Q.OR)


def search_teammates(query: str) -> QuerySet[TeammateState]:
    """The teammates whose names or email fit every word of `query`, by name."""
    words = fold(query).split()[:MAX_WORDS]
    states = TeammateState.objects.filter(*(Q(search_text__contains=word) for word in words), until=None)
    return states.select_related("teammate").order_by("name_key", "pk")
