"""A loopback web server that sends scripted bytes."""

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Script = bytes | Callable[[socket.socket], None]


class Server:
    """Answers each request with the next script, and later requests with the last one.

    After bytes the connection stays open. After a function, which gets the connection, it is closed. `requests` lists
    the heads of all requests.
    """

    def __init__(self, scripts: tuple[Script, ...], tls: ssl.SSLContext | None, at_once: bool) -> None:
        self._scripts = scripts
        self._at_once = at_once
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self.requests: list[str] = []
        self.connections = 0

    def run(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=[connection])
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with suppress(OSError):  # already closed
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(5)
        with suppress(OSError), connection:
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            self._open.append(connection)
            with connection:
                while head := "at once" if self._at_once else _head(connection):
                    with self._lock:
                        script = self._scripts[min(len(self.requests), len(self._scripts) - 1)]
                        self.requests.append(head)
                    if not isinstance(script, bytes):
                        script(connection)
                        return
                    connection.sendall(script)


def _head(connection: socket.socket) -> str:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte:
            return ""
        head += byte
    return head.decode("latin-1")


@contextmanager
def serve(*scripts: Script, tls: ssl.SSLContext | None = None, at_once: bool = False) -> Iterator[Server]:
    """Run a server; with `at_once`, scripts start without reading a request."""
    server = Server(scripts, tls, at_once)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()


def answer(body: bytes = b'{"data": []}', status: int = 200, **headers: str) -> bytes:
    """Return a complete response. Underscores in header names become hyphens."""
    lines = {"Content-Length": str(len(body)), **{name.replace("_", "-"): value for name, value in headers.items()}}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    return f"HTTP/1.1 {status} Whatever\r\n{head}\r\n".encode("latin-1") + body


def drips(start: bytes, drop: bytes = b" ") -> Callable[[socket.socket], None]:
    """Send the start, then one drop after the other until the client disconnects."""

    def script(connection: socket.socket) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(drop)
            time.sleep(0.005)

    return script


def floods(start: bytes, flood: bytes) -> Callable[[socket.socket], None]:
    """Send the start, then as much as the client accepts, endlessly."""

    def script(connection: socket.socket) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(flood)

    return script


def stalls(start: bytes = b"") -> Callable[[socket.socket], None]:
    """Send the start, then nothing until the client disconnects."""

    def script(connection: socket.socket) -> None:
        connection.sendall(start)
        connection.recv(1)

    return script


def cuts(start: bytes = b"") -> Callable[[socket.socket], None]:
    """Send the start, then close."""
    return lambda connection: connection.sendall(start)


def resets(connection: socket.socket) -> None:
    """Reset the connection."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
