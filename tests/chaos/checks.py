"""Checks, waiting, background calls, and a long-running `manage.py verify`."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping

from quo_admin import env

PATIENCE = 90.0  # seconds to wait on a busy machine


class CheckFailed(AssertionError):
    """The product behaved differently than expected."""


def check(holds: object, complaint: str) -> None:
    if not holds:
        raise CheckFailed(complaint)


def wait_until(happened: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not happened():
        check(time.monotonic() < end, f"timed out waiting for {what}")
        time.sleep(0.02)


class BackgroundCall:
    """A call in a background thread; `wait` raises its exception."""

    def __init__(self, ask: Callable[[], None]) -> None:
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=[ask], daemon=True)
        self._thread.start()

    def _run(self, ask: Callable[[], None]) -> None:
        try:
            ask()
        except BaseException as error:
            self._error = error

    def wait(self) -> None:
        self._thread.join(PATIENCE)
        check(not self._thread.is_alive(), "a background call did not return")
        if self._error:
            raise self._error


class Verifier:
    """A process that runs `manage.py verify` repeatedly, because starting one for each case would be slow."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.verifier"],
            env=variables,
            cwd=env.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdin
        assert self._process.stdout
        self._stdin, self._stdout = self._process.stdin, self._process.stdout

    def verdict(self) -> str:
        """Return "holds" or all breaches in one line."""
        self._stdin.write("\n")
        self._stdin.flush()
        return self._stdout.readline().strip()

    def close(self) -> None:
        self._stdin.close()
        self._process.wait(PATIENCE)
        self._stdout.close()
