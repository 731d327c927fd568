"""Writes the table to a terminal."""

import shutil
import sys
import textwrap
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from tests.chaos.case import Case, Row

NAME = 32
MEMORY, DURING = 18, 9
MIN_WIDTH, MAX_WIDTH = 100, 140  # columns
MIN_SAW_WIDTH = 36  # with less room it gets its own line


@dataclass(frozen=True)
class End:
    """The result of a case: no `complaint` means ok; `skipped` says why it did not run."""

    row: Row
    seconds: float
    complaint: str = ""
    skipped: str = ""


def say(text: str = "") -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def write_contents(cases: Sequence[Case]) -> None:
    for group, members in groupby(cases, key=lambda case: case.group):
        say(group)
        for case in members:
            say(f"  {case.name}{f'  (skipped: {case.skip})' if case.skip else ''}")
    say(f"{len(cases)} cases.")


def write(cases: Sequence[Case], ends: Iterator[End], began: float) -> int:
    """Write a line for each case as it ends, then a summary; return how many failed."""
    width = max(MIN_WIDTH, min(MAX_WIDTH, shutil.get_terminal_size((MAX_WIDTH, 24)).columns))
    say("Memory is current numbers/states of numbers/states of teammates/assignments, and a digest of all rows.")
    group = ""
    failed, skipped = [], 0
    for case, end in zip(cases, ends, strict=True):
        if case.group != group:
            group = case.group
            say(f"\n{group.upper()}")
            say(_columns("", 0, "case", "before", "during", "after", "what a user saw").rstrip())
        say(_line(case, end, width))
        if end.complaint:
            failed.append(case)
            say(textwrap.indent("\n".join(textwrap.wrap(end.complaint, width - 7)[:12]), " " * 7))
        skipped += bool(end.skipped)
    total = time.monotonic() - began
    say(f"\n{len(cases) - len(failed) - skipped} ok, {len(failed)} FAILED, {skipped} skipped, in {total:.0f} s.")
    for case in failed:
        say(f"FAILED {case.group}: {case.name}")
    return len(failed)


def _line(case: Case, end: End, width: int) -> str:
    if end.skipped:
        return f"{_columns('skip', 0, case.name)}{end.skipped}"
    row = end.row
    during = row.during.rpartition(" ")[2]  # the digest, if it is neither
    during = {row.before: "as before", row.after: "as after", "": ""}.get(row.during, during)
    start = _columns("FAILED" if end.complaint else "ok", end.seconds, case.name, row.before, during, row.after)
    if width - len(start) < MIN_SAW_WIDTH:
        start = f"{start.rstrip()}\n{'':15}"
    place = len(start.rpartition("\n")[2])
    return start + f"\n{'':{place}}".join(textwrap.wrap(row.saw, width - place))


def _columns(verdict: str, seconds: float, name: str, *memory: str) -> str:
    widths = (MEMORY, DURING, MEMORY)
    took = f"{seconds:4.1f} s" if seconds else ""
    held = [_fit(text, place) for text, place in zip(memory, widths, strict=False)]
    return " ".join([f"{verdict:6}", f"{took:7}", _fit(name, NAME), *held, *memory[3:], ""])


def _fit(text: str, width: int) -> str:
    return f"{text:{width}}" if len(text) <= width else f"{text[: width - 1]}…"
