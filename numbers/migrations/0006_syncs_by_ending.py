"""Syncs are counted by how they ended, for the metrics."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("numbers", "0005_permissions")]

    operations = [
        migrations.AddIndex("sync", models.Index(fields=["scope", "outcome", "error_kind"], name="syncs_by_ending")),
    ]
