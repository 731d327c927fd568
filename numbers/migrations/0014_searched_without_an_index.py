"""Searches on SQLite read the search texts: the indexes that earlier versions made are dropped, with their triggers."""

from contextlib import suppress

from django.db import OperationalError, migrations

INDEXES = ("numbers_searchtext_trigrams", "numbers_searchtext_pairs", "numbers_teammatestate_trigrams")


def drop_indexes(_apps, schema_editor):
    if schema_editor.connection.vendor != "sqlite":
        return
    for index in INDEXES:
        for event in ("inserted", "updated", "deleted"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {index}_{event}")
    with suppress(OperationalError):  # A SQLite without FTS5 cannot drop them. Nothing reads or writes them then.
        for index in INDEXES:
            schema_editor.execute(f"DROP TABLE IF EXISTS {index}")


class Migration(migrations.Migration):
    dependencies = [("numbers", "0013_no_last_answer")]

    operations = [migrations.RunPython(drop_indexes, migrations.RunPython.noop)]
