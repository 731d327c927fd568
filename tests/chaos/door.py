"""Where Quo Admin believes Quo to be: a loopback port behind which the sandbox answers, or something worse happens."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from numbers.sandbox.server import SandboxServer

IDLE_SECONDS = 60
MOST_FILLERS = 16


@dataclass(frozen=True)
class Script:
    """What is done with a connection before it is closed; `act` gets it and the head of the question.

    Where `reads` is false it begins at once, with an empty head.
    """

    act: Callable[[socket.socket, bytes], None]
    reads: bool = True


class Door:
    """Listens on one port for as long as it lives.

    Without a script the sandbox answers, itself and on the very same connection, with the faults it is told to have.
    """

    def __init__(self, sandbox: SandboxServer) -> None:
        self.sandbox = sandbox
        self.script: Script | None = None
        self.tls: ssl.SSLContext | None = None
        self.asked = 0
        self._open: set[socket.socket] = set()
        self._fillers: list[socket.socket] = []
        self._port = 0
        self._listener = self._listen()
        self.port: int = self._port
        self.url = f"http://127.0.0.1:{self.port}"

    def heal(self) -> None:
        """Undo every fault, and hang up on whoever still suffers from one."""
        self.script, self.tls = None, None
        self.sandbox.fault = None
        self.sandbox.next_faults.clear()
        self._hang_up()
        self.listen()

    def listen(self) -> None:
        self.refuse()
        self._listener.close()
        self._listener = self._listen()

    def refuse(self) -> None:
        """Let nobody in: whoever connects is refused. The port stays ours."""
        self._close_listener()
        self._listener = self._bound()

    def jam(self) -> None:
        """Fill the queue of those who wait to be let in, so that whoever comes next is left without an answer."""
        self.refuse()
        self._listener.listen(0)
        for _ in range(MOST_FILLERS):
            filler = socket.socket()
            filler.settimeout(0.2)
            self._fillers.append(filler)
            try:
                filler.connect(("127.0.0.1", self._port))
            except TimeoutError:
                return
        raise RuntimeError("This system lets everybody wait.")

    def close(self) -> None:
        self._hang_up()
        self._close_listener()

    def _listen(self) -> socket.socket:
        listener = self._bound()
        listener.listen(128)
        threading.Thread(target=self._let_in, args=[listener], daemon=True).start()
        return listener

    def _bound(self) -> socket.socket:
        bound = socket.socket()
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", self._port))
        self._port = bound.getsockname()[1]
        return bound

    def _close_listener(self) -> None:
        with suppress(OSError):  # ends a waiting `accept`; one that only holds the port was never connected
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        while self._fillers:
            self._fillers.pop().close()

    def _hang_up(self) -> None:
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _let_in(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, address = listener.accept()
            except OSError:
                return
            self.asked += 1
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
            pass  # the other side has had enough, or we are closing
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
    """A whole answer; `headers` are lines, after the usual ones."""
    usual = (f"HTTP/1.1 {status} Whatever", "Content-Type: application/json", "Connection: close")
    return "\r\n".join((*usual, f"Content-Length: {len(body)}", *headers, "", "")).encode("latin-1") + body


def says(*pieces: bytes, at_once: bool = False) -> Script:
    """These bytes, whatever is asked, and then the end; `at_once`: before anything is asked."""

    def act(connection: socket.socket, _head: bytes) -> None:
        for piece in pieces:
            connection.sendall(piece)

    return Script(act, reads=not at_once)


def says_after(sign: threading.Event, *pieces: bytes) -> Script:
    """These bytes, as soon as the sign is given."""

    def act(connection: socket.socket, _head: bytes) -> None:
        sign.wait(IDLE_SECONDS)
        for piece in pieces:
            connection.sendall(piece)

    return Script(act)


def stalls(start: bytes = b"", *, reads: bool = True) -> Script:
    """The start, then silence until the other side hangs up."""

    def act(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(start)
        while connection.recv(1 << 16):
            pass

    return Script(act, reads)


def drips(start: bytes, drop: bytes, seconds: float = 0.02) -> Script:
    """The start, then one drop after the other until the other side has had enough."""

    def act(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(start)
        pause = threading.Event()
        while not pause.wait(seconds):
            connection.sendall(drop)

    return Script(act)


def floods(start: bytes, flood: bytes) -> Script:
    """The start, then as much as the other side takes, without end."""

    def act(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(flood)

    return Script(act)


def resets(start: bytes = b"", *, reads: bool = True) -> Script:
    """The start, then gone without goodbye."""

    def act(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(start)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return Script(act, reads)


def repeats_the_key(answer_to: Callable[[str], bytes]) -> Script:
    """What `answer_to` makes of the API key that came with the question."""

    def act(connection: socket.socket, head: bytes) -> None:
        lines = dict(line.split(": ", 1) for line in head.decode("latin-1").split("\r\n")[1:] if line)
        connection.sendall(answer_to({name.lower(): value for name, value in lines.items()}["authorization"]))

    return Script(act)
