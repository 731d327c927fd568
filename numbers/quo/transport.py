"""Sends requests to Quo: only GET, only to Quo, within limits on time and size."""

import json
import logging
import socket
import ssl
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError, NewConnectionError, ProtocolError

from numbers.quo.errors import BadPayload, QuoError, Reason, Unavailable
from quo_admin.http.environment import certificates, certificates_load, has_proxy, proxy_variable
from quo_admin.http.session import BoundedSession, Deadline, Reply, TooLarge

MAX_REDIRECTS = 5

LEAST_REDACTED = 6  # characters: redacting a shorter key would also hit ordinary words

# Its warnings quote malformed headers, and a server may have put the key into one.
logging.getLogger("urllib3.connection").setLevel(logging.ERROR)


class KeyAuth(AuthBase):
    """Sends the bare key in the Authorization header."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._key
        return request

    def is_sendable(self) -> bool:
        """Return whether a header can carry the key. The shape of a key matters for nothing else."""
        return bool(self._key) and self._key.isascii() and self._key.isprintable()

    def redact(self, text: str) -> str:
        """Return the text without the key."""
        return text.replace(self._key, "[key]") if len(self._key) >= LEAST_REDACTED else text

    def redact_body(self, body: bytes) -> bytes:
        """Return the JSON without the key, in case the server echoed it."""
        if len(self._key) < LEAST_REDACTED:
            return body
        escaped = json.dumps(self._key)[1:-1]
        for spelling in {self._key, escaped, escaped.replace("/", "\\/")}:
            body = body.replace(spelling.encode(), b"[key]")  # without a match, this is no copy
        return body


class Session(BoundedSession):
    """Refuses every method but GET, and every origin but that of `base_url`, before it sends anything.

    The caller sets `deadline`, which also bounds the wait for the throttle. Raises ValueError if `base_url` is not the
    address of a web server.
    """

    def __init__(self, *, base_url: str, auth: KeyAuth, throttle: Callable[[], None]) -> None:
        super().__init__(Deadline())
        self.auth = auth
        self._origin = _origin(requests.Request("GET", base_url).prepare().url)
        self._throttle = throttle

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send a first request, a retry or a redirect: every request passes through here."""
        if request.method != "GET" or request.body:
            raise RuntimeError("Quo Admin only reads from Quo: it sends nothing but GET, without a body.")
        if _origin(request.url) != self._origin:
            raise Unavailable("redirect")
        try:
            self._throttle()
        except OSError:
            raise Unavailable("files") from None
        return super().send(request, **kwargs)

    def fetch(self, url: str, max_bytes: int) -> Reply:
        """Return the reply from an address of Quo's, after at most MAX_REDIRECTS redirects.

        Raises Unavailable, and BadPayload if a 200 has more than `max_bytes`, decompressed.
        """
        for _ in range(1 + MAX_REDIRECTS):
            reply = self.exchange("GET", url, max_bytes, partial(_explain, url))
            if reply.status == 200 and not reply.body and "Content-Length" not in reply.headers:
                raise Unavailable("broken")  # the connection ended within the headers: urllib3 takes that for their end
            if not reply.location:
                return reply
            url = reply.location
        raise Unavailable("redirect")


def _origin(url: str | None) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url or "")
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


# The first entry that matches any error in the chain of causes wins.
_REASONS: tuple[tuple[type[Exception], Reason], ...] = (
    (requests.exceptions.ProxyError, "proxy"),
    (requests.exceptions.InvalidProxyURL, "proxy"),
    (socket.gaierror, "name"),
    (TimeoutError, "timeout"),
    (NewConnectionError, "unreachable"),
    (ssl.SSLEOFError, "broken"),
    (ssl.SSLError, "tls"),
    (ProtocolError, "broken"),
)


def _explain(url: str, error: Exception) -> QuoError:
    if isinstance(error, TooLarge):
        return BadPayload(
            "too large",
            sentence=f"Quo's answer is larger than the {error.args[0] / 1e6:g} MB that Quo Admin accepts. "
            "Ask the person who installed Quo Admin to raise QUO_MAX_ANSWER_MB.",
            status=200,
        )
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return BadPayload("its compression is damaged", status=200)
    if not isinstance(error, requests.RequestException | HTTPError | ValueError | TimeoutError):
        return Unavailable("certificates", certificates()[0])  # requests finds nothing there
    if isinstance(error, requests.exceptions.InvalidSchema) and "SOCKS" in str(error):
        return Unavailable("socks", proxy_variable(url))
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    matching = (reason for kind, reason in _REASONS if any(isinstance(cause, kind) for cause in chain))
    reason: Reason = next(matching, "strange")
    if reason == "tls" and not certificates_load():
        return Unavailable("certificates", certificates()[0])
    is_by_proxy = has_proxy(url)
    if is_by_proxy and isinstance(error, requests.exceptions.InvalidURL):
        reason = "proxy"
    return Unavailable(reason, proxy_variable(url), has_proxy=is_by_proxy)
