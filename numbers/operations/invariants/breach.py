"""What an invariant is, and what it finds."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet

from numbers.models import Sync

SUCCEEDED = Q(outcome=Sync.Outcome.SUCCEEDED)
RUNNING = Q(outcome=Sync.Outcome.RUNNING)

Broken = Iterator[tuple[str, datetime | None, str]]  # which, when, what


@dataclass(frozen=True, slots=True)
class Breach:
    """Where an invariant is broken: `which` names the number, teammate or sync, `when` a moment, if there is one."""

    invariant: str
    which: str
    when: datetime | None
    what: str

    def __str__(self) -> str:
        when = f" ({self.when.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC)" if self.when else ""
        return f"{self.invariant}: {self.which}{when}: {self.what}"


@dataclass(frozen=True, slots=True)
class Invariant:
    """A name, and what yields each place where it does not hold, as (which, when, what).

    Where one that is `first_of_all` does not hold, the others cannot be looked at.
    """

    name: str
    find: Callable[[], Broken]
    first_of_all: bool = False


def told(rows: QuerySet[Any], names: Sequence[str], moment: str, what: str) -> Broken:
    """Tell `what` of each of the rows, which its fields `names` name and whose field `moment` says when."""
    for *ids, when in rows.values_list(*names, moment).iterator():
        yield " on ".join(quo_id or "?" for quo_id in ids), when, what
