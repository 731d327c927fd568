"""What changed lately is found without reading what did not, and what went before it without all of its moment."""

from django.db import migrations, models
from django.db.models import Q

ENDED = Q(until__isnull=False)


class Migration(migrations.Migration):
    dependencies = [("numbers", "0006_syncs_by_ending")]

    operations = [
        migrations.AddIndex("numberstate", models.Index(fields=["since"], name="number_states_by_beginning")),
        migrations.AddIndex(
            "numberstate", models.Index(fields=["until"], condition=ENDED, name="number_states_by_end")
        ),
        migrations.AddIndex("teammatestate", models.Index(fields=["since"], name="teammate_states_by_beginning")),
        migrations.AddIndex(
            "assignment",
            models.Index(fields=["since", "phone_number", "teammate"], name="assignments_by_beginning"),
        ),
        migrations.AddIndex(
            "assignment",
            models.Index(fields=["until", "phone_number", "teammate"], condition=ENDED, name="assignments_by_end"),
        ),
    ]
