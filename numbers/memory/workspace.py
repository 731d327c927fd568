"""Which workspace the database holds: the demo's, a real one, both by mistake, or none yet.

Every sync says which workspace answered it. Only a successful one has stored anything.
"""

from enum import StrEnum

from django.db import connection

from numbers.database.compiled_query import CompiledQuery
from numbers.models import Sync


class HeldWorkspace(StrEnum):
    NONE = "none"
    REAL = "real"
    DEMO = "demo"
    MIXED = "mixed"


_SUCCEEDED = Sync.Outcome.SUCCEEDED
_DEMO_FIRST = CompiledQuery(lambda: Sync.objects.filter(outcome=_SUCCEEDED).only("demo").order_by("-demo")[:1])
_REAL_FIRST = CompiledQuery(lambda: Sync.objects.filter(outcome=_SUCCEEDED).only("demo").order_by("demo")[:1])


def held_workspace() -> HeldWorkspace:
    """Return which workspace the database holds. For a real one this is a single look into an index."""
    first = _DEMO_FIRST.first(_SUCCEEDED)
    if first is None:
        return HeldWorkspace.NONE
    if not first.demo:
        return HeldWorkspace.REAL
    real = _REAL_FIRST.first(_SUCCEEDED)
    return HeldWorkspace.DEMO if real is None or real.demo else HeldWorkspace.MIXED


def holds_demo() -> bool:
    """Return whether the database holds demo data, perhaps among real data."""
    first = _DEMO_FIRST.first(_SUCCEEDED)
    return first is not None and first.demo


def has_tables() -> bool:
    """Return whether the database was migrated before, by any version. Raises DatabaseError if it does not answer."""
    return Sync._meta.db_table in connection.introspection.table_names()
