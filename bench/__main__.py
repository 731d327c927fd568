"""`make bench`: `python -m bench [SIZE ...] [--rounds N] [--no-browser]`.

Measures each size from an empty installation to the time in a browser.
"""

import argparse
import gc
import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench import checks, chromium, exports, load, pages, syncs
from bench.office import open_office
from bench.table import TARGETS, Line, Table, say
from numbers.sandbox.workspace import build

SIZES = [1_000, 10_000, 100_000]
ROUNDS = 40
REQUESTS = 125  # per round, of eight clients together


def main(arguments: Sequence[str]) -> int:
    """Print the table and return the exit code."""
    options = _parser().parse_args(arguments)
    say(_describe_machine())
    say("Ratios compare pages with the same bytes from memory, and syncs with json.loads of the same answer.")
    table = Table()
    try:
        for size in options.sizes:
            table.start(f"{size:,} numbers", TARGETS.get(size, {}))
            for line in measure(size, options.rounds, has_browser=not options.no_browser):
                table.write(line)
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130
    table.end()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Measure pages, syncs and exports against the least that they could cost."
    )
    parser.add_argument("sizes", metavar="SIZE", nargs="*", type=int, default=SIZES, help="how many numbers")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"requests of each page, at least 2 ({ROUNDS})")
    parser.add_argument("--no-browser", action="store_true", help="leave out what is measured in Chromium")
    return parser


def _describe_machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} CPUs, {memory:.0f} GB of memory, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, SQLite"
    )


def measure(size: int, rounds: int, *, has_browser: bool) -> Iterator[Line]:
    """Measure everything at one size."""
    workspace = build(size)
    with (
        tempfile.TemporaryDirectory(prefix="quo-admin-bench-") as folder,
        open_office(Path(folder), workspace) as office,
    ):
        # Otherwise garbage collection scans the workspace between requests, which takes longer than a page.
        gc.collect()
        gc.freeze()
        yield from syncs.measure(office.sync)
        with office.served() as server:
            yield from pages.measure(office, server, workspace, rounds)
            yield from load.measure(server, rounds * REQUESTS)
            yield from exports.measure(server)
            if has_browser:
                yield from chromium.measure(server)
        yield from checks.measure(office, workspace)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
