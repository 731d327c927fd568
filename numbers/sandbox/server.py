"""Serves a workspace over real HTTP/1.1, healthy or with faults."""

import contextlib
import gzip
import hmac
import random
import socket
import sys
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer
from typing import Any, NamedTuple, Self

from numbers.sandbox import faults
from numbers.sandbox.answers import JSON, Answer, Answers, error, render
from numbers.sandbox.faults import CONTENT, DELIVERY, Question, Timing, UnknownFaultError
from numbers.sandbox.workspace import Workspace

FAULT_HEADER = "X-Sandbox-Fault"
MOST_CONNECTIONS = 256
MOST_REQUESTS_KEPT = 10_000
IDLE_SECONDS = 60
PIECE = 1 << 18
SMALLEST_PACKED = 1_000  # bytes; gzip gains nothing below


class Seen(NamedTuple):
    """A request as the sandbox saw it. Header names are in lower case.

    The key itself is not kept: "authorization" is "right key" or "wrong key", or absent where none was sent.
    """

    method: str
    path: str
    headers: dict[str, str]


class SandboxServer:
    """A Quo API of our own. As a context manager it serves from a background thread:

        with SandboxServer(build(60), key="test-key") as sandbox:
            requests.get(f"{sandbox.url}/v1/phone-numbers", headers={"Authorization": "test-key"})

    `requests` lists what came in. `fault` may be set at any time; `next_faults` are used up first, one by
    each request (None is a healthy turn). `timing` measures the faults out; `fault_share` of the requests get
    `fault`. After changing `workspace` call its `refresh()`.

    Raises OSError when the port cannot be had, UnknownFaultError (a ValueError) for a fault there is not.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        key: str,
        host: str = "127.0.0.1",
        port: int = 0,
        fault: str | None = None,
        fault_share: float = 1.0,
        timing: Timing | None = None,
        log: Callable[[str], object] | None = None,
    ) -> None:
        self.workspace = workspace
        self.fault = fault
        self.next_faults: list[str | None] = []
        self.fault_share = fault_share
        self.timing = timing or Timing()
        self.requests: list[Seen] = []
        self._answers = Answers(workspace)
        self._key = key.encode()
        self._dice = random.Random(0)
        self._log = log
        self._thread: threading.Thread | None = None
        self._is_serving = False
        self._listener = _Listener(host, port, self)
        bound_port = self._listener.server_address[1]
        self.port = int(bound_port)
        self.url = f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def fault(self) -> str | None:
        return self._fault

    @fault.setter
    def fault(self, name: str | None) -> None:
        self._fault = faults.known(name)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.serve_forever, name="sandbox", daemon=True)
        self._is_serving = True
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def prepare(self) -> None:
        """Render what is asked most, so that the first request need not wait for it."""
        self._answers.prepare()

    def serve_forever(self) -> None:
        """Serve until another thread calls `shutdown()` or `close()`."""
        self._is_serving = True
        self._listener.serve_forever(poll_interval=0.02)

    def serve(self, connection: socket.socket, address: object) -> None:
        """Answer on a connection that somebody else has accepted, in a thread of its own; close it in the end."""
        self._listener.process_request(connection, address)

    def shutdown(self) -> None:
        """Let `serve_forever()` return."""
        self._listener.shutdown()

    def close(self) -> None:
        """Stop serving, hang up on everybody and give the port back."""
        if self._is_serving:
            self.shutdown()
        if self._thread:
            self._thread.join()
        self._listener.hang_up()
        self._listener.server_close()

    def answer(self, target: str, key: str | None, fault: str | None) -> Answer:
        """Answer GET `target` asked with `key`; a content fault is applied, a delivery fault is not ours."""
        answer = self._answers.to(target) if self.is_key(key) else error(401)
        if fault in CONTENT:
            answer = CONTENT[fault](answer, Question(target, self.workspace.numbers, self.timing))
        return answer

    def is_key(self, key: str | None) -> bool:
        return key is not None and hmac.compare_digest(key.encode("latin-1", "replace"), self._key)

    def fault_of_request(self, asked: str | None) -> str | None:
        """Choose the fault: what the header asks, else what is planned. Raises UnknownFaultError."""
        if asked:
            return faults.known(asked)
        with contextlib.suppress(IndexError):  # another thread may take the last one
            return faults.known(self.next_faults.pop(0))
        return self.fault if self._dice.random() < self.fault_share else None

    def note(self, method: str, path: str, headers: dict[str, str]) -> None:
        if "authorization" in headers:
            headers["authorization"] = "right key" if self.is_key(headers["authorization"]) else "wrong key"
        if len(self.requests) >= MOST_REQUESTS_KEPT:
            del self.requests[: MOST_REQUESTS_KEPT // 2]
        self.requests.append(Seen(method, path, headers))

    def log(self, line: str) -> None:
        if self._log:
            self._log(line)


class _Listener(TCPServer):
    """Accepts connections, each served by a thread of its own; one too many is turned away."""

    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, host: str, port: int, sandbox: SandboxServer) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.sandbox = sandbox
        self.is_stopping = threading.Event()
        self._open: dict[socket.socket, threading.Thread] = {}
        self._lock = threading.Lock()
        super().__init__((host, port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as in the base class
        thread = threading.Thread(target=self._serve, args=(request, client_address), daemon=True)
        with self._lock:
            has_room = len(self._open) < MOST_CONNECTIONS
            if has_room:
                self._open[request] = thread
        if has_room:
            thread.start()
        else:
            self.shutdown_request(request)

    def _serve(self, request: socket.socket, client_address: Any) -> None:  # noqa: ANN401 - as in the base class
        try:
            self.finish_request(request, client_address)
        except OSError:
            pass  # the client has gone, or we are closing
        except Exception:
            self.handle_error(request, client_address)
        finally:
            self.shutdown_request(request)
            with self._lock:
                self._open.pop(request, None)

    def hang_up(self) -> None:
        """End every connection, whatever it is doing, and wait until its thread has noticed."""
        self.is_stopping.set()
        with self._lock:
            connections = list(self._open.items())
        for connection, _ in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for _, thread in connections:
            thread.join(timeout=5)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    default_request_version = "HTTP/1.1"  # a request line that makes no sense gets a whole answer too
    disable_nagle_algorithm = True
    timeout = IDLE_SECONDS
    server: _Listener

    def do_GET(self) -> None:
        if "Content-Length" in self.headers or "Transfer-Encoding" in self.headers:
            self.close_connection = True  # its body is not read, so it must not be taken for the next request
        sandbox = self.server.sandbox
        self._note()
        try:
            fault = sandbox.fault_of_request(self.headers.get(FAULT_HEADER))
        except UnknownFaultError as unknown:
            self._deliver(error(400, str(unknown)))
            return
        self._deliver(sandbox.answer(self.path, self.headers.get("Authorization"), fault), fault)

    def do_other(self) -> None:
        self._note()
        self.close_connection = True
        self._deliver(error(405, headers=(("Allow", "GET"),)))

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_other  # noqa: N815 - as in the base class

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002 - as in the base class
        """Answer in JSON what http.server itself refuses: a broken request line, an unknown verb."""
        self.close_connection = True
        self.server.sandbox.log(f"refused a request: {code}")
        if code == HTTPStatus.NOT_IMPLEMENTED:
            self._deliver(error(405, headers=(("Allow", "GET"),)))
        else:
            self._deliver(Answer(code, render({"message": message or HTTPStatus(code).phrase, "status": code})))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as in the base class
        pass

    def _note(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.sandbox.note(self.command, self.path, headers)

    def _deliver(self, answer: Answer, fault: str | None = None) -> None:
        body, coding = answer.body, ""
        if answer.status == 200 and not answer.headers and self._accepts_gzip() and fault != "endless":
            if answer.packed is not None:
                body, coding = answer.packed, "gzip"
            elif len(body) >= SMALLEST_PACKED:
                body, coding = gzip.compress(body, 3, mtime=0), "gzip"
        deliver = DELIVERY.get(fault or "")
        if deliver:
            self.close_connection = True
        head = self._head(answer, len(body), coding)
        self.server.sandbox.log(f"{self.command} {getattr(self, 'path', '')!a} {answer.status} {fault or ''}")
        wire = _Wire(self.connection, self.server.is_stopping)
        if deliver:
            deliver(wire, head, body, self.server.sandbox.timing)
        else:
            wire.send(head)
            if self.command != "HEAD":
                wire.send(body)

    def _head(self, answer: Answer, length: int, coding: str) -> bytes:
        lines = [
            f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}",
            "Server: quo-sandbox",
            f"Date: {self.date_time_string()}",
            f"Content-Type: {answer.content_type}",
            f"Content-Length: {length}",
            f"Connection: {'close' if self.close_connection else 'keep-alive'}",
            *(f"{name}: {value}" for name, value in answer.headers),
        ]
        if answer.content_type == JSON:
            lines.append("Vary: Accept-Encoding")
        if coding:
            lines.append(f"Content-Encoding: {coding}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def _accepts_gzip(self) -> bool:
        for choice in self.headers.get("Accept-Encoding", "").lower().split(","):
            coding, _, weight = choice.replace(" ", "").partition(";")
            if coding in {"gzip", "x-gzip", "*"} and weight.rstrip("0.") != "q=":
                return True
        return False


class _Wire:
    """The way to one client; see faults.Wire."""

    def __init__(self, connection: socket.socket, is_stopping: threading.Event) -> None:
        self._connection = connection
        self._is_stopping = is_stopping

    def send(self, data: bytes) -> None:
        # In pieces: a timeout of `sendall` counts from its start, and a slow reader is not a dead one.
        view = memoryview(data)
        for start in range(0, len(view), PIECE):
            self._connection.sendall(view[start : start + PIECE])

    def pause(self, seconds: float) -> None:
        """Wait, unless the client hangs up meanwhile; `hang_up()` of the server looks the same from here."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._connection.settimeout(left)
            try:
                if not self._connection.recv(1, socket.MSG_PEEK):
                    raise ConnectionAbortedError
            except TimeoutError:
                break
            finally:
                self._connection.settimeout(IDLE_SECONDS)
            # It has sent more already (pipelining), so reading cannot tell any longer.
            if self._is_stopping.wait(min(left, 1.0)):
                raise ConnectionAbortedError

    def reset(self) -> None:
        linger_no_seconds = (1).to_bytes(4, sys.byteorder) + bytes(4)
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_no_seconds)
        # Closed as it is: the usual ending would first send an orderly goodbye.
        socket.close(self._connection.detach())
