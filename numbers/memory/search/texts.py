"""What each number of now is found by, in rows as narrow as can be: a search of one letter reads them all.

They follow from the states and assignments that are open, and are kept by whoever opens and ends those.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Aggregate, CharField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from numbers.database.bulk_insert import insert
from numbers.models import Assignment, NumberState, SearchText, TeammateState


class _Joined(Aggregate):
    """Texts, in any order, with a space between."""

    template = "%(function)s(%(expressions)s, ' ')"
    function = "STRING_AGG"
    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:  # noqa: ANN401 - of Django
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **context)


def derived() -> QuerySet[Any]:
    """Every open state, annotated with the `teammates` of its search text; its `search_text` is the rest."""
    people = (
        Assignment.objects.filter(phone_number=OuterRef("phone_number"), until=None, teammate__states__until=None)
        .order_by()
        .values("phone_number")
        .annotate(text=_Joined("teammate__states__search_text"))
        .values("text")
    )
    return NumberState.objects.filter(until=None).order_by().annotate(teammates=Coalesce(Subquery(people), Value("")))


def keep(moment: datetime) -> None:
    """Bring those up to date of whom anything began or ended at `moment`. Raises DatabaseError."""
    there = Q(since=moment) | Q(until=moment)
    renamed = TeammateState.objects.filter(since=moment).order_by().values("teammate")
    touched = (
        NumberState.objects.filter(there)
        .order_by()
        .values("phone_number")
        .union(
            Assignment.objects.filter(there).order_by().values("phone_number"),
            Assignment.objects.filter(until=None, teammate__in=renamed).order_by().values("phone_number"),
            all=True,
        )
    )
    rows = derived().filter(phone_number__in=touched).values_list("phone_number", "search_text", "teammates")
    columns = ("phone_number_id", "own", "teammates")
    insert(SearchText, columns, rows, same={}, unique="phone_number_id", replaced=("own", "teammates"))


def forget(phone_numbers: Sequence[int]) -> None:
    """Of numbers that are gone."""
    SearchText.objects.filter(pk__in=phone_numbers).delete()
