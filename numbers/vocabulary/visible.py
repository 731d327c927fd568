"""Says whether a text shows anything. A name that does not is shown as "(no name)"."""

import unicodedata

from numbers.vocabulary.phrases import NO_NAME

# Controls, formats, spaces and separators; and accents, which alone are no name.
_INVISIBLE_CATEGORIES = {"Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Me"}
# Letters and symbols that are blank: Hangul fillers, the empty Braille pattern, the null note head.
_BLANK = {0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800, 0x1D159}
# Characters that programs must ignore, whether assigned or not, and what replaces NUL, which no database can store.
_BLANK |= {0x2065, *range(0xFFF0, 0xFFF9), *range(0xE0000, 0xE1000), 0xFFFD}


def is_visible(text: str) -> bool:
    """Return whether `text` has a character that people can see."""
    return any(
        unicodedata.category(character) not in _INVISIBLE_CATEGORIES and ord(character) not in _BLANK
        for character in text
    )


def shown_name(name: str) -> str:
    """Return the name for people to read: unchanged, or "(no name)" if it shows nothing."""
    return name if is_visible(name) else NO_NAME
