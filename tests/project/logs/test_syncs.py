"""Each sync logs one line: its outcome, its duration, the number of requests to Quo, and Quo's trace."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from numbers import services
from numbers.memory.sync_target import WORKSPACE, SyncTarget
from numbers.models import Sync
from numbers.quo.errors import RateLimited
from numbers.sandbox.faults import Timing
from numbers.sandbox.server import SandboxServer
from numbers.syncing import run as sync
from numbers.syncing.run import SyncBusy, SyncRefused
from quo_admin.request_id import HEADER
from tests.support.logs import Log
from tests.support.pages import PageClient

LOGGER = "numbers.syncing.log"

pytestmark = pytest.mark.django_db(transaction=True)


def line_of(log: Log) -> dict[str, Any]:
    (line,) = log.of(LOGGER)
    return line


def test_a_good_sync_logs_its_outcome_and_duration(quo: SandboxServer, log: Log) -> None:
    ended = services.run_sync(WORKSPACE)

    line = line_of(log)
    assert 0 <= line.pop("seconds") < 60
    del line["time"], line["request_id"]
    assert line == {
        "level": "INFO",
        "logger": LOGGER,
        "message": "sync succeeded",
        "sync": ended.pk,
        "scope": "workspace",
        "outcome": "succeeded",
        "http_calls": 1,
    }


def test_a_failed_sync_logs_the_error_and_quos_trace(quo: SandboxServer, log: Log) -> None:
    quo.fault = "401"
    ended = services.run_sync(WORKSPACE)

    line = line_of(log)
    assert (line["level"], line["message"], line["outcome"]) == ("WARNING", "sync failed", "failed")
    assert (line["error_kind"], line["error_status"]) == ("unauthorized", 401)
    assert line["quo_trace"] == ended.error_trace != ""


def test_each_request_to_quo_counts(quo: SandboxServer, log: Log) -> None:
    quo.timing = Timing(retry_after="0")
    quo.next_faults = ["429-retry-after", "429-retry-after"]
    services.run_sync(WORKSPACE)

    assert line_of(log)["http_calls"] == len(quo.requests) == 3


@pytest.mark.parametrize("trace", ["Zuleika Smith", "ann@example.com", "a\nb", "x" * 200, "\u202e1"])
def test_an_odd_trace_is_not_logged(quo: SandboxServer, log: Log, monkeypatch: pytest.MonkeyPatch, trace: str) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise RateLimited("Wait.", status=429, trace=trace)

    monkeypatch.setattr("numbers.quo.client.QuoClient.list_phone_numbers", fail)
    services.run_sync(WORKSPACE)

    assert line_of(log)["quo_trace"] == "(unreadable)"


@pytest.mark.parametrize(
    ("error", "outcome", "level"),
    [
        (SyncBusy("x"), "busy", "INFO"),
        (SyncRefused("x"), "refused", "WARNING"),
        (DatabaseError("Zuleika"), "error", "ERROR"),
        (RuntimeError("Zuleika"), "error", "ERROR"),
        (KeyboardInterrupt(), "interrupted", "WARNING"),
    ],
)
def test_a_sync_without_a_row_logs_a_line_too(
    log: Log, monkeypatch: pytest.MonkeyPatch, error: BaseException, outcome: str, level: str
) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr(sync, "run", fail)
    with pytest.raises(type(error)):
        services.run_sync(WORKSPACE)

    line = line_of(log)
    assert (line["outcome"], line["level"]) == (outcome, level)
    assert line.get("error_kind") == (type(error).__name__ if outcome == "error" else None)
    assert "Zuleika" not in log.text


def test_a_sync_from_a_page_has_the_id_of_the_request(manager: PageClient, quo: SandboxServer, log: Log) -> None:
    from_page = Sync.objects.count()
    sent = manager.post("/sync/", headers={HEADER: "from-the-proxy"}).headers[HEADER]

    assert Sync.objects.count() == from_page + 1
    assert sent == line_of(log)["request_id"] == "from-the-proxy"


def test_a_timed_sync_has_an_id_with_its_own_prefix(quo: SandboxServer, log: Log) -> None:
    call_command("sync")
    call_command("sync")

    first, second = (line["request_id"] for line in log.of(LOGGER))
    assert re.fullmatch(r"sync(-[a-z0-9]{4}){3}", first)
    assert first != second


@contextmanager
def broken_recording(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def fail(*_: Any, **__: Any) -> Any:
        raise RuntimeError("Zuleika")

    with monkeypatch.context() as patched:
        patched.setattr(sync, "record_answer", fail)
        yield


def test_an_error_in_a_timed_sync_names_the_log_line(
    quo: SandboxServer, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    with broken_recording(monkeypatch), pytest.raises(CommandError) as refusal:
        call_command("sync")

    ids = {line["request_id"] for line in log.objects}
    assert str(refusal.value) == f"Something went wrong in Quo Admin. The line {ids.pop()} of the log says where."
    assert not ids
    assert "numbers/syncing/run.py:" in log.text
    assert "Zuleika" not in log.text


def test_the_log_does_not_name_the_teammate_of_a_sync(quo: SandboxServer, log: Log) -> None:
    services.run_sync(SyncTarget(Sync.Scope.TEAMMATE, "USzuleika"))

    assert line_of(log)["scope"] == "teammate"
    assert "zuleika" not in log.text
