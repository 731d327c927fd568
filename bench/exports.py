"""Measures downloads of complete exports."""

from collections.abc import Iterator
from statistics import median

from bench.office import Server
from bench.table import MB, Line

FILES = ("numbers.csv", "numbers.xlsx", "numbers.json", "teammates.csv", "audit.csv")
REPEATS = 3


def measure(server: Server) -> Iterator[Line]:
    """Download each file several times."""
    with server.browser() as browser:
        for name in FILES:
            files = [browser.download(f"/{name}") for _ in range(REPEATS)]
            figures = {
                "total s": median(file.seconds for file in files),
                "first byte s": median(file.first_byte for file in files),
                "file MB": files[0].size / MB,
            }
            yield Line("exports", name, figures)
