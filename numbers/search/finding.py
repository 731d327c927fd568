"""Which numbers and teammates a search finds. Reading only."""

from collections.abc import Iterable, Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from numbers.folding import fold
from numbers.models import NumberState, SearchText, TeammateState
from numbers.querysets import FEW
from numbers.search.asking import count, holding
from numbers.search.words import MAX_WORDS, words_of, writings_of

MANY = 20_000  # found numbers; of more, the first ones in the order of the list are soon found


def search_numbers(states: QuerySet[NumberState], query: str) -> tuple[QuerySet[NumberState], int | None]:
    """The numbers of now that every word of `query` fits: name, symbol, group, digits in any writing, or a teammate.

    Second comes how many they are where `states` are all the numbers; None where nothing is looked for.
    """
    words = words_of(query)[:MAX_WORDS]
    if not words:
        return states, None
    total = count(SearchText, _all_writings(words))
    if total is None:
        return _told_by_texts(states, words)
    if total > MANY:
        return states.filter(_fits_each(words)), total
    return holding(states, SearchText, _all_writings(words), key="phone_number", one_by_one=total > FEW), total


def _told_by_texts(states: QuerySet[NumberState], words: list[str]) -> tuple[QuerySet[NumberState], int]:
    texts = found(words)
    total = texts.count()
    if total <= FEW:
        return states.filter(phone_number__in=texts.values("pk")[:FEW]), total  # cut: PostgreSQL begins with them then
    return states.filter(_fits_each(words)), total


def _fits_each(words: list[str]) -> Exists:
    """Ask the text of each number, in the order of the list, which is soon full."""
    return Exists(_fitting(words).filter(pk=OuterRef("phone_number")))


def found(words: Sequence[str]) -> QuerySet[SearchText]:
    """What is searched of the numbers that every one of these folded words fits."""
    return holding(_fitting(words), SearchText, _all_writings(words))


def _all_writings(words: Iterable[str]) -> list[set[str]]:
    return [writings_of(word) for word in words]


def search_teammates(query: str) -> QuerySet[TeammateState]:
    """The teammates whose names or email fit every word of `query`, by name."""
    words = fold(query).split()[:MAX_WORDS]
    states = TeammateState.objects.filter(*(Q(search_text__contains=word) for word in words), until=None)
    return (
        holding(states, TeammateState, [{word} for word in words]).select_related("teammate").order_by("name_key", "pk")
    )


def _fitting(words: Iterable[str]) -> QuerySet[SearchText]:
    """The texts that every word fits: in any writing the number's own, as it is those of the teammates."""
    texts = SearchText.objects.all()
    for word in words:
        own = (("own__contains", text) for text in sorted(writings_of(word)))
        texts = texts.filter(Q(*own, ("teammates__contains", word), _connector=Q.OR))
    return texts
