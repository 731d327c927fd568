"""Formats, parses and classifies telephone numbers (E.164), with Google's metadata."""

import re
import unicodedata
from collections.abc import Collection, Iterator
from functools import cache, lru_cache
from itertools import product

import phonenumbers
from babel import Locale
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from numbers.vocabulary.folding import MIN_PHONE_DIGITS, PHONE_PUNCTUATION, digits_of, fold

_NORTH_AMERICA = 1
_DOMESTIC = frozenset({"US", "CA"})
_IMPOSSIBLE_AREAS = ("+10", "+11")  # no area code of North America begins with these digits
E164 = r"\+[1-9][0-9]{1,14}"
_E164 = re.compile(E164)
# Most numbers match this. Google's parser and formatter give the same result, a hundred times slower.
_NORTH_AMERICAN = re.compile(r"\+1([2-9][0-9]{2})([2-9][0-9]{2})([0-9]{4})")


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
    """Return `number` as people write it: `(415) 555-0100` in the US and Canada, else `+1 876-555-0123 (Jamaica)`.

    Names a country only if the digits show one. Returns text unchanged if it is not an E.164 number.
    """
    if (match := _NORTH_AMERICAN.fullmatch(number)) and _area_country(match[1], match[2]) in _DOMESTIC:
        return "({}) {}-{}".format(*match.groups())
    parsed = _parse(number)
    if parsed is None or not phonenumbers.is_possible_number(parsed):
        return number
    formatted = phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL)
    # Google's parser drops a trunk zero, which is only dialled inside a country. Keep it if Quo has it.
    if digits_of(formatted) != number[1:]:
        return number
    return _with_country(formatted, country_of(number))


@lru_cache(maxsize=1024)
def _area_country(area: str, exchange: str) -> str:
    return country_of(f"+1{area}{exchange}0100")


def _with_country(text: str, country: str) -> str:
    return f"{text} ({country_name(country)})" if country and country not in _DOMESTIC else text


def pretty_forward(forward: str, forward_number: str) -> str:
    """Return where a number forwards calls as people read it. `forward_number` is what it means in E.164, if anything.

    Other text than E.164 is shown as it came, with the country's name unless it is the US or Canada.
    """
    return pretty(forward) if _E164.fullmatch(forward) else _with_country(forward, country_of(forward_number))


def country_of(number: str) -> str:
    """Return the ISO code of the number's country; empty if its digits do not show one.

    Toll-free numbers of North America count as United States, as in Google's metadata.
    """
    parsed = _parse(number)
    region = phonenumbers.region_code_for_number(parsed) if parsed else None
    return region if region and region.isalpha() else ""  # "001" means a service without a country


def country_name(code: str) -> str:
    """Return the English name of the country with this ISO code; the code itself if it has no name."""
    return _country_names().get(code, code)


@cache  # the names, not each code: that may be any text of an address
def _country_names() -> dict[str, str]:
    return {str(code): str(name) for code, name in Locale("en").territories.items()}


_EXTENSION = r" ?[,;#~]* ?(?:x(?:tn)?|ext(?:ension|n)?|int|anexo|доб|[,;#~pw])[.:=]{0,2} ?[0-9]{1,7}#?"
_WRITTEN = re.compile(
    rf"(?:(?:tel|callto)[.:]? ?(?://)?)?(?P<number>[{PHONE_PUNCTUATION} 0-9]+?)(?:{_EXTENSION})?\)?"
    r"(?P<parameters>(?:;[a-z-]+=[^; ]*)*)"
)
_CONTEXT = re.compile(r";phone-context=([^;]*)")
_AROUND = " '\"<>[],.;"  # around a number that was copied from other text


@lru_cache(maxsize=4096)
def e164_of(text: str, country: str = "US") -> str:
    """Return the E.164 number that `text` means on a telephone of `country`; empty if it means none for certain.

    Understands `tel:`, the prefixes `00` and `011`, and extensions, which E.164 does not have. A number without a
    country code is read as one of `country`, or of North America if it is valid only there.
    """
    if _NORTH_AMERICAN.fullmatch(text):
        return text
    written = _written(text)
    if not written:
        return ""
    number = written["number"].strip()
    context = _CONTEXT.search(written["parameters"])
    if context and not number.startswith("+"):
        number = context[1] + number  # with a domain name as context, this means no number
    readings = dict(_readings(number, country))
    meant = [e164 for e164, is_valid in readings.items() if is_valid][:1] or list(readings)
    return meant[0] if len(meant) == 1 else ""


def _written(text: str) -> re.Match[str] | None:
    return _WRITTEN.fullmatch(_ascii_digits(fold(text)).strip(_AROUND))


def ending_of(text: str) -> str:
    """Return the digits with which the E.164 number ends that `text` means in a country that is not known.

    They are the last ones, because countries dial different digits before a number. Every number ends with "", which
    is returned for other text than a telephone number.
    """
    written = _written(text)
    return digits_of(written["number"]).lstrip("0")[-MIN_PHONE_DIGITS:] if written else ""


def has_ending(number: str, endings: Collection[str]) -> bool:
    """Return whether the number ends with one of `endings`."""
    return any(number[place:] in endings for place in range(len(number) + 1))


def _readings(number: str, country: str) -> Iterator[tuple[str, bool]]:
    """Yield each possible number that `number` can mean, and whether Google knows it as valid."""
    forms = [number, f"+{digits_of(number)[2:]}"] if digits_of(number).startswith("00") else [number]
    for region, form in product(dict.fromkeys((country, "US")), forms):
        try:
            parsed = phonenumbers.parse(form, region)
        except NumberParseException:
            continue
        if phonenumbers.is_possible_number_with_reason(parsed) != phonenumbers.ValidationResult.IS_POSSIBLE:
            continue  # too short or too long, or without its area code
        e164 = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
        if not e164.startswith(_IMPOSSIBLE_AREAS):
            yield e164, phonenumbers.is_valid_number(parsed)


def _ascii_digits(text: str) -> str:
    """Return `text` with the decimal digits of other scripts replaced."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(character, character)) for character in text)


def is_toll_free(number: str) -> bool:
    """Return whether the number is toll-free in its country. In North America the prefix decides, also if invented."""
    parsed = _parse(number)
    if parsed is None:
        return False
    if parsed.country_code == _NORTH_AMERICA:
        return str(parsed.national_number)[:3] in {"800", "833", "844", "855", "866", "877", "888"}
    return phonenumbers.number_type(parsed) == PhoneNumberType.TOLL_FREE


_MAX_INDEXED = 100  # characters, because databases limit the entries of an index


def derived_fields(number: str, formatted_number: str | None, forward: str | None) -> dict[str, str]:
    """Return the columns that a number's state derives from what Quo gave, for queries.

    The kind is unknown, "", if `number` is not E.164. The telephone is the beginning of `number` if that means none,
    and what `formatted_number` means if Quo gives only that.
    """
    country = country_of(number)
    return {
        "kind": ("toll-free" if is_toll_free(number) else "local") if _E164.fullmatch(number) else "",
        "country": country,
        "forward_number": e164_of(forward, country or "US") if forward else "",
        "telephone": e164_of(number or formatted_number or "", country or "US") or number[:_MAX_INDEXED],
    }
