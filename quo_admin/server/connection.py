"""A client's connection, which never waits while a thread works on a request."""

import errno
import re
import select
import socket
import time
from contextlib import suppress
from typing import Any

from quo_admin.request_limits import MAX_BODY

MAX_HEAD = 64 * 1024  # bytes of the request line and the headers
MAX_UNSENT = 1024 * 1024  # bytes of a response that wait in memory for a slow reader
STALLED = 10.0  # seconds in which the reader of a larger response must take the next block

_BLOCK = 64 * 1024
_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = re.compile(rb"^content-length:[ \t]*([0-9]{1,18})[ \t]*\r$", re.IGNORECASE | re.MULTILINE)
_CHUNKED = re.compile(rb"^transfer-encoding:", re.IGNORECASE | re.MULTILINE)


class Connection:
    """A socket for gunicorn, from which a thread reads one complete request and to which it writes without waiting.

    The worker's loop collects requests and sends the rest of responses. A thread uses the connection only between.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._socket.setblocking(False)
        self._received = bytearray()
        self._request = memoryview(b"")
        self._unsent = bytearray()
        self.has_unread_body = False  # of a request that is too large to be read

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - what a socket has
        return getattr(self._socket, name)

    # For the worker's loop

    @property
    def has_begun(self) -> bool:
        """Return whether a part of a request is here."""
        return bool(self._received)

    @property
    def is_sent(self) -> bool:
        """Return whether the client's system took the whole response."""
        return not self._unsent

    def receive(self) -> bool:
        """Read what is there. Raises OSError, also if the client hung up. Return whether the request is complete."""
        with suppress(BlockingIOError):
            data = self._socket.recv(_BLOCK)
            if not data:
                raise ConnectionResetError
            self._received += data
        return self.is_complete()

    def is_complete(self) -> bool:
        """Return whether a request is complete, or so large that its body is not read. Then a thread may read it."""
        end = self._received.find(_END_OF_HEAD) + len(_END_OF_HEAD)
        if end < len(_END_OF_HEAD):
            end = len(self._received)
            self.has_unread_body = end > MAX_HEAD
            if not self.has_unread_body:
                return False
        else:
            head = bytes(self._received[:end])
            lengths = _LENGTH.findall(head)
            length = max(map(int, lengths), default=0)
            self.has_unread_body = length > MAX_BODY or bool(_CHUNKED.search(head))
            end += 0 if self.has_unread_body else length
        if len(self._received) < end:
            return False
        self._request = memoryview(bytes(self._received[:end]))
        del self._received[:end]
        return True

    def discard(self) -> bool:
        """Drop what is there; return whether more may come."""
        try:
            return bool(self._socket.recv(_BLOCK))
        except BlockingIOError:
            return True

    def flush(self) -> bool:
        """Send what the client's system takes now; return whether it took anything. Raises OSError."""
        before = len(self._unsent)
        with suppress(BlockingIOError):
            while self._unsent:
                sent = self._socket.send(memoryview(self._unsent)[:_BLOCK])
                del self._unsent[:sent]
        return len(self._unsent) < before

    # For gunicorn, in a thread

    def setblocking(self, flag: bool) -> None:
        """Do nothing: it never blocks."""

    def settimeout(self, seconds: float | None) -> None:
        """Do nothing, either."""

    def recv(self, size: int) -> bytes:
        """Return the next part of the request; nothing after its end."""
        data = bytes(self._request[:size])
        self._request = self._request[size:]
        return data

    def sendall(self, data: bytes) -> None:
        """Send, or keep for later. Waits only while too much is kept. Raises OSError, also if the reader stalls."""
        self._unsent += data
        self.flush()
        deadline = time.monotonic() + STALLED
        while len(self._unsent) > MAX_UNSENT:
            poll = select.poll()
            poll.register(self._socket, select.POLLOUT)
            if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
                raise BrokenPipeError(errno.EPIPE, "the client reads too slowly")
            self.flush()

    def send(self, data: bytes) -> int:
        """Send all of it, as a call that does not fail may."""
        self.sendall(data)
        return len(data)
