"""Recognizes text that a spreadsheet would turn into a number, a date, a time, a truth value or an error.

Excel and LibreOffice convert every text in a CSV file that they can read in the computer's language, even in quotes.
They convert a text only as a whole, so one word that cannot be part of a date or an amount keeps it as it is.
"""

import pickle
import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from unicodedata import normalize

from babel import localedata
from babel.core import get_global

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
_OTHER_WORDS = ("mrz", "usd", "cad", "eur", "gbp", "chf", "lei")
# Also abbreviations in official languages, but of few people.
_ENGLISH_WORDS = ("ann", "bed", "gas", "gum", "jon", "leo", "pen", "pin", "van")


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
    """Return the names of months and days in every language of Babel, and their abbreviations.

    Abbreviations of three letters count only in official languages of a country: in others, many are English words.
    """
    countries = get_global("territory_languages").values()
    official = {
        language
        for languages in countries
        for language, facts in languages.items()
        if facts["official_status"] == "official"
    }
    words = set(_OTHER_WORDS)
    for locale in localedata.locale_identifiers():
        shortest = 3 if locale.partition("_")[0] in official else 4
        found = _WORD.findall(" ".join(_date_names(locale)).casefold())
        words.update(word for word in found if len(word) >= shortest)
    return frozenset(words.difference(_ENGLISH_WORDS))


def _date_names(locale: str) -> Iterator[str]:
    """Yield the names that a locale does not inherit.

    Babel's own functions would keep 200 MB in memory for all locales.
    """
    described = pickle.loads(Path(localedata.resolve_locale_filename(locale)).read_bytes())  # noqa: S301 # nosec B301 - Babel's
    for kind, context, width in product(("months", "days"), ("format", "stand-alone"), ("wide", "abbreviated")):
        names = described.get(kind, {}).get(context, {}).get(width, {})
        if isinstance(names, dict):  # not an alias
            yield from names.values()
