"""What has to hold, what is waited for, and what is asked in the background."""

import threading
import time
from collections.abc import Callable

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
