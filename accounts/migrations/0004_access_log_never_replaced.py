"""SQLite's INSERT OR REPLACE changes a row, too, and no trigger for UPDATE sees it. PostgreSQL has nothing like it."""

from django.db import migrations

NAME = "access_events_are_never_replaced"

FORBID = f"""
CREATE TRIGGER {NAME} BEFORE INSERT ON accounts_accessevent
WHEN EXISTS (SELECT 1 FROM accounts_accessevent WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'the access log is never edited'); END
"""


def forbid(_apps, editor):
    if editor.connection.vendor == "sqlite":
        editor.execute(FORBID)


def allow(_apps, editor):
    if editor.connection.vendor == "sqlite":
        editor.execute(f"DROP TRIGGER {NAME}")


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_roles'),
    ]

    operations = [
        migrations.RunPython(forbid, allow),
    ]
