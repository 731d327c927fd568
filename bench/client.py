"""Requests pages like a browser, over a keep-alive connection, and measures how long each takes."""

import time
import zlib
from contextlib import AbstractContextManager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from statistics import median, quantiles
from urllib.parse import urlsplit

TIMEOUT = 600  # seconds
CHUNK = 1 << 16
GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True)
class Download:
    """The seconds until the first and the last byte of a streamed file, and its unpacked size."""

    first_byte: float
    seconds: float
    size: int


def p95(values: list[float]) -> float:
    """Return the 95th percentile."""
    return quantiles(values, n=20, method="inclusive")[-1]


def ratio(values: list[float], floors: list[float]) -> float:
    """Return the median ratio of values to floors. Each pair was measured together, under the same load."""
    return median(value / floor for value, floor in zip(values, floors, strict=True))


class Browser(AbstractContextManager["Browser"]):
    """A signed-in browser for one thread. The server closes idle connections after two seconds."""

    def __init__(self, url: str, cookie: str) -> None:
        address = urlsplit(url)
        self._connection = HTTPConnection(address.hostname or "", address.port, timeout=TIMEOUT)
        self._cookie = cookie

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def seconds(self, path: str) -> float:
        """Return the seconds from the request to the last byte of the compressed response."""
        began = time.perf_counter()
        self._request(path).read()
        return time.perf_counter() - began

    def page(self, path: str) -> bytes:
        """Return the uncompressed page."""
        return self._request(path, "identity").read()

    def download(self, path: str) -> Download:
        """Download a file. The time of the first byte counts from the file's content, not from the headers."""
        began = time.perf_counter()
        response = self._request(path)
        gzip = zlib.decompressobj(GZIP) if response.getheader("Content-Encoding") == "gzip" else None
        first_byte, size = 0.0, 0
        while chunk := response.read1(CHUNK):
            size += len(gzip.decompress(chunk) if gzip else chunk)
            if size and not first_byte:
                first_byte = time.perf_counter() - began
        return Download(first_byte, time.perf_counter() - began, size)

    def _request(self, path: str, encoding: str = "gzip") -> HTTPResponse:
        """Return the response. Raises RuntimeError unless its status is 200."""
        self._connection.request("GET", path, headers={"Cookie": self._cookie, "Accept-Encoding": encoding})
        response = self._connection.getresponse()
        if response.status != 200:
            raise RuntimeError(f"{path} answered {response.status}")
        return response
