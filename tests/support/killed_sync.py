"""Runs `manage.py sync` and kills its own process at an exact moment.

    python -m tests.support.killed_sync MOMENT

It records ten numbers at a time, so that one answer needs several chunks.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import django

import quo_admin

if __name__ == "__main__":
    assert quo_admin.__version__, "must be imported before the app: see quo_admin/__init__.py"
    django.setup()

from django.core.management import call_command
from django.db import transaction

from numbers.models import Sync
from numbers.syncing import recording, removals
from numbers.syncing import run as sync


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_after(owner: Any, name: str, calls: int = 1) -> None:
    """Die after `owner.name` was called `calls` times."""
    work: Callable[..., Any] = getattr(owner, name)
    left = [calls]

    def last_work(*args: Any, **kwargs: Any) -> Any:
        result = work(*args, **kwargs)
        left[0] -= 1
        if not left[0]:
            die()
        return result

    setattr(owner, name, last_work)


def die_at_success(when: str) -> None:
    save: Callable[..., None] = Sync.save

    def last_save(self: Sync, *args: Any, **kwargs: Any) -> None:
        if self.outcome == Sync.Outcome.SUCCEEDED and when == "after":
            transaction.on_commit(die)
        save(self, *args, **kwargs)
        if self.outcome == Sync.Outcome.SUCCEEDED and when == "before":
            die()

    Sync.save = last_save  # type: ignore[assignment, method-assign]


MOMENTS: dict[str, Callable[[], None]] = {
    "before asking": lambda: die_after(sync, "_refuse_to_mix"),
    "with the answer in hand": lambda: die_after(sync, "_ask"),
    "with some numbers recorded": lambda: die_after(recording, "_record_states", 2),
    "with some numbers and their teammates recorded": lambda: die_after(recording, "_record_numbers", 3),
    "with the removals recorded": lambda: die_after(removals, "record_gone"),
    "just before the commit": lambda: die_at_success("before"),
    "just after the commit": lambda: die_at_success("after"),
}

if __name__ == "__main__":
    recording.CHUNK = 10  # type: ignore[attr-defined]  # imported from database/paging.py
    MOMENTS[sys.argv[1]]()
    call_command("sync")
