"""A list filtered by one cell is in order already, and counted without reading the numbers."""

from django.db import migrations, models
from django.db.models import Q

CELLS = ("calling_us", "calling_ca", "calling_intl", "messaging_us", "messaging_ca", "messaging_intl")


class Migration(migrations.Migration):
    dependencies = [("numbers", "0007_what_changed_lately")]

    operations = [
        migrations.AddIndex(
            "numberstate",
            models.Index(
                fields=[cell, "name_key", "number"], condition=Q(until__isnull=True), name=f"open_states_{cell}"
            ),
        )
        for cell in CELLS
    ]
