"""What is counted over every number, and who is on each, is read from an index, and not from the rows.

The numbers not on PostgreSQL: an entry of an index has no more than 2,704 bytes there, and what Quo says may be longer.
"""

from typing import Any

from django.db import migrations, models
from django.db.models import Q

OPEN = Q(until__isnull=True)


class AddIndexOnSQLite(migrations.AddIndex):
    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            super().database_backwards(app_label, schema_editor, from_state, to_state)


class Migration(migrations.Migration):
    dependencies = [("numbers", "0009_last_answer")]

    operations = [
        AddIndexOnSQLite(
            "numberstate",
            models.Index(
                fields=[
                    *("phone_number", "calling_us", "calling_ca", "calling_intl"),
                    *("messaging_us", "messaging_ca", "messaging_intl"),
                    *("porting_status", "forward", "forward_number", "until"),
                ],
                condition=OPEN,
                name="open_number_states_to_count",
            ),
        ),
        AddIndexOnSQLite(
            "numberstate",
            models.Index(
                fields=["group_id", "name", "country", "porting_status", "until"],
                condition=OPEN,
                name="open_number_states_by_group",
            ),
        ),
        migrations.AlterField(
            "assignment",
            "phone_number",
            models.ForeignKey(
                db_index=False,
                on_delete=models.deletion.CASCADE,
                related_name="assignments",
                to="numbers.phonenumber",
            ),
        ),
        migrations.AlterField(
            "assignment",
            "teammate",
            models.ForeignKey(
                db_index=False,
                on_delete=models.deletion.CASCADE,
                related_name="assignments",
                to="numbers.teammate",
            ),
        ),
        migrations.RemoveIndex("assignment", "open_assignments_of_teammate"),
        migrations.AddIndex(
            "assignment",
            models.Index(fields=["teammate", "until", "phone_number"], name="assignments_of_teammate"),
        ),
        # The last one: of two that find a pair as well, SQLite takes the newer, and this one is asked in its order.
        migrations.AddIndex(
            "assignment",
            models.Index(fields=["phone_number", "until", "teammate"], name="assignments_of_number"),
        ),
    ]
