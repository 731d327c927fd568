"""Telephone numbers in E.164: how people write them and what kind they are, from Google's metadata."""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

_NORTH_AMERICA = 1
_E164 = re.compile(r"\+[1-9][0-9]{1,14}")


@lru_cache(maxsize=4096)
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
    parsed = _parse(number)
    if parsed is None or not phonenumbers.is_possible_number(parsed):
        return number
    is_near = parsed.country_code == _NORTH_AMERICA
    style = PhoneNumberFormat.NATIONAL if is_near else PhoneNumberFormat.INTERNATIONAL
    written = phonenumbers.format_number(parsed, style)
    # Google's parser drops a zero that is dialled only inside a country; Quo may still have meant it.
    return written if re.sub("[^0-9]", "", written) == number[2 if is_near else 1 :] else number


@lru_cache(maxsize=4096)
def is_toll_free(number: str) -> bool:
    """Say whether the number is toll-free in its country; by its prefix in North America, where it is invented too."""
    parsed = _parse(number)
    if parsed is None:
        return False
    if parsed.country_code == _NORTH_AMERICA:
        return str(parsed.national_number)[:3] in {"800", "833", "844", "855", "866", "877", "888"}
    return phonenumbers.number_type(parsed) == PhoneNumberType.TOLL_FREE
