"""Ends every process that the tests left behind, and fails the run that did."""

import os
import secrets
import signal
import time
from contextlib import suppress

import pytest

from tests.support.processes import processes_with

MARK = "QUO_ADMIN_TEST_RUN"  # in the environment of everything that a run starts
GRACE = 5.0  # seconds: what multiprocessing started ends by itself, shortly after its worker


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        os.environ[MARK] = secrets.token_hex(8)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Look once all workers of pytest-xdist have ended; they report to the process that does this."""
    if hasattr(session.config, "workerinput"):
        return
    deadline = time.monotonic() + GRACE
    while (left := processes_with(f"{MARK}={os.environ[MARK]}")) and time.monotonic() < deadline:
        time.sleep(0.05)
    terminal = session.config.get_terminal_writer()
    for process, command in left.items():
        terminal.line(f"\nLeft behind by the tests, and killed: {process} {command}", red=True)
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    if left:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
