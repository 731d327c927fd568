"""Validates Quo's ids: opaque, with any character that the patterns in Quo's description allow."""

import re

MAX_LENGTH = 500  # characters; Quo's description sets no limit, but a database index does
# What a dot does not match in JavaScript, the description's dialect; and NUL, which databases cannot store.
_EXCLUDED = r"\n\r\u2028\u2029\x00"

NUMBER_ID = rf"^PN[^{_EXCLUDED}]*\Z"
USER_ID = rf"^US[^{_EXCLUDED}]*\Z"


def is_number_id(text: str) -> bool:
    """Return whether `text` can be the id of a number. No other text is sent to Quo as one."""
    return _matches(NUMBER_ID, text)


def is_user_id(text: str) -> bool:
    """Return whether `text` can be the id of a teammate. No other text is sent to Quo as one."""
    return _matches(USER_ID, text)


def _matches(pattern: str, text: str) -> bool:
    # A lone surrogate stands for a byte that is not valid text.
    is_text = not any("\ud800" <= character <= "\udfff" for character in text)
    return is_text and len(text) <= MAX_LENGTH and re.match(pattern, text) is not None
