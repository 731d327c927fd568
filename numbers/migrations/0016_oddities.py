"""Each state says what is unusual in its answer, and how many users in it have no readable id.

Until now only new words for a restriction could be unusual: other records were set aside. And a teammate whose names
consist of invisible characters is called by the email address, and one with nothing but an id by the id, so what is
derived from names is derived again.
"""

import json
import re
import unicodedata

from django.db import migrations, models
from django.db.models import Q

CELLS = {
    f"{channel}_{region.lower()}": f"{channel}.{region}"
    for channel in ("calling", "messaging")
    for region in ("US", "CA", "Intl")
}
KNOWN = ("restricted", "unrestricted")
MAX_VALUE = 200  # characters
OPEN = Q(until__isnull=True)


def note_new_words(apps, schema_editor):
    states = apps.get_model("numbers", "NumberState").objects.using(schema_editor.connection.alias)
    is_new = Q()
    for cell in CELLS:
        is_new |= Q(**{f"{cell}__isnull": False}) & ~Q(**{f"{cell}__in": KNOWN})
    for key, *words in states.filter(is_new).order_by().values_list("pk", *CELLS).iterator():
        oddities = [
            [field, "value", word[:MAX_VALUE], ""]
            for field, word in zip(CELLS.values(), words, strict=True)
            if word is not None and word not in KNOWN
        ]
        text = json.dumps(oddities, ensure_ascii=False, separators=(",", ":"))
        states.filter(pk=key).update(oddities=text)


INVISIBLE = {"Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Me"}
BLANK = {0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800, 0x1D159, 0x2065, *range(0xFFF0, 0xFFF9), *range(0xE0000, 0xE1000)}


def is_visible(text):
    return any(unicodedata.category(char) not in INVISIBLE and ord(char) not in BLANK for char in text or "")


def name_again(apps, schema_editor):
    alias = schema_editor.connection.alias
    states = apps.get_model("numbers", "TeammateState").objects.using(alias)
    texts = apps.get_model("numbers", "SearchText").objects.using(alias)
    fields = ("pk", "teammate_id", "teammate__quo_id", "until", "first_name", "last_name", "email", "search_text")
    for key, teammate, quo_id, until, first, last, email, before in states.order_by().values_list(*fields).iterator():
        hidden = [part for part in (first, last) if part and part.strip() and not is_visible(part)]
        visible = [part.strip() for part in (first, last) if is_visible(part)]
        name = " ".join(visible) or (email if is_visible(email) else quo_id)
        if not (hidden or name == quo_id) or not (name + email).isascii():
            continue
        name = " ".join(name.lower().split())
        after = " ".join(f"{name} {email.lower()}".split())
        name_key = re.sub(r"[0-9]+", lambda digits: digits.group().lstrip("0").rjust(12, "0"), name[:200])
        states.filter(pk=key).update(search_text=after, name_key=name_key)
        if until is None:
            on = texts.filter(phone_number__assignments__teammate=teammate, phone_number__assignments__until=None)
            for number, joined in on.values_list("pk", "teammates"):
                joined = joined.replace(before, after, 1) if before else f"{joined} {after}".strip()
                texts.filter(pk=number).update(teammates=joined)


class Migration(migrations.Migration):
    dependencies = [("numbers", "0015_audited_with_the_number")]

    operations = [
        migrations.AddField(
            "numberstate",
            "oddities",
            models.TextField(blank=True, default="", help_text="What is unusual in the answer; see quo/records.py."),
        ),
        migrations.AddField(
            "numberstate",
            "unidentified",
            models.PositiveIntegerField(
                default=0,
                help_text="Users without a readable id; null if Quo did not say who is on the number.",
                null=True,
            ),
        ),
        migrations.AlterField(
            "sync",
            "set_aside",
            models.JSONField(
                default=list, help_text="[{path, reason, number}], the first of them. Only old records have a number."
            ),
        ),
        migrations.RunPython(note_new_words, migrations.RunPython.noop),
        migrations.RunPython(name_again, migrations.RunPython.noop),
        migrations.AddIndex(
            "numberstate",
            models.Index(
                fields=["phone_number"], condition=OPEN & ~Q(oddities=""), name="open_number_states_with_oddity"
            ),
        ),
        migrations.AddIndex(
            "numberstate",
            models.Index(
                fields=["phone_number", "unidentified", "until"],
                condition=OPEN & (Q(unidentified__isnull=True) | Q(unidentified__gt=0)),
                name="open_states_with_unidentified",
            ),
        ),
    ]
