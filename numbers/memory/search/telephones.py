"""Returns the spellings in which a telephone number may be stored, from any way of typing it."""

import re
from collections.abc import Collection, Iterable

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

from numbers.memory.search.words import Term
from numbers.vocabulary.cells import REGIONS
from numbers.vocabulary.folding import MIN_PHONE_DIGITS, digits_of

_HOME = {region.key for region in REGIONS if not region.is_abroad}
_TO_ANOTHER_COUNTRY = re.compile("0(?:0|11)(?=[1-9])")  # dialled before the country code in most countries
_MIN_WITHOUT_ZERO = 8  # fewer digits occur inside other numbers
_OPTIONAL_ZERO = re.compile(r"\(\s*0\s*\)")


def is_national(term: Term) -> bool:
    """Return whether the term is a telephone number whose country is not written."""
    return term.is_telephone and "+" not in term.written


def spellings_of(term: Term, regions: Collection[str] = ()) -> set[str]:
    """Return the texts by which stored numbers contain the one that is written. `regions` are likely countries."""
    if not term.written:
        return set()
    digits = digits_of(term.written)
    if "+" in term.written:
        spellings = {f"+{digits}", f"+{digits_of(_OPTIONAL_ZERO.sub('', term.written))}"}
    elif len(digits) >= MIN_PHONE_DIGITS and (code := _TO_ANOTHER_COUNTRY.match(digits)):
        spellings = {digits, f"+{digits[code.end() :]}"}
    else:
        national = digits.lstrip("0")
        spellings = {digits, national} if len(national) >= _MIN_WITHOUT_ZERO else {digits}
    if term.is_telephone:
        spellings |= set(_e164(term.written, _HOME | set(regions)))
    return spellings


def _e164(written: str, regions: Iterable[str]) -> Iterable[str]:
    """Yield the E.164 numbers that Google's parser reads in each of the regions."""
    for region in regions if "+" not in written else (None,):
        try:
            parsed = phonenumbers.parse(written, region)
        except NumberParseException:
            continue
        if phonenumbers.is_possible_number_with_reason(parsed) == ValidationResult.IS_POSSIBLE:
            yield phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
