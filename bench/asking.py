"""Requests pages as a browser does, over a kept-alive connection, and measures how long each takes."""

import time
import zlib
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from statistics import median, quantiles
from typing import Self
from urllib.parse import urlsplit

TIMEOUT = 600  # seconds
PIECE = 1 << 16
GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True)
class Download:
    """Seconds until the first byte of a streamed file and until its last, and its unpacked bytes."""

    first_byte: float
    seconds: float
    size: int


def p95(values: list[float]) -> float:
    """Return what nineteen of twenty values do not exceed."""
    return quantiles(values, n=20, method="inclusive")[-1]


def ratio(values: list[float], floors: list[float]) -> float:
    """Return the median of the ratios of neighbors, which were measured in the same moment of a busy machine."""
    return median(value / floor for value, floor in zip(values, floors, strict=True))


class Browser:
    """A signed-in browser, for one thread. The server hangs up after two idle seconds: then open another."""

    def __init__(self, url: str, cookie: str) -> None:
        address = urlsplit(url)
        self._connection = HTTPConnection(address.hostname or "", address.port, timeout=TIMEOUT)
        self._cookie = cookie

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def seconds(self, path: str) -> float:
        """Return the seconds from the request to the last byte of the compressed answer."""
        began = time.perf_counter()
        self._request(path).read()
        return time.perf_counter() - began

    def page(self, path: str) -> bytes:
        """Return the uncompressed page."""
        return self._request(path, "identity").read()

    def download(self, path: str) -> Download:
        """Fetch a file. Its first byte is the file's own, not a header's."""
        began = time.perf_counter()
        answer = self._request(path)
        unpacked = zlib.decompressobj(GZIP) if answer.getheader("Content-Encoding") == "gzip" else None
        first_byte, size = 0.0, 0
        while piece := answer.read1(PIECE):
            size += len(unpacked.decompress(piece) if unpacked else piece)
            if size and not first_byte:
                first_byte = time.perf_counter() - began
        return Download(first_byte, time.perf_counter() - began, size)

    def _request(self, path: str, encoding: str = "gzip") -> HTTPResponse:
        """Return the answer. Raises RuntimeError for any status but 200."""
        self._connection.request("GET", path, headers={"Cookie": self._cookie, "Accept-Encoding": encoding})
        answer = self._connection.getresponse()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        return answer
