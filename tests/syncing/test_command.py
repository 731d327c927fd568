"""`manage.py sync`: its output and exit codes."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from numbers import services
from numbers.models import Sync
from numbers.operations.readiness import Schema
from numbers.quo.errors import Unauthorized
from numbers.sandbox.server import SandboxServer
from tests.support.installation import KEY, Installation, finish, kill, wait_until
from tests.support.records import FakeClient, Syncer, answer, ids, number, numbers, teammate

ADA = teammate("US1")

Command = Callable[..., str]


class Client(FakeClient):
    """A source in place of Quo's client, which can be closed."""

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    @property
    def calls(self) -> int:
        return len(self.asked)


@pytest.fixture
def hear(syncer: Syncer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run the command with a source of answers; return the output. What it writes to stderr can be read afterwards."""

    def run(source: FakeClient, *arguments: str) -> str:
        client = Client(source.whole, of=source.of, single=source.single, meanwhile=source.meanwhile)
        monkeypatch.setattr(services, "quo_client", lambda: client)
        call_command("sync", *arguments)
        captured = capsys.readouterr()
        sys.stderr.write(captured.err)
        return captured.out

    return run


# Output


def test_it_prints_the_counts_of_a_sync(hear: Command) -> None:
    output = hear(FakeClient(answer(*numbers("PN1", "PN2", "PN3"))))
    assert output.startswith("3 seen, 3 new, 0 changed, 0 gone, 0 unread, in 0.")
    output = hear(FakeClient(answer(number("PN1", name="Else"), number("PN4"), number("PN2"))))
    assert output.startswith("3 seen, 1 new, 1 changed, 1 gone, 0 unread, in 0.")
    assert output.endswith(" s.\n")
    assert output.count("\n") == 1


def test_it_counts_unreadable_records_and_prints_notices(hear: Command, capsys: pytest.CaptureFixture[str]) -> None:
    notice = "Quo lists the number PN1 more than once."
    output = hear(FakeClient(answer(number("PN1"), unreadable=2, notices=(notice,))))
    assert "0 gone, 2 unread, in 0." in output
    assert output.splitlines()[1:] == [notice]


@pytest.mark.parametrize(
    ("unreadable", "sentence"),
    [
        (0, ""),
        (1, "1 record in Quo’s answer could not be read and is not included.\n"),
        (1200, "1,200 records in Quo’s answer could not be read and are not included.\n"),
    ],
)
def test_one_line_on_stderr_says_how_many_records_could_not_be_read(
    hear: Command, capsys: pytest.CaptureFixture[str], unreadable: int, sentence: str
) -> None:
    for form in ((), ("--json",)):
        hear(FakeClient(answer(number("PN1"), unreadable=unreadable)), *form)
        assert capsys.readouterr().err == sentence


def test_it_says_when_removals_are_held_back_and_how_to_accept_them(hear: Command) -> None:
    many = numbers(*ids(10))
    hear(FakeClient(answer(*many)))
    output = hear(FakeClient(answer(many[0])))
    assert output.splitlines()[1:] == [
        "Quo's answer looks incomplete. Missing from it and kept all the same: 9.",
        "If they are really gone: manage.py sync --accept-removals",
    ]
    assert hear(FakeClient(answer(many[0])), "--accept-removals").startswith("1 seen, 0 new, 0 changed, 9 gone")


def test_it_says_how_to_accept_removals_held_back_by_an_unreadable_record(hear: Command) -> None:
    hear(FakeClient(answer(*numbers("PN1", "PN2"))))
    output = hear(FakeClient(answer(number("PN1"), unreadable=1)))
    assert "Missing from it and kept all the same: 1." in output
    assert "If they are really gone: manage.py sync --accept-removals" in output


def test_it_syncs_one_teammate_or_one_number(hear: Command) -> None:
    hear(FakeClient(of={"US1": answer(number("PN1", ADA))}), "--user", "US1")
    hear(FakeClient(single={"PN2": number("PN2")}), "--number", "PN2")
    targets = Sync.objects.order_by("pk").values_list("scope", "subject", "seen")
    assert list(targets) == [("teammate", "US1", 1), ("number", "PN2", 1)]


def test_no_text_from_quo_controls_the_terminal(hear: Command) -> None:
    output = hear(FakeClient(answer(notices=("Quo lists PN\x1b[2J\x07\r\u202e\x9b31m twice.",))))
    assert output.splitlines()[1] == "Quo lists PN\ufffd[2J\ufffd\ufffd\ufffd\ufffd31m twice."


def test_its_json_is_one_complete_document(hear: Command) -> None:
    result = json.loads(hear(FakeClient(answer(number("PN🏡"), unreadable=1, notices=("Odd: PN🏡",))), "--json"))
    assert result.pop("seconds") >= 0
    assert result == {
        "scope": "workspace",
        "subject": "",
        "outcome": "succeeded",
        "seen": 1,
        "new": 1,
        "changed": 0,
        "gone": 0,
        "held": 0,
        "set_aside": [{"path": "$.data[0]", "reason": "it has no readable id", "number": ""}],
        "set_aside_count": 1,
        "notices": ["Odd: PN🏡"],
    }


# Refusals


@pytest.mark.parametrize("given", ["", "PN1", "us1", "1", " US1", "U", "US1\nUS2", "US\udcff", "US" + "x" * 499])
def test_an_invalid_teammate_id_is_refused_before_any_request(syncer: Syncer, given: str) -> None:
    with pytest.raises(CommandError, match="not the id of a teammate: it would begin with US"):
        call_command("sync", "--user", given)
    assert not Sync.objects.exists()


@pytest.mark.parametrize("given", ["", "US1", "+15555550123", "pn1", "PN1\n", "PN\udcff", "PN" + "x" * 499])
def test_an_invalid_number_id_is_refused_before_any_request(syncer: Syncer, given: str) -> None:
    with pytest.raises(CommandError, match="not the id of a number: it would begin with PN"):
        call_command("sync", "--number", given)
    assert not Sync.objects.exists()


def test_a_teammate_together_with_a_number_is_refused(syncer: Syncer) -> None:
    with pytest.raises(CommandError, match="not about both"):
        call_command("sync", "--user", "US1", "--number", "PN1")


@pytest.mark.parametrize("subject", [("--user", "US1"), ("--number", "PN1")])
def test_removals_can_only_be_accepted_in_a_sync_of_every_number(syncer: Syncer, subject: tuple[str, str]) -> None:
    with pytest.raises(CommandError, match="leave --user and --number out"):
        call_command("sync", *subject, "--accept-removals")


def test_a_refusal_is_json_too(syncer: Syncer, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError) as refusal:
        call_command("sync", "--user", "1", "--json")
    result = json.loads(capsys.readouterr().out)
    assert result == {"outcome": "refused", "error": {"sentence": str(refusal.value)}}


def test_a_failed_sync_only_raises_the_sentence_and_quos_trace(
    hear: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError) as failure:
        hear(FakeClient(Unauthorized("Quo did not accept the API key.", status=401, trace="77")))
    assert str(failure.value) == "Quo did not accept the API key. Quo's trace: 77"
    assert failure.value.returncode == 1
    assert capsys.readouterr().out == ""


WORDS = "User Ada Lovelace <ada@example.com> may not."


def test_quos_own_words_are_not_written_to_files_and_journals(
    hear: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    error = Unauthorized("Quo did not accept the API key.", message=WORDS, code="Ada Lovelace", trace="ada@example.com")
    with pytest.raises(CommandError) as failure:
        hear(FakeClient(error), "--json")
    assert str(failure.value) == (
        "Quo did not accept the API key. Quo's own words are on the status page. Quo's trace: (unreadable)"
    )
    output = capsys.readouterr().out
    assert "Ada" not in output
    assert "@" not in output
    assert set(json.loads(output)["error"]) == {"kind", "status", "code", "trace", "sentence"}


def test_a_terminal_shows_quos_own_words(hear: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with pytest.raises(CommandError) as failure:
        hear(FakeClient(Unauthorized("Quo did not accept the API key.", message=WORDS, trace="77")))
    assert str(failure.value) == f'Quo did not accept the API key. Quo said: "{WORDS}" Quo\'s trace: 77'


def test_nothing_is_requested_before_the_migrations_are_done(hear: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("numbers.management.commands.sync.schema", lambda: Schema(1, ""))
    with pytest.raises(CommandError, match=r"not up to date yet\..* or run manage\.py migrate\.") as refusal:
        hear(FakeClient(answer(), meanwhile=lambda: pytest.fail("Quo was asked.")))
    assert refusal.value.returncode == 1
    assert not Sync.objects.exists()


def test_nothing_is_requested_for_the_database_of_a_newer_version(hear: Command) -> None:
    MigrationRecorder(connection).record_applied("numbers", "9999_later")
    with pytest.raises(CommandError, match=r"newer version of Quo Admin \(it has numbers 9999_later\): install that"):
        hear(FakeClient(answer(), meanwhile=lambda: pytest.fail("Quo was asked.")))
    assert not Sync.objects.exists()


def test_an_interrupted_sync_says_so(hear: Command) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(CommandError, match="The sync was stopped before it ended"):
        hear(FakeClient(answer(), meanwhile=interrupt))


# In a separate process


def assert_is_one_sentence(done: subprocess.CompletedProcess[str], sentence: str, *, code: int = 1) -> None:
    """Check for the exit code, the sentence at the end of stderr, and no traceback."""
    assert done.returncode == code, done
    assert done.stderr.splitlines()[-1].startswith(f"CommandError: {sentence}")
    assert "Traceback" not in done.stderr + done.stdout


def test_a_sync_over_http_ends_with_0_and_nothing_on_stderr(installation: Installation) -> None:
    done = installation.sync("--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["outcome"], result["seen"], result["new"]) == ("succeeded", 61, 61)
    assert done.stderr == ""


def test_a_failed_sync_is_json_on_stdout_too(installation: Installation) -> None:
    installation.sandbox.fault = "403"
    done = installation.sync("--json")
    assert_is_one_sentence(done, "Quo does not let this API key see phone numbers.")
    result = json.loads(done.stdout)
    assert result["outcome"] == "failed"
    error = result["error"]
    assert (error["kind"], error["status"], error["code"]) == ("forbidden", 403, "0400403")
    assert error["trace"]
    message = f"{error['sentence']} Quo's own words are on the status page. Quo's trace: {error['trace']}\n"
    assert done.stderr.endswith(message)


def test_a_second_process_says_that_a_sync_is_running(installation: Installation) -> None:
    installation.sandbox.fault = "stalled"
    first = installation.start("manage.py", "sync")
    wait_until(lambda: installation.sandbox.requests)
    second = installation.sync("--json")
    kill(first)
    assert_is_one_sentence(second, "Another sync is running right now", code=os.EX_TEMPFAIL)
    assert json.loads(second.stdout)["outcome"] == "refused"
    assert installation.outcomes() == ["running"]


def test_without_a_key_and_without_a_demo_it_says_what_to_do(installation: Installation) -> None:
    process = installation.start("manage.py", "sync", QUO_API_KEY="", DEMO="on")
    assert_is_one_sentence(
        finish(process), "No QUO_API_KEY is set and the demo workspace is not running. Start it with `make run`"
    )


def test_the_demo_on_a_real_workspace_is_refused_before_it_is_looked_for(installation: Installation) -> None:
    installation.sync()

    process = installation.start("manage.py", "sync", QUO_API_KEY="", DEMO="on")

    assert_is_one_sentence(finish(process), "The database holds a real workspace, not the demo: set QUO_API_KEY")


UNWRITABLE = "The sync could not be written down. `manage.py doctor` looks at the database and its folder."
SHORT_TIMEOUTS = {"DJANGO_SETTINGS_MODULE": "tests.support.impatient_settings"}


def test_a_database_without_tables_fails_with_what_to_do(installation: Installation) -> None:
    installation.file.unlink()
    assert_is_one_sentence(installation.sync(), "The database is not up to date yet. Starting Quo Admin brings it up")


def test_a_missing_folder_fails_with_a_sentence(installation: Installation) -> None:
    elsewhere = installation.folder / "nowhere" / "test.sqlite3"
    sentence = f"{elsewhere.parent} is not there. Make it, or name another place in DATABASE_URL."
    assert_is_one_sentence(installation.sync(DATABASE_URL=f"sqlite:///{elsewhere}"), sentence)


def test_a_read_only_database_fails_with_a_sentence(installation: Installation) -> None:
    done = installation.sync("--json", TESTED_PRAGMA="PRAGMA query_only=ON;", **SHORT_TIMEOUTS)
    assert_is_one_sentence(done, UNWRITABLE)
    assert json.loads(done.stdout)["outcome"] == "refused"


def test_a_locked_database_fails_with_a_sentence(installation: Installation) -> None:
    other = sqlite3.connect(installation.file)
    try:
        other.execute("BEGIN IMMEDIATE")
        assert_is_one_sentence(installation.sync(**SHORT_TIMEOUTS), UNWRITABLE)
    finally:
        other.close()


def test_a_disk_that_fills_up_while_recording_makes_a_failed_sync(installation: Installation) -> None:
    """SQLite's page limit simulates the full disk. The sync's row still fits."""
    pages = installation.rows("PRAGMA page_count")[0][0]
    done = installation.sync("--json", TESTED_PRAGMA=f"PRAGMA max_page_count={pages};", **SHORT_TIMEOUTS)
    assert_is_one_sentence(done, "Quo answered, but the answer could not be written to the database.")
    assert json.loads(done.stdout)["error"]["kind"] == "memory"
    assert installation.rows("SELECT count(*) FROM numbers_phonenumber") == [(0,)]
    assert installation.outcomes() == ["failed"]
    assert installation.sync().returncode == 0


def test_a_terminal_without_unicode_works(installation: Installation) -> None:
    twice: Any = installation.sandbox.workspace.numbers[0]
    twice["id"] = "PN🏡"
    installation.sandbox.workspace.numbers.append(twice)
    installation.sandbox.workspace.refresh()
    done = installation.sync(PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0, done.stderr
    assert "Quo lists the number PN\\U0001f3e1 more than once" in done.stdout
    again = installation.sync("--json", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert "PN🏡" in json.loads(again.stdout)["notices"][0]


def test_the_key_is_never_printed(installation: Installation, sandbox: SandboxServer) -> None:
    sandbox.fault = "401"
    done = installation.sync("--json", "--verbosity", "3", "--traceback")
    assert "Traceback" in done.stderr, "as it was asked to"
    assert KEY not in done.stdout + done.stderr
