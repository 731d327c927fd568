"""`manage.py rebuild` corrects what `verify` finds wrong in derived data, and changes nothing else."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from numbers.database.locks import only_one_sync
from numbers.models import NumberState, SearchText, TeammateState
from numbers.operations import rebuilding
from numbers.operations.backups import files
from numbers.operations.invariants import breaches
from numbers.operations.invariants.facts import READ_FROM_ANSWER
from tests.support.corruptions import CORRUPTIONS, wrong_value
from tests.support.databases import Rows, Site, all_rows, needs_database, only_sqlite
from tests.support.histories import sync_eight_times
from tests.support.records import Syncer

pytestmark = needs_database

DERIVED = {"numbers are found", "teammates are found", "searches read what holds now"}
NUMBER_COLUMNS = ("search_text", "name_key", "kind", "country", "forward_number", "telephone")


@pytest.fixture(autouse=True)
def _history(site: Site) -> None:
    sync_eight_times(Syncer())


def rebuild() -> None:
    call_command("rebuild")


def every_derived_column_is_wrong() -> None:
    NumberState.objects.update(**dict.fromkeys(NUMBER_COLUMNS, "xx"), oddities="xx", unidentified=7)
    TeammateState.objects.update(search_text="xx", name_key="xx")
    SearchText.objects.update(own="xx", teammates="xx")


def no_search_text_is_left() -> None:
    SearchText.objects.all().delete()


def what_was_read_from_an_answer_is_wrong() -> None:
    NumberState.objects.update(oddities="xx", unidentified=None)


ON_THE_WHOLE = [every_derived_column_is_wrong, no_search_text_is_left, what_was_read_from_an_answer_is_wrong]
SPOILT = [*ON_THE_WHOLE, *(spoil for spoil, invariant, _ in CORRUPTIONS if invariant in DERIVED)]


@pytest.mark.parametrize("spoil", SPOILT, ids=lambda spoil: spoil.__name__)
def test_what_verify_finds_in_derived_data_is_corrected_and_nothing_else(spoil: Callable[[], None]) -> None:
    before = all_rows()
    spoil()
    found = list(breaches())
    assert found
    assert {breach.what.rpartition(". ")[2] for breach in found} == {"Run manage.py rebuild."}
    rebuild()
    assert list(breaches()) == []
    assert all_rows() == before


OF_FACTS = [spoil for spoil, invariant, _ in CORRUPTIONS if invariant == "numbers are as Quo answered"]


@pytest.mark.parametrize("spoil", OF_FACTS, ids=lambda spoil: spoil.__name__)
def test_what_quo_said_stays_even_if_it_contradicts_itself(spoil: Callable[[], None]) -> None:
    spoil()
    (found,) = (breach for breach in breaches() if breach.invariant == "numbers are as Quo answered")
    assert "rebuild" not in found.what
    before = facts()
    rebuild()
    assert facts() == before


def facts() -> Rows:
    """Return all rows without derived columns."""
    rows = all_rows()
    del rows["numbers_searchtext"]
    derived = {"search_text", "name_key", "kind", "country", "forward_number", "telephone", *READ_FROM_ANSWER}
    columns = [field.attname for field in NumberState._meta.local_concrete_fields]
    rows["numbers_numberstate"] = [
        tuple(value for name, value in zip(columns, row, strict=True) if name not in derived)
        for row in rows["numbers_numberstate"]
    ]
    return rows


def test_it_says_how_much_it_corrected(capsys: pytest.CaptureFixture[str]) -> None:
    wrong_value(NumberState, "name_key")()
    SearchText.objects.update(own="xx")
    rebuild()
    count = SearchText.objects.count()
    assert capsys.readouterr().out == (
        f"Corrected: 1 states of numbers, 0 states of teammates, {count} search texts. "
        "Restart Quo Admin, whose pages may be older.\n"
    )
    rebuild()
    assert capsys.readouterr().out == "Nothing to correct.\n"


def test_it_does_nothing_during_a_sync() -> None:
    no_search_text_is_left()
    with (
        elsewhere_syncing(),
        pytest.raises(CommandError, match="A sync is running right now; try again") as refusal,
    ):
        rebuild()
    assert refusal.value.returncode == os.EX_TEMPFAIL
    assert not SearchText.objects.exists()


@contextmanager
def elsewhere_syncing() -> Iterator[None]:
    """Hold the lock of syncs as another process does."""
    if connection.vendor == "sqlite":
        with only_one_sync():
            yield
        return
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [0x51756F])
        yield
    finally:
        other.close()


def test_a_killed_rebuild_can_be_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    before = all_rows()
    every_derived_column_is_wrong()
    monkeypatch.setattr(rebuilding, "CHUNK", 2)
    chunks = rebuilding._chunks
    left = [2]

    def die_soon(rows: Any) -> Iterator[list[Any]]:
        for chunk in chunks(rows):
            if not left[0]:
                raise KeyboardInterrupt
            left[0] -= 1
            yield chunk

    with monkeypatch.context() as dying:
        dying.setattr(rebuilding, "_chunks", die_soon)
        with pytest.raises(CommandError, match=r"Stopped before the end\. Run it again\."):
            rebuild()
    assert all_rows() != before
    rebuild()
    assert all_rows() == before


def test_the_database_of_a_newer_version_stays_as_it_is() -> None:
    no_search_text_is_left()
    MigrationRecorder(connection).record_applied("numbers", "9999_later")
    try:
        with pytest.raises(CommandError, match="written by a newer version of Quo Admin"):
            rebuild()
    finally:
        MigrationRecorder(connection).record_unapplied("numbers", "9999_later")
    assert not SearchText.objects.exists()


# SQLite


@only_sqlite
def test_a_damaged_index_is_built_again(site: Site) -> None:
    assert site.file
    connection.close()
    lose_index_entries(site.file, "open_number_states_by_name")
    found = next(breaches())
    assert (found.invariant, found.what.endswith("Run manage.py rebuild.")) == ("file", True)
    rebuild()
    assert list(breaches()) == []


def lose_index_entries(file: Path, index: str) -> None:
    """Change rows while SQLite does not know the index."""
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA writable_schema = ON")
        row = database.execute("SELECT * FROM sqlite_master WHERE name = ?", [index]).fetchone()
        database.execute("DELETE FROM sqlite_master WHERE name = ?", [index])
        database.commit()
    with closing(sqlite3.connect(file)) as database:
        database.execute("UPDATE numbers_numberstate SET name_key = 'xx'")
        database.execute("PRAGMA writable_schema = ON")
        database.execute("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", row)
        database.commit()


@only_sqlite
def test_bytes_in_a_derived_column_are_replaced(site: Site) -> None:
    assert site.file
    NumberState.objects.update(kind=b"\xff")
    rebuild()
    assert list(breaches()) == []


@only_sqlite
def test_a_fact_that_is_no_text_is_left_to_verify(capsys: pytest.CaptureFixture[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE numbers_numberstate SET name = x'ff' WHERE id = (SELECT min(id) FROM numbers_numberstate)"
        )
        cursor.execute("UPDATE numbers_numberstate SET since = 'yesterday' WHERE until IS NULL")
    rebuild()
    assert "1 states cannot be read: `manage.py verify` names them.\n" in capsys.readouterr().out


@only_sqlite
def test_a_damaged_file_is_not_touched(site: Site) -> None:
    assert site.file
    connection.close()
    site.file.write_text("not a database" * 100)
    with pytest.raises(CommandError, match="is damaged: file is not a database"):
        rebuild()
    connection.close()
    site.file.unlink()
    with pytest.raises(CommandError, match="There is no database yet at"):
        rebuild()
    assert files.live_file() == site.file
    assert not site.file.exists()
