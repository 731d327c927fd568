"""How the commands that timers start last ended."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("numbers", "0022_states_in_turn")]

    operations = [
        migrations.CreateModel(
            "LastRun",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "command",
                    models.CharField(
                        choices=[("sync", "Sync by a timer"), ("backup", "Backup"), ("verify", "Verification")],
                        max_length=10,
                        unique=True,
                    ),
                ),
                ("ended_at", models.DateTimeField()),
                (
                    "failure",
                    models.TextField(
                        blank=True, help_text="A sentence, which may name paths; empty if the run succeeded."
                    ),
                ),
                ("succeeded_at", models.DateTimeField(help_text="When it last succeeded.", null=True)),
            ],
        ),
    ]
