"""Logs one line for each sync, however it ended. It contains nothing of requests and answers."""

import logging
import time
from typing import Any, Self

from numbers.memory.sync_target import SyncTarget
from numbers.models import Sync
from numbers.quo.client import QuoClient
from numbers.syncing.run import SyncBusy, SyncRefused
from quo_admin.logs import label

log = logging.getLogger(__name__)

_LEVELS = {"succeeded": logging.INFO, "busy": logging.INFO, "error": logging.ERROR}  # the default is a warning


class SyncLine:
    """A context manager that logs a sync when it ends. Set `client` and `sync` once they exist."""

    def __init__(self, target: SyncTarget) -> None:
        self._scope = target.scope
        self.client: QuoClient | None = None
        self.sync: Sync | None = None

    def __enter__(self) -> Self:
        self._began = time.monotonic()
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        outcome = str(self.sync.outcome) if self.sync else _outcome_of(error)
        fields: dict[str, Any] = {
            "scope": str(self._scope),
            "outcome": outcome,
            "seconds": round(time.monotonic() - self._began, 3),
            "http_calls": self.client.calls if self.client else 0,
        }
        if self.sync:
            fields["sync"] = self.sync.pk
            fields |= {"error_kind": self.sync.error_kind, "error_status": self.sync.error_status}
            fields["quo_trace"] = label(self.sync.error_trace)
        elif error and outcome == "error":
            fields["error_kind"] = type(error).__name__
        log.log(_LEVELS.get(outcome, logging.WARNING), "sync %s", outcome, extra=fields)


def _outcome_of(error: BaseException | None) -> str:
    """Return the outcome of a sync that has no row."""
    if isinstance(error, SyncBusy):
        return "busy"
    if isinstance(error, SyncRefused):
        return "refused"
    return "error" if isinstance(error, Exception) else "interrupted"
