"""Sends requests to a sandbox without our own client."""

import gzip
import http.client
import json
from dataclasses import dataclass
from typing import Any

from numbers.sandbox.server import SandboxServer

KEY = "test-key"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def connect(sandbox: SandboxServer, timeout: float = 5.0) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=timeout)


def ask(
    sandbox: SandboxServer,
    path: str = "/v1/phone-numbers",
    *,
    method: str = "GET",
    key: str | None = KEY,
    fault: str | None = None,
    headers: dict[str, str] | None = None,
    timeout: float = 5.0,
) -> Reply:
    """Send a request on a new connection; return the response with its gzip body decompressed."""
    sent = dict(headers or {})
    if key is not None:
        sent["Authorization"] = key
    if fault is not None:
        sandbox.next_faults.append(fault)
    connection = connect(sandbox, timeout)
    try:
        connection.request(method, path, headers=sent)
        response = connection.getresponse()
        body = response.read()
        if response.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        return Reply(response.status, dict(response.headers), body)
    finally:
        connection.close()
