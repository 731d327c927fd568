"""Limits how many exports run at once and in ten minutes, so that pages stay fast and the access log readable.

A slot is a locked file, which counts in all processes of this machine. The system unlocks it when a process dies.
"""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from filelock import BaseFileLock, FileLock, Timeout

from quo_admin import recently

PER_PERSON = 2
IN_TEN_MINUTES = 60
ALTOGETHER = 4  # half of the server's threads


class TooManyExports(Exception):
    """The text is a sentence for people."""


class Slot:
    """The right to run one export, until it is released."""

    def __init__(self, locks: list[BaseFileLock]) -> None:
        self._locks = locks

    def release(self) -> None:
        for lock in self._locks:
            lock.release(force=True)


class Held:
    """A document that holds a slot until it is closed: by the server, also if the reader hangs up."""

    def __init__(self, document: Iterator[bytes], slot: Slot) -> None:
        self._document = document
        self._slot = slot

    def __iter__(self) -> Iterator[bytes]:
        return self._document

    def close(self) -> None:
        self._slot.release()


def take_slot(person: int | None) -> Slot:
    """Return a slot for a person's export. Raises TooManyExports."""
    if recently.times("exports", person) >= IN_TEN_MINUTES:
        raise TooManyExports(f"You started {IN_TEN_MINUTES} downloads within ten minutes. Try again ten minutes later.")
    own = _lock_one_of(f"person-{person}", PER_PERSON)
    if own is None:
        raise TooManyExports(f"You have {PER_PERSON} downloads running. Start this one when one of them has ended.")
    shared = _lock_one_of("shared", ALTOGETHER)
    if shared is None:
        Slot(own).release()
        raise TooManyExports("Other people's downloads are running. Try again in a minute.")
    recently.count("exports", person)
    return Slot([*own, *shared])


def _lock_one_of(name: str, count: int) -> list[BaseFileLock] | None:
    """Return a lock on one of the files, or None if all are locked; no lock if the folder cannot be written."""
    folder = settings.DATA_DIR / "exports"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        return next(([lock] for number in range(count) if (lock := _locked(folder / f"{name}-{number}.lock"))), None)
    except (OSError, NotImplementedError):
        return []


def _locked(path: Path) -> BaseFileLock | None:
    # Any thread may release it.
    lock = FileLock(path, timeout=0, thread_local=False, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout:
        return None
    return lock
