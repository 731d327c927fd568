"""Eight clients at once: how many lists a second, and what the workers' memory is after thousands of them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from threading import Barrier
from time import perf_counter

from bench.lines import Line, figures
from bench.machine import MB, resident
from bench.office import Server
from bench.pages import LIST, PLAIN

CLIENTS = 8
BLOCKS = 5  # at most: list and floor take turns, so that neither has a quiet moment for itself
FLOOR_SHARE, PLAIN_SHARE = 2, 10  # the floor is asked half as often as the list, the plain way a tenth as often
WARM_UP_SHARE = 20  # of the requests: both workers have seen the list before their memory is looked at
BAR = 0.5


def measure(server: Server, requests: int) -> Iterator[Line]:
    """Ask for the list `requests` times in all; tell the rate, then the memory."""
    with server.browser() as browser:
        floor_path = server.floor_of("list-of-many", browser.page(LIST).body)
    _rate(server, LIST, requests // WARM_UP_SHARE)
    before = _memory(server)
    own, floor = [], []
    blocks = max(1, min(BLOCKS, requests // CLIENTS))
    block = requests // blocks
    for _ in range(blocks):
        own.append(_rate(server, LIST, block))
        floor.append(_rate(server, floor_path, block // FLOOR_SHARE))
    after = _memory(server)
    plain = [_rate(server, PLAIN, block // PLAIN_SHARE) for _ in range(blocks)]
    found = {"list /s": median(own), "floor /s": median(floor), "plain /s": median(plain)}
    found["plain ×"] = found["plain /s"] / found["floor /s"]
    found["ratio ×"] = median(one / other for one, other in zip(own, floor, strict=True))
    yield Line(f"{CLIENTS} clients", "requests a second", found, "ratio ×", BAR, at_least=True)
    yield from _grown(before, after, requests)


def _rate(server: Server, path: str, requests: int) -> float:
    """Return the requests a second of `CLIENTS` clients, each over a connection of its own."""
    each = max(1, requests // CLIENTS)
    ready = Barrier(CLIENTS + 1)

    def ask() -> None:
        with server.browser() as browser:
            ready.wait()
            for _ in range(each):
                if (status := browser.ask(path).status) != 200:
                    raise RuntimeError(f"{path} answered {status}")

    with ThreadPoolExecutor(CLIENTS) as pool:
        asking = [pool.submit(ask) for _ in range(CLIENTS)]
        ready.wait()
        began = perf_counter()
        for one in asking:
            one.result()
    return CLIENTS * each / (perf_counter() - began)


def _memory(server: Server) -> list[int]:
    """Return each worker's bytes; nothing where this machine does not tell."""
    return [memory for worker in server.workers if (memory := resident(worker)) is not None]


def _grown(before: list[int], after: list[int], requests: int) -> Iterator[Line]:
    group = f"memory of {len(before) or 'the'} workers"
    if not before:
        yield Line(group, f"after {requests:,} requests", note="not measured: there is no /proc here")
        return
    grown = [later - earlier for earlier, later in zip(before, after, strict=True)]
    found = figures(
        before_MB=sum(before) / MB,
        after_MB=sum(after) / MB,
        each_before_MB=max(before) / MB,
        each_after_MB=max(after) / MB,
        grown_MB=max(grown) / MB,
    )
    yield Line(group, f"after {requests:,} requests", found, "grown MB")
