"""Each state says what is unusual in its answer, and how many users in it have no readable id.

Until now only new words for a restriction could be unusual: other records were set aside.
"""

import json

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
            [field, "value", word[:MAX_VALUE]]
            for field, word in zip(CELLS.values(), words, strict=True)
            if word is not None and word not in KNOWN
        ]
        text = json.dumps(oddities, ensure_ascii=False, separators=(",", ":"))
        states.filter(pk=key).update(oddities=text)


class Migration(migrations.Migration):
    dependencies = [("numbers", "0015_audited_with_the_number")]

    operations = [
        migrations.AddField(
            "numberstate",
            "oddities",
            models.TextField(
                blank=True, default="", help_text="What is unusual in the answer; see quo/records.py."
            ),
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
        migrations.AddIndex(
            "numberstate",
            models.Index(
                fields=["phone_number"], condition=OPEN & ~Q(oddities=""), name="open_number_states_with_oddity"
            ),
        ),
        migrations.AddIndex(
            "numberstate",
            models.Index(
                fields=["phone_number"],
                condition=OPEN & (Q(unidentified__isnull=True) | Q(unidentified__gt=0)),
                name="open_states_with_unidentified",
            ),
        ),
    ]
