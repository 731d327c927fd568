"""Folds text so that search and order ignore case and accents."""

import re
import unicodedata

# Invisible characters that copied text contains: soft hyphens, zero-width characters, directional marks.
_INVISIBLE = {0xAD, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A)}

# Letters that Unicode does not decompose into a base letter and an accent.
_UNACCENTED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)


def fold(text: str) -> str:
    """Return `text` without case, accents, variation selectors, invisible characters and NUL, with single spaces.

    Folding is idempotent, so a folded query matches folded text.
    """
    if text.isascii():  # a shortcut: the rest would change nothing
        return " ".join(text.lower().replace("\x00", " ").split())
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    stripped = _NON_ASCII.sub(_strip_marks, decomposed)
    return " ".join(stripped.translate(_UNACCENTED).replace("\x00", " ").split())


_NON_ASCII = re.compile(r"[^\x00-\x7f]+")


def _strip_marks(match: re.Match[str]) -> str:
    return "".join(
        character
        for character in match[0]
        if unicodedata.category(character) != "Mn" and ord(character) not in _INVISIBLE
    )


def order_key(text: str) -> str:
    """Return a key that sorts as people expect: without case and accents, "Line 2" before "Line 10"."""
    return re.sub(r"[0-9]+", lambda digits: digits.group().lstrip("0").rjust(12, "0"), fold(text)[:200])


# The punctuation in written telephone numbers, as part of a character class, with all kinds of hyphens and dashes; and
# the fewest digits of a telephone number, without its area code.
PHONE_PUNCTUATION = r"-+()./\u2010-\u2015\u2212"
MIN_PHONE_DIGITS = 7
_TELEPHONE = re.compile(rf"[{PHONE_PUNCTUATION} 0-9]{{{MIN_PHONE_DIGITS},}}")


def digits_of(text: str) -> str:
    """Return only the digits of `text`."""
    return re.sub("[^0-9]", "", text)


def telephone_digits(text: str) -> list[str]:
    """Return the digits of each telephone number in `text`, so that search finds it in any format."""
    candidates = (digits_of(run) for run in _TELEPHONE.findall(text))
    return [digits for digits in candidates if len(digits) >= MIN_PHONE_DIGITS]
