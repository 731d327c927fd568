"""How the sandbox misbehaves on request: each fault changes what is said, or how it is delivered.

`CONTENT` faults turn the healthy answer into another one. `DELIVERY` faults spoil its way to the client.
The names are what `--fault` takes.
"""

import contextlib
import gzip
import socket
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from numbers.sandbox.answers import HTML, Response, error, healthy, render
from numbers.sandbox.workspace import Record

IDLE_SECONDS = 60


@dataclass(frozen=True)
class Timing:
    """How the faults are measured out; `bomb_bytes` is the size of the bomb unpacked."""

    slow_seconds: float = 5.0
    stall_seconds: float = 600.0
    drip_seconds: float = 0.05
    retry_after: str = "1"
    bomb_bytes: int = 1 << 30


@dataclass(frozen=True)
class Request:
    """A request, and all numbers of the workspace, for faults that answer about another one."""

    target: str
    numbers: list[Record]
    timing: Timing


# What is said


def _page(status: int, title: str) -> Response:
    body = f"<html><head><title>{status} {title}</title></head>\r\n<body><h1>{title}</h1></body></html>\r\n"
    return Response(status, body.encode(), HTML)


def _each(answer: Response, change: Callable[[int, Any], Any]) -> Response:
    """Put `change(place, record)` for each record of a healthy answer; leave errors as they are.

    The records are the workspace's own: a change returns new ones.
    """
    if isinstance(answer.data, list):
        return healthy([change(place, record) for place, record in enumerate(answer.data)])
    return answer if answer.data is None else healthy(change(0, answer.data))


_WRONG_TYPES: tuple[Callable[[Record], Any], ...] = (
    lambda record: record | {"users": "nobody"},
    lambda record: record | {"name": 42},
    lambda record: record | {"restrictions": "none"},
    lambda record: record | {"number": None},
    lambda _: None,
    lambda record: record | {"restrictions": {"calling": ["US"], "messaging": {"US": True, "CA": 1, "Intl": None}}},
    lambda record: record | {"id": 7},
    lambda record: record | {"users": [*record["users"], {"id": None, "email": [], "role": {}}, "a user"]},
    lambda _: "a phone number",
    lambda record: record | {"createdAt": 1640995200, "symbol": {"emoji": "🏡"}, "forward": 5},
    lambda record: [record],
)


def _wrong_types(answer: Response, _: Request) -> Response:
    """Every fourth record is of the wrong types, each in another way; the first one counts as the fourth."""

    def change(place: int, record: Record) -> Any:  # noqa: ANN401 - any wrong type
        return record if place % 4 else _WRONG_TYPES[place // 4 % len(_WRONG_TYPES)](record)

    return _each(answer, change)


def _unknown_values(answer: Response, _: Request) -> Response:
    """Values, regions and keys that the description does not know, at every depth."""

    def change(place: int, record: Record) -> Record:
        calling, messaging = (
            dict(record["restrictions"]["calling"]),
            dict(record["restrictions"]["messaging"]),
        )
        if place % 3 == 0:
            messaging["US"] = "pending_review"
            calling |= {"Intl": None, "CA": ""}
        if place % 3 == 1:
            del messaging["Intl"], calling["CA"]
            calling["EU"] = "restricted"
        restrictions = {"calling": calling, "messaging": messaging, "fax": {"US": "unrestricted"}}
        users = [user | {"avatar": {"url": None}} for user in record["users"]]
        if place % 7 == 3:  # these go further than the description lets a record go
            del restrictions["messaging"]
            users = [user | {"role": "guest"} for user in users]
        return record | {
            "restrictions": restrictions,
            "portingStatus": "awaiting_moon_phase",
            "carrier": {"name": "Example Carrier", "tags": [{"deep": [None]}]},
            "users": users,
        }

    changed = _each(answer, change)
    extra = {"data": changed.data, "meta": {"version": 2}}
    return changed if changed.data is None else Response(200, render(extra), data=changed.data)


def _half(answer: Response, _: Request) -> Response:
    return healthy(answer.data[: len(answer.data) // 2]) if isinstance(answer.data, list) else answer


def _duplicates(answer: Response, _: Request) -> Response:
    """Every third record comes a second time at the end; every sixth then goes by another name."""
    if not isinstance(answer.data, list):
        return answer
    again = [
        record if place % 2 else record | {"name": f"{record['name']} (2)"}
        for place, record in enumerate(answer.data[::3])
    ]
    return healthy(answer.data + again)


def _wrong_number(answer: Response, request: Request) -> Response:
    """The answer about one number is about another one; nothing else changes."""
    if not isinstance(answer.data, dict):
        return answer
    others = [record for record in request.numbers[:2] if record is not answer.data]
    return healthy(others[0]) if others else answer


def _bad_gzip(answer: Response, _: Request) -> Response:
    """Half of the body unpacks; then comes what no gzip can hold."""
    packer = zlib.compressobj(wbits=31)
    packed = packer.compress(answer.body[: len(answer.body) // 2]) + packer.flush(zlib.Z_FULL_FLUSH)
    return Response(answer.status, packed + b"\xff" * 64, answer.content_type, (("Content-Encoding", "gzip"),))


def _gzip_bomb(_: Response, request: Request) -> Response:
    """Valid JSON that is small on the wire and huge when unpacked: gzip may be many pieces in a row."""
    megabyte = gzip.compress(b" " * (1 << 20), mtime=0)
    body = gzip.compress(b'{"data":[', mtime=0) + megabyte * (request.timing.bomb_bytes >> 20)
    body += gzip.compress(b"]}", mtime=0)
    return Response(200, body, headers=(("Content-Encoding", "gzip"),))


def _redirect(_: Response, request: Request) -> Response:
    return Response(302, b"", HTML, (("Location", f"http://localhost:9{request.target}"),))


Content = Callable[[Response, Request], Response]


def _status(status: int) -> Content:
    return lambda _answer, _request: error(status)


def _fixed(answer: Response) -> Content:
    return lambda _answer, _request: answer


CONTENT: dict[str, Content] = {
    **{str(status): _status(status) for status in (400, 401, 402, 403, 404, 409, 422, 429)},
    "429-retry-after": lambda _, request: error(429, headers=(("Retry-After", request.timing.retry_after),)),
    "500": _status(500),
    "502": _fixed(_page(502, "Bad Gateway")),
    "503": _fixed(Response(503, b"", HTML)),
    "504": _fixed(_page(504, "Gateway Time-out")),
    "not-json": _fixed(Response(200, b"upstream connect error or disconnect/reset before headers")),
    "html": _fixed(_page(200, "We will be back soon")),
    "empty": _fixed(healthy([])),
    "missing-data": _fixed(Response(200, b"{}")),
    "half": _half,
    "duplicates": _duplicates,
    "wrong-types": _wrong_types,
    "unknown-values": _unknown_values,
    "wrong-number": _wrong_number,
    "bad-gzip": _bad_gzip,
    "gzip-bomb": _gzip_bomb,
    "redirect": _redirect,
}

# How it is delivered. Each raises OSError once the client has gone, and its connection is closed afterwards.


def _pause(client: socket.socket, seconds: float) -> None:
    """Wait, unless the connection is closed meanwhile."""
    client.settimeout(seconds)
    with contextlib.suppress(TimeoutError):
        if not client.recv(1, socket.MSG_PEEK):
            raise ConnectionAbortedError
    client.settimeout(IDLE_SECONDS)


def _slow(client: socket.socket, head: bytes, body: bytes, timing: Timing) -> None:
    _pause(client, timing.slow_seconds)
    client.sendall(head + body)


def _stalled(client: socket.socket, head: bytes, body: bytes, timing: Timing) -> None:
    client.sendall(head + body[: len(body) // 2])
    _pause(client, timing.stall_seconds)


def _stalled_headers(client: socket.socket, head: bytes, _: bytes, timing: Timing) -> None:
    client.sendall(head[: len(head) // 2])
    _pause(client, timing.stall_seconds)


def _drip(client: socket.socket, head: bytes, body: bytes, timing: Timing) -> None:
    client.sendall(head)
    for byte in body:
        client.sendall(bytes((byte,)))
        _pause(client, timing.drip_seconds)


def _cut(client: socket.socket, head: bytes, body: bytes, _: Timing) -> None:
    client.sendall(head + body[: len(body) // 2])


def _reset(client: socket.socket, _head: bytes, _body: bytes, _timing: Timing) -> None:
    linger_no_seconds = (1).to_bytes(4, sys.byteorder) + bytes(4)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_no_seconds)
    # Closed as it is: the usual ending would first send an orderly goodbye.
    socket.close(client.detach())


def _endless(client: socket.socket, head: bytes, body: bytes, _: Timing) -> None:
    """Promise no length and send a list that goes on until the client has had enough."""
    lines = [
        line for line in head.split(b"\r\n") if not line.lower().startswith((b"content-length:", b"content-encoding:"))
    ]
    client.sendall(b"\r\n".join(lines) + b'{"data":[')
    again = (body[8:-1] or b"{}") + b","  # what stands behind "data":
    again *= max(1, (1 << 16) // len(again))
    while True:
        client.sendall(again)


Delivery = Callable[[socket.socket, bytes, bytes, Timing], None]

DELIVERY: dict[str, Delivery] = {
    "slow": _slow,
    "stalled": _stalled,
    "stalled-headers": _stalled_headers,
    "drip": _drip,
    "cut": _cut,
    "reset": _reset,
    "endless": _endless,
}

NAMES = (*CONTENT, *DELIVERY)
