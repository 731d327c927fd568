"""Faults of the machine that Quo Admin runs on: clock, disk, database file."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.chaos.case import Case, Lane, Row, begin, check_pages, recover
from tests.chaos.checks import BackgroundCall, check, wait_until
from tests.chaos.disks import FailingDisk, fill, protect, tmpfs, why_no_disks, why_no_failing_disks, why_no_flags
from tests.chaos.memory import Memory, empty_log, view_of
from tests.chaos.office import Office

CLOCK, DISK = "the clock", "the disk and the database"
HOUR, DAY = 3_600, 86_400
YEARS = 3_650 * DAY
JUST_NOW = "Checked with Quo"
UNKNOWN_AGE = "The clock of this server went back."

UNWRITTEN = "Check that the database's disk has room and is writable."
UNRECORDED = "Quo answered, but the answer could not be written to the database."
SPARE_BYTES = 96 * 1024  # enough for the sync's own row, too little for an answer


# The clock: (seconds wrong for the sync, for the pages, what the pages say)

JUMPS: dict[str, tuple[int, int, str]] = {
    "six hours ahead, and stays": (6 * HOUR, 6 * HOUR, JUST_NOW),
    "six hours back, and stays": (-6 * HOUR, -6 * HOUR, JUST_NOW),
    "six hours ahead for one sync": (6 * HOUR, 0, UNKNOWN_AGE),
    "six hours back for one sync": (-6 * HOUR, 0, "Stale: last checked with Quo 6 hours ago"),
    "ten years ahead for one sync": (YEARS, 0, UNKNOWN_AGE),
    "ten years back for one sync": (-YEARS, 0, "Stale: last checked with Quo 3650 days ago"),
    "six hours ahead for the pages": (0, 6 * HOUR, "Stale: last checked with Quo 6 hours ago"),
    "six hours back for the pages": (0, -6 * HOUR, UNKNOWN_AGE),
}


def _jump(name: str) -> Callable[[Lane, Row], None]:
    of_the_sync, of_the_pages, sentence = JUMPS[name]

    def run(lane: Lane, row: Row) -> None:
        office, clock = lane.office_with_clock()
        clock.write_text("0")
        other = clock.with_name("clock-of-the-sync")
        begin(office, row)
        other.write_text(str(of_the_sync))
        code, printed = office.sync(CHAOS_CLOCK=str(other))
        check(code == 0, printed)
        clock.write_text(str(of_the_pages))
        during = office.memory()
        row.during = str(during)
        row.saw = check_pages(office, during, [sentence], is_failure=False)
        check(during == lane.reference, "the memory differs from that with a correct clock")
        clock.write_text("0")
        recover(office, lane.reference, row)
        office.set_workspace(office.workspaces.first)  # ends states that began at a wrong time
        office.check_now()
        office.verify()
        present = office.memory().current
        check(present.numbers == view_of(office.workspaces.first.numbers).numbers, "the next change was not recorded")

    return run


# The disk and the database


def _disk_filling_up(lane: Lane, row: Row) -> None:
    with tmpfs(lane.new_folder()) as disk, lane.new_office(disk) as office:
        before = begin(office, row)
        filler = fill(disk, SPARE_BYTES)
        office.check_now()
        during = office.memory()
        row.during = str(during)
        row.saw = check_pages(office, during, [UNRECORDED], is_failure=True)
        check(during == before, "half an answer was recorded")
        filler.unlink()
        recover(office, lane.reference, row)


def _read_only_file(lane: Lane, row: Row) -> None:
    """Start the office again, because processes that already have the file open can still write to it."""
    with lane.new_office() as office:
        before = begin(office, row)
        office.process.signal_group(signal.SIGTERM)
        wait_until(lambda: office.process.popen.poll() is not None, "the end of the server")
        protect(office.file, "+i")
        try:
            code, row.saw = office.finish(office.start("manage.py", "run"))
            check(code == 1, f"manage.py run: exit {code}: {row.saw}")
            check(f"{office.file} cannot be written" in row.saw, f"manage.py run printed {row.saw!r}")
        finally:
            protect(office.file, "-i")
        with office.serve("log-of-the-third"):
            _unchanged(office, lane, before, row)


def _unwritable(office: Office, lane: Lane, row: Row, start: Callable[[], object], end: Callable[[], object]) -> None:
    """Check that pages and the terminal report that nothing can be written."""
    before = begin(office, row)
    start()
    try:
        _sync_without_writing(office, before, row)
    finally:
        end()
    _unchanged(office, lane, before, row)


def _sync_without_writing(office: Office, before: Memory, row: Row) -> None:
    call = BackgroundCall(office.check_now)
    office.open_pages()
    call.wait()
    office.use_message()
    row.saw = check_pages(office, before, [UNWRITTEN], is_failure=False)
    code, printed = office.sync()
    check(code == 1, f"manage.py sync: exit {code}: {printed}")
    sentences = (
        "The sync could not be written down.",
        "Quo Admin could not use the file that keeps it within",
        " is full. Make room on it.",
        " is on a read-only disk. ",
        " Something else forbids it: ",
        " may not be read and written by its owner, ",
    )
    check(any(sentence in printed for sentence in sentences), f"manage.py sync printed {printed!r}")


def _unchanged(office: Office, lane: Lane, before: Memory, row: Row) -> None:
    during = office.memory()
    row.during = str(during)
    check(during == before, "the memory changed")
    recover(office, lane.reference, row)


def _read_only_disk(lane: Lane, row: Row) -> None:
    """Make the whole disk read-only until the office is stopped and the disk is repaired."""
    with FailingDisk(lane.new_folder()) as disk, lane.new_office(disk.mounted_at) as office:
        before = begin(office, row)
        disk.fail()
        _sync_without_writing(office, before, row)
        office.process.signal_group(signal.SIGTERM)
        disk.repair()
        with office.serve("log-of-the-second"):
            _unchanged(office, lane, before, row)


def _full_disk(lane: Lane, row: Row) -> None:
    with tmpfs(lane.new_folder()) as disk, lane.new_office(disk) as office:
        _unwritable(office, lane, row, lambda: fill(disk), (disk / "filler").unlink)


def _limited_file(lane: Lane, row: Row) -> None:
    """Limit files to 64 KB, which SQLite treats like a full disk and which needs no root."""
    office = lane.office
    before = begin(office, row)
    empty_log(office.file)  # otherwise it may already be too long
    limited = ["-c", _LIMITED, "manage.py", "sync"]
    code, printed = office.finish(office.start(*limited))
    check(code == 1, f"exit {code}: {printed}")
    check(UNRECORDED in printed, printed)
    during = office.memory()
    row.during = str(during)
    row.saw = check_pages(office, during, [UNRECORDED], is_failure=True)
    check(during == before, "half an answer was recorded")
    recover(office, lane.reference, row)


_LIMITED = (
    "import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536)); "
    "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
)


def _locked(lane: Lane, row: Row) -> None:
    """Another process holds the exclusive lock for longer than any timeout."""
    with lane.new_office() as office, ExitStack() as held:
        _unwritable(office, lane, row, lambda: held.enter_context(_lock(office.file)), held.close)


def _locked_for_a_moment(lane: Lane, row: Row) -> None:
    with lane.new_office() as office:
        begin(office, row)
        with _lock(office.file):
            call = BackgroundCall(office.check_now)
            office.open_pages()
        call.wait()
        during = office.memory()
        row.during = str(during)
        row.saw = check_pages(office, during, [JUST_NOW], is_failure=False)
        recover(office, lane.reference, row)


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
        check(holder.stdout.readline() == "held\n", "the lock could not be taken")
        try:
            yield
        finally:
            holder.stdin.close()


def cases() -> Iterator[Case]:
    for name in JUMPS:
        yield Case(CLOCK, name, _jump(name))
    yield Case(DISK, "a disk that fills up in a sync", _disk_filling_up, why_no_disks())
    yield Case(DISK, "full disk", _full_disk, why_no_disks())
    yield Case(DISK, "read-only disk", _read_only_disk, why_no_failing_disks())
    yield Case(DISK, "no file may grow", _limited_file)
    yield Case(DISK, "read-only database file", _read_only_file, why_no_flags())
    yield Case(DISK, "locked database", _locked)
    yield Case(DISK, "locked for a moment", _locked_for_a_moment)
