"""Every page looks up whether the database holds demo data."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("numbers", "0017_forwards_read_again")]

    operations = [migrations.AddIndex("sync", models.Index(fields=["outcome", "demo"], name="syncs_by_workspace"))]
