"""Exports of everything, as a browser fetches them."""

from collections.abc import Iterator
from statistics import median

from bench.lines import Line, figures
from bench.machine import MB, Memory
from bench.office import Server
from numbers.exports.formats import FORMATS

TIMES = 3
FIRST_BYTE = 0.2  # seconds
FLAT = 16.0  # MB beyond what the worker had, whatever the size: a buffer or two, and no list of everything


def measure(server: Server, size: int) -> Iterator[Line]:
    """Fetch each kind of file a few times: how fast, then how large the worker that wrote it became."""
    memories = []
    with server.browser() as browser:
        for ending in FORMATS:
            memory = Memory(server.workers)
            files = [browser.download(f"/numbers.{ending}") for _ in range(TIMES)]
            memories.append(_memory(ending, memory.highest()))
            seconds = median(file.seconds for file in files)
            found = figures(seconds_s=seconds, MB=files[-1].size / MB, first_byte_s=median(f.first_byte for f in files))
            found |= {"rows /s": size / seconds}
            yield Line("exports of everything", ending, found, "first byte s", FIRST_BYTE)
    yield from memories


def _memory(ending: str, highest: int | None) -> Line:
    group = "memory of an export"
    if highest is None:
        return Line(group, ending, note="not measured: there is no /proc here")
    return Line(group, ending, {"peak MB": highest / MB}, "peak MB", FLAT)
