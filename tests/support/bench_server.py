"""A server that plays the product and the floor."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from bench.office import Server

TOTAL = 3
LIST = f'<section data-total="{TOTAL}"><a id="last-page" hx-get="?" href="/numbers/?sort=name&amp;page=7">Last</a>'


class Playing(ThreadingHTTPServer):
    """`tags` are the ETags by path, `asked` every path that came in, each with what it was asked with."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.tags: dict[str, str] = {}
        self.asked: list[tuple[str, str]] = []


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Playing

    def do_GET(self) -> None:
        path, tag = self.path.partition("?")[0], self.headers.get("If-None-Match", "")
        self.server.asked.append((self.path, tag))
        own_tag = self.server.tags.get(path, "")
        is_same = bool(tag) and tag == own_tag
        body = b"" if is_same else LIST.encode()
        self.send_response(304 if is_same else 200)
        if own_tag:
            self.send_header("ETag", own_tag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def playing(folder: Path) -> Iterator[tuple[Server, Playing]]:
    """Serve; give it as the bench knows it, and as the test plays it."""
    with Playing() as played:
        Thread(target=played.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield Server(f"http://127.0.0.1:{played.server_port}", "session=mine", [], folder), played
        played.shutdown()
