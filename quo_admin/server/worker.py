"""gunicorn's worker with threads, whose threads never wait for a client.

The worker's loop collects each request and sends what is left of each response. The rest is gunicorn's.
tests/project/test_slow_clients.py notices changes in it.
"""

import errno
import selectors
import socket
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from quo_admin.server.connection import Connection

REQUEST_SECONDS = 20.0  # for a request to arrive
UNREAD_SECONDS = 30.0  # without progress, after which a response is given up
RESPONSE_SECONDS = 600.0  # for the rest of a response to be read
LINGER_SECONDS = 2.0  # for a client to read the response to a request that was not read

_NOT_NOW = {errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED, errno.EMFILE, errno.ENFILE}


@dataclass
class _Wait:
    """What a connection waits for in the worker's loop, and until when."""

    proceed: Callable[[TConn], None]
    deadline: float


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Gives a request to a thread when it is complete, and takes the response from it at once."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._waits: dict[TConn, _Wait] = {}  # by connection, the longest wait first

    def accept(self, listener: socket.socket) -> None:
        """Accept a connection. If there are too many, the one whose request takes longest gives way."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno not in _NOT_NOW:
                raise
            return
        self.nr_conns += 1
        if self.nr_conns >= self.worker_connections:
            self._drop_slowest()
        conn = TConn(self.cfg, Connection(client), address, listener.getsockname())
        self._wait(conn, selectors.EVENT_READ, self._receive, REQUEST_SECONDS)

    def finish_request(self, conn: TConn, fs: "Future[Any]") -> None:
        """Take the connection back from its thread."""
        keeps_alive = not fs.cancelled() and fs.exception() is None and bool(fs.result())
        self._send(conn, keeps_alive=keeps_alive and not conn.sock.has_unread_body)

    def murder_pending(self) -> None:
        """Close what waited too long. gunicorn's loop calls this at least once a second."""
        now = time.monotonic()
        for conn in [conn for conn, wait in self._waits.items() if wait.deadline <= now]:
            self._close(conn)

    def _cap_keepalive(self, deadline: float) -> None:
        """Wait only until `deadline` for requests that have not begun."""
        for conn, wait in self._waits.items():
            if conn.sock.is_sent and not conn.sock.has_begun:
                wait.deadline = min(wait.deadline, deadline)

    def _wait(self, conn: TConn, event: int, proceed: Callable[[TConn], None], seconds: float) -> None:
        self._waits[conn] = _Wait(proceed, time.monotonic() + seconds)
        self.poller.register(conn.sock, event, partial(self._resume, conn))

    def _resume(self, conn: TConn, _socket: object) -> None:
        if wait := self._waits.get(conn):
            try:
                wait.proceed(conn)
            except OSError:
                self._close(conn)

    def _stop_waiting(self, conn: TConn) -> None:
        if self._waits.pop(conn, None):
            self.poller.unregister(conn.sock)

    def _receive(self, conn: TConn) -> None:
        had_begun = conn.sock.has_begun
        if conn.sock.receive():
            self._answer(conn)
        elif not had_begun:
            self._waits[conn].deadline = time.monotonic() + REQUEST_SECONDS

    def _answer(self, conn: TConn) -> None:
        self._stop_waiting(conn)
        conn.data_ready = True
        self.enqueue_req(conn)

    def _send(self, conn: TConn, *, keeps_alive: bool) -> None:
        """Send the rest of the response as the client reads it."""
        proceed = partial(self._proceed_sending, keeps_alive=keeps_alive, until=time.monotonic() + RESPONSE_SECONDS)
        self._wait(conn, selectors.EVENT_WRITE, proceed, UNREAD_SECONDS)
        self._resume(conn, None)

    def _proceed_sending(self, conn: TConn, *, keeps_alive: bool, until: float) -> None:
        has_progressed = conn.sock.flush()
        if not conn.sock.is_sent:
            if has_progressed:
                self._waits[conn].deadline = min(until, time.monotonic() + UNREAD_SECONDS)
            return
        self._stop_waiting(conn)
        if keeps_alive:
            self._next_request(conn)
        elif conn.sock.has_unread_body:
            self._linger(conn)
        else:
            self._close(conn)

    def _next_request(self, conn: TConn) -> None:
        if conn.sock.is_complete():
            self._answer(conn)
        else:
            seconds = REQUEST_SECONDS if conn.sock.has_begun else self.cfg.keepalive
            self._wait(conn, selectors.EVENT_READ, self._receive, seconds)

    def _linger(self, conn: TConn) -> None:
        """Let the client read the response: closing while its request still arrives would destroy that."""
        conn.sock.shutdown(socket.SHUT_WR)
        self._wait(conn, selectors.EVENT_READ, self._discard, LINGER_SECONDS)

    def _discard(self, conn: TConn) -> None:
        if not conn.sock.discard():
            self._close(conn)

    def _drop_slowest(self) -> None:
        slowest = next((conn for conn, wait in self._waits.items() if wait.proceed == self._receive), None)
        if slowest:
            self._close(slowest)

    def _close(self, conn: TConn) -> None:
        self._stop_waiting(conn)
        self.nr_conns -= 1
        conn.close()
