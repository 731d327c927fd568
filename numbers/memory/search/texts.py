"""The current search text of each number. Rows are narrow, because a search for one letter reads all of them.

They are derived from the open states and assignments. Code that opens or ends those must update them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from numbers.database.bulk_insert import insert
from numbers.database.joined import Joined
from numbers.database.paging import CHUNK, chunks
from numbers.models import Assignment, NumberState, SearchText, TeammateState


def derived_texts() -> QuerySet[Any]:
    """Return every open state. `search_text` is the number's own text; `teammates` joins those of its teammates."""
    teammates = (
        Assignment.objects.filter(phone_number=OuterRef("phone_number"), until=None, teammate__states__until=None)
        .order_by()
        .values("phone_number")
        .annotate(text=Joined("teammate__states__search_text"))
        .values("text")
    )
    text = Coalesce(Subquery(teammates), Value(""))
    return NumberState.objects.filter(until=None).order_by().annotate(teammates=text)


def update(changed_at: datetime) -> None:
    """Update the texts of all numbers for which anything began or ended at `changed_at`. Raises DatabaseError."""
    changed = Q(since=changed_at) | Q(until=changed_at)
    renamed = TeammateState.objects.filter(since=changed_at).order_by().values("teammate")
    touched = (
        NumberState.objects.filter(changed)
        .order_by()
        .values("phone_number")
        .union(
            Assignment.objects.filter(changed).order_by().values("phone_number"),
            Assignment.objects.filter(until=None, teammate__in=renamed).order_by().values("phone_number"),
            all=True,
        )
    )
    rows = derived_texts().filter(phone_number__in=touched).values_list("phone_number", "search_text", "teammates")
    columns = ("phone_number_id", "own", "teammates")
    for some in chunks(rows.iterator(CHUNK), CHUNK):
        insert(SearchText, columns, some, constants={}, unique="phone_number_id", updated=("own", "teammates"))


def delete(phone_numbers: Sequence[int]) -> None:
    """Delete the texts of numbers that are gone."""
    SearchText.objects.filter(pk__in=phone_numbers).delete()
