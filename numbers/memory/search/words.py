"""Splits a search query into words."""

import re
from collections.abc import Iterable, Iterator

from numbers.vocabulary.folding import MIN_PHONE_DIGITS, PHONE_PUNCTUATION, digits_of, fold

MAX_WORDS = 12
MAX_PHONE_DIGITS = 15  # of a telephone number in E.164


def words_of(query: str) -> list[str]:
    """Split a query into folded words. The parts of one telephone number become one word of digits.

    `+1 (415) 555-01` becomes `+141555501`, which matches the start of a number; `(415) 555-01` becomes `41555501`,
    which matches anywhere in it. Digits too few for a telephone number stay separate words. So do digits after a
    complete one: `(415) 555-0123 12` is two words.
    """
    return list(_merge_phone_parts(fold(query).split()))


_PHONE_PART = re.compile(rf"[{PHONE_PUNCTUATION}]*[0-9][{PHONE_PUNCTUATION}0-9]*")
_BETWEEN_PARTS = re.compile(rf"[{PHONE_PUNCTUATION}]+")
_WHOLE_NUMBER = 10  # digits with the area code, without a country code


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
    """Return one word for the telephone number that `run` begins with, then the words that follow it."""
    if not run:
        return []
    has_code = run[0].startswith("+")
    whole = _WHOLE_NUMBER if not has_code else _WHOLE_NUMBER + 1 if run[0].startswith("+1") else MAX_PHONE_DIGITS
    digits, taken = digits_of(run[0]), 1
    for part in run[1:]:
        if len(digits) >= whole or (len(digits_of(part)) >= MIN_PHONE_DIGITS and not has_code):
            break
        digits += digits_of(part)
        taken += 1
    if has_code:
        first = [f"+{digits}"]
    elif len(digits) >= MIN_PHONE_DIGITS:
        first = [digits]
    else:  # with "(", a few digits match only telephone numbers
        first = ["".join(run[:taken])] if run[0].startswith("(") else run[:taken]
    return first + _phone_words(run[taken:])


def spellings_of(word: str) -> set[str]:
    """Return the word itself and, if it looks like part of a telephone number, its digits."""
    # The texts contain each number with its plus, so a word with a leading plus matches unchanged.
    is_part = _PHONE_PART.fullmatch(word) and not word.startswith("+")
    return {word, digits_of(word)} if is_part else {word}
