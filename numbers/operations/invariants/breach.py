"""The classes for an invariant and its breaches."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet

from numbers.models import Sync

SUCCEEDED = Q(outcome=Sync.Outcome.SUCCEEDED)
RUNNING = Q(outcome=Sync.Outcome.RUNNING)

REBUILD = "Run manage.py rebuild."  # at the end of what a breach says, if that repairs it
Broken = Iterator[tuple[str, datetime | None, str]]  # which, when, what


@dataclass(frozen=True, slots=True)
class Breach:
    """One place where an invariant does not hold. `which` names the number, teammate or sync."""

    invariant: str
    which: str
    when: datetime | None
    what: str

    def __str__(self) -> str:
        when = f" ({self.when.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC)" if self.when else ""
        return f"{self.invariant}: {self.which}{when}: {self.what}"


@dataclass(frozen=True, slots=True)
class Invariant:
    """A name and a function that yields each breach as (which, when, what).

    If an invariant with `first_of_all` does not hold, the others cannot be checked.
    """

    name: str
    find: Callable[[], Broken]
    first_of_all: bool = False


def told(rows: QuerySet[Any], moment: str, what: str, names: Sequence[str] = ("quo_id",)) -> Broken:
    """Yield a breach for each row: the fields `names` say which, the field `moment` says when."""
    for *ids, when in rows.values_list(*names, moment).iterator():
        yield " on ".join(quo_id or "?" for quo_id in ids), when, what
