"""Which state the memory as a whole is in: what was counted of one stays true of it."""

from dataclasses import dataclass
from datetime import datetime

from numbers.database.compiled_query import CompiledQuery
from numbers.models import Sync


@dataclass(frozen=True, slots=True)
class Version:
    """The newest sync that changed what is remembered, by its key; 0 before the first.

    After a restore a key may come again for another sync, but never with the same moment.
    """

    key: int = 0
    began: datetime | None = None

    def __str__(self) -> str:
        return str(self.key)


NEWEST = CompiledQuery(lambda: Sync.objects.filter(wrote=True).only("started_at").order_by("-pk")[:1])


def memory_version() -> Version:
    """Return the version of now. Ask before what it is the version of, so that nothing newer is missed."""
    newest = NEWEST.first()
    return Version(newest.pk, newest.started_at) if newest else Version()
