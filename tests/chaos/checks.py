"""What has to hold and who verifies it, what is waited for, and what is asked in the background."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping

from quo_admin import env

PATIENCE = 90.0  # seconds for what ends by itself, on a machine that is busy


class Wrong(AssertionError):
    """The product did not do what it ought to."""


def check(holds: object, complaint: str) -> None:
    if not holds:
        raise Wrong(complaint)


def wait_until(happened: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not happened():
        check(time.monotonic() < end, f"waited in vain: {what}")
        time.sleep(0.02)


class Asking:
    """Something that is asked in the background, whose failure is not lost."""

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
        check(not self._thread.is_alive(), "what was asked was never answered")
        if self._error:
            raise self._error


class Verifier:
    """A process that runs `manage.py verify` again and again: to start one each time would take the longest of all."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.verifying"],
            env=variables,
            cwd=env.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdin
        assert self._process.stdout
        self._asks, self._says = self._process.stdin, self._process.stdout

    def verdict(self) -> str:
        """Return "holds", or what does not."""
        self._asks.write("\n")
        self._asks.flush()
        return self._says.readline().strip()

    def close(self) -> None:
        self._asks.close()
        self._process.wait(PATIENCE)
        self._says.close()
