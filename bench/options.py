"""What is asked of a run: `make bench ARGS="1000 10000 --keep"`, and the variables BENCH_*."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from quo_admin import env, parsers

SIZES = (1_000, 10_000, 100_000)
LARGE = 1_000_000
ROUNDS = 40
REQUESTS = 5_000
RESULTS = env.BASE_DIR / "bench" / "results"
UNKEPT = env.BASE_DIR / "build" / "bench"


@dataclass(frozen=True)
class Options:
    """How much is measured, and what becomes of it. Each page is asked `rounds` times, the list `requests` times."""

    sizes: tuple[int, ...]
    database_url: str
    rounds: int
    requests: int
    with_browser: bool
    into: Path
    keeps: bool
    strict: bool


def read(arguments: Sequence[str], environ: Mapping[str, str]) -> Options:
    """Read the command line. Leaves by SystemExit where it cannot be meant, having said so."""
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Measure pages, syncs and exports, beside what their bytes cost anyway.",
        epilog="BENCH_LARGE=1 adds 1,000,000 numbers. BENCH_DATABASE_URL names an empty PostgreSQL database, which is "
        "measured too and left empty. BENCH_REQUESTS is how often the list is asked by eight clients (5000).",
    )
    parser.add_argument("sizes", metavar="SIZE", nargs="*", type=_size, help="how many numbers (1000 10000 100000)")
    parser.add_argument("--rounds", metavar="N", type=_size, default=ROUNDS, help=f"how often each page ({ROUNDS})")
    parser.add_argument("--no-browser", action="store_true", help="leave out what is measured in Chromium")
    parser.add_argument("--keep", action="store_true", help="keep what counts in bench/results, for later runs to meet")
    parser.add_argument("--into", metavar="FOLDER", type=Path, help="write the result there (build/bench)")
    parser.add_argument("--strict", action="store_true", help="exit 1 where a bar is not met or something became worse")
    asked = parser.parse_args(arguments)
    try:
        is_large = parsers.flag(environ.get("BENCH_LARGE") or "off")
        requests = _size(environ.get("BENCH_REQUESTS") or str(REQUESTS))
    except ValueError as error:
        parser.error(f"BENCH_LARGE and BENCH_REQUESTS: {error}")
    return Options(
        sizes=tuple(asked.sizes) or (*SIZES, *([LARGE] if is_large else [])),
        database_url=environ.get("BENCH_DATABASE_URL", ""),
        rounds=asked.rounds,
        requests=requests,
        with_browser=not asked.no_browser,
        into=asked.into or UNKEPT,
        keeps=asked.keep,
        strict=asked.strict,
    )


def _size(text: str) -> int:
    """Read a whole number from 1 on; `100,000` and `100_000` will do. Raises ValueError."""
    number = int(text.replace(",", ""))
    if number < 1:
        raise ValueError(f"{number} is less than 1")
    return number
