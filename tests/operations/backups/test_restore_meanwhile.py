"""A restore during reads, writes and syncs. They continue, and nobody sees half-restored data."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import DatabaseError, connection

from numbers.database.locks import only_one_sync
from numbers.models import NumberState, PhoneNumber
from numbers.operations.backups import making
from numbers.operations.backups.files import opened
from tests.support.databases import Site, all_rows, needs_database, restore
from tests.support.processes import wait_until

pytestmark = needs_database


def in_another_thread(ask: Callable[[], object]) -> None:
    def run() -> None:
        try:
            ask()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def test_a_restore_is_refused_while_a_sync_runs(site: Site, backup: Path) -> None:
    before = all_rows()
    is_held, may_go = threading.Event(), threading.Event()

    def hold() -> None:
        with only_one_sync() as mine:
            assert mine
            is_held.set()
            may_go.wait(60)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert is_held.wait(60)
        with pytest.raises(CommandError, match="A sync or another restore is running right now"):
            restore(backup)
    finally:
        may_go.set()
        holder.join()
    assert all_rows() == before


def test_a_sync_is_refused_while_a_restore_runs(site: Site, backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    got: list[bool] = []

    def try_to_sync() -> None:
        with only_one_sync() as mine:
            got.append(mine)

    work = making.make

    def meanwhile(path: Path) -> object:
        in_another_thread(try_to_sync)
        return work(path)

    monkeypatch.setattr(making, "make", meanwhile)
    restore(backup)
    assert got == [False]


READER = """
import sys
import quo_admin, django
django.setup()
from numbers.models import NumberState
last = None
while last != ("Front desk", "Zürich 10"):
    names = NumberState.objects.filter(phone_number__quo_id__in=["PN1", "PN7"]).values_list("name", flat=True)
    seen = tuple(names.distinct().order_by("name"))
    if seen != last:
        print(*seen, sep=",", flush=True)
    last = seen
"""


def test_a_reader_during_a_restore_sees_the_old_or_the_new_data(site: Site, backup: Path) -> None:
    reader = site.start("-c", READER)
    assert reader.stdout
    assert reader.stdout.readline() == "Later\n"
    restore(backup)
    out, err = reader.communicate(timeout=60)
    assert (out, err, reader.returncode) == ("Front desk,Zürich 10\n", "", 0)


def test_a_writer_during_a_restore_waits_and_then_writes(site: Site, backup: Path) -> None:
    writer = site.start("-m", "tests.support.endless_writer")
    try:
        assert writer.stdout
        assert writer.stdout.readline() == "writing\n"
        restore(backup)
        wait_until(lambda: PhoneNumber.objects.filter(quo_id="PN2").exclude(fingerprint__regex="[^0-9]").exists())
    finally:
        _, err = writer.communicate(timeout=60)
    assert (err, writer.returncode) == ("", 0)
    (kept,) = site.kept_backups()
    with opened(kept):
        assert list(NumberState.objects.values_list("name", flat=True)) == ["Later"]


def test_nobody_can_write_between_the_backup_of_the_old_data_and_the_restore(
    site: Site, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[bool] = []

    def try_to_write() -> None:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 0" if connection.vendor == "sqlite" else "SET lock_timeout = '50ms'")
            try:
                cursor.execute("UPDATE accounts_user SET name = 'lost'")
            except DatabaseError:
                refused.append(True)

    work = making.make

    def meanwhile(path: Path) -> object:
        kept = work(path)
        with ThreadPoolExecutor(1) as others:
            others.submit(_on_its_own_connection, site, try_to_write).result()
        return kept

    monkeypatch.setattr(making, "make", meanwhile)
    restore(backup)
    assert refused == [True]


def _on_its_own_connection(site: Site, work: Callable[[], None]) -> None:
    try:
        if site.file:
            with opened(site.file):
                work()
        else:
            work()
    finally:
        connection.close()
