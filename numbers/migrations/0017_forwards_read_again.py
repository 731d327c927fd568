"""Reads each forward again: with `tel:`, `00` or an extension, and in the format of the number's country.

A forward that no telephone can dial now has no number, so that nothing calls it outside the company.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import product

import phonenumbers
from django.db import migrations
from django.db.models import Q

CHUNK = 2_000

_E164 = re.compile(r"\+[1-9][0-9]{1,14}")
_NORTH_AMERICAN = re.compile(r"\+1[2-9][0-9]{9}")  # most forwards; Google's parser gives the same, slowly
_INVISIBLE = {0xAD, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A)}
_EXTENSION = r" ?[,;#~]* ?(?:x(?:tn)?|ext(?:ension|n)?|int|anexo|доб|[,;#~pw])[.:=]{0,2} ?[0-9]{1,7}#?"
_WRITTEN = re.compile(
    r"(?:(?:tel|callto)[.:]? ?(?://)?)?(?P<number>[-+()./\u2010-\u2015\u2212 0-9]+?)"
    rf"(?:{_EXTENSION})?\)?(?P<parameters>(?:;[a-z-]+=[^; ]*)*)"
)


def _plain(text):
    """Return the text without case, accents and invisible characters, with single spaces and ASCII digits."""
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).replace("\x00", " ")
    shown = (one for one in text if unicodedata.category(one) != "Mn" and ord(one) not in _INVISIBLE)
    return " ".join("".join(str(unicodedata.decimal(one, one)) for one in shown).split())


@lru_cache(maxsize=CHUNK)
def _country(number):
    try:
        parsed = phonenumbers.parse(number, None) if _E164.fullmatch(number) else None
    except phonenumbers.NumberParseException:
        parsed = None
    region = phonenumbers.region_code_for_number(parsed) if parsed else None
    return region if region and region.isalpha() else "US"


@lru_cache(maxsize=CHUNK)
def _e164(text, country):
    """Return the E.164 number that `text` means on a telephone of `country`; "" if it means none for certain."""
    written = _WRITTEN.fullmatch(_plain(text).strip(" '\"<>[],.;"))
    if not written:
        return ""
    number = written["number"].strip()
    context = re.search(r";phone-context=([^;]*)", written["parameters"])
    if context and not number.startswith("+"):
        number = context[1] + number
    digits = re.sub("[^0-9]", "", number)
    forms = [number, f"+{digits[2:]}"] if digits.startswith("00") else [number]
    readings = {}
    for region, form in product(dict.fromkeys((country, "US")), forms):
        try:
            parsed = phonenumbers.parse(form, region)
        except phonenumbers.NumberParseException:
            continue
        e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        is_possible = phonenumbers.is_possible_number_with_reason(parsed) == phonenumbers.ValidationResult.IS_POSSIBLE
        if is_possible and not e164.startswith(("+10", "+11")):
            readings[e164] = phonenumbers.is_valid_number(parsed)
    meant = [e164 for e164, is_valid in readings.items() if is_valid][:1] or list(readings)
    return meant[0] if len(meant) == 1 else ""


def read_again(apps, schema_editor):
    states = apps.get_model("numbers", "NumberState").objects.using(schema_editor.connection.alias).order_by("pk")
    forwarding = states.exclude(Q(forward=None) | Q(forward=""))
    last = 0
    while chunk := list(forwarding.filter(pk__gt=last).only("number", "forward", "forward_number")[:CHUNK]):
        last = chunk[-1].pk
        changed = []
        for state in chunk:
            is_e164 = _NORTH_AMERICAN.fullmatch(state.forward)
            forward_number = state.forward if is_e164 else _e164(state.forward, _country(state.number))
            if forward_number != state.forward_number:
                state.forward_number = forward_number
                changed.append(state)
        states.bulk_update(changed, ["forward_number"], batch_size=200)


class Migration(migrations.Migration):
    dependencies = [("numbers", "0016_oddities")]

    operations = [migrations.RunPython(read_again, migrations.RunPython.noop)]
