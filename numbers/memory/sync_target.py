"""The target of a sync or a page: every number, one teammate's numbers or one number."""

from dataclasses import dataclass

from numbers.models import Sync


@dataclass(frozen=True)
class SyncTarget:
    """Every number, one teammate's numbers (`subject` is `US…`) or one number (`subject` is `PN…`)."""

    scope: Sync.Scope = Sync.Scope.WORKSPACE
    subject: str = ""


WORKSPACE = SyncTarget()
