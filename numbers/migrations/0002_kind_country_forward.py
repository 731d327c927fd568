"""Keeps of each state what the database could not tell from the number itself: kind, country, where it forwards."""

import re
import unicodedata

import phonenumbers
from django.db import migrations, models
from django.db.models import Q

_CHUNK = 2_000

_E164 = re.compile(r"\+[1-9][0-9]{1,14}")
_TELEPHONE = re.compile(r"[-+()./\u2010-\u2015\u2212 0-9]+")
_INVISIBLE = {0xAD, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A)}
_TOLL_FREE = {"800", "833", "844", "855", "866", "877", "888"}


def _kind_and_country(number):
    try:
        parsed = phonenumbers.parse(number, None) if _E164.fullmatch(number) else None
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None:
        return "local", ""
    is_toll_free = phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.TOLL_FREE
    if parsed.country_code == 1:  # where a number may be invented
        is_toll_free = str(parsed.national_number)[:3] in _TOLL_FREE
    region = phonenumbers.region_code_for_number(parsed) or ""
    return "toll-free" if is_toll_free else "local", region if region.isalpha() else ""


def _e164(text):
    """Return the E.164 number that `text` means, without a country code one of North America; "" if it is no number."""
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).replace("\x00", " ")
    text = "".join(one for one in text if unicodedata.category(one) != "Mn" and ord(one) not in _INVISIBLE)
    text = " ".join(text.split())
    if _E164.fullmatch(text):
        return text
    if not _TELEPHONE.fullmatch(text):
        return ""
    try:
        parsed = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        return ""
    if phonenumbers.is_possible_number_with_reason(parsed) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def fill(apps, _schema_editor):
    states = apps.get_model("numbers", "NumberState").objects.order_by("pk")
    last = 0
    while chunk := list(states.filter(pk__gt=last).only("pk", "number", "forward")[:_CHUNK]):
        for state in chunk:
            state.kind, state.country = _kind_and_country(state.number)
            state.forward_number = _e164(state.forward) if state.forward else ""
        states.bulk_update(chunk, ["kind", "country", "forward_number"], batch_size=200)
        last = chunk[-1].pk


class Migration(migrations.Migration):
    dependencies = [("numbers", "0001_the_memory")]

    operations = [
        migrations.AddField(
            "numberstate",
            "kind",
            models.CharField(choices=[("toll-free", "Toll Free"), ("local", "Local")], default="local", max_length=10),
            preserve_default=False,
        ),
        migrations.AddField(
            "numberstate",
            "country",
            models.CharField(
                blank=True,
                default="",
                help_text="ISO 3166 code; empty where it cannot be told.",
                max_length=2,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "numberstate",
            "forward_number",
            models.TextField(blank=True, default="", help_text="`forward` in E.164; empty where it is no such number."),
            preserve_default=False,
        ),
        migrations.AddIndex(
            "numberstate",
            models.Index(condition=Q(until__isnull=True), fields=["number"], name="open_number_states_by_number"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
