"""The sandbox's faults, by the names that `--fault` takes.

`CONTENT` faults replace the healthy response. `DELIVERY` faults disturb its transmission.
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
    """Durations and sizes of the faults. `bomb_bytes` is the unpacked size of the gzip bomb."""

    slow_seconds: float = 5.0
    stall_seconds: float = 600.0
    drip_seconds: float = 0.05
    retry_after: str = "1"
    bomb_bytes: int = 1 << 30


@dataclass(frozen=True)
class FaultContext:
    """What a fault may need besides the healthy response: the request target, all numbers and the timing."""

    target: str
    numbers: list[Record]
    timing: Timing


# Content


def _page(status: int, title: str) -> Response:
    body = f"<html><head><title>{status} {title}</title></head>\r\n<body><h1>{title}</h1></body></html>\r\n"
    return Response(status, body.encode(), HTML)


def _each(response: Response, change: Callable[[int, Any], Any]) -> Response:
    """Replace each record of a healthy response by `change(place, record)`. Errors stay as they are.

    `change` must not modify a record, because it is the workspace's own.
    """
    if isinstance(response.data, list):
        return healthy([change(place, record) for place, record in enumerate(response.data)])
    return response if response.data is None else healthy(change(0, response.data))


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


def _wrong_types(response: Response, _: FaultContext) -> Response:
    """Give every fourth record, starting with the first, a wrong type, each in a different way."""

    def change(place: int, record: Record) -> Any:  # noqa: ANN401 - any wrong type
        return record if place % 4 else _WRONG_TYPES[place // 4 % len(_WRONG_TYPES)](record)

    return _each(response, change)


def _unknown_values(response: Response, _: FaultContext) -> Response:
    """Add values, regions and keys that the description does not have, at every depth."""

    def change(place: int, record: Record) -> Record:
        calling = dict(record["restrictions"]["calling"])
        messaging = dict(record["restrictions"]["messaging"])
        if place % 3 == 0:
            messaging["US"] = "pending_review"
            calling |= {"Intl": None, "CA": ""}
        if place % 3 == 1:
            del messaging["Intl"], calling["CA"]
            calling["EU"] = "restricted"
        restrictions = {"calling": calling, "messaging": messaging, "fax": {"US": "unrestricted"}}
        users = [user | {"avatar": {"url": None}} for user in record["users"]]
        if place % 7 == 3:  # these even violate the description
            del restrictions["messaging"]
            users = [user | {"role": "guest"} for user in users]
        return record | {
            "restrictions": restrictions,
            "portingStatus": "awaiting_moon_phase",
            "carrier": {"name": "Example Carrier", "tags": [{"deep": [None]}]},
            "users": users,
        }

    changed = _each(response, change)
    extra = {"data": changed.data, "meta": {"version": 2}}
    return changed if changed.data is None else Response(200, render(extra), data=changed.data)


def _half(response: Response, _: FaultContext) -> Response:
    return healthy(response.data[: len(response.data) // 2]) if isinstance(response.data, list) else response


def _duplicates(response: Response, _: FaultContext) -> Response:
    """Repeat every third record at the end. Every other repetition has a different name."""
    if not isinstance(response.data, list):
        return response
    repeated = [
        record if place % 2 else record | {"name": f"{record['name']} (2)"}
        for place, record in enumerate(response.data[::3])
    ]
    return healthy(response.data + repeated)


def _wrong_number(response: Response, context: FaultContext) -> Response:
    """Answer a request for one number with another number."""
    if not isinstance(response.data, dict):
        return response
    others = [record for record in context.numbers[:2] if record is not response.data]
    return healthy(others[0]) if others else response


def _bad_gzip(response: Response, _: FaultContext) -> Response:
    """Send a body whose second half is invalid gzip."""
    packer = zlib.compressobj(wbits=31)
    packed = packer.compress(response.body[: len(response.body) // 2]) + packer.flush(zlib.Z_FULL_FLUSH)
    return Response(response.status, packed + b"\xff" * 64, response.content_type, (("Content-Encoding", "gzip"),))


def _gzip_bomb(_: Response, context: FaultContext) -> Response:
    """Return valid JSON that is small on the wire and huge when unpacked. Gzip allows concatenated members."""
    megabyte = gzip.compress(b" " * (1 << 20), mtime=0)
    body = gzip.compress(b'{"data":[', mtime=0) + megabyte * (context.timing.bomb_bytes >> 20)
    body += gzip.compress(b"]}", mtime=0)
    return Response(200, body, headers=(("Content-Encoding", "gzip"),))


def _redirect(_: Response, context: FaultContext) -> Response:
    return Response(302, b"", HTML, (("Location", f"http://localhost:9{context.target}"),))


Content = Callable[[Response, FaultContext], Response]


def _status(status: int) -> Content:
    return lambda _response, _context: error(status)


def _fixed(response: Response) -> Content:
    return lambda _response, _context: response


CONTENT: dict[str, Content] = {
    **{str(status): _status(status) for status in (400, 401, 402, 403, 404, 409, 422, 429)},
    "429-retry-after": lambda _, context: error(429, headers=(("Retry-After", context.timing.retry_after),)),
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

# Delivery. Each function raises OSError once the client has gone. The connection is closed afterwards.


def _pause(client: socket.socket, seconds: float) -> None:
    """Wait, but raise OSError as soon as the client closes the connection."""
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
    # Bypass the handler's orderly shutdown, which would send a FIN.
    socket.close(client.detach())


def _endless(client: socket.socket, head: bytes, body: bytes, _: Timing) -> None:
    """Send a list without a length that continues until the client hangs up."""
    lines = [
        line for line in head.split(b"\r\n") if not line.lower().startswith((b"content-length:", b"content-encoding:"))
    ]
    client.sendall(b"\r\n".join(lines) + b'{"data":[')
    chunk = (body[8:-1] or b"{}") + b","  # the value of "data"
    chunk *= max(1, (1 << 16) // len(chunk))
    while True:
        client.sendall(chunk)


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
