"""Splits a search query into terms."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import phonenumbers

from numbers.memory.search.dashes import with_plain_dashes
from numbers.memory.search.labels import is_label, without_additions
from numbers.vocabulary.folding import MIN_PHONE_DIGITS, PHONE_PUNCTUATION, digits_of, fold

MAX_WORDS = 12
MAX_PHONE_DIGITS = 15  # of a telephone number in E.164


@dataclass(frozen=True)
class Term:
    """One thing to look for: a word, or a telephone number.

    A text matches if it contains all `words`, which are folded, or the number `written` in any spelling. `typed` is
    what people read of it. A title, as in "Dr. Ada Byron", need not match, nor a label, as in "Call 020 7946 0958".
    """

    typed: str
    words: tuple[str, ...]
    written: str = ""
    is_optional: bool = False

    @property
    def is_telephone(self) -> bool:
        return len(digits_of(self.written)) >= MIN_PHONE_DIGITS


def terms_of(query: str) -> list[Term]:
    """Split a query into terms. The parts of one telephone number become one term.

    `+1 (415) 555-01` becomes `+141555501`, which matches the start of a number; `(415) 555-01` becomes `41555501`,
    which matches anywhere in it. Digits too few for a telephone number stay separate words. So do digits after a
    complete one: `(415) 555-0123 12` is two words.
    """
    query = without_additions(query)
    if vanity := _vanity_number(query):
        return [vanity]
    terms = list(_merge_phone_parts(_typed_words(query)))
    if any(term.is_telephone for term in terms):
        return [replace(term, is_optional=True) if _is_label(term) else term for term in terms]
    return terms


def _is_label(term: Term) -> bool:
    return term.is_optional or (not term.written and is_label(term.words))


_TOLL_FREE = re.compile(r"(?P<label>\D*?)(?P<number>\+?(?:1\W*)?\(?8[0-9]{2}\W.*)")


def _vanity_number(query: str) -> Term | None:
    """Return the term of a number written with letters, such as `1-800-FLOWERS`; None if it is none."""
    match = _TOLL_FREE.fullmatch(query)
    if not (match and is_label(fold(match["label"]).split())):
        return None
    number = match["number"].strip(_QUOTES)
    if not phonenumbers.is_alpha_number(number):
        return None
    digits = digits_of(phonenumbers.convert_alpha_characters_in_number(number)).removeprefix("1")
    return Term(number, tuple(fold(number).split()), digits) if len(digits) == _WHOLE_NUMBER else None


# Around a word: quotes, brackets, and the marks that end a sentence. Parentheses are also parts of telephone numbers.
_QUOTES = "\"'`‘’‚‛“”„«»‹›<>[]{}=!?:*¿¡؟「」『』【】《》〈〉。"
_EDGES = f"{_QUOTES}()."
_SEPARATORS = re.compile("[,;|，；｜、､﹐﹑﹔،؛፣፤՝߸᠂᠈]+")
_APOSTROPHES = re.compile("['’‘ʼ`]+")  # a keyboard has only one of them, so O’Neil is searched as O and Neil
_TITLES = {
    "mr",
    "mrs",
    "ms",
    "miss",
    "mx",
    "dr",
    "prof",
    "sir",
    "dame",
    "herr",
    "frau",
    "jr",
    "sr",
    "phd",
    "ph.d",
    "esq",
}


def _typed_words(query: str) -> list[Term]:
    """Return a term for each word, without punctuation between words.

    Titles count only where address books write them: first, or after a comma.
    """
    words: list[Term] = []
    may_be_title = True
    for token in query.split():
        for typed in filter(None, _SEPARATORS.split(token)) if _SEPARATORS.sub("", token) else (token,):
            for word in with_plain_dashes(fold(typed)).split():
                bare = word.strip(_EDGES) or word
                is_title = bare in _TITLES and (may_be_title or word.endswith("."))
                part = _as_dialled(word)
                is_part = bool(_PHONE_PART.fullmatch(part))
                shown = typed.strip(_QUOTES if is_part else _EDGES) or typed
                pieces = (word.strip(_QUOTES),) if is_part else tuple(filter(None, _APOSTROPHES.split(bare))) or (bare,)
                words.append(Term(shown, pieces, part * is_part, is_title))
                may_be_title = is_title
            may_be_title |= len(typed) < len(token)
    words = [word for word in words if not _is_punctuation(word)] or words
    is_only_titles = all(word.is_optional for word in words)
    return [replace(word, is_optional=False) for word in words] if is_only_titles else words


def _is_punctuation(word: Term) -> bool:
    characters = "".join(word.words)
    return all(unicodedata.category(character).startswith(("P", "Sm", "Sk")) for character in characters)


_MORE_DASHES = str.maketrans(dict.fromkeys("~·•∙⋅ー", "-"))  # in telephone numbers of some countries


def _as_dialled(word: str) -> str:
    """Return `word` with the digits of any script as 0 to 9, and without quotes."""
    if not word.isascii():
        word = "".join(str(unicodedata.decimal(character, character)) for character in word)
    return word.translate(_MORE_DASHES).strip(_QUOTES)


_PHONE_PART = re.compile(rf"[{PHONE_PUNCTUATION}]*[0-9][{PHONE_PUNCTUATION}0-9]*")
_WHOLE_NUMBER = 10  # digits with the area code, without a country code


def _merge_phone_parts(words: Iterable[Term]) -> Iterator[Term]:
    run: list[Term] = []
    for word in words:
        if _has_code(word.written) or not word.written:
            yield from _phone_terms(run)
            run = []
        if word.written:
            run.append(word)
        else:
            yield word
    yield from _phone_terms(run)


def _has_code(written: str) -> bool:
    return written.lstrip("(.").startswith("+")


def _most_digits(written: str) -> int:
    """Return how many digits a telephone number that begins so can have."""
    if _has_code(written):
        return _WHOLE_NUMBER + 1 if digits_of(written).startswith("1") else MAX_PHONE_DIGITS
    digits = digits_of(written)
    if digits.startswith(("00", "011")):  # to call another country
        return MAX_PHONE_DIGITS + 3
    return _WHOLE_NUMBER + digits.startswith("0")


def _phone_terms(run: Sequence[Term]) -> list[Term]:
    """Return one term for the telephone number that `run` begins with, then the terms that follow it."""
    if not run:
        return []
    first = run[0].written
    has_code, most = _has_code(first), _most_digits(first)
    digits, taken = digits_of(first), 1
    longest = most + digits.startswith(("0", "1", "8"))  # with the digits dialled before a number at home
    for word in run[1:]:
        part = digits_of(word.written)
        begins_another = len(part) >= MIN_PHONE_DIGITS and len(digits) + len(part) > longest
        if len(digits) >= most or begins_another:
            break
        digits += part
        taken += 1
    return _terms_of_number(run[:taken], digits, has_code=has_code) + _phone_terms(run[taken:])


def _terms_of_number(parts: Sequence[Term], digits: str, *, has_code: bool) -> list[Term]:
    written = " ".join(part.written for part in parts)
    typed = " ".join(part.typed for part in parts)
    if all(part.words[0].isascii() for part in parts):
        if has_code:
            return [Term(typed, (f"+{digits}",), written)]
        if len(digits) >= MIN_PHONE_DIGITS:
            return [Term(typed, (digits,), written)]
        if written.startswith("("):  # a few digits in parentheses match only telephone numbers
            return [Term(typed, (written.replace(" ", ""),), written)]
    elif has_code or len(digits) >= MIN_PHONE_DIGITS:
        return [Term(typed, tuple(word for part in parts for word in part.words), written)]
    return list(parts)
