"""What a number shows besides its own texts: country, kind, port, and where it forwards calls.

Its country, kind and port match whole words, or at least their first five letters. Otherwise "Ted" would find
everything in the United States, and "unit" too.
"""

import re
from collections.abc import Collection
from functools import lru_cache

from babel import Locale
from django.db.models import Exists, OuterRef, Q

from numbers.memory.moment import Moment
from numbers.memory.numbers import NO_FORWARD, NO_PORT, numbers_at
from numbers.memory.search.dashes import containing
from numbers.vocabulary.folding import fold
from numbers.vocabulary.phones import country_name

_PART = re.compile(r"[^\W_]+")
_PREFIX = 5
KIND_WORDS = {"toll-free": "toll-free tollfree", "local": "local"}


def names_attribute(word: str, text: str) -> bool:
    """Return whether the folded word names an attribute with this text."""
    return _names(word, frozenset(_PART.findall(fold(text))))


def _names(word: str, parts: frozenset[str]) -> bool:
    asked = _PART.findall(word)
    return bool(asked) and all(
        any(part == one or (len(one) >= _PREFIX and part.startswith(one)) for part in parts) for one in asked
    )


@lru_cache(maxsize=1)
def _parts_of_countries() -> dict[str, frozenset[str]]:
    codes = (code for code in map(str, Locale("en").territories) if len(code) == 2)
    return {code: frozenset(_PART.findall(fold(country_name(code)))) for code in codes}


def ports_at(moment: Moment) -> tuple[str, ...]:
    """Return the porting statuses of all numbers at the moment."""
    ports = numbers_at(moment).exclude(NO_PORT).order_by().values_list("porting_status", flat=True).distinct()
    return tuple(port or "" for port in ports)


def with_attribute(words: tuple[str, ...], ports: tuple[str, ...]) -> Q:
    """Return the condition for numbers whose country, kind or port each of the words names."""
    condition = Q()
    for word in words:
        condition &= (
            Q(country__in=[code for code, parts in _parts_of_countries().items() if _names(word, parts)])
            | Q(kind__in=[kind for kind, text in KIND_WORDS.items() if names_attribute(word, text)])
            | Q(porting_status__in=[port for port in ports if names_attribute(word, port)])
        )
    return condition


def with_forward(words: tuple[str, ...], spellings: Collection[str], moment: Moment) -> Q:
    """Return the condition for numbers that forward calls to these digits, or to a number with such a name."""
    line = numbers_at(moment).filter(in_name(words), telephone=OuterRef("forward_number"))
    written = Q(*(("forward__icontains", word) for word in words))
    for spelling in spellings:
        written |= Q(forward_number__contains=spelling) | Q(forward__contains=spelling)
    to_line = Q(~Q(forward_number=""), Exists(line))
    return Q(~NO_FORWARD, written | to_line)


def in_name(words: tuple[str, ...], fields: tuple[str, ...] = ("name",)) -> Q:
    """Return the condition for rows whose name, which is in `fields`, contains all words.

    The key of a name is folded, but zeros fill up its digits, so it cannot be used for all words with digits.
    """
    condition = Q()
    for word in words:
        has_digits = any(digit in word for digit in "0123456789")
        is_in_key = not has_digits or (word.isascii() and word.isdigit() and not word.startswith("0"))
        raw = Q(*(containing(field, word, "icontains") for field in fields), _connector=Q.OR)
        condition &= containing("name_key", word) if is_in_key else raw
    return condition
