"""The output of `verify`: lines for people, JSON for machines, and no terminal control characters."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test.utils import CaptureQueriesContext

from numbers.models import NumberState, PhoneNumber, Teammate
from numbers.operations import invariants
from numbers.operations.invariants import INVARIANTS, Breach
from quo_admin import env
from tests.support.corruptions import at, update_identity
from tests.support.databases import PATIENCE, Site, corrupt_file, only_sqlite, sync_history
from tests.support.records import NINE


def test_a_line_says_that_everything_holds(history: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify")
    assert capsys.readouterr().out == (
        f"Everything holds: 5 numbers, 7 states, 2 teammates, 5 assignments, 8 syncs; {len(INVARIANTS)} invariants.\n"
    )


def test_each_breach_is_a_line_without_control_characters(history: None, capsys: pytest.CaptureFixture[str]) -> None:
    NumberState.objects.update(answer="")
    update_identity(PhoneNumber, "PN1", first_seen=at(0), quo_id="PN1\033[2J\nEverything holds")
    update_identity(Teammate, "US2", first_seen=at(2))
    with pytest.raises(SystemExit) as ended:
        call_command("verify")
    assert ended.value.code == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if not line.startswith("syncs counted what they wrote")] == [
        "number begins when first seen: PN1\ufffd[2J\ufffdEverything holds (2026-03-02 09:00:00.000000 UTC): "
        "the number was first seen at another time than its first state began.",
        "teammate begins when first seen: US2 (2026-03-02 09:02:00.000000 UTC): "
        "the teammate was first seen at another time than the first state began.",
    ]


def test_json_output_lists_the_breaches(history: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify", "--json")
    result = json.loads(capsys.readouterr().out)
    assert (result["holds"], result["findings"], result["checked"]["numbers"]) == (True, [], 5)

    update_identity(Teammate, "US2", first_seen=at(2))
    with pytest.raises(SystemExit):
        call_command("verify", "--json")
    result = json.loads(capsys.readouterr().out)
    assert result["holds"] is False
    (breach,) = result["findings"]
    assert (breach["which"], breach["when"]) == ("US2", at(2).astimezone(UTC).isoformat())


@pytest.mark.parametrize("breach", [Breach("one", "PN1", None, "It is."), Breach("one", "PN1", NINE, "It is.")])
def test_a_breach_reads_well_with_and_without_a_time(breach: Breach) -> None:
    assert str(replace(breach, when=None)) == "one: PN1: It is."
    assert str(breach).endswith(": It is.")


@only_sqlite
def test_a_damaged_or_missing_file_is_reported_in_a_sentence(site: Site) -> None:
    assert site.file
    sync_history()
    connection.close()
    corrupt_file(site.file)
    with pytest.raises((CommandError, SystemExit)):
        call_command("verify")
    connection.close()
    site.file.unlink()
    with pytest.raises(CommandError, match="There is no database yet at"):
        call_command("verify")
    assert not site.file.exists()


@only_sqlite
def test_a_closed_pipe_ends_the_command_quietly(site: Site) -> None:
    assert site.file
    sync_history()
    PhoneNumber.objects.update(first_seen=at(0))
    connection.close()
    piped = f'set -o pipefail; "{sys.executable}" manage.py verify | head -1'
    done = subprocess.run(
        ["bash", "-c", piped],
        env=site.variables(),
        cwd=env.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (1, "", 1)


def test_a_database_error_of_several_lines_is_printed_as_one(history: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("connection refused\n\tIs the server\x1b[2J there?\n")

    monkeypatch.setattr("numbers.management.commands.verify.schema", refuse)
    with pytest.raises(CommandError) as failure:
        call_command("verify")
    expected = "The database cannot be read through. It says: connection refused Is the server\ufffd[2J there?"
    assert str(failure.value) == expected


def test_an_old_schema_is_reported_in_a_sentence(history: None) -> None:
    MigrationRecorder(connection).migration_qs.filter(app="numbers").latest("pk").delete()
    with pytest.raises(CommandError, match=r"not up to date yet: run manage\.py migrate first"):
        call_command("verify")


def test_verify_writes_nothing(history: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        list(invariants.breaches())
    assert not [
        query["sql"] for query in queries if not query["sql"].lstrip().startswith(("SELECT", "PRAGMA", "DECLARE"))
    ]
