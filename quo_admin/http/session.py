"""A requests session with limits on time and size, for secrets that must not leak."""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.cookiejar import DefaultCookiePolicy
from io import BytesIO
from threading import TIMEOUT_MAX, Timer
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError

from quo_admin.http.environment import is_loopback

CONNECT_SECONDS = 5
READ_SECONDS = 20  # of silence
CHUNK_BYTES = MAX_ERROR_BYTES = 64 * 1024


class Deadline:
    """Passes after `seconds`; by default, never."""

    def __init__(self, seconds: float = math.inf, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ends = clock() + seconds
        self._stopped = False

    def left(self) -> float:
        """Return the seconds until the deadline; 0 once it has passed."""
        return 0 if self._stopped else max(0, self._ends - self._clock())

    @contextmanager
    def stops(self, response: requests.Response) -> Iterator[None]:
        """Stop reading the response at the deadline, even in the middle of a chunk.

        A socket's timeout bounds one pause, so a byte now and then would keep a read waiting forever. A stopped read
        fails or looks like the end of the body; only `left` tells them apart.
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
        with suppress(OSError, RuntimeError, ValueError):  # already read to its end, or the connection is closed
            response.raw.shutdown()


class TooLarge(ValueError):
    """The decompressed body exceeds the limit."""


class Reply(NamedTuple):
    """A response. The body is complete with status 200, else the beginning, and empty for a redirect."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    location: str  # where a redirect leads, else ""


class BoundedSession(requests.Session):
    """Keeps no cookies, reads no .netrc and follows no redirects. Not thread-safe.

    `deadline` bounds the wait for a connection and for the body. In headers, only each pause is bounded.
    """

    def __init__(self, deadline: Deadline) -> None:
        super().__init__()
        self.deadline = deadline
        self.sent = 0  # requests, including retries and redirects
        self.auth = lambda request: request  # without any, requests looks for passwords in .netrc
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def merge_environment_settings(self, url: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - of requests
        """Return the settings of a request. No proxy can reach an address of this machine for us."""
        merged = super().merge_environment_settings(url, *args, **kwargs)
        return {**merged, "proxies": {}} if is_loopback(urlsplit(url).hostname or "") else merged

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Return None: before following a redirect, requests reads its whole body, however large."""

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        left = self.deadline.left()
        if not left:
            raise TimeoutError
        self.sent += 1
        kwargs["timeout"] = min(CONNECT_SECONDS, left), min(READ_SECONDS, left)
        return super().send(request, **kwargs)

    def exchange(
        self, method: str, url: str, max_bytes: int, explain: Callable[[Exception], Exception], **kwargs: Any
    ) -> Reply:
        """Send a request and read the response. Raises what `explain` returns for an error."""
        failure: Exception | None = None
        try:
            with self.request(method, url, stream=True, **kwargs) as response, self.deadline.stops(response):
                location = urljoin(url, response.headers["Location"]) if response.is_redirect else ""
                reply = Reply(response.status_code, _read(response, max_bytes), response.headers, location)
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            failure = explain(error)
        if not self.deadline.left():  # a read that the deadline stopped may look like the end of the body
            failure = explain(TimeoutError())
        if failure:  # raised outside `except`, which would attach the request and its secrets
            raise failure
        return reply


def _read(response: requests.Response, max_bytes: int) -> bytes:
    if response.is_redirect:
        return b""
    if response.status_code != 200:
        return _beginning(response)
    if (response.raw.length_remaining or 0) > max_bytes:  # as announced
        raise TooLarge(max_bytes)
    body = BytesIO()  # hands over what it collected without a copy
    for chunk in response.iter_content(CHUNK_BYTES):
        if body.tell() + len(chunk) > max_bytes:
            raise TooLarge(max_bytes)
        body.write(chunk)
    return body.getvalue()


def _beginning(response: requests.Response) -> bytes:
    body = b""
    with suppress(requests.RequestException, HTTPError, OSError):  # the status says enough
        for chunk in response.iter_content(MAX_ERROR_BYTES):
            body += chunk
            if len(body) >= MAX_ERROR_BYTES:
                break
    return body[:MAX_ERROR_BYTES]
