"""The questions that are asked of the memory, each with a name. Reading only."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from numbers.facts import COLUMNS, Fact
from numbers.folding import ENOUGH_DIGITS, TELEPHONE_SIGNS, digits_of, fold
from numbers.models import Assignment, NumberState, SearchText, TeammateState
from numbers.search_index import count, holding

MAX_WORDS = 12
MOST_DIGITS = 15  # of a telephone number, by E.164


def current() -> QuerySet[NumberState]:
    """Every number as it is now."""
    return NumberState.objects.filter(until=None)


def as_of(moment: datetime) -> QuerySet[NumberState]:
    """Every number as it was at `moment`."""
    return NumberState.objects.filter(_held_at(moment))


def _held_at(moment: datetime) -> Q:
    return Q(since__lte=moment) & (Q(until=None) | Q(until__gt=moment))


def of_teammate(states: QuerySet[NumberState], user_id: str) -> QuerySet[NumberState]:
    """The numbers that the teammate `US…` is on now."""
    on_them = Assignment.objects.filter(teammate__quo_id=user_id, until=None).values("phone_number")
    return states.filter(phone_number__in=on_them)


def with_fact(states: QuerySet[NumberState], field: str, fact: Fact) -> QuerySet[NumberState]:
    """The numbers of which Quo says this of the cell `field`."""
    raw = {Fact.ALLOWED: "unrestricted", Fact.RESTRICTED: "restricted"}
    if fact is Fact.UNKNOWN:
        return states.exclude(**{f"{field}__in": list(raw.values())})
    return states.filter(**{field: raw[fact]})


def with_somebody(states: QuerySet[NumberState], *, is_on: bool) -> QuerySet[NumberState]:
    """The numbers with at least one teammate on them now, or those with nobody."""
    somebody = Exists(Assignment.objects.filter(phone_number=OuterRef("phone_number"), until=None))
    return states.filter(somebody if is_on else ~somebody)


NO_PORT = Q(porting_status=None) | Q(porting_status="")
UNFINISHED = ~(NO_PORT | Q(porting_status__iexact="completed"))


def with_port(states: QuerySet[NumberState], status: str) -> QuerySet[NumberState]:
    """The numbers whose port has Quo's `status`; without one ("none"), or with one that is not done ("unfinished")."""
    if status == "none":
        return states.filter(NO_PORT)
    if status == "unfinished":
        return states.filter(UNFINISHED)
    return states.filter(porting_status=status)


NO_FORWARD = Q(forward=None) | Q(forward="")
_OURS = Exists(NumberState.objects.filter(number=OuterRef("forward_number"), until=None))
OUTSIDE = ~NO_FORWARD & ~Q(_OURS)


def with_forward(states: QuerySet[NumberState], where: str) -> QuerySet[NumberState]:
    """The numbers that forward calls: "any"where, "none", "inside" to a number of the workspace, else "outside"."""
    if where == "none":
        return states.filter(NO_FORWARD)
    if where == "outside":
        return states.filter(OUTSIDE)
    states = states.exclude(NO_FORWARD)
    return states.filter(_OURS) if where == "inside" else states


FEW = 2_000  # found numbers that are looked up, and then sorted
MANY = 20_000  # of more, the first ones in the order of the list are soon found


def search(states: QuerySet[NumberState], query: str) -> tuple[QuerySet[NumberState], int | None]:
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
    return [_writings(word) for word in words]


def search_teammates(query: str) -> QuerySet[TeammateState]:
    """The teammates whose names or email fit every word of `query`, by name."""
    words = fold(query).split()[:MAX_WORDS]
    states = TeammateState.objects.filter(*(Q(search_text__contains=word) for word in words), until=None)
    return (
        holding(states, TeammateState, [{word} for word in words]).select_related("teammate").order_by("name_key", "pk")
    )


def names_of(user_ids: Collection[str]) -> dict[str, str]:
    """What people read of these teammates, by their ids `US…`; those that are not known are left out."""
    states = TeammateState.objects.filter(until=None, teammate__quo_id__in=user_ids).select_related("teammate")
    return {state.teammate.quo_id: state.display_name for state in states}


def words_of(query: str) -> list[str]:
    """Split a query into folded words; parts that together are one telephone number become one word of its digits.

    `+1 (415) 555-01` is the word `+141555501`, whose digits stand at the number's start; `(415) 555-01` is `41555501`,
    whose digits stand anywhere in it. Digits that are too few to be meant as one number stay words of their own, and
    so do those that follow a whole number: `(415) 555-0123 12` is two words.
    """
    return list(_merge_phone_parts(fold(query).split()))


_PHONE_PART = re.compile(rf"[{TELEPHONE_SIGNS}]*[0-9][{TELEPHONE_SIGNS}0-9]*")
_BETWEEN_PARTS = re.compile(rf"[{TELEPHONE_SIGNS}]+")
_WHOLE_NUMBER = 10  # digits with the area code; a country's code comes on top


def _merge_phone_parts(words: Iterable[str]) -> Iterator[str]:
    run: list[str] = []
    for word in words:
        is_part = _PHONE_PART.fullmatch(word)
        if word.startswith("+") or not is_part:
            if run and _BETWEEN_PARTS.fullmatch(word):
                continue
            yield from _phone_words(run)
            run = []
        if is_part:
            run.append(word)
        else:
            yield word
    yield from _phone_words(run)


def _phone_words(run: list[str]) -> list[str]:
    """Return one word for the telephone number that `run` begins with, and the words of what follows it."""
    if not run:
        return []
    has_code = run[0].startswith("+")
    whole = _WHOLE_NUMBER if not has_code else _WHOLE_NUMBER + 1 if run[0].startswith("+1") else MOST_DIGITS
    digits, taken = digits_of(run[0]), 1
    for part in run[1:]:
        if len(digits) >= whole or (len(digits_of(part)) >= ENOUGH_DIGITS and not has_code):
            break
        digits += digits_of(part)
        taken += 1
    if has_code:
        first = [f"+{digits}"]
    else:
        first = [digits] if run[0].startswith("(") or len(digits) >= ENOUGH_DIGITS else run[:taken]
    return first + _phone_words(run[taken:])


def _writings(word: str) -> set[str]:
    """Return the word as it is, and the digits of one that looks like a part of a telephone number."""
    # A word that begins with a plus stands as it is in the texts, which have each number from its own plus on.
    is_part = _PHONE_PART.fullmatch(word) and not word.startswith("+")
    return {word, digits_of(word)} if is_part else {word}


def _fitting(words: Iterable[str]) -> QuerySet[SearchText]:
    """The texts that every word fits: in any writing the number's own, as it is those of the teammates."""
    texts = SearchText.objects.all()
    for word in words:
        own = (("own__contains", text) for text in sorted(_writings(word)))
        texts = texts.filter(Q(*own, ("teammates__contains", word), _connector=Q.OR))
    return texts


def _fact_rank(field: str) -> Case:
    """Allowed before restricted before not reported."""
    return Case(
        When(**{field: "unrestricted"}, then=Value(0)),
        When(**{field: "restricted"}, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )


def _teammates_on() -> Subquery:
    # Not an aggregate, which would group what it counts: of each number it counts all.
    counted = Func("pk", function="COUNT", output_field=IntegerField())
    on_it = Assignment.objects.filter(phone_number=OuterRef("phone_number"), until=None).order_by()
    return Subquery(on_it.values(count=counted))


SORTS: dict[str, F | Case | Coalesce | Subquery] = {
    "name": F("name_key"),
    "number": F("number"),
    "symbol": Coalesce(F("symbol"), Value(""), output_field=CharField()),
    "teammates": _teammates_on(),
    **{column.field: _fact_rank(column.field) for column in COLUMNS},
    "forward": Coalesce(F("forward"), Value(""), output_field=CharField()),
    "porting": Coalesce(F("porting_status"), Value(""), output_field=CharField()),
    "group": F("group_id"),
    "kind": F("kind"),
    "country": F("country"),
}


def ordered(states: QuerySet[NumberState], sort: str) -> QuerySet[NumberState]:
    """Sort states of one moment by a key of `SORTS`, descending with a leading `-`.

    Equals are by name, then number, then identity, so pages never overlap.
    """
    key = SORTS[sort.removeprefix("-")]
    return states.order_by(key.desc() if sort.startswith("-") else key.asc(), "name_key", "number", "phone_number_id")


def teammates_on(phone_numbers: Iterable[int], *, until: datetime | None = None) -> QuerySet[Assignment, Any]:
    """Who is on these numbers now, or was up to `until`, by name: a dict each, with the teammate's open state."""
    return (
        Assignment.objects.filter(phone_number__in=list(phone_numbers), until=until, teammate__states__until=None)
        .order_by("teammate__states__name_key", "teammate__quo_id")
        .values(
            "phone_number_id",
            "role",
            "group_id",
            user_id=F("teammate__quo_id"),
            email=F("teammate__states__email"),
            first_name=F("teammate__states__first_name"),
            last_name=F("teammate__states__last_name"),
        )
    )
