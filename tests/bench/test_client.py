"""How the bench measures requests, and its statistics."""

import gzip
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from bench.client import Browser, p95, ratio

FILE = bytes(100_000)


class _Page(BaseHTTPRequestHandler):
    """Answers each path with the status that it names, and sends /file compressed."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        is_file = self.path == "/file" and self.headers["Accept-Encoding"] == "gzip"
        body = gzip.compress(FILE) if is_file else self.headers.get("Cookie", "").encode()
        self.send_response(int(self.path.strip("/")) if self.path.strip("/").isdecimal() else 200)
        self.send_header("Content-Length", str(len(body)))
        if is_file:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def browser() -> Iterator[Browser]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Page) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        with Browser(f"http://127.0.0.1:{server.server_port}", "session=mine") as browser:
            yield browser
        server.shutdown()


def test_a_request_sends_the_session_cookie(browser: Browser) -> None:
    assert browser.page("/200") == b"session=mine"


def test_a_request_takes_time(browser: Browser) -> None:
    assert browser.seconds("/200") > 0


def test_the_size_of_a_compressed_file_is_its_unpacked_size(browser: Browser) -> None:
    file = browser.download("/file")
    assert file.size == len(FILE)
    assert 0 < file.first_byte <= file.seconds


def test_an_uncompressed_file_has_its_own_size(browser: Browser) -> None:
    assert browser.download("/200").size == len("session=mine")


@pytest.mark.parametrize("status", [302, 404, 500, 503])
def test_a_status_other_than_200_raises(browser: Browser, status: int) -> None:
    with pytest.raises(RuntimeError, match=f"answered {status}"):
        browser.seconds(f"/{status}")


def test_p95_is_the_95th_percentile() -> None:
    assert p95([float(one) for one in range(21)]) == 19.0


def test_the_ratio_is_the_median_of_ratios_not_the_ratio_of_medians() -> None:
    """The ratio of the medians would be 4."""
    assert ratio([1.0, 20.0, 30.0], [1.0, 10.0, 5.0]) == 2.0
