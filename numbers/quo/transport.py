"""Carries a question to Quo and the answer back: by GET only, to Quo only, in bounded time and size."""

import logging
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from io import BytesIO
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError, NewConnectionError, ProtocolError

from numbers.quo.errors import BadPayload, QuoError, Reason, Unavailable
from quo_admin.http.deadline import Deadline

CONNECT_SECONDS = 5
READ_SECONDS = 20  # of silence
MAX_REDIRECTS = 5
MAX_ERROR_BYTES = 64 * 1024
CHUNK_BYTES = 64 * 1024

LEAST_REDACTED = 6  # characters of a key

# Its warnings quote headers that it cannot read, and a server may have put the key into them.
logging.getLogger("urllib3.connection").setLevel(logging.ERROR)


class KeyAuth(AuthBase):
    """Puts the bare key into the header, and as a session's `auth` keeps requests from asking .netrc."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._key
        return request

    def __repr__(self) -> str:
        return "KeyAuth([key])"

    def is_sendable(self) -> bool:
        """Whether a header can carry the key at all: nothing else is ever judged by the shape of a key."""
        return bool(self._key) and self._key.isascii() and self._key.isprintable()

    def redact(self, text: str) -> str:
        """The text without the key. A key of under six characters would take ordinary words with it."""
        return text.replace(self._key, "[key]") if len(self._key) >= LEAST_REDACTED else text

    def redact_body(self, body: bytes) -> bytes:
        """The answer without the key, should its sender have written it into one."""
        key = self._key.encode()
        return body.replace(key, b"[key]") if len(key) >= LEAST_REDACTED and key in body else body


@dataclass(frozen=True)
class Reply:
    """An answer of any status: in full for 200, of any other the beginning of what could be read."""

    status: int
    body: bytes
    retry_after: str = ""


class Session(requests.Session):
    """Refuses every verb but GET, and every origin but that of `base_url`, before anything is sent.

    The caller sets `deadline`. It bounds the wait for the throttle, for a connection, and for the body of an answer,
    even if the body arrives byte by byte. In headers, only each pause is bounded.

    Not for two threads at once. Raises ValueError where `base_url` is not the address of a web server.
    """

    def __init__(self, *, base_url: str, auth: KeyAuth, throttle: Callable[[], None]) -> None:
        super().__init__()
        self.auth = auth
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # each question stands alone
        self.deadline = Deadline()
        self.sent = 0  # questions, retries and redirects alike
        self._origin = _origin(requests.Request("GET", base_url).prepare().url)
        self._throttle = throttle

    def __repr__(self) -> str:
        return "<Session to {}://{}:{}>".format(*self._origin)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Whatever leaves goes through here: first questions, retries and redirects alike."""
        if request.method != "GET" or request.body:
            raise RuntimeError("Quo Admin only reads from Quo: it sends nothing but GET, without a body.")
        if _origin(request.url) != self._origin:
            raise Unavailable("redirect")
        try:
            self._throttle()
        except OSError:
            raise Unavailable("files") from None
        left = self.deadline.left()
        if not left:
            raise Unavailable("timeout")
        kwargs["timeout"] = min(CONNECT_SECONDS, left), min(READ_SECONDS, left)
        self.sent += 1
        return super().send(request, **kwargs)

    def get_redirect_target(self, resp: requests.Response) -> None:
        """None: requests would read a redirect's body whole, however large; `fetch` follows without that."""

    def fetch(self, url: str, max_bytes: int) -> Reply:
        """The answer from an address of Quo's.

        Raises Unavailable, and BadPayload where a 200 has more than `max_bytes`, decompressed.
        """
        failure: QuoError | None = None
        try:
            with self._follow(url) as response, self.deadline.stops(response):
                reply = _read(response, max_bytes)
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            failure = _explain(error)
        if not self.deadline.left():  # also where it stopped the reading, which may look like the end of the answer
            failure = Unavailable("timeout")
        if failure:  # raised here, outside of `except`, which would hand on the request and its key
            raise failure
        return reply

    def _follow(self, url: str) -> requests.Response:
        for _ in range(1 + MAX_REDIRECTS):
            response = self.get(url, stream=True)
            if not response.is_redirect:
                return response
            response.close()
            url = urljoin(url, response.headers["Location"])
        raise Unavailable("redirect")


def _origin(url: str | None) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url or "")
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _read(response: requests.Response, max_bytes: int) -> Reply:
    if response.status_code != 200:
        return Reply(response.status_code, _beginning(response), response.headers.get("Retry-After", ""))
    if (response.raw.length_remaining or 0) > max_bytes:  # as announced
        raise _too_large(max_bytes)
    body = BytesIO()  # which gives away what it collected without making a copy
    for chunk in response.iter_content(CHUNK_BYTES):
        if body.tell() + len(chunk) > max_bytes:
            raise _too_large(max_bytes)
        body.write(chunk)
    if not body.tell() and "Content-Length" not in response.headers:
        raise ProtocolError("The connection ended within the headers, which urllib3 takes for their end.")
    return Reply(200, body.getvalue())


def _beginning(response: requests.Response) -> bytes:
    body = b""
    try:
        for chunk in response.iter_content(MAX_ERROR_BYTES):
            body += chunk
            if len(body) >= MAX_ERROR_BYTES:
                break
    except (requests.RequestException, HTTPError, OSError):
        pass  # the status says enough
    return body[:MAX_ERROR_BYTES]


def _too_large(max_bytes: int) -> BadPayload:
    return BadPayload(
        "too large",
        sentence=f"Quo's answer is larger than the {max_bytes / 1e6:g} MB that Quo Admin accepts. "
        "Ask whoever installed Quo Admin to raise QUO_MAX_ANSWER_MB.",
        status=200,
    )


# The first that fits anything in the chain of causes counts.
_REASONS: tuple[tuple[type[Exception], Reason], ...] = (
    (requests.exceptions.ProxyError, "proxy"),
    (socket.gaierror, "name"),
    (TimeoutError, "timeout"),
    (NewConnectionError, "unreachable"),
    (ssl.SSLEOFError, "broken"),
    (ssl.SSLError, "tls"),
    (ProtocolError, "broken"),
)


def _explain(error: Exception) -> QuoError:
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return BadPayload("its compression is damaged", status=200)
    if not isinstance(error, requests.RequestException | HTTPError | ValueError):
        return Unavailable("tls")  # requests finds nothing at REQUESTS_CA_BUNDLE
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    for kind, reason in _REASONS:
        if any(isinstance(cause, kind) for cause in chain):
            return Unavailable(reason)
    return Unavailable("strange")
