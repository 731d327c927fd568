"""What can go wrong with the machine that Quo Admin runs on: its clock, its disk, its database file."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.chaos.checks import Asking, check
from tests.chaos.disks import FailingDisk, fill, no_disks, no_failing_disks, no_flags, protect, tmpfs
from tests.chaos.memory import Memory, empty_log, view_of
from tests.chaos.office import Office
from tests.chaos.trial import Case, Place, Row, begin, recover, see

CLOCK, DISK = "the clock", "the disk and the database"
HOUR, DAY = 3_600, 86_400
YEARS = 3_650 * DAY
JUST_NOW = "Checked with Quo"

UNWRITTEN = "Check that the database's disk has room and is writable."
UNRECORDED = "Quo answered, but the answer could not be written to the database."
SPARE_BYTES = 96 * 1024  # room for a sync's own row, and for no answer


# The clock: (the sync's, the pages', what they say)

JUMPS: dict[str, tuple[int, int, str]] = {
    "six hours ahead, and stays": (6 * HOUR, 6 * HOUR, JUST_NOW),
    "six hours back, and stays": (-6 * HOUR, -6 * HOUR, JUST_NOW),
    "six hours ahead for one sync": (6 * HOUR, 0, JUST_NOW),
    "six hours back for one sync": (-6 * HOUR, 0, "Stale: last checked with Quo 6 hours ago"),
    "ten years ahead for one sync": (YEARS, 0, JUST_NOW),
    "ten years back for one sync": (-YEARS, 0, "Stale: last checked with Quo 3650 days ago"),
    "six hours ahead for the pages": (0, 6 * HOUR, "Stale: last checked with Quo 6 hours ago"),
    "six hours back for the pages": (0, -6 * HOUR, JUST_NOW),
}


def _jump(name: str) -> Callable[[Place, Row], None]:
    of_the_sync, of_the_pages, sentence = JUMPS[name]

    def run(place: Place, row: Row) -> None:
        own, clock = place.office_with_clock()
        clock.write_text("0")
        other = clock.with_name("clock-of-the-sync")
        begin(own, row)
        other.write_text(str(of_the_sync))
        code, printed = own.sync(CHAOS_CLOCK=str(other))
        check(code == 0, printed)
        clock.write_text(str(of_the_pages))
        during = own.memory()
        row.during = str(during)
        row.saw = see(own, during, [sentence], is_failure=False)
        check(during == place.calm, "the memory differs from that of a machine whose clock is right")
        clock.write_text("0")
        recover(own, place.calm, row)
        own.quo_says(own.quo.first)  # what ends now, began at a time that was wrong
        own.check_now()
        own.verify()
        present = own.memory().present
        check(present.numbers == view_of(own.quo.first.numbers).numbers, "the next change was not recorded")

    return run


# The disk and the database


def _disk_filling_up(place: Place, row: Row) -> None:
    with tmpfs(place.own_folder()) as disk, place.own_office(disk) as own:
        before = begin(own, row)
        filler = fill(disk, SPARE_BYTES)
        own.check_now()
        during = own.memory()
        row.during = str(during)
        row.saw = see(own, during, [UNRECORDED], is_failure=True)
        check(during == before, "half an answer was recorded")
        filler.unlink()
        recover(own, place.calm, row)


def _read_only_file(place: Place, row: Row) -> None:
    """Stopped and started again: whoever had the file open before goes on writing to it."""
    with place.own_office() as own:
        before = begin(own, row)
        own.process.signal_group(signal.SIGTERM)
        protect(own.file, "+i")
        try:
            with own.served("log-of-the-second"):
                _ask_in_vain(own, before, row)
        finally:
            protect(own.file, "-i")
        with own.served("log-of-the-third"):
            _unchanged(own, place, before, row)


def _unwritable(own: Office, place: Place, row: Row, start: Callable[[], object], end: Callable[[], object]) -> None:
    """Nothing at all can be written: the pages say so to whoever asks, and a terminal in its own words."""
    before = begin(own, row)
    start()
    try:
        _ask_in_vain(own, before, row)
    finally:
        end()
    _unchanged(own, place, before, row)


def _ask_in_vain(own: Office, before: Memory, row: Row) -> None:
    asking = Asking(own.check_now)
    own.look()
    asking.wait()
    own.go_back()
    row.saw = see(own, before, [UNWRITTEN], is_failure=False)
    code, printed = own.sync()
    check(code == 1, f"manage.py sync: exit {code}: {printed}")
    sentences = ("The sync could not be written down.", "Quo Admin could not use the file that keeps it within")
    check(any(sentence in printed for sentence in sentences), f"manage.py sync printed {printed!r}")


def _unchanged(own: Office, place: Place, before: Memory, row: Row) -> None:
    during = own.memory()
    row.during = str(during)
    check(during == before, "the memory changed")
    recover(own, place.calm, row)


def _read_only_disk(place: Place, row: Row) -> None:
    """Nothing on the disk can be written, neither beside the database: until the office is stopped and it is mended."""
    with FailingDisk(place.own_folder()) as disk, place.own_office(disk.mounted_at) as own:
        before = begin(own, row)
        disk.fail()
        _ask_in_vain(own, before, row)
        own.process.signal_group(signal.SIGTERM)
        disk.repair()
        with own.served("log-of-the-second"):
            _unchanged(own, place, before, row)


def _full_disk(place: Place, row: Row) -> None:
    with tmpfs(place.own_folder()) as disk, place.own_office(disk) as own:
        _unwritable(own, place, row, lambda: fill(disk), (disk / "filler").unlink)


def _limited_file(place: Place, row: Row) -> None:
    """No file may grow beyond 64 KB: the same to SQLite as a disk that fills up, for whoever is not root."""
    own = place.office
    before = begin(own, row)
    empty_log(own.file)  # else it may be too long already
    limited = ["-c", _LIMITED, "manage.py", "sync"]
    code, printed = own.finish(own.start(*limited))
    check(code == 1, f"exit {code}: {printed}")
    check(UNRECORDED in printed, printed)
    during = own.memory()
    row.during = str(during)
    row.saw = see(own, during, [UNRECORDED], is_failure=True)
    check(during == before, "half an answer was recorded")
    recover(own, place.calm, row)


_LIMITED = (
    "import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536)); "
    "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
)


def _locked(place: Place, row: Row) -> None:
    """A process of its own holds the exclusive lock for longer than anybody waits."""
    with place.own_office() as own, ExitStack() as held:
        _unwritable(own, place, row, lambda: held.enter_context(_lock(own.file)), held.close)


def _locked_for_a_moment(place: Place, row: Row) -> None:
    with place.own_office() as own:
        begin(own, row)
        with _lock(own.file):
            asking = Asking(own.check_now)
            own.look()
        asking.wait()
        during = own.memory()
        row.during = str(during)
        row.saw = see(own, during, [JUST_NOW], is_failure=False)
        recover(own, place.calm, row)


@contextmanager
def _lock(file: Path) -> Iterator[None]:
    command = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('BEGIN EXCLUSIVE'); "
        "print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", command, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdin
        assert holder.stdout
        check(holder.stdout.readline() == "held\n", "the lock could not be had")
        try:
            yield
        finally:
            holder.stdin.close()


def cases() -> Iterator[Case]:
    for name in JUMPS:
        yield Case(CLOCK, name, _jump(name))
    yield Case(DISK, "a disk that fills up in a sync", _disk_filling_up, no_disks())
    yield Case(DISK, "full disk", _full_disk, no_disks())
    yield Case(DISK, "read-only disk", _read_only_disk, no_failing_disks())
    yield Case(DISK, "no file may grow", _limited_file)
    yield Case(DISK, "read-only database file", _read_only_file, no_flags())
    yield Case(DISK, "locked database", _locked)
    yield Case(DISK, "locked for a moment", _locked_for_a_moment)
