"""Pages of long lists: first how many rows there are, then only those of one page."""

from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

Row = TypeVar("Row")


def page_of(total: int, size: int, number: int) -> Page[int]:
    """Return a page of `total` places, counted from 0; beyond the last page, that one."""
    return Paginator(range(total), size).get_page(number)


def rows_on(page: Page[int], ordered: QuerySet[Any], described: QuerySet[Any, Row]) -> list[Row]:
    """Return the rows of a page in the order of `ordered`, as `described` reads them; rows of both have a `pk`.

    The page's keys come first, by themselves: a database sorts and passes over keys faster than whole rows.
    """
    start = (page.number - 1) * page.paginator.per_page
    keys = list(ordered.values_list("pk", flat=True)[start : start + page.paginator.per_page])
    found = {row.pk: row for row in described.filter(pk__in=keys)}  # type: ignore[attr-defined] # see above
    return [found[key] for key in keys if key in found]
