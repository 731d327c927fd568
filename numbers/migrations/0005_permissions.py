"""What roles may do besides reading."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("numbers", "0004_mismatches_of_a_teammate")]

    operations = [
        migrations.AlterModelOptions(
            "savedfilter",
            {
                "ordering": ("name", "pk"),
                "permissions": (("share_savedfilter", "Can share a filter with everybody"),),
            },
        ),
        migrations.AlterModelOptions(
            "sync", {"ordering": ("-started_at", "-pk"), "permissions": (("ask_quo", "Can ask Quo now"),)}
        ),
    ]
