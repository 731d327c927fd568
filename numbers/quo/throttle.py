"""Keeps all processes of this installation within Quo's rate limit: ten requests per second and key."""

import time
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

MARGIN = 1.05  # Quo counts requests as they arrive, and latency varies


class Throttle:
    """Call it before each request: it returns when this process may send.

    All processes that share `path` take turns. The file stores the time of the last turn on the clock that counts from
    the machine's start: all processes share that clock and nobody sets it back.

    Raises OSError if the file cannot be written, or if the turn does not come within `patience` seconds.
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
        # The system releases this lock when its holder dies.
        self._lock = FileLock(f"{path}.lock", timeout=patience, poll_interval=0.01)

    def __call__(self) -> None:
        with self._lock:
            # Wait before writing, inside the lock: so two requests are never closer than the interval, however late
            # a process wakes up.
            last = self._last()
            while (wait := last + self._interval - self._clock()) > 0:
                self._sleep(wait)
            # Replace the file atomically: a process that dies here leaves the old time or the new one.
            draft = self._path.with_name(f"{self._path.name}.new")
            draft.write_text(repr(self._clock()))
            draft.replace(self._path)

    def _last(self) -> float:
        """Return the time of the last turn; now if it is unreadable or from before a restart."""
        now = self._clock()
        try:
            with self._path.open("rb") as file:
                last = float(file.read(64))
        except (OSError, ValueError):
            return now
        return last if 0 <= last <= now else now
