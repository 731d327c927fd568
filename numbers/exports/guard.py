"""Guards text with apostrophes so that no spreadsheet runs or converts it, wherever a cell may begin.

Excel, LibreOffice and Google Sheets run text that starts with = + - @ (or their full-width forms) when they open a
CSV file. If the computer's list separator is a semicolon, Excel also starts a cell after each semicolon inside a
text; and, because quotes then lose their meaning, after a tab or line break.
See https://owasp.org/www-community/attacks/CSV_Injection.

If the text already has an apostrophe at such a place, it is doubled. Removing one from each gives the text back.
"""

import re
from functools import lru_cache

from numbers.exports.conversions import may_convert

_SIGNS = "=+\\-@＝＋－＠﹦﹢﹣﹫\u2212"  # also small forms, and the minus sign that LibreOffice accepts
_CELL_BREAKS = ";\t\r\n"
# Characters that can hide a sign: white space, controls, quotes, and Unicode's ignorable or blank characters.
_INVISIBLE = (
    '\\s"\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f'
    "\u205f-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"
)
_STARTS_FORMULA = re.compile(f"[{_INVISIBLE};]*+[{_SIGNS}']")
_CELL_BREAK = re.compile(f"[{_CELL_BREAKS}]")
_LEADING_INVISIBLE = re.compile(f"[{_INVISIBLE}]*+")
# Match a run of invisible characters only from its start, so that long runs stay linear.
_BEFORE_A_SIGN = re.compile(f"(?<![{_INVISIBLE};])([{_INVISIBLE};]*+)(?=[{_SIGNS}'])")


@lru_cache(maxsize=512)  # most cells of a row repeat, such as facts and countries
def guard(text: str) -> str:
    """Return `text` with an apostrophe wherever a spreadsheet could start a formula, and before what it may convert."""
    has_break = _CELL_BREAK.search(text) is not None
    if _STARTS_FORMULA.match(text) or may_convert(text) or (has_break and _starts_with_line_break(text)):
        text = f"'{text}"
    return _BEFORE_A_SIGN.sub(_add_apostrophes, text) if has_break else text


def _starts_with_line_break(text: str) -> bool:
    lead = _LEADING_INVISIBLE.match(text)
    return lead is not None and any(end in lead[0] for end in "\t\r\n")


def _add_apostrophes(match: re.Match[str]) -> str:
    """Add an apostrophe after each cell break before a sign."""
    return _CELL_BREAK.sub(r"\g<0>'", match[1])
