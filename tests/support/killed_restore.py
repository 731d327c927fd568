"""Runs `manage.py restore` and kills its own process at an exact moment.

python -m tests.support.killed_restore MOMENT BACKUP
"""

import sqlite3
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import django

import quo_admin

if __name__ == "__main__":
    assert quo_admin.__version__, "must be imported before the app: see quo_admin/__init__.py"
    django.setup()

from django.core.management import call_command
from django.db import connection

from numbers.operations.backups import files, making, restoring, set_aside, tables
from tests.support.killed_sync import die, die_after


def die_while_copying(is_time: Callable[[int, int], bool]) -> None:
    """Die when `is_time` accepts the number of remaining pages, or after the whole copy."""

    class Dying(sqlite3.Connection):
        def backup(self, target: sqlite3.Connection, *, pages: int = -1, progress: Any = None, **options: Any) -> None:
            def look(status: int, remaining: int, total: int) -> None:
                progress(status, remaining, total)
                if pages == 1 and is_time(remaining, total):
                    die()

            super().backup(target, pages=pages, progress=look, **options)
            if pages == 1:
                die()

    sqlite3.connect = partial(sqlite3.connect, factory=Dying)  # type: ignore[assignment]


ON_SQLITE: dict[str, Callable[[], None]] = {
    "with the backup copied": lambda: die_after(restoring, "_copy"),
    "with the copy brought up to date": lambda: die_after(files, "migrate"),
    "with the present kept": lambda: die_after(making, "keep"),
    "with one page copied": lambda: die_while_copying(lambda _remaining, _total: True),
    "with half of the pages copied": lambda: die_while_copying(lambda remaining, total: remaining == total // 2),
    "just before the commit": lambda: die_while_copying(lambda remaining, _total: remaining == 1),
    "just after the commit": lambda: die_while_copying(lambda _remaining, _total: False),
}
ON_POSTGRESQL: dict[str, Callable[[], None]] = {
    "with the present kept": lambda: die_after(making, "make"),
    "with everything deleted": lambda: die_after(tables, "empty", 2),
    "with some tables": lambda: die_after(tables, "_copy_rows", len(tables.backed_up_models()) * 3 // 2),
    "just before the commit": lambda: die_after(restoring, "_reset_sequences"),
    "just after the commit": lambda: die_after(restoring, "_restore_postgresql"),
}

ON_NEWER_SQLITE = {moment: ON_SQLITE[moment] for moment in ("with the present kept", "just before the commit")}
ON_NEWER_POSTGRESQL: dict[str, Callable[[], None]] = {
    "with the present set aside": lambda: die_after(set_aside, "move_tables"),
    "with new tables": lambda: die_after(restoring, "_migrate_in_transaction"),
    "just before the commit": lambda: die_after(restoring, "_reset_sequences"),
}

if __name__ == "__main__":
    moments = ON_SQLITE if connection.vendor == "sqlite" else ON_POSTGRESQL | ON_NEWER_POSTGRESQL
    moments[sys.argv[1]]()
    call_command("restore", sys.argv[2], "--yes")
