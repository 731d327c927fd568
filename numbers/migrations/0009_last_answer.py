"""A sync need not read again what Quo says in the words of the time before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("numbers", "0008_search_texts")]

    operations = [
        migrations.CreateModel(
            name="LastAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("observed_at", models.DateTimeField()),
                (
                    "digests",
                    models.TextField(help_text="JSON: of each number, by its id in Quo, the digest of what Quo said."),
                ),
            ],
        ),
    ]
