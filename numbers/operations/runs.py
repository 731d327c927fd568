"""Notes how backups, verifications and the syncs of timers ended, so that somebody learns of a failure at night."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.management.base import CommandError
from django.db import Error
from django.utils import timezone

from numbers.models import LastRun
from numbers.operations import damage
from numbers.operations.backups.files import live_file
from numbers.operations.readiness import schema
from numbers.vocabulary.terminal import printable

log = logging.getLogger(__name__)

# How old the last good run of a command may be. The alerts in docs/monitoring.md have the same limits.
OLDEST_SYNC = timedelta(hours=1)
OLDEST_BACKUP = timedelta(days=2)  # also of a verification
_STOPPED = "It was stopped, or something unexpected happened. Its own output says more."


@dataclass
class RunEnding:
    """How a run ended: `failure` is a sentence, or "" if it succeeded."""

    failure: str = ""


@contextmanager
def noted(command: LastRun.Command) -> Iterator[RunEnding]:
    """Note how the block ends: by an exception, with the failure that the block sets, or well.

    A command that exits with EX_TEMPFAIL only had to wait for another one and is not noted.
    """
    ending = RunEnding()
    try:
        yield ending
    except CommandError as error:
        if error.returncode != os.EX_TEMPFAIL:
            _note(command, str(error) or _STOPPED)
        raise
    except BaseException:
        _note(command, _STOPPED)
        raise
    _note(command, ending.failure)


def _note(command: LastRun.Command, failure: str) -> None:
    """Write it to the database. If that fails, as on a full disk, the command ends as it would have ended."""
    now = timezone.now()
    values = {"ended_at": now, "failure": printable(failure), **({} if failure else {"succeeded_at": now})}
    try:
        if failure and _must_be_left_alone():
            return
        LastRun.objects.update_or_create(command=command, defaults=values)
    except (Error, OSError) as error:
        log.warning("the end of %s could not be noted: %s", command, type(error).__name__)


def _must_be_left_alone() -> bool:
    """Return whether the database is missing (connecting would create it), damaged, or of a newer version."""
    file = live_file()
    return bool((file and not file.exists()) or damage.refusal() or schema().newer)


@contextmanager
def newest_kept() -> Iterator[None]:
    """While the block restores a backup, keep the runs that ended after those in the backup."""
    try:
        present = [] if _must_be_left_alone() else list(LastRun.objects.all())
    except (Error, OSError):  # the backup may be the remedy
        present = []
    yield
    for run in present:
        values = {"ended_at": run.ended_at, "failure": run.failure, "succeeded_at": run.succeeded_at}
        try:
            if not LastRun.objects.filter(command=run.command, ended_at__gte=run.ended_at).exists():
                LastRun.objects.update_or_create(command=run.command, defaults=values)
        except (Error, OSError) as error:
            log.warning("the last run of %s could not be kept: %s", run.command, type(error).__name__)


@dataclass(frozen=True)
class Standing:
    """How a command last ended. `run` is None if it has never run, `is_overdue` if its last good run is too old."""

    command: LastRun.Command
    run: LastRun | None
    is_overdue: bool


def standings() -> tuple[Standing, ...]:
    """Return how each command last ended. Raises django.db.Error."""
    runs = {run.command: run for run in LastRun.objects.all()}
    return tuple(Standing(command, runs.get(command), _is_overdue(runs.get(command))) for command in LastRun.Command)


def _is_overdue(run: LastRun | None) -> bool:
    """Return whether the last good run is too old. Nobody has timers for the demo."""
    if run is None or run.succeeded_at is None or settings.DEMO:
        return False
    limit = OLDEST_BACKUP
    if run.command == LastRun.Command.SYNC:
        limit = max(OLDEST_SYNC, 3 * timedelta(seconds=settings.SYNC_INTERVAL))
    return timezone.now() - run.succeeded_at > limit
