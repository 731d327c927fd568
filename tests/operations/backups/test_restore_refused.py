"""A file that is not a backup is refused, and nothing is replaced without confirmation."""

import re
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from tests.support.databases import (
    Site,
    all_rows,
    corrupt_file,
    corrupt_row,
    needs_database,
    restore,
    rows_of,
    session_count,
)

pytestmark = needs_database


def no_file(file: Path) -> None:
    file.unlink()


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def a_text(file: Path) -> None:
    file.write_text("Dear diary,\n" * 1000)


def an_empty_file(file: Path) -> None:
    file.write_bytes(b"")


def half_of_one(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def another_program(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE songs (name)")


def a_newer_version(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('numbers', '9999_later', '2030')")
        database.commit()


def an_orphan(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute("DELETE FROM numbers_teammate")
        database.commit()


def the_demo(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute("UPDATE numbers_sync SET demo = 1")
        database.commit()


def the_demo_in_between(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute("UPDATE numbers_sync SET demo = 1 WHERE id = (SELECT min(id) FROM numbers_sync)")
        database.commit()


UNUSABLE = [
    (no_file, "There is no file "),
    (a_folder, " is a folder: name the file in it that is to be restored."),
    (a_text, "The file is not a backup of Quo Admin, or it is damaged."),
    (an_empty_file, "The file is not a backup of Quo Admin, or it is damaged."),
    (half_of_one, "damaged"),
    (corrupt_file, "damaged"),
    (corrupt_row, "The file is damaged, so nothing was restored. SQLite says: CHECK constraint failed"),
    (another_program, "The file is not a backup of Quo Admin, or it is damaged."),
    (a_newer_version, "The backup was made by a newer version of Quo Admin (it has numbers 9999_later): install"),
    (an_orphan, "Not everything in the backup holds together"),
    (the_demo, "The backup is of the demo workspace"),
    (the_demo_in_between, "The backup holds the demo and a real workspace together"),
]


@pytest.mark.parametrize(("spoil", "sentence"), UNUSABLE, ids=[spoil.__name__ for spoil, _ in UNUSABLE])
def test_an_unusable_file_is_refused_and_changes_nothing(
    site: Site, backup: Path, spoil: Callable[[Path], None], sentence: str
) -> None:
    spoil(backup)
    before = all_rows()
    with pytest.raises(CommandError, match=re.escape(sentence)):
        restore(backup)
    assert all_rows() == before
    assert session_count() == 1
    assert not site.kept_backups()
    assert not list(site.folder.glob("restoring-*"))


def test_a_real_workspace_is_not_restored_into_the_demo(
    site: Site, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "DEMO", True)
    with pytest.raises(CommandError, match="set QUO_API_KEY first"):
        restore(backup)


def test_a_backup_with_breaches_is_refused_unless_accepted(
    site: Site, backup: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(backup)) as file:
        file.execute("UPDATE numbers_teammatestate SET name_key = 'x\033[2J'")
        file.commit()
    with pytest.raises(CommandError, match=r"Not everything in the backup holds together \(4 found\)"):
        restore(backup)
    assert "teammates are found: US1" in capsys.readouterr().out

    restore(backup, "--accept-findings")
    assert all_rows() == rows_of(backup)


# Asking


def test_without_a_terminal_a_restore_needs_yes(site: Site, backup: Path) -> None:
    before = all_rows()
    done = site.manage("restore", str(backup))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == ("CommandError: A restore replaces everything, and nobody is here to be asked: say --yes.\n")
    assert all_rows() == before


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that simulates a user who types an answer."""

    def answers(answer: str) -> None:
        monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
        monkeypatch.setattr("builtins.input", lambda _: answer)

    return answers


def test_the_question_says_what_will_be_replaced(
    site: Site, backup: Path, terminal: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    terminal("yes")
    call_command("restore", str(backup))
    assert all_rows() == rows_of(backup)
    output = capsys.readouterr().out
    assert f"{backup} holds 3 numbers, 7 states" in output
    assert "It replaces 1 number" in output


@pytest.mark.parametrize("answer", ["y", "", "no"])
def test_an_answer_other_than_yes_changes_nothing(
    site: Site, backup: Path, terminal: Callable[[str], None], answer: str
) -> None:
    before = all_rows()
    terminal(answer)
    with pytest.raises(CommandError, match="Nothing was restored"):
        call_command("restore", str(backup))
    assert all_rows() == before
