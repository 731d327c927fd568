"""What an id of Quo can be: opaque, with any character that the description's patterns allow."""

import re

MAX_LENGTH = 500  # characters; the description has no limit, but a database's index has
# What a dot leaves out in the description's patterns, which are JavaScript's; and NUL, which no database keeps.
_LEFT_OUT = r"\n\r\u2028\u2029\x00"

NUMBER_ID = rf"^PN[^{_LEFT_OUT}]*\Z"
USER_ID = rf"^US[^{_LEFT_OUT}]*\Z"


def is_number_id(text: str) -> bool:
    """Say whether `text` can be the id of a number: only such are asked for."""
    return _fits(NUMBER_ID, text)


def is_user_id(text: str) -> bool:
    """Say whether `text` can be the id of a teammate: only such are asked for."""
    return _fits(USER_ID, text)


def _fits(pattern: str, text: str) -> bool:
    """Lone surrogates, which stand for bytes that are no text, fit nothing."""
    is_text = not any("\ud800" <= character <= "\udfff" for character in text)
    return is_text and len(text) <= MAX_LENGTH and re.match(pattern, text) is not None
