"""Keeps of each state what the database could not tell from the number itself: kind, country, where it forwards."""

from django.db import migrations, models
from django.db.models import Q

from numbers.phones import number_facts

_CHUNK = 2_000


def fill(apps, _schema_editor):
    states = apps.get_model("numbers", "NumberState").objects.order_by("pk")
    last = 0
    while chunk := list(states.filter(pk__gt=last).only("pk", "number", "forward")[:_CHUNK]):
        for state in chunk:
            for field, value in number_facts(state.number, state.forward).items():
                setattr(state, field, value)
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
