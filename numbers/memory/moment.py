"""Now, or a time in the past. Every query of the memory takes a moment, so any page can show the past.

Now is `until is null`; as of t is `since <= t < until`. Partial indexes cover only rows that hold now.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q


def held_at(time: datetime | F, prefix: str = "") -> Q:
    """Return the condition for rows that held at `time`; `prefix` leads from the query's rows to them."""
    has_not_ended = Q(**{f"{prefix}until": None}) | Q(**{f"{prefix}until__gt": time})
    return Q(**{f"{prefix}since__lte": time}) & has_not_ended


@dataclass(frozen=True, slots=True)
class Moment:
    """Now, if `at` is None; else a time in the past."""

    at: datetime | None = None

    def held(self, prefix: str = "") -> Q:
        """Return the condition for rows that hold at the moment; `prefix` leads from the query's rows to them."""
        return Q(**{f"{prefix}until": None}) if self.at is None else held_at(self.at, prefix)

    def up_to(self, field: str) -> Q:
        """Return the condition for rows whose time in `field` is not after the moment."""
        return Q() if self.at is None else Q(**{f"{field}__lte": self.at})


NOW = Moment()
