"""Formats, parses and classifies telephone numbers (E.164), with Google's metadata."""

import re
from functools import lru_cache

import phonenumbers
from babel import Locale
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from numbers.vocabulary.folding import PHONE_PUNCTUATION, fold

_NORTH_AMERICA = 1
_E164 = re.compile(r"\+[1-9][0-9]{1,14}")
# Most numbers match this. Google's parser and formatter give the same result, a hundred times slower.
_NORTH_AMERICAN = re.compile(r"\+1([2-9][0-9]{2})([0-9]{3})([0-9]{4})")
_TELEPHONE = re.compile(rf"[{PHONE_PUNCTUATION} 0-9]+")


@lru_cache(maxsize=16)  # one number is parsed several times in a row
def _parse(number: str) -> phonenumbers.PhoneNumber | None:
    # Google's parser would also accept a number inside other text, and drop the text.
    if not _E164.fullmatch(number):
        return None
    try:
        return phonenumbers.parse(number, None)
    except NumberParseException:
        return None


@lru_cache(maxsize=4096)
def pretty(number: str) -> str:
    """Return `number` as people write it: `(415) 555-0100` in North America, `+44 20 7946 0958` elsewhere.

    Returns text unchanged if it is not an E.164 number.
    """
    if match := _NORTH_AMERICAN.fullmatch(number):
        return "({}) {}-{}".format(*match.groups())
    parsed = _parse(number)
    if parsed is None or not phonenumbers.is_possible_number(parsed):
        return number
    is_national = parsed.country_code == _NORTH_AMERICA
    style = PhoneNumberFormat.NATIONAL if is_national else PhoneNumberFormat.INTERNATIONAL
    formatted = phonenumbers.format_number(parsed, style)
    # Google's parser drops a trunk zero, which is only dialled inside a country. Keep it if Quo has it.
    return formatted if re.sub("[^0-9]", "", formatted) == number[2 if is_national else 1 :] else number


def country_of(number: str) -> str:
    """Return the ISO code of the number's country; empty if its digits do not show one.

    Toll-free numbers of North America count as United States, as in Google's metadata.
    """
    parsed = _parse(number)
    region = phonenumbers.region_code_for_number(parsed) if parsed else None
    return region if region and region.isalpha() else ""  # "001" means a service without a country


@lru_cache(maxsize=512)
def country_name(code: str) -> str:
    """Return the English name of the country with this ISO code; the code itself if it has no name."""
    return str(Locale("en").territories.get(code, code))


@lru_cache(maxsize=4096)
def e164_of(text: str) -> str:
    """Return the E.164 number that `text` means; empty if it means none. Without a country code: North America.

    E.164 text is returned unchanged, because Quo's numbers are stored unchanged, even impossible ones.
    """
    text = fold(text)
    if _E164.fullmatch(text):
        return text
    if not _TELEPHONE.fullmatch(text):
        return ""
    try:
        parsed = phonenumbers.parse(text, "US")
    except NumberParseException:
        return ""
    if phonenumbers.is_possible_number_with_reason(parsed) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return ""  # too short or too long, or without its area code
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164)


def is_toll_free(number: str) -> bool:
    """Return whether the number is toll-free in its country. In North America the prefix decides, also if invented."""
    parsed = _parse(number)
    if parsed is None:
        return False
    if parsed.country_code == _NORTH_AMERICA:
        return str(parsed.national_number)[:3] in {"800", "833", "844", "855", "866", "877", "888"}
    return phonenumbers.number_type(parsed) == PhoneNumberType.TOLL_FREE


def derived_fields(number: str, forward: str | None) -> dict[str, str]:
    """Return the columns that a number's state derives from `number` (E.164) and `forward`, for queries."""
    return {
        "kind": "toll-free" if is_toll_free(number) else "local",
        "country": country_of(number),
        "forward_number": e164_of(forward) if forward else "",
    }
