"""Runs the cases in parallel, in several offices, and prints the results."""

import argparse
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import Queue

import pytest

from tests.chaos import table
from tests.chaos.case import Case, Lane, Row
from tests.chaos.cases import all_cases
from tests.chaos.memory import Memory
from tests.chaos.office import Office, Workspaces, open_office
from tests.chaos.table import End

LANES = 4  # parallel offices: cases mostly wait for timeouts


def main(arguments: list[str]) -> int:
    """Print the table; return the exit code: 0 if every case passed."""
    asked = _asked(arguments)
    cases = chosen(asked.only)
    if asked.list:
        table.write_contents(cases)
        return 0
    if not cases:
        table.say(f"No case has {' or '.join(asked.only)!r} in its group or name; --list shows them all.")
        return 2
    try:
        failed = table.write(cases, run(cases, asked.lanes), time.monotonic())
    except KeyboardInterrupt:
        table.say("\nStopped.")
        return 130
    return 1 if failed else 0


def chosen(only: list[str]) -> list[Case]:
    """Return the cases with one of the words in their group or name, or all cases without words."""
    return [case for case in all_cases() if not only or any(word in f"{case.group}: {case.name}" for word in only)]


def run(cases: list[Case], lanes: int = LANES) -> Iterator[End]:
    """Run the cases; yield their results in order."""
    lanes = min(lanes, len(cases))
    with tempfile.TemporaryDirectory(prefix="quo-admin-chaos-") as name, ExitStack() as offices:
        folder, workspaces = Path(name), Workspaces()
        first = _open(offices, folder / "0", workspaces, None)
        template = first.copy_initial_data(folder / "like")
        reference = _reference(first)
        free_lanes: Queue[Lane] = Queue()
        free_lanes.put(Lane(first.folder, workspaces, reference, first, template, offices))
        with ThreadPoolExecutor(lanes) as pool:
            plays = [pool.submit(_play, case, free_lanes) for case in cases]
            for number in range(1, lanes):  # one after the other, while the first one already works
                another = _open(offices, folder / str(number), workspaces, template)
                free_lanes.put(Lane(another.folder, workspaces, reference, another, template, offices))
            yield from _results(plays)


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description="Run the fault table.")
    parser.add_argument("--only", metavar="NAME", action="append", help="only cases with NAME in their group or name")
    parser.add_argument("--list", action="store_true", help="list the cases and run none")
    parser.add_argument("--lanes", metavar="N", type=int, default=LANES, help=f"how many run in parallel ({LANES})")
    asked = parser.parse_args(arguments)
    asked.only = asked.only or []
    return asked


def _open(offices: ExitStack, folder: Path, workspaces: Workspaces, template: Path | None) -> Office:
    folder.mkdir()
    return offices.enter_context(open_office(folder, workspaces, template))


def _reference(one: Office) -> Memory:
    """Return the memory after a sync without faults."""
    one.reset()
    one.check_now()
    one.verify()
    return one.memory()


def _results(plays: list["Future[End]"]) -> Iterator[End]:
    try:
        for play in plays:
            yield play.result()
    finally:  # after Ctrl-C, do not start the remaining cases
        for play in plays:
            play.cancel()


def _play(case: Case, free_lanes: "Queue[Lane]") -> End:
    row = Row()
    if case.skip:
        return End(row, 0.0, skipped=case.skip)
    lane = free_lanes.get()
    began = time.monotonic()
    complaint = ""
    try:
        case.run(lane, row)
    except (Exception, pytest.fail.Exception) as error:
        complaint = f"{type(error).__name__}: {error}"
    finally:
        free_lanes.put(lane)
    return End(row, time.monotonic() - began, complaint=complaint)
