"""A fake Quo on a loopback port: the sandbox answers, or a script misbehaves."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from numbers.sandbox.server import SandboxServer

IDLE_SECONDS = 60
MAX_FILLERS = 16


@dataclass(frozen=True)
class Script:
    """What happens on a connection before it is closed; `act` gets the connection and the head of the request.

    If `reads` is false, `act` runs at once with an empty head.
    """

    act: Callable[[socket.socket, bytes], None]
    reads: bool = True


class FakeQuo:
    """Listens on one port until it is closed.

    Without a script the sandbox answers on the same connection, with the faults that are set in it.
    """

    def __init__(self, sandbox: SandboxServer) -> None:
        self.sandbox = sandbox
        self.script: Script | None = None
        self.tls: ssl.SSLContext | None = None
        self.connections = 0
        self._open: set[socket.socket] = set()
        self._fillers: list[socket.socket] = []
        self._port = 0
        self._listener = self._listen()
        self.port: int = self._port
        self.url = f"http://127.0.0.1:{self.port}"

    def end_faults(self) -> None:
        """End all faults and close connections that are still affected."""
        self.script, self.tls = None, None
        self.sandbox.fault = None
        self.sandbox.next_faults.clear()
        self._close_connections()
        self.listen()

    def listen(self) -> None:
        self.refuse_connections()
        self._listener.close()
        self._listener = self._listen()

    def refuse_connections(self) -> None:
        """Refuse connections, but keep the port."""
        self._close_listener()
        self._listener = self._bound()

    def fill_backlog(self) -> None:
        """Fill the listen backlog, so that the next connection gets no answer."""
        self.refuse_connections()
        self._listener.listen(0)
        for _ in range(MAX_FILLERS):
            filler = socket.socket()
            filler.settimeout(0.2)
            self._fillers.append(filler)
            try:
                filler.connect(("127.0.0.1", self._port))
            except TimeoutError:
                return
        raise RuntimeError("The backlog of this system cannot be filled.")

    def close(self) -> None:
        self._close_connections()
        self._close_listener()

    def _listen(self) -> socket.socket:
        listener = self._bound()
        listener.listen(128)
        threading.Thread(target=self._accept, args=[listener], daemon=True).start()
        return listener

    def _bound(self) -> socket.socket:
        bound = socket.socket()
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", self._port))
        self._port = bound.getsockname()[1]
        return bound

    def _close_listener(self) -> None:
        with suppress(OSError):  # ends a waiting `accept`; fails if the socket does not listen
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        while self._fillers:
            self._fillers.pop().close()

    def _close_connections(self) -> None:
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, address = listener.accept()
            except OSError:
                return
            self.connections += 1
            script = self.script
            if script is None and self.tls is None:
                self.sandbox.serve(connection, address)
            else:
                threading.Thread(target=self._serve, args=[connection, script, self.tls], daemon=True).start()

    def _serve(self, connection: socket.socket, script: Script | None, tls: ssl.SSLContext | None) -> None:
        self._open.add(connection)
        plain = connection
        try:
            connection.settimeout(IDLE_SECONDS)
            if tls:
                connection = tls.wrap_socket(connection, server_side=True)
                self._open.add(connection)
            if script:
                script.act(connection, head_of(connection) if script.reads else b"")
        except OSError:
            pass  # the client disconnected, or we are closing
        finally:
            self._open -= {plain, connection}
            connection.close()


def head_of(connection: socket.socket) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        piece = connection.recv(1)
        if not piece:
            raise ConnectionAbortedError
        head += piece
    return head


def answer(body: bytes, status: int = 200, *headers: str) -> bytes:
    """Return a complete response; `headers` are additional header lines."""
    usual = (f"HTTP/1.1 {status} Whatever", "Content-Type: application/json", "Connection: close")
    return "\r\n".join((*usual, f"Content-Length: {len(body)}", *headers, "", "")).encode("latin-1") + body


def sends(*pieces: bytes, at_once: bool = False) -> Script:
    """Send these bytes and close; with `at_once`, without reading the request."""

    def act(connection: socket.socket, _head: bytes) -> None:
        for piece in pieces:
            connection.sendall(piece)

    return Script(act, reads=not at_once)


def sends_after(may_send: threading.Event, *pieces: bytes) -> Script:
    """Send these bytes once the event is set."""

    def act(connection: socket.socket, _head: bytes) -> None:
        may_send.wait(IDLE_SECONDS)
        for piece in pieces:
            connection.sendall(piece)

    return Script(act)


def stalls(start: bytes = b"", *, reads: bool = True) -> Script:
    """Send the start, then nothing until the client disconnects."""

    def act(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(start)
        while connection.recv(1 << 16):
            pass

    return Script(act, reads)


def drips(start: bytes, drop: bytes, seconds: float = 0.02) -> Script:
    """Send the start, then one drop after the other until the client disconnects."""

    def act(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(start)
        pause = threading.Event()
        while not pause.wait(seconds):
            connection.sendall(drop)

    return Script(act)


def floods(start: bytes, flood: bytes) -> Script:
    """Send the start, then as much as the client accepts, endlessly."""

    def act(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(flood)

    return Script(act)


def resets(start: bytes = b"", *, reads: bool = True) -> Script:
    """Send the start, then reset the connection."""

    def act(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(start)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return Script(act, reads)


def repeats_the_key(answer_to: Callable[[str], bytes]) -> Script:
    """Send what `answer_to` makes of the API key in the request."""

    def act(connection: socket.socket, head: bytes) -> None:
        lines = dict(line.split(": ", 1) for line in head.decode("latin-1").split("\r\n")[1:] if line)
        connection.sendall(answer_to({name.lower(): value for name, value in lines.items()}["authorization"]))

    return Script(act)
