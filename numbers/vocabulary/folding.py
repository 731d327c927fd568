"""Folds text so that search and order ignore case and accents."""

import re
import unicodedata

# What nobody sees and copied text brings along: soft hyphens, zero-width characters, marks of direction.
_UNSEEN = {0xAD, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A)}

# Letters that Unicode does not take apart into a base letter and an accent.
_UNACCENTED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)


def fold(text: str) -> str:
    """Return `text` without case, accents, variation selectors, unseen characters and NUL, its white space single.

    Folding twice changes nothing, so a folded query can be looked for in folded text.
    """
    if text.isascii():  # then none of the rest would find anything
        return " ".join(text.lower().replace("\x00", " ").split())
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = _BEYOND_ASCII.sub(_bare, decomposed)
    return " ".join(bare.translate(_UNACCENTED).replace("\x00", " ").split())


_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")


def _bare(found: re.Match[str]) -> str:
    return "".join(
        character for character in found[0] if unicodedata.category(character) != "Mn" and ord(character) not in _UNSEEN
    )


def order_key(text: str) -> str:
    """Return a key that sorts as people expect: without case and accents, "Line 2" before "Line 10"."""
    return re.sub(r"[0-9]+", lambda digits: digits.group().lstrip("0").rjust(12, "0"), fold(text)[:200])


# How people write a telephone number: what may stand between its digits, as a regular expression's set has it
# (hyphens and dashes of every kind), and how many digits it has at least, without its area code.
TELEPHONE_SIGNS = r"-+()./\u2010-\u2015\u2212"
ENOUGH_DIGITS = 7
_TELEPHONE = re.compile(rf"[{TELEPHONE_SIGNS} 0-9]{{{ENOUGH_DIGITS},}}")


def digits_of(text: str) -> str:
    """Return the digits of `text`, without what stands between them."""
    return re.sub("[^0-9]", "", text)


def telephone_digits(text: str) -> list[str]:
    """Return the digits of each telephone number that stands in `text`, so that it is found however it is typed."""
    written = (digits_of(run) for run in _TELEPHONE.findall(text))
    return [digits for digits in written if len(digits) >= ENOUGH_DIGITS]
