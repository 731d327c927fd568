"""Asks pages as a browser does, over a connection that is kept, and says how long each took."""

import time
import zlib
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse, RemoteDisconnected
from statistics import median, quantiles
from typing import Self
from urllib.parse import urlsplit

TIMEOUT = 600  # seconds
PIECE = 1 << 16
GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float


@dataclass(frozen=True)
class Download:
    """A file that was sent while it was made: the seconds to its first byte and to its last, and its bytes."""

    first_byte: float
    seconds: float
    size: int


@dataclass
class Times:
    """How long the same question took, in seconds, each time it was asked."""

    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return median(self.seconds)

    @property
    def p95(self) -> float:
        """What nineteen of twenty stayed below."""
        if len(self.seconds) < 2:
            return self.median
        return quantiles(self.seconds, n=20, method="inclusive")[-1]

    def over(self, others: "Times") -> float:
        """Return the median of the ratios of neighbours: what else the machine did at that moment, it did to both.

        Where the others were asked less often, the first ones have neighbours.
        """
        return median(one / other for one, other in zip(self.seconds, others.seconds, strict=False))


class Browser:
    """Somebody signed in. Not for two threads at once. What it asks raises OSError and HTTPException."""

    def __init__(self, url: str, cookie: str) -> None:
        address = urlsplit(url)
        self._connection = HTTPConnection(address.hostname or "", address.port, timeout=TIMEOUT)
        self._headers = {"Cookie": cookie, "Accept-Encoding": "gzip"}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def ask(self, path: str, **headers: str) -> Reply:
        """Ask once, to the last byte of the answer."""
        answer, began = self._begun(path, headers)
        body = answer.read()
        took = time.perf_counter() - began
        return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, body, took)

    def page(self, path: str) -> Reply:
        """Ask for a page uncompressed. Raises RuntimeError where there is none."""
        reply = self.ask(path, **{"Accept-Encoding": "identity"})
        if reply.status != 200:
            raise RuntimeError(f"{path} answered {reply.status}")
        return reply

    def download(self, path: str) -> Download:
        """Fetch a file as a browser does, packed if it may be; its first byte is the file's own, no header's."""
        answer, began = self._begun(path, {})
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        unpacked = zlib.decompressobj(GZIP) if answer.getheader("Content-Encoding") == "gzip" else None
        first_byte, size = 0.0, 0
        while piece := answer.read1(PIECE):
            size += len(unpacked.decompress(piece) if unpacked else piece)
            if size and not first_byte:
                first_byte = time.perf_counter() - began
        return Download(first_byte, time.perf_counter() - began, size)

    def _begun(self, path: str, headers: dict[str, str]) -> tuple[HTTPResponse, float]:
        """Ask; once more where the connection, idle for a moment, was closed meanwhile."""
        for is_last in (False, True):
            began = time.perf_counter()
            try:
                self._connection.request("GET", path, headers=self._headers | headers)
                return self._connection.getresponse(), began
            except (RemoteDisconnected, ConnectionError):
                self._connection.close()
                if is_last:
                    raise
        raise AssertionError("the last try returns or raises")
