"""Each state says which telephone its number means, so that a forward finds a number that is not written in E.164.

A search finds such a number by its telephone, too.
"""

import re
from importlib import import_module

from django.db import migrations, models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat

OPEN = Q(until__isnull=True)
_e164 = import_module("numbers.migrations.0017_forwards_read_again")._e164
_USUAL = re.compile(r"\+1[2-9][0-9]{2}[2-9][0-9]{6}")


def read_numbers(apps, schema_editor):
    alias = schema_editor.connection.alias
    states = apps.get_model("numbers", "NumberState").objects.using(alias).order_by()
    texts = apps.get_model("numbers", "SearchText").objects.using(alias).order_by()
    for number, formatted, country in states.values_list("number", "formatted_number", "country").distinct():
        telephone = number if _USUAL.fullmatch(number) else _e164(number or formatted or "", country or "US")
        if telephone in {number, ""}:
            continue
        same = states.filter(number=number, formatted_number=formatted)
        open_ones = same.filter(OPEN).values("phone_number")
        texts.filter(phone_number__in=open_ones).update(own=Concat("own", Value(f" {telephone}")))
        same.update(telephone=telephone, search_text=Concat("search_text", Value(f" {telephone}")))
    # Each row once: PostgreSQL cannot create an index after a second update in the same transaction.
    states.filter(telephone="").update(telephone=F("number"))


class Migration(migrations.Migration):
    dependencies = [("numbers", "0018_syncs_by_workspace")]

    operations = [
        migrations.AddField(
            "numberstate",
            "telephone",
            models.TextField(
                blank=True, default="", help_text="`number` in E.164; its beginning where it is no such number."
            ),
            preserve_default=False,
        ),
        migrations.RunPython(read_numbers, migrations.RunPython.noop),
        migrations.RemoveIndex("numberstate", "open_number_states_by_number"),
        migrations.RemoveIndex("numberstate", "open_number_states_by_name"),
        migrations.AddIndex(
            "numberstate",
            models.Index(
                fields=["name_key", "telephone", "phone_number"], condition=OPEN, name="open_number_states_by_name"
            ),
        ),
        migrations.AddIndex(
            "numberstate", models.Index(fields=["telephone"], condition=OPEN, name="open_states_by_telephone")
        ),
    ]
