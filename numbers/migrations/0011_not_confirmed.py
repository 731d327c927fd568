"""The few numbers that are not confirmed are found without looking at the others."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("numbers", "0010_counted_from_an_index")]

    operations = [
        migrations.AddIndex(
            "phonenumber",
            models.Index(fields=["seen_until"], condition=Q(seen_until__isnull=False), name="numbers_not_confirmed"),
        ),
    ]
