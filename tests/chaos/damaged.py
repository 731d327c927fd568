"""A damaged database file, and one of a newer version: nothing starts with it, and a backup brings everything back."""

import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

from tests.chaos.case import Case, Lane, Row, begin, recover
from tests.chaos.checks import check, wait_until
from tests.chaos.memory import Memory
from tests.chaos.office import Office
from tests.support.damages import DAMAGES

GROUP = "the database file"

RESTORE = "Restore a backup: `.venv/bin/python manage.py restore FILE`."
NEWER = "was written by a newer version of Quo Admin"
LATER = ("numbers", "9999_later")


# Restoring does not replace what is not a database of Quo Admin.
FOREIGN = {"a folder", "the tables of another program"}


def _refused(name: str) -> Callable[[Lane, Row], None]:
    def run(lane: Lane, row: Row) -> None:
        with lane.new_office() as office:
            before = _stopped_after_a_sync(office, row)
            backup = office.folder / "backup.sqlite3"
            _do(office, "backup", str(backup))
            DAMAGES[name](office.file)
            row.saw = _start_refused(office, RESTORE)
            if name in FOREIGN:
                office.file.rename(office.folder / "moved away")
            _do(office, "restore", "--yes", str(backup))
            _as_before(office, lane, before, row)

    return run


def _newer(lane: Lane, row: Row) -> None:
    with lane.new_office() as office:
        before = _stopped_after_a_sync(office, row)
        with closing(sqlite3.connect(office.file)) as database:
            database.execute("INSERT INTO django_migrations (app, name, applied) VALUES (?, ?, '2030-01-01')", LATER)
            database.commit()
        row.saw = _start_refused(office, NEWER)
        with closing(sqlite3.connect(office.file)) as database:  # as if that version were installed again
            database.execute("DELETE FROM django_migrations WHERE (app, name) = (?, ?)", LATER)
            database.commit()
        _as_before(office, lane, before, row)


def _stopped_after_a_sync(office: Office, row: Row) -> Memory:
    begin(office, row)
    _do(office, "sync")
    office.process.signal_group(signal.SIGTERM)
    wait_until(lambda: office.process.popen.poll() is not None, "the end of the server")
    return office.memory()


def _start_refused(office: Office, sentence: str) -> str:
    for command in ("doctor", "sync", "run"):
        code, printed = office.finish(office.start("manage.py", command))
        check(code == 1, f"manage.py {command}: exit {code}: {printed}")
        check(sentence in printed, f"manage.py {command} printed {printed!r}")
    return printed


def _as_before(office: Office, lane: Lane, before: Memory, row: Row) -> None:
    with office.serve("log-of-the-second"):
        office.browser.cookies.clear()  # backups have no sessions
        office.sign_in()
        during = office.memory()
        row.during = str(during)
        check(during == before, "the memory is another one")
        recover(office, lane.reference, row)


def _do(office: Office, *command: str) -> None:
    code, printed = office.finish(office.start("manage.py", *command))
    check(code == 0, f"manage.py {command[0]}: exit {code}: {printed}")


def cases() -> Iterator[Case]:
    for name in DAMAGES:
        yield Case(GROUP, name, _refused(name))
    yield Case(GROUP, "a newer version", _newer)
