"""Text that no spreadsheet takes for a formula, wherever in it a cell may begin.

Excel, LibreOffice and Google Sheets run what begins with = + - @ (or with their full-width forms) when they open a
CSV file. Where the office's computers separate lists by semicolons, Excel also begins a cell after each semicolon
inside a text; and after a tab or a line's end where quotes have lost their meaning by that.
See https://owasp.org/www-community/attacks/CSV_Injection.
"""

import re

_SIGNS = "=+\\-@＝＋－＠﹦﹢﹣﹫\u2212"  # with the small forms, and the minus sign, which LibreOffice calculates with
_ENDS = ";\t\r\n"
# What may stand before a sign and hide it: white space, controls, quotes, and what Unicode calls ignorable or blank.
_UNSEEN = (
    '\\s"\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f'
    "\u205f-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"
)
_BEGINS = re.compile(f"[{_UNSEEN};]*+[{_SIGNS}]")
_END = re.compile(f"[{_ENDS}]")
_LEAD = re.compile(f"[{_UNSEEN}]*+")
# Each run of what hides, from its beginning and no other place, so that long ones take no longer.
_BEFORE_A_SIGN = re.compile(f"(?<![{_UNSEEN};])([{_UNSEEN};]*+)(?=[{_SIGNS}])")
# Of digits alone a spreadsheet makes a number, without the zeros before it and in powers of ten: 1.4E+10.
_SPOILT = re.compile(r"\s*+(?:0[0-9]+|[0-9]{10,})\s*+\Z")


def defused(text: str) -> str:
    """Return `text` with an apostrophe wherever a spreadsheet could begin to read a formula, or would spoil digits."""
    has_end = _END.search(text) is not None
    if _BEGINS.match(text) or _SPOILT.match(text) or (has_end and _begins_with_an_end(text)):
        text = f"'{text}"
    return _BEFORE_A_SIGN.sub(_with_apostrophes, text) if has_end else text


def _begins_with_an_end(text: str) -> bool:
    lead = _LEAD.match(text)
    return lead is not None and any(end in lead[0] for end in "\t\r\n")


def _with_apostrophes(found: re.Match[str]) -> str:
    """Put one after each place in what stands before a sign where a cell may begin."""
    return _END.sub(r"\g<0>'", found[1])
