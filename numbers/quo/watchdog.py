"""What requests has no setting for: a deadline for everything, and an end to headers that are damaged."""
# ruff: noqa: ANN401 - what is handed through belongs to requests and urllib3

import math
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.client import HTTPException, HTTPResponse
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class Watchdog:
    """Ends whatever a session's connections are doing once the time is up.

    A socket's own timeout bounds one silence, and a byte now and then resets it. So each connection leaves a
    second handle to its socket here, and a timer shuts those down, which ends a blocked read at once, in the
    middle of a TLS handshake too. (A second one, because the handshake takes the socket from its owner.)

    Out of its reach are the looking up of the host's name, which the operating system bounds, and the trying
    of a host's second and third address, each of which has the connect timeout of its own.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._ends = math.inf
        self._lock = threading.Lock()
        self._handles: dict[HTTPConnection, socket.socket] = {}
        self.expired = False

    @contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """What runs inside has so many seconds. One at a time; `expired` can be read until the next."""
        self._ends = self._clock() + seconds
        self.expired = False
        timer = threading.Timer(seconds, self._expire)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()
            self._ends = math.inf
            self._forget_closed()

    def left(self) -> float:
        """Seconds until the end; infinite outside of a limit."""
        return 0 if self.expired else self._ends - self._clock()

    @property
    def watched(self) -> int:
        """How many connections are open."""
        return len(self._handles)

    def watch(self, connection: HTTPConnection, connected: socket.socket) -> None:
        """Also for a connection that was watched before and has connected anew."""
        with self._lock:
            if old := self._handles.pop(connection, None):
                old.close()
            self._handles[connection] = handle = connected.dup()
            if self.expired:
                _shut(handle)

    def close(self) -> None:
        """Hang up on every connection. (urllib3 only does so once nothing refers to its pool any more.)"""
        with self._lock:
            for handle in self._handles.values():
                _shut(handle)
                handle.close()
            self._handles.clear()

    def _forget_closed(self) -> None:
        """Let go of what is closed. What waits in the pool for the next request is still watched."""
        with self._lock:
            for connection in [connection for connection in self._handles if connection.sock is None]:
                self._handles.pop(connection).close()

    def _expire(self) -> None:
        with self._lock:
            self.expired = True
            for handle in self._handles.values():
                _shut(handle)


def _shut(handle: socket.socket) -> None:
    with suppress(OSError):  # the other side was faster
        handle.shutdown(socket.SHUT_RDWR)


class _Response(HTTPResponse):
    """An answer whose headers end in the middle is broken. urllib3 would write them to the log and go on."""

    def begin(self) -> None:
        super().begin()
        if self.msg.defects:
            raise HTTPException("damaged headers")


class _Watched(HTTPConnection):
    response_class = _Response

    def __init__(self, *args: Any, watchdog: Watchdog, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._watchdog = watchdog

    def _new_conn(self) -> socket.socket:
        connected = super()._new_conn()
        self._watchdog.watch(self, connected)
        return connected

    def _tunnel(self) -> None:
        super()._tunnel()
        if self._watchdog.expired:  # the cut looked like the end of the proxy's headers
            raise TimeoutError


class _WatchedTLS(_Watched, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Watched


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedTLS


class WatchedAdapter(HTTPAdapter):
    """requests' own, whose connections are watched, through a proxy too."""

    def __init__(self, watchdog: Watchdog) -> None:
        # What a pool does not know, it hands on to its connections.
        self._pools = {
            "http": partial(_Pool, watchdog=watchdog),
            "https": partial(_TLSPool, watchdog=watchdog),
        }
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        if not proxy.lower().startswith("socks"):  # whose connections alone know the way to it
            manager.pool_classes_by_scheme = self._pools
        return manager
