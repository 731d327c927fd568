"""Keeps all processes of this installation together within Quo's limit: ten requests a second for one key."""

import time
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

MARGIN = 1.05  # the limit counts arrivals at Quo, and the way there is not equally long each time


class Throttle:
    """Call it before each request: it returns when this process may send.

    All processes that share `path` take turns. The file holds when the last one was let through, on the clock
    that counts since the machine started: it is the same for all of them, and nobody sets it back.

    Raises OSError where the file cannot be written, or the turn does not come within `patience` seconds.
    """

    def __init__(
        self,
        path: Path,
        per_second: float = 10,
        *,
        patience: float = 10,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._path = path
        self._interval = MARGIN / per_second
        self._clock = clock
        self._sleep = sleep
        # The system frees this lock when its holder dies.
        self._lock = FileLock(f"{path}.lock", timeout=patience, poll_interval=0.01)

    def __call__(self) -> None:
        with self._lock:
            # Waiting and only then writing, both inside the lock: two that leave can never be closer than the
            # interval, however late one of them wakes up.
            last = self._last()
            while (wait := last + self._interval - self._clock()) > 0:
                self._sleep(wait)
            # Replaced as a whole, so that a process that dies here leaves the old time or the new one.
            draft = self._path.with_name(f"{self._path.name}.new")
            draft.write_text(repr(self._clock()))
            draft.replace(self._path)

    def _last(self) -> float:
        """When the last request left. A time that cannot be: from before a restart, or not a time, is now."""
        now = self._clock()
        try:
            with self._path.open("rb") as file:
                last = float(file.read(64))
        except (OSError, ValueError):
            return now
        return last if 0 <= last <= now else now
