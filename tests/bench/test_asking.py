"""How long is measured, and what is made of it."""

import gzip
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from bench.asking import Browser, Times

FILE = bytes(100_000)


class _Page(BaseHTTPRequestHandler):
    """Answers each path by the status that it names, hangs up after /once, and sends /file compressed."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        is_file = self.path == "/file" and self.headers["Accept-Encoding"] == "gzip"
        body = gzip.compress(FILE) if is_file else self.headers.get("Cookie", "").encode()
        self.send_response(int(self.path.strip("/")) if self.path.strip("/").isdecimal() else 200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"tag"')
        if is_file:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = self.path == "/once"

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


def test_a_reply_is_told_whole(browser: Browser) -> None:
    reply = browser.ask("/200")
    assert (reply.status, reply.headers["etag"], reply.body) == (200, '"tag"', b"session=mine")
    assert reply.seconds > 0


def test_a_connection_that_was_closed_meanwhile_is_opened_anew(browser: Browser) -> None:
    browser.ask("/once")
    assert browser.ask("/200").status == 200


def test_a_file_is_as_large_as_it_is_unpacked(browser: Browser) -> None:
    file = browser.download("/file")
    assert file.size == len(FILE)
    assert 0 < file.first_byte <= file.seconds


def test_a_file_that_is_sent_as_it_is_has_its_own_size(browser: Browser) -> None:
    assert browser.download("/200").size == len("session=mine")


def test_a_file_that_is_refused_is_not_measured(browser: Browser) -> None:
    with pytest.raises(RuntimeError, match="answered 503"):
        browser.download("/503")


@pytest.mark.parametrize("status", [302, 404, 500])
def test_what_is_no_page_is_not_measured(browser: Browser, status: int) -> None:
    with pytest.raises(RuntimeError, match=f"answered {status}"):
        browser.page(f"/{status}")


def test_the_median_and_what_nineteen_of_twenty_stay_below() -> None:
    times = Times([float(one) for one in range(21)])
    assert (times.median, times.p95) == (10.0, 19.0)


def test_one_time_alone_is_both() -> None:
    assert (Times([0.5]).median, Times([0.5]).p95) == (0.5, 0.5)


def test_a_ratio_is_that_of_neighbours() -> None:
    """And not that of the medians, which here are 20 and 5: moments of their own."""
    assert Times([1.0, 20.0, 30.0]).over(Times([1.0, 10.0, 5.0])) == 2.0


def test_who_was_asked_less_often_has_the_first_ones_as_neighbours() -> None:
    assert Times([3.0]).over(Times([1.0, 100.0])) == 3.0
