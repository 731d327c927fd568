"""The index that the audit reads is in the order of the patterns, so that SQLite joins the numbers with each."""

from django.db import migrations, models
from django.db.models import Q

INDEX = models.Index(
    fields=[
        *("kind", "calling_us", "calling_ca", "calling_intl"),
        *("messaging_us", "messaging_ca", "messaging_intl", "phone_number", "group_id", "until"),
    ],
    condition=Q(until__isnull=True),
    name="open_number_states_to_audit",
)


def replace_index(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":  # only there is the index: see 0010
        schema_editor.execute(f"DROP INDEX IF EXISTS {INDEX.name}")
        schema_editor.add_index(apps.get_model("numbers", "NumberState"), INDEX)


class Migration(migrations.Migration):
    dependencies = [("numbers", "0020_null_cells")]

    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunPython(replace_index, migrations.RunPython.noop)],
            [migrations.RemoveIndex("numberstate", INDEX.name), migrations.AddIndex("numberstate", INDEX)],
        )
    ]
