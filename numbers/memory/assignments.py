"""Named queries for assignments: which teammate is on which number at a moment."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from numbers.memory.moment import Moment
from numbers.models import Assignment


def assignments_at(moment: Moment) -> QuerySet[Assignment]:
    """Return every assignment at the moment."""
    return Assignment.objects.filter(moment.held())


def teammates_on(
    phone_numbers: Iterable[int], moment: Moment, *, left_at: datetime | None = None
) -> QuerySet[Assignment, Any]:
    """Return a row for each teammate on these numbers at the moment, or on them until `left_at`, by name.

    A row has the number's key, the teammate's id, email, first and last name, and the role and group on the number.
    """
    are_on = Q(until=left_at) if left_at else moment.held()
    return (
        Assignment.objects.filter(are_on, moment.held("teammate__states__"), phone_number__in=list(phone_numbers))
        .order_by("teammate__states__name_key", "teammate__quo_id")
        .values_list(
            *("phone_number_id", "teammate__quo_id", "teammate__states__email"),
            *("teammate__states__first_name", "teammate__states__last_name", "role", "group_id"),
        )
    )
