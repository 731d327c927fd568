"""A page that arrives in pieces shows a complete head or none, so that nothing moves."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, ViewportSize

from tests.support.browsing import DESKTOP, PHONE, Browsing
from tests.support.sites import Site

MARK = b'<time datetime="'  # in the freshness line
PATH = "/numbers/"
# Returns whether frames are painted within a second.
PAINTED = """() => new Promise((done) => {
  requestAnimationFrame(() => requestAnimationFrame(() => done(true)));
  setTimeout(() => done(false), 1000);
})"""


@contextmanager
def slow_line(site: Site) -> Iterator[tuple[Site, Event]]:
    """Serve the site, but hold back the list's page after `MARK` until the event is set."""
    may_end = Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {"Cookie": self.headers["Cookie"], "Host": site.url.removeprefix("http://")}
            with urlopen(Request(site.url + self.path, headers=headers), timeout=30) as answer:
                body = answer.read()
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.headers["Content-Type"])
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
            if self.path == PATH:
                before, mark, body = body.partition(MARK)
                assert mark
                self.wfile.write(before + mark)
                may_end.wait(30)
            self.wfile.write(body)

        def do_POST(self) -> None:
            """Ignore automatic syncs, so that they move nothing."""
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield Site(f"http://127.0.0.1:{server.server_port}", site.data, site.password, site.cookies), may_end
        finally:
            may_end.set()
            server.shutdown()


def is_painted(page: Page) -> bool:
    return bool(page.evaluate(PAINTED))


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_an_incomplete_head_is_not_painted(browsing: Browsing, demo: Site, viewport: ViewportSize) -> None:
    with slow_line(demo) as (site, may_end):
        page = browsing.page(site, viewport=viewport)
        page.goto(PATH, wait_until="commit")
        page.wait_for_function("document.querySelector('.freshness-line')", polling=50)
        assert not is_painted(page)
        may_end.set()
        page.wait_for_load_state("networkidle")
        assert is_painted(page)
        page.close()
