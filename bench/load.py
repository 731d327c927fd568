"""Measures requests per second of eight concurrent clients, for the list and for its floor."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from threading import Barrier
from time import perf_counter

from bench.client import ratio
from bench.office import Server
from bench.pages import LIST
from bench.table import Line

CLIENTS = 8
BLOCKS = 5  # alternate, so that the list and its floor run under the same load
FLOOR_SHARE = 2  # the floor is requested half as often


def measure(server: Server, requests: int) -> Iterator[Line]:
    """Request the list about `requests` times in total."""
    with server.browser() as browser:
        floor_path = server.floor_of("list-for-clients", browser.page(LIST))
    block = requests // BLOCKS
    _per_second(server, LIST, block)  # warm up both workers
    pages, floors = [], []
    for _ in range(BLOCKS):
        pages.append(_per_second(server, LIST, block))
        floors.append(_per_second(server, floor_path, block // FLOOR_SHARE))
    figures = {"lists /s": median(pages), "floors /s": median(floors), "ratio ×": ratio(pages, floors)}
    yield Line("load", f"{CLIENTS} clients", figures)


def _per_second(server: Server, path: str, requests: int) -> float:
    """Return the requests per second of all clients, each with its own connection."""
    each = max(1, requests // CLIENTS)
    ready = Barrier(CLIENTS + 1)

    def request() -> None:
        with server.browser() as browser:
            ready.wait()
            for _ in range(each):
                browser.seconds(path)

    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(request) for _ in range(CLIENTS)]
        ready.wait()
        began = perf_counter()
        for client in clients:
            client.result()
    return CLIENTS * each / (perf_counter() - began)
