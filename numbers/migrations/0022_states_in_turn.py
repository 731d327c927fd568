from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("numbers", "0021_audited_by_pattern")]

    operations = [
        migrations.AddIndex("numberstate", models.Index(fields=["phone_number", "since"], name="number_states_in_turn"))
    ]
