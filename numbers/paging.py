"""Long lists of which a deep page costs no more than the first."""

from collections.abc import Sequence
from typing import Any, TypeVar, overload

from django.db.models import QuerySet
from django.utils.functional import cached_property

Row = TypeVar("Row")


class Rows(Sequence[Row]):
    """A queryset as a paginator slices it; its order is total, so that pages never overlap.

    What stands before a page is passed over by its keys alone, from whichever end of the list is nearer. What is on it
    is read by its keys from `described`, rows with a `pk`, which need not look for it once more.
    """

    def __init__(self, rows: QuerySet[Any], described: QuerySet[Any, Row]) -> None:
        self._rows, self._described = rows, described

    def __len__(self) -> int:
        return self._count

    @cached_property
    def _count(self) -> int:
        return self._rows.count()

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | list[Row]:
        if isinstance(index, int):
            return self._between(index, index + 1)[0]
        start, end, _ = index.indices(len(self))
        return self._between(start, end)

    def _between(self, start: int, end: int) -> list[Row]:
        keys, after = self._rows.values_list("pk", flat=True), len(self) - end
        wanted = list(keys[start:end]) if start <= after else list(keys.reverse()[after : len(self) - start])[::-1]
        found = {row.pk: row for row in self._described.filter(pk__in=wanted)}  # type: ignore[attr-defined]  # see above
        return [found[key] for key in wanted if key in found]
