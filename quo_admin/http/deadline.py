"""The deadline of a request to Quo, from the first attempt to the last byte of the answer."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import TIMEOUT_MAX, Timer

import requests


class Deadline:
    """Ends in so many seconds; without `seconds`, never."""

    def __init__(self, seconds: float = math.inf, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ends = clock() + seconds
        self._stopped = False

    def left(self) -> float:
        """Return the seconds until the end; 0 once it has passed."""
        return 0 if self._stopped else max(0, self._ends - self._clock())

    @contextmanager
    def stops(self, response: requests.Response) -> Iterator[None]:
        """Stop reading the response at the deadline, even in the middle of a chunk.

        A socket's timeout bounds one pause, so a byte now and then would keep a read waiting forever. A read that was
        stopped fails or looks like the end of the body; only `left` tells them apart.
        """
        timer = Timer(min(self.left(), TIMEOUT_MAX), self._stop, [response])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()

    def _stop(self, response: requests.Response) -> None:
        self._stopped = True
        with suppress(OSError, RuntimeError, ValueError):  # it was read to its end, or its connection is closed
            response.raw.shutdown()
