"""What a number is found by stands in a narrow table of its own, with the words of the teammates on it."""

import django.db.models.deletion
from django.db import migrations, models

_JOINED = {"sqlite": "GROUP_CONCAT", "postgresql": "STRING_AGG"}
_FILL = """
    INSERT INTO numbers_searchtext (phone_number_id, own, teammates)
    SELECT number.phone_number_id, number.search_text, COALESCE(
        (
            SELECT {joined}(teammate.search_text, ' ')
            FROM numbers_assignment AS assignment
            JOIN numbers_teammatestate AS teammate USING (teammate_id)
            WHERE assignment.phone_number_id = number.phone_number_id
                AND assignment.until IS NULL AND teammate.until IS NULL
        ),
        ''
    )
    FROM numbers_numberstate AS number
    WHERE number.until IS NULL
"""
_INDEX_BEFORE = "numbers_numberstate_trigrams"


def fill(_apps, schema_editor):
    schema_editor.execute(_FILL.format(joined=_JOINED[schema_editor.connection.vendor]))


def forget_the_index_before(_apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX IF EXISTS {_INDEX_BEFORE}")
        return
    for name in ("inserted", "updated", "deleted"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {_INDEX_BEFORE}_{name}")
    schema_editor.execute(f"DROP TABLE IF EXISTS {_INDEX_BEFORE}")


class Migration(migrations.Migration):
    dependencies = [("numbers", "0007_what_changed_lately")]

    operations = [
        migrations.CreateModel(
            name="SearchText",
            fields=[
                (
                    "phone_number",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search_text",
                        serialize=False,
                        to="numbers.phonenumber",
                    ),
                ),
                ("own", models.TextField(help_text="The number's own: as in its open state.")),
                (
                    "teammates",
                    models.TextField(help_text="Names and email addresses of those on it, folded for search."),
                ),
            ],
        ),
        migrations.RemoveIndex("numberstate", "open_number_states_by_name"),
        migrations.AddIndex(
            "numberstate",
            models.Index(
                condition=models.Q(("until__isnull", True)),
                fields=["name_key", "number", "phone_number"],
                name="open_number_states_by_name",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(forget_the_index_before, migrations.RunPython.noop),
    ]
