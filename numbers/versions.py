"""Which state the memory as a whole is in: what was counted of one stays true of it."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection

from numbers.models import Sync


@dataclass(frozen=True, slots=True)
class Version:
    """The newest sync that changed what is remembered, by its key; 0 before the first.

    After a restore a key may come again for another sync, but never with the same moment.
    """

    key: int = 0
    began: object = None  # as the database writes it

    def __str__(self) -> str:
        return str(self.key)


def memory_version() -> Version:
    """Return the version of now. Ask before what it is the version of, so that nothing newer is missed."""
    with connection.cursor() as cursor:
        cursor.execute(*_question(connection.vendor))
        newest = cursor.fetchone()
    return Version(*newest) if newest else Version()


@cache
def _question(_vendor: str) -> tuple[str, tuple[Any, ...]]:
    """Every page asks it, and to put it together takes ten times as long as to answer it."""
    newest = Sync.objects.filter(wrote=True).order_by("-pk").values_list("pk", "started_at")[:1]
    sql, params = newest.query.sql_with_params()
    return sql, tuple(params)
