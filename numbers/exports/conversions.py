"""Recognizes text that a spreadsheet would turn into a number, a date, a time, a truth value or an error.

Excel and LibreOffice convert every text in a CSV file that they can read in the computer's language, even in quotes.
They convert a text only as a whole, so one word that cannot be part of a date or an amount keeps it as it is.
"""

import re
from functools import cache
from unicodedata import normalize

from babel.dates import get_day_names, get_month_names

# Shorter words may be currencies, units of time, abbreviations of months or exponents. So may words in other scripts.
_WORD = re.compile("[a-z\u00df-\u024f]{3,}")
_DIGIT = re.compile(r"\d")
_NEVER_IN_A_NUMBER = re.compile("[@;\u20e3\u2300-\u2bff\U0001f000-\U0001faff]")  # the last ones are emoji
_QUOS_OWN = re.compile(
    r"\(\d{3}\) \d{3}-\d{4}"  # a number in the US or Canada
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"  # a time
    r"|(?:PN|US(?!D)|GR)[0-9A-Za-z]+",  # an id
    re.ASCII,
)
_ERROR = re.compile(r"#\S*")
_TRUTH_VALUE = re.compile(
    "true|false|vrai|faux|verdadero|falso|verdadeiro|wahr|falsch|vero|waar|onwaar|vals|sant|falskt|sand|falsk|sann|usann"
    "|tosi|epätosi|prawda|fałsz|pravda|nepravda|igaz|hamis|adevărat|fals|doğru|yanlış|istina|laž|истина|ложь"
)
_LANGUAGES = ("en", "fr", "es", "pt", "de", "it", "nl", "da", "nb", "sv", "fi", "pl", "cs", "hu", "ro", "tr")
_OTHER_WORDS = ("mrz", "usd", "cad", "eur", "gbp", "chf", "lei")


def may_convert(text: str) -> bool:
    """Return whether some spreadsheet may show something else than `text`."""
    folded = normalize("NFKC", text).casefold().strip()
    if _TRUTH_VALUE.fullmatch(folded) or _ERROR.fullmatch(folded):
        return True
    if not _DIGIT.search(folded) or _QUOS_OWN.fullmatch(text) or _NEVER_IN_A_NUMBER.search(folded):
        return False
    return all(word in _date_words() for word in _WORD.findall(folded))


@cache
def _date_words() -> frozenset[str]:
    """Return the names of months and days, and their abbreviations."""
    names = [
        name
        for language in _LANGUAGES
        for get_names in (get_month_names, get_day_names)
        for context in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for name in get_names(width, context, language).values()
    ]
    return frozenset(_WORD.findall(" ".join(names).casefold())).union(_OTHER_WORDS)
