"""Telephone numbers in E.164: how people write them and what kind they are, from Google's metadata."""

import re
from functools import lru_cache

import phonenumbers
from babel import Locale
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from numbers.vocabulary.folding import TELEPHONE_SIGNS, fold

_NORTH_AMERICA = 1
_E164 = re.compile(r"\+[1-9][0-9]{1,14}")
# Most numbers are such ones, and Google's parser and formatter take a hundred times as long to come to the same.
_NEAR = re.compile(r"\+1([2-9][0-9]{2})([0-9]{3})([0-9]{4})")
_TELEPHONE = re.compile(rf"[{TELEPHONE_SIGNS} 0-9]+")


@lru_cache(maxsize=16)  # a number is asked for twice in a row, and each one's facts are stored
def _parse(number: str) -> phonenumbers.PhoneNumber | None:
    # Google's parser also finds a number inside other text, which would be lost.
    if not _E164.fullmatch(number):
        return None
    try:
        return phonenumbers.parse(number, None)
    except NumberParseException:
        return None


@lru_cache(maxsize=4096)
def pretty(number: str) -> str:
    """Return `number` as people write it: `(415) 555-0100` in North America, `+44 20 7946 0958` elsewhere.

    Text that is no E.164 number comes back as it is.
    """
    if near := _NEAR.fullmatch(number):
        return "({}) {}-{}".format(*near.groups())
    parsed = _parse(number)
    if parsed is None or not phonenumbers.is_possible_number(parsed):
        return number
    is_near = parsed.country_code == _NORTH_AMERICA
    style = PhoneNumberFormat.NATIONAL if is_near else PhoneNumberFormat.INTERNATIONAL
    written = phonenumbers.format_number(parsed, style)
    # Google's parser drops a zero that is dialled only inside a country; Quo may still have meant it.
    return written if re.sub("[^0-9]", "", written) == number[2 if is_near else 1 :] else number


def country_of(number: str) -> str:
    """Return the ISO code of the country that the number belongs to; nothing where its digits do not tell.

    Toll-free numbers of North America count as of the United States, as in Google's metadata.
    """
    parsed = _parse(number)
    region = phonenumbers.region_code_for_number(parsed) if parsed else None
    return region if region and region.isalpha() else ""  # "001" is a service that belongs to no country


@lru_cache(maxsize=512)
def country_name(code: str) -> str:
    """Return the English name of the country with this ISO code; the code itself where it has none."""
    return str(Locale("en").territories.get(code, code))


@lru_cache(maxsize=4096)
def e164_of(text: str) -> str:
    """Return the E.164 number that people mean by `text`, without a country's code one of North America; or nothing.

    What is E.164 already stays as it is, because Quo's own numbers do, too, even those that no network can have.
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
    """Say whether the number is toll-free in its country; by its prefix in North America, where it is invented too."""
    parsed = _parse(number)
    if parsed is None:
        return False
    if parsed.country_code == _NORTH_AMERICA:
        return str(parsed.national_number)[:3] in {"800", "833", "844", "855", "866", "877", "888"}
    return phonenumbers.number_type(parsed) == PhoneNumberType.TOLL_FREE


def number_facts(number: str, forward: str | None) -> dict[str, str]:
    """Return what a number's state keeps of `number` (E.164) and of where it forwards, for the database to look for."""
    return {
        "kind": "toll-free" if is_toll_free(number) else "local",
        "country": country_of(number),
        "forward_number": e164_of(forward) if forward else "",
    }
