"""Runs `manage.py restore` and kills its own process at a moment that nobody could hit from outside.

python -m tests.support.killed_restore MOMENT BACKUP
"""

import sys
from collections.abc import Callable

import django

import quo_admin

if __name__ == "__main__":
    assert quo_admin.__version__, "imported before anything of the app: see there"
    django.setup()

from django.core.management import call_command
from django.db import connection

from numbers.backups import making, restoring, tables
from tests.support.killed_sync import die, die_after


def die_instead(name: str) -> None:
    setattr(restoring, name, lambda *_: die())


ON_SQLITE: dict[str, Callable[[], None]] = {
    "with the backup copied": lambda: die_after(restoring, "_copy"),
    "with the copy brought up to date": lambda: die_after(restoring, "migrate"),
    "with the present kept": lambda: die_after(making, "make"),
    "with everything dropped": lambda: die_after(restoring, "_drop_all"),
    "with empty tables": lambda: die_after(restoring, "_make_tables"),
    "with full tables": lambda: die_after(restoring, "_fill_tables"),
    "just before the commit": lambda: die_instead("_commit"),
    "just after the commit": lambda: die_after(restoring, "_commit"),
}
ON_POSTGRESQL: dict[str, Callable[[], None]] = {
    "with the present kept": lambda: die_after(making, "make"),
    "with everything deleted": lambda: die_after(tables, "empty", 2),
    "with some tables": lambda: die_after(tables, "_copy_rows", len(tables.kept()) * 3 // 2),
    "just before the commit": lambda: die_after(restoring, "_count_on"),
    "just after the commit": lambda: die_after(restoring, "_into_server"),
}

if __name__ == "__main__":
    (ON_SQLITE if connection.vendor == "sqlite" else ON_POSTGRESQL)[sys.argv[1]]()
    call_command("restore", sys.argv[2], "--yes")
