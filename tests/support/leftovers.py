"""Kills processes that the tests left behind, and fails the run."""

import os
import secrets
import signal
import time
from contextlib import suppress

import pytest

from tests.support.processes import processes_with

MARK = "QUO_ADMIN_TEST_RUN"  # in the environment of all processes that a run starts
GRACE = 5.0  # seconds; processes of multiprocessing end shortly after their worker


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        os.environ[MARK] = secrets.token_hex(8)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Check in the main process, after all workers of pytest-xdist have ended."""
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
