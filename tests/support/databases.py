"""An installation whose database other processes can open, and helpers that fill, read and change it."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import connection, models

from accounts.session_store import SessionStore
from numbers.models import LastRun, SavedFilter
from numbers.operations.backups import tables
from numbers.operations.backups.files import opened
from quo_admin import env
from tests.support.account_commands import environment
from tests.support.records import NINE, Syncer, number, teammate

# On SQLite a site has its own file; on PostgreSQL it uses the tests' database, which is emptied after each test.
is_sqlite = settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
needs_database: Any = [] if is_sqlite else pytest.mark.django_db(transaction=True)
only_sqlite = pytest.mark.skipif(not is_sqlite, reason="needs SQLite")
only_postgresql = pytest.mark.skipif(is_sqlite, reason="needs PostgreSQL")

SECRET = "a-session-that-nobody-must-find"
PATIENCE = 120

Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Site:
    """`folder` is its DATA_DIR, `file` its SQLite database or None."""

    folder: Path
    file: Path | None

    def variables(self, **more: str) -> dict[str, str]:
        if self.file:
            url = f"sqlite:///{self.file}"
        else:
            options = connection.settings_dict
            place = f"{options['HOST']}:{options['PORT']}/{quote(str(options['NAME']))}"
            url = f"postgres://{options['USER']}:{options['PASSWORD']}@{place}"
        return environment(self.folder, **{"DATABASE_URL": url, "QUO_API_KEY": "key-of-the-tests", **more})

    def start(self, *command: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, *command],
            env=self.variables(),
            cwd=env.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def manage(self, *arguments: str, **options: Any) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            env=self.variables(),
            cwd=env.BASE_DIR,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            **options,
        )

    def kept_backups(self) -> list[Path]:
        return sorted(self.folder.glob("before-restore-*"))


def sync_history() -> None:
    """Sync numbers that change, disappear and return, and teammates that are renamed and moved."""
    syncer = Syncer()
    ada, bea = teammate("US1"), teammate("US2", first_name="Bea")
    desk = number("PN1", ada, bea)
    syncer.sync_all(desk, number("PN2", ada), number("PN3", forward="(415) 555-0100"))
    syncer.sync_all(number("PN1", bea, name="Zürich 10"), number("PN2", ada), number("PN3"))
    syncer.sync_all(number("PN1", bea, name="Zürich 10"), number("PN2", teammate("US1", first_name=None)))
    syncer.sync_all(desk, number("PN2", ada), number("PN3", calling=number().messaging))
    syncer.sync_all(desk, number("PN2", ada))


def fill_database() -> None:
    """Fill the database with a history, people and saved filters, and add a row to every other table."""
    sync_history()
    user = get_user_model().objects.create_user("ann@example.com", "correct-horse", name="Ann")
    group, _ = Group.objects.get_or_create(name="Reception")
    group.permissions.add(Permission.objects.get(codename="view_sync"))
    user.groups.add(group)
    user.user_permissions.add(Permission.objects.get(codename="delete_savedfilter"))
    saved = SavedFilter.objects.create(owner=user, name="Abroad", query="?calling_intl=restricted", is_shared=True)
    SavedFilter.objects.filter(pk=saved.pk).update(created_at=NINE)  # differs from the time of the copy
    session = SessionStore(SECRET)
    session["of"] = SECRET
    session.save(must_create=True)
    for model in tables.backed_up_models():
        if not model._base_manager.exists():
            model._base_manager.bulk_create([_any_row(model)])


def _any_row(model: type[models.Model]) -> models.Model:
    """Return a row with arbitrary values, for tables that these tests do not know."""
    row = model()
    for field in model._meta.local_concrete_fields:
        if (
            not field.primary_key
            and not field.has_default()
            and not field.null
            and field.value_from_object(row) in {None, ""}
        ):
            setattr(row, field.attname, _any_value(field))
        elif isinstance(field, models.JSONField):
            setattr(row, field.attname, {"a": [1, None, "é", {"b": 0.5}]})
    return row


def _any_value(field: Any) -> Any:
    if isinstance(field, models.ForeignKey):
        related = field.related_model
        if not related._base_manager.exists():
            related._base_manager.bulk_create([_any_row(related)])
        return related._base_manager.order_by("pk").values_list(field.target_field.attname, flat=True)[0]
    if isinstance(field, models.DateTimeField):
        return NINE + timedelta(microseconds=123456)
    if isinstance(field, models.DateField):
        return NINE.date()
    if isinstance(field, models.BooleanField):
        return True
    if isinstance(field, models.IntegerField):
        return 7
    return field.flatchoices[0][0] if field.choices else "é"


def all_rows() -> Rows:
    """Return all rows of all tables in a backup."""
    return {
        model._meta.db_table: list(model._base_manager.order_by("pk").values_list(*_columns(model)))
        for model in tables.backed_up_models()
    }


def without_runs(rows: Rows) -> Rows:
    """Leave out how backups ended: it is noted after each, and a restore keeps what is newer."""
    return {table: of for table, of in rows.items() if table != LastRun._meta.db_table}


def rows_of(file: Path) -> Rows:
    with opened(file):
        return all_rows()


def _columns(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.local_concrete_fields]


def replace_everything() -> None:
    """Replace all data; new rows reuse old IDs."""
    call_command("flush", interactive=False, verbosity=0)
    syncer = Syncer()
    syncer.clock.move(days=300)
    syncer.sync_all(number("PN7", teammate("US7"), name="Later"))
    get_user_model().objects.create_user("zoe@example.com", "battery-staple")
    Group.objects.create(name="Others")
    SessionStore("somebody").save(must_create=True)


def session_count() -> int:
    return sum(
        model._base_manager.count() for model in apps.get_models() if model._meta.db_table in tables.session_tables()
    )


def corrupt_row(file: Path) -> None:
    """Break a constraint in one row; the file still opens, but SQLite's own check fails."""
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA ignore_check_constraints = ON")
        database.execute("UPDATE numbers_sync SET notices = 'no JSON'")
        database.commit()


def corrupt_file(file: Path) -> None:
    """Overwrite the middle of the file, as a failing disk does."""
    with file.open("r+b") as raw:
        raw.seek(file.stat().st_size // 2 // 4096 * 4096)
        raw.write(b"\xa5" * 4096 * 8)


def restore(file: Path, *options: str) -> None:
    call_command("restore", str(file), "--yes", *options)
