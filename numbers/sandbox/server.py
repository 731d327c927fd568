"""Serves a workspace over real HTTP/1.1, with or without faults."""

import contextlib
import gzip
import hmac
import socket
import sys
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from typing import Any, NamedTuple, Self

from numbers.sandbox.answers import HealthyApi, Response, error, wrapped
from numbers.sandbox.faults import CONTENT, DELIVERY, IDLE_SECONDS, FaultContext, Timing
from numbers.sandbox.workspace import Workspace

MAX_RECORDED_REQUESTS = 10_000


class RecordedRequest(NamedTuple):
    """A request that the sandbox received. Header names are in lower case.

    The key is not recorded: "authorization" is "right key" or "wrong key", or absent if none was sent.
    """

    method: str
    path: str
    headers: dict[str, str]


class SandboxServer:
    """Our own Quo API. As a context manager it serves from a background thread:

        with SandboxServer(build(60), key="test-key") as sandbox:
            requests.get(f"{sandbox.url}/v1/phone-numbers", headers={"Authorization": "test-key"})

    `requests` lists the received requests. `fault` may be set at any time. `next_faults` apply first, one per request
    (None for a healthy response). After changing `workspace` call its `refresh()`. With `wraps_errors`, errors are
    `{"error": {…}}` as from the live service, else flat as in Quo's description. It too may be set at any time.

    Raises OSError if the port is not available.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        key: str,
        host: str = "127.0.0.1",
        port: int = 0,
        fault: str | None = None,
        wraps_errors: bool = False,
        timing: Timing | None = None,
    ) -> None:
        self.workspace = workspace
        self.fault = fault
        self.wraps_errors = wraps_errors
        self.next_faults: list[str | None] = []
        self.timing = timing or Timing()
        self.requests: list[RecordedRequest] = []
        self._api = HealthyApi(workspace)
        self._key = key.encode()
        self._thread: threading.Thread | None = None
        self._listener = _Listener(host, port, self)
        self.port = int(self._listener.server_address[1])
        self.url = f"http://{host}:{self.port}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def prepare(self) -> None:
        """Render the whole list now, so that the first request need not wait for it."""
        self._api.prepare()

    def start(self) -> None:
        """Serve from a background thread until `close()`."""
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.02,), name="sandbox", daemon=True)
        self._thread.start()

    def serve(self, connection: socket.socket, address: object) -> None:
        """Serve a connection that the caller has accepted, in a new thread that closes it at the end."""
        self._listener.process_request(connection, address)

    def close(self) -> None:
        """Stop serving, close all connections and release the port."""
        if self._thread:
            self._listener.shutdown()
            self._thread.join()
        self._listener.hang_up()
        self._listener.server_close()

    def answer(self, target: str, key: str | None, fault: str | None) -> Response:
        """Return the response to GET `target` with `key`, changed by a content fault. Ignores delivery faults."""
        response = self._api.get(target) if self._is_key(key) else error(401)
        if fault in CONTENT:
            response = CONTENT[fault](response, FaultContext(target, self.workspace.numbers, self.timing))
        return response

    def _is_key(self, key: str | None) -> bool:
        return key is not None and hmac.compare_digest(key.encode("latin-1", "replace"), self._key)

    def take_fault(self) -> str | None:
        """Return the fault for the current request and use it up."""
        with contextlib.suppress(IndexError):  # the list may be empty
            return self.next_faults.pop(0)
        return self.fault

    def record(self, method: str, path: str, headers: dict[str, str]) -> None:
        if "authorization" in headers:
            headers["authorization"] = "right key" if self._is_key(headers["authorization"]) else "wrong key"
        if len(self.requests) >= MAX_RECORDED_REQUESTS:
            del self.requests[: MAX_RECORDED_REQUESTS // 2]
        self.requests.append(RecordedRequest(method, path, headers))


class _Listener(ThreadingMixIn, TCPServer):
    """Serves each connection in its own thread. `server_close()` waits for these threads."""

    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, host: str, port: int, sandbox: SandboxServer) -> None:
        self.sandbox = sandbox
        self._open: set[socket.socket] = set()
        super().__init__((host, port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as in the base class
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - as in the base class
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as in the base class
        """Report errors except those of a client that has gone."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def hang_up(self) -> None:
        """Close every connection."""
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = IDLE_SECONDS
    server: _Listener

    def do_GET(self) -> None:
        sandbox = self.server.sandbox
        self._record()
        fault = sandbox.take_fault()
        self._deliver(sandbox.answer(self.path, self.headers.get("Authorization"), fault), fault)

    def do_other(self) -> None:
        self._record()
        self.close_connection = True
        self._deliver(error(405, headers=(("Allow", "GET"),)))

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_other  # noqa: N815 - as in the base class

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as in the base class
        pass

    def _record(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.sandbox.record(self.command, self.path, headers)

    def _deliver(self, response: Response, fault: str | None = None) -> None:
        if self.server.sandbox.wraps_errors:
            response = wrapped(response)
        body, encoding = response.body, ""
        accepts_gzip = "gzip" in self.headers.get("Accept-Encoding", "")
        if response.status == 200 and not response.headers and accepts_gzip and fault != "endless":
            body, encoding = response.packed or gzip.compress(body, 3, mtime=0), "gzip"
        deliver = DELIVERY.get(fault or "")
        if deliver:
            self.close_connection = True
        head = self._head(response, len(body), encoding)
        if deliver:
            deliver(self.connection, head, body, self.server.sandbox.timing)
        else:
            self.connection.sendall(head + body)

    def _head(self, response: Response, length: int, encoding: str) -> bytes:
        lines = [
            f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}",
            "Server: quo-sandbox",
            f"Date: {self.date_time_string()}",
            f"Content-Type: {response.content_type}",
            f"Content-Length: {length}",
            f"Connection: {'close' if self.close_connection else 'keep-alive'}",
            *(f"{name}: {value}" for name, value in response.headers),
        ]
        if encoding:
            lines.append(f"Content-Encoding: {encoding}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
