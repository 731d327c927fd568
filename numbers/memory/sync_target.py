"""What a sync fetches, and so what a page shows: every number, one teammate's, or one."""

from dataclasses import dataclass

from numbers.models import Sync


@dataclass(frozen=True)
class SyncTarget:
    """Every number, one teammate's (`subject` is `US…`) or one (`subject` is `PN…`)."""

    scope: Sync.Scope = Sync.Scope.WORKSPACE
    subject: str = ""


WORKSPACE = SyncTarget()
