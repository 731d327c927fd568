"""The version of the memory. A version is immutable, so results computed from it can be cached."""

from dataclasses import dataclass
from datetime import datetime

from numbers.database.compiled_query import CompiledQuery
from numbers.models import Sync


@dataclass(frozen=True, slots=True)
class Version:
    """The key of the newest sync that changed the memory, or 0 before the first.

    After a restore, another sync may get the same key, but never the same start time.
    """

    key: int = 0
    began: datetime | None = None

    def __str__(self) -> str:
        return str(self.key)


NEWEST = CompiledQuery(lambda: Sync.objects.filter(wrote=True).only("started_at").order_by("-pk")[:1])


def memory_version() -> Version:
    """Return the current version. Call it before reading the memory, so that no change is missed."""
    newest = NEWEST.first()
    return Version(newest.pk, newest.started_at) if newest else Version()
