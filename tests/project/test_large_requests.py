"""Requests that are too large, or come in many parts, without a proxy."""

import http.client
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.processes import PATIENCE
from tests.support.running import Site, running_site

LARGE = 16 * 1024 * 1024


@pytest.fixture(scope="module")
def site(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(project, tmp_path_factory.mktemp("slow"), DEMO="on") as site:
        yield site


@pytest.mark.parametrize("path", ["/healthz", "/accounts/login/", "/static/none"])
@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize("header", [f"Content-Length: {LARGE}", "Transfer-Encoding: chunked"])
def test_a_large_request_is_refused_before_it_is_sent(site: Site, path: str, method: str, header: str) -> None:
    with socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE) as client:
        client.sendall(f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\n{header}\r\n\r\n".encode())
        response = http.client.HTTPResponse(client)
        response.begin()
        assert response.status == 413
        assert b"<h1>The request is too large</h1>" in response.read()


def test_a_client_that_sends_a_large_request_anyway_can_read_the_answer(site: Site) -> None:
    client = http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE)
    client.request("POST", "/accounts/login/", body=b"x" * 1_000_000)
    assert client.getresponse().status == 413
    client.close()


def test_a_request_in_many_parts_is_answered(site: Site) -> None:
    with socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n":
            client.send(bytes([byte]))
        response = http.client.HTTPResponse(client)
        response.begin()
        assert response.read() == b"ok\n"


def test_requests_sent_at_once_are_all_answered(site: Site) -> None:
    last = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE) as client:
        client.sendall(last.replace(b"Connection: close\r\n", b"") * 9 + last)
        received = b"".join(iter(lambda: client.recv(65536), b""))
    assert received.count(b"HTTP/1.1 200 OK") == 10
