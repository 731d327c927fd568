"""Measures the first sync and an unchanged one, compared with `json.loads` of the same answer.

Each sync has its own process, `python -m bench.syncs FILE`, which then loads the same answer from a file and prints
JSON. `peak_bytes` is the peak memory of the sync beyond the imported program: the answer, the decoded records and the
database parameters together. Only Linux reports it (in /proc).
"""

import gc
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import Any

import django

from bench.table import MB, Line

LOADS = 3
OWN = Path("/proc/self")


def measure(sync: Callable[[], dict[str, Any]]) -> Iterator[Line]:
    """Fill the office with its first sync, then sync again. `sync` returns what a process of this module prints."""
    for name in ("first sync", "unchanged sync"):
        cost = sync()
        figures = {
            "changed": cost["changed"],
            "sync s": cost["seconds"],
            "json.loads s": cost["loads_seconds"],
            "ratio ×": cost["seconds"] / cost["loads_seconds"],
            "answer MB": cost["answer_bytes"] / MB,
        }
        if peak := cost["peak_bytes"]:
            figures |= {"peak MB": peak / MB, "peak ×": peak / cost["answer_bytes"]}
        yield Line("syncs", name, figures)


def main(answer: Path) -> None:
    django.setup()
    from django.db import connection  # noqa: PLC0415 - settings first

    from numbers import services  # noqa: PLC0415
    from numbers.memory.sync_target import WORKSPACE  # noqa: PLC0415
    from numbers.models import Sync  # noqa: PLC0415

    connection.ensure_connection()
    with suppress(OSError):
        (OWN / "clear_refs").write_text("5")  # resets the peak, see proc_pid_clear_refs(5)
    before = memory("VmRSS")
    began = time.perf_counter()
    sync = services.run_sync(WORKSPACE)
    seconds = time.perf_counter() - began
    if sync.outcome != Sync.Outcome.SUCCEEDED:
        sys.exit(sync.error_sentence)
    # Not from getrusage: its peak starts at the parent process's peak.
    cost = {"seconds": seconds, "peak_bytes": memory("VmHWM") - before, "changed": sync.new + sync.changed}
    text = answer.read_bytes()
    sys.stdout.write(json.dumps(cost | {"answer_bytes": len(text), "loads_seconds": _loads(text)}) + "\n")


def memory(name: str) -> int:
    """Return a memory figure of this process in bytes, or 0 if the system reports none."""
    with suppress(OSError):
        for line in (OWN / "status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) * 1024
    return 0


def _loads(answer: bytes) -> float:
    """Return the seconds of `json.loads`, without garbage collections of the sync's objects."""
    gc.collect()
    gc.freeze()
    seconds = []
    for _ in range(LOADS):
        began = time.perf_counter()
        json.loads(answer)
        seconds.append(time.perf_counter() - began)
    return median(seconds)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
