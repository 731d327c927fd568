"""The groups of the audit are counted in the order of an index."""

from typing import Any

from django.db import connections, migrations, models
from django.db.models import Q

OPEN = Q(until__isnull=True)


class AddIndexOnSQLite(migrations.AddIndex):
    def allow_migrate_model(self, alias: str, model: Any) -> bool:
        return connections[alias].vendor == "sqlite" and super().allow_migrate_model(alias, model)


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
