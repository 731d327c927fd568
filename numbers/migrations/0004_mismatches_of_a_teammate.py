from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("numbers", "0003_saved_filters_and_columns")]

    operations = [
        migrations.AddField(
            "sync",
            "mismatches",
            models.JSONField(
                default=list,
                help_text="[{sentence, numbers}], where a teammate's list and the numbers' own records disagree.",
            ),
        ),
    ]
