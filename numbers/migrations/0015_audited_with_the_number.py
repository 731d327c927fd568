"""The index that the audit reads has the number, too, so that the audit by teammate reads nothing else."""

from django.db import migrations, models
from django.db.models import Q

NAME = "open_number_states_to_audit"


class OnSQLite:
    """The index is on SQLite only: see 0010."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == "sqlite":
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == "sqlite":
            super().database_backwards(app_label, schema_editor, from_state, to_state)


class RemoveIndexOnSQLite(OnSQLite, migrations.RemoveIndex):
    pass


class AddIndexOnSQLite(OnSQLite, migrations.AddIndex):
    pass


class Migration(migrations.Migration):
    dependencies = [("numbers", "0014_searched_without_an_index")]

    operations = [
        RemoveIndexOnSQLite("numberstate", NAME),
        AddIndexOnSQLite(
            "numberstate",
            models.Index(
                fields=[
                    *("group_id", "kind", "calling_us", "calling_ca", "calling_intl"),
                    *("messaging_us", "messaging_ca", "messaging_intl", "phone_number", "until"),
                ],
                condition=Q(until__isnull=True),
                name=NAME,
            ),
        ),
    ]
