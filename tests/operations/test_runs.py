"""How backups, verifications and the syncs of timers ended is noted, and noting never changes how they end."""

import io
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from pytest_django import Settings

from numbers import services
from numbers.models import LastRun, PhoneNumber
from numbers.operations.runs import newest_kept, noted, standings
from numbers.quo.errors import Unauthorized
from numbers.services import SyncBusy
from tests.support.corruptions import at, update_identity
from tests.support.damages import DAMAGES
from tests.support.databases import Site, needs_database, only_sqlite, sync_history
from tests.support.outages import database_fails_at
from tests.support.pages import sync_all, sync_failure
from tests.support.quo_answers import number

SYNC, BACKUP, VERIFY = LastRun.Command
REFUSED = Unauthorized("Quo does not accept the key.")
A_MINUTE = timedelta(minutes=1)

pytestmark = needs_database


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def run_of(command: LastRun.Command) -> LastRun | None:
    (standing,) = [standing for standing in standings() if standing.command == command]
    return standing.run


def last_run(command: LastRun.Command) -> LastRun:
    run = run_of(command)
    assert run is not None
    return run


def assert_succeeded_just_now(command: LastRun.Command) -> None:
    run = last_run(command)
    assert (run.failure, run.succeeded_at) == ("", run.ended_at)
    assert timezone.now() - run.ended_at < A_MINUTE


@pytest.fixture
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())


def test_what_never_ran_has_no_run(site: Site) -> None:
    assert [(standing.run, standing.is_overdue) for standing in standings()] == [(None, False)] * 3


def test_a_backup_is_noted(site: Site, tmp_path: Path) -> None:
    call_command("backup", str(tmp_path / "b.sqlite3"), verbosity=0)

    assert_succeeded_just_now(BACKUP)


def test_a_failed_backup_is_noted_with_its_sentence_and_the_last_good_one(site: Site, tmp_path: Path) -> None:
    call_command("backup", str(tmp_path / "b.sqlite3"), verbosity=0)
    good = last_run(BACKUP).succeeded_at

    with pytest.raises(CommandError) as refusal:
        call_command("backup", str(tmp_path / "nowhere" / "b.sqlite3"))

    run = last_run(BACKUP)
    assert (run.failure, run.succeeded_at) == (str(refusal.value), good)
    assert good is not None
    assert run.ended_at > good


def test_a_verification_is_noted(site: Site) -> None:
    sync_history()

    call_command("verify", verbosity=0)

    assert_succeeded_just_now(VERIFY)


def test_a_verification_that_finds_something_has_failed(site: Site) -> None:
    sync_history()
    update_identity(PhoneNumber, "PN1", first_seen=at(2))

    with pytest.raises(SystemExit):
        call_command("verify")

    run = last_run(VERIFY)
    assert run.failure == "Breaches found: 3. `manage.py verify` lists them; see docs/backups.md."
    assert run.succeeded_at is None


@pytest.mark.usefixtures("no_terminal")
def test_a_sync_by_a_timer_is_noted(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "run_sync", lambda *_args, **_options: sync_all(number("PN1")))

    call_command("sync", "--json")

    assert_succeeded_just_now(SYNC)


@pytest.mark.usefixtures("no_terminal")
def test_a_failed_sync_by_a_timer_is_noted(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "run_sync", lambda *_args, **_options: sync_failure(REFUSED))

    with pytest.raises(CommandError):
        call_command("sync", "--json")

    assert last_run(SYNC).failure.startswith(REFUSED.sentence)


@pytest.mark.usefixtures("no_terminal")
def test_a_sync_that_finds_another_one_running_has_not_run(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: Any, **_options: Any) -> None:
        raise SyncBusy("Another sync is running right now.")

    monkeypatch.setattr(services, "run_sync", refuse)

    with pytest.raises(CommandError) as refusal:
        call_command("sync", "--json")

    assert refusal.value.returncode == os.EX_TEMPFAIL
    assert run_of(SYNC) is None


@pytest.mark.parametrize(
    ("stdin", "arguments"),
    [(Terminal(), ["--json"]), (io.StringIO(), []), (io.StringIO(), ["--json", "--number", "PN1"])],
)
def test_a_sync_that_no_timer_starts_is_not_noted(
    site: Site, monkeypatch: pytest.MonkeyPatch, stdin: io.StringIO, arguments: list[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", stdin)
    monkeypatch.setattr(services, "run_sync", lambda *_args, **_options: sync_all(number("PN1")))

    call_command("sync", *arguments)

    assert run_of(SYNC) is None


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, SystemExit, CommandError])
def test_every_other_end_is_a_failure(site: Site, error: type[BaseException]) -> None:
    with pytest.raises(error), noted(BACKUP):
        raise error

    assert last_run(BACKUP).failure == "It was stopped, or something unexpected happened. Its own output says more."


def test_a_failure_has_no_control_characters(site: Site) -> None:
    with pytest.raises(CommandError), noted(BACKUP):
        raise CommandError("\033[2Ja\nb")

    assert last_run(BACKUP).failure == "\ufffd[2Ja\ufffdb"


@pytest.mark.parametrize("statement", ["SELECT", "INSERT"])
def test_a_run_that_cannot_be_noted_ends_as_it_would_have_ended(
    site: Site, caplog: pytest.LogCaptureFixture, statement: str
) -> None:
    with database_fails_at(statement), noted(BACKUP):
        pass

    assert run_of(BACKUP) is None
    assert caplog.messages == ["the end of backup could not be noted: OperationalError"]


@only_sqlite
def test_nothing_is_written_to_a_damaged_database(site: Site) -> None:
    assert site.file
    sync_history()
    connection.close()
    DAMAGES["an index overwritten"](site.file)
    before = site.file.read_bytes()

    with pytest.raises(CommandError), noted(VERIFY):
        raise CommandError("The database is damaged.")

    connection.close()  # writes what the log has to the file
    assert site.file.read_bytes() == before


def test_nothing_is_written_to_the_database_of_a_newer_version(site: Site) -> None:
    MigrationRecorder(connection).record_applied("numbers", "9999_later")

    with pytest.raises(CommandError), noted(BACKUP):
        raise CommandError("The database was written by a newer version.")

    assert run_of(BACKUP) is None


@only_sqlite
def test_no_database_is_created(site: Site) -> None:
    assert site.file
    connection.close()
    site.file.unlink()

    with pytest.raises(CommandError), noted(BACKUP):
        raise CommandError("There is no database yet.")

    assert not site.file.exists()


def test_a_restore_does_not_bring_back_how_a_backup_ended_before(site: Site) -> None:
    with pytest.raises(CommandError):
        call_command("backup", str(site.folder / "nowhere" / "b.sqlite3"))
    call_command("backup", str(site.folder / "b.sqlite3"), verbosity=0)
    after = last_run(BACKUP)

    call_command("restore", str(site.folder / "b.sqlite3"), "--yes")

    assert (last_run(BACKUP).failure, last_run(BACKUP).ended_at) == ("", after.ended_at)


def test_a_new_installation_takes_how_a_backup_ended_from_the_backup(site: Site) -> None:
    succeeded(BACKUP, hours=50)
    call_command("backup", str(site.folder / "b.sqlite3"), verbosity=0)
    LastRun.objects.all().delete()

    call_command("restore", str(site.folder / "b.sqlite3"), "--yes")

    assert [standing.command for standing in standings() if standing.is_overdue] == [BACKUP]


def test_a_restore_succeeds_even_if_the_newest_runs_cannot_be_kept(site: Site) -> None:
    succeeded(BACKUP, hours=1)

    with database_fails_at("SELECT"), newest_kept():
        pass
    with newest_kept(), database_fails_at("SELECT"):
        pass

    assert last_run(BACKUP).failure == ""


def test_a_failure_that_cannot_be_noted_stays_the_failure(site: Site) -> None:
    with database_fails_at("SELECT"), pytest.raises(CommandError, match="The disk is full"), noted(BACKUP):
        raise CommandError("The disk is full.")


@pytest.mark.parametrize(
    ("command", "interval", "hours", "expected"),
    [
        (SYNC, 300, 0.9, False),
        (SYNC, 300, 1.1, True),
        (SYNC, 7200, 5.9, False),
        (SYNC, 7200, 6.1, True),
        (BACKUP, 300, 47, False),
        (BACKUP, 300, 49, True),
        (VERIFY, 300, 49, True),
    ],
)
def test_a_last_good_run_of_long_ago_is_overdue(
    site: Site, settings: Settings, command: LastRun.Command, interval: int, hours: float, *, expected: bool
) -> None:
    settings.SYNC_INTERVAL = interval
    succeeded(command, hours)

    assert [standing.command for standing in standings() if standing.is_overdue] == [command] * expected


def test_nothing_is_overdue_in_the_demo(site: Site, settings: Settings) -> None:
    settings.DEMO = True
    succeeded(BACKUP, hours=300)

    assert not any(standing.is_overdue for standing in standings())


def succeeded(command: LastRun.Command, hours: float) -> None:
    ended = timezone.now() - timedelta(hours=hours)
    LastRun.objects.create(command=command, ended_at=ended, succeeded_at=ended)
