"""The groups of the audit are counted in the order of an index."""

from importlib import import_module

from django.db import migrations, models
from django.db.models import Q

OPEN = Q(until__isnull=True)

AddIndexOnSQLite: type[migrations.AddIndex] = import_module(
    "numbers.migrations.0010_counted_from_an_index"
).AddIndexOnSQLite


class Migration(migrations.Migration):
    dependencies = [("numbers", "0011_not_confirmed")]

    operations = [
        AddIndexOnSQLite(
            "numberstate",
            models.Index(
                fields=[
                    *("group_id", "kind", "calling_us", "calling_ca", "calling_intl"),
                    *("messaging_us", "messaging_ca", "messaging_intl", "until"),
                ],
                condition=OPEN,
                name="open_number_states_to_audit",
            ),
        ),
    ]
