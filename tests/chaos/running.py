"""Runs the cases side by side, in a few offices, and says how it went."""

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
from tests.chaos.cases import all_cases
from tests.chaos.memory import Memory
from tests.chaos.office import Office, Quo, open_office
from tests.chaos.table import End
from tests.chaos.trial import Case, Place, Row

LANES = 4  # offices side by side: most of the time is spent waiting for what never comes


def main(arguments: list[str]) -> int:
    """Print the table; return the exit code: 0 where every case came out as it ought to."""
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
    """The cases in whose group or name one of the words is; all of them where there are none."""
    return [case for case in all_cases() if not only or any(word in f"{case.group}: {case.name}" for word in only)]


def run(cases: list[Case], lanes: int = LANES) -> Iterator[End]:
    """Run the cases and give, in their order, how each ended."""
    lanes = min(lanes, len(cases))
    with tempfile.TemporaryDirectory(prefix="quo-admin-chaos-") as name, ExitStack() as offices:
        folder, quo = Path(name), Quo()
        first = _open(offices, folder / "0", quo, None)
        like = first.as_it_began(folder / "like")
        calm = _calm(first)
        places: Queue[Place] = Queue()
        places.put(Place(first.folder, quo, calm, first, like, offices))
        with ThreadPoolExecutor(lanes) as pool:
            plays = [pool.submit(_play, case, places) for case in cases]
            for lane in range(1, lanes):  # one after the other, while the first is at work already
                another = _open(offices, folder / str(lane), quo, like)
                places.put(Place(another.folder, quo, calm, another, like, offices))
            yield from _results(plays)


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description="Run the fault table.")
    parser.add_argument("--only", metavar="NAME", action="append", help="only cases with NAME in their group or name")
    parser.add_argument("--list", action="store_true", help="list the cases and run none")
    parser.add_argument("--lanes", metavar="N", type=int, default=LANES, help=f"how many side by side ({LANES})")
    asked = parser.parse_args(arguments)
    asked.only = asked.only or []
    return asked


def _open(offices: ExitStack, folder: Path, quo: Quo, like: Path | None) -> Office:
    folder.mkdir()
    return offices.enter_context(open_office(folder, quo, like))


def _calm(one: Office) -> Memory:
    """What is remembered in the end where nothing goes wrong."""
    one.reset()
    one.check_now()
    one.verify()
    return one.memory()


def _results(plays: list["Future[End]"]) -> Iterator[End]:
    try:
        for play in plays:
            yield play.result()
    finally:  # whoever stops reading, by Ctrl-C for one, waits for no more than what has begun
        for play in plays:
            play.cancel()


def _play(case: Case, places: "Queue[Place]") -> End:
    row = Row()
    if case.skip:
        return End(row, 0.0, skipped=case.skip)
    place = places.get()
    began = time.monotonic()
    complaint = ""
    try:
        case.run(place, row)
    except (Exception, pytest.fail.Exception) as error:
        complaint = f"{type(error).__name__}: {error}"
    finally:
        places.put(place)
    return End(row, time.monotonic() - began, complaint=complaint)
