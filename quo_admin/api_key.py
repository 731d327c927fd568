"""Parses Quo's API key, which people paste from a web page, a letter or another program's settings.

Space, line breaks and invisible characters at both ends are ignored. Anything else around the key is an error that says
what to delete. Keys have no known shape, so only what surrounds them can be judged.
"""

import re
import unicodedata

_QUOTES = "\"'`´‘’‚‛“”„‟«»‹›＂＇"

# What people paste in front of a key, and how an error names it.
_PREFIXES = (
    (r"bearer:?(?:\s|$)", "the word Bearer in front of it"),
    # `export QUO_API_KEY=the-key`, `api_key: the-key`. But "=" and "==" at the end may belong to a key.
    (
        r"(?:(?:export|set|env)\s+|\$env:)?[a-z_][\w.-]*\s*(?:=(?!=*$)|:\s)|QUO_API_KEY\s*[=:]",
        "the NAME= in front of it",
    ),
    (r"(?:token|basic|key|api[ -]?key|authorization:?|QUO_API_KEY)(?:\s|$)", "the word in front of it"),
)


def parse(value: str) -> str:
    """Return the key. Raises ValueError with the end of a sentence, which never holds the key."""
    key = _trimmed(value)
    if len(key.splitlines()) > 1:
        raise _not_alone("it has several lines. Leave only the key, on one line")
    if re.fullmatch(r"[\[{(<].*[\]})>]", key):
        raise _not_alone("there are brackets around it. Leave only the key")
    bare, surplus = _unwrapped(key)
    if not bare:
        raise _not_alone("there is no key in it")
    if surplus:
        raise _not_alone(f"delete {' and '.join(surplus)}")
    if re.search(r"\s", key):
        raise _not_alone("there is a space in it. Copy the key from Quo again")
    if not re.fullmatch(r"[\x21-\x7e]+", key):
        raise _not_alone("it has an accented, invisible or other unusual character. Copy the key from Quo again")
    return key


def _not_alone(complaint: str) -> ValueError:
    return ValueError(f"must be the key alone: {complaint}")


def _trimmed(text: str) -> str:
    """Return the text without space and invisible characters, such as a byte order mark, at both ends."""
    visible = [place for place, character in enumerate(text) if not _is_blank(character)]
    return text[visible[0] : visible[-1] + 1] if visible else ""


def _is_blank(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) == "Cf"


def _unwrapped(text: str) -> tuple[str, list[str]]:
    """Return the text without what people paste around a key, and descriptions of that."""
    surplus: list[str] = []
    while True:
        bare, words = _without_one(text)
        if not words:
            return text, surplus
        text = _trimmed(bare)
        if words not in surplus:
            surplus.append(words)


def _without_one(text: str) -> tuple[str, str]:
    for prefix, words in _PREFIXES:
        if found := re.match(prefix, text, re.IGNORECASE):
            return text[found.end() :], words
    bare = text.strip(_QUOTES)
    return bare, "the quotation marks around it" if bare != text else ""
