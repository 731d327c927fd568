"""A sync reads every answer whole, so the texts of the last one are not needed."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("numbers", "0012_audited_from_an_index")]

    operations = [migrations.DeleteModel(name="LastAnswer")]
