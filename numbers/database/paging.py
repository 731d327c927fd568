"""Reads long lists in parts: pages of a list, and chunks of keys and rows."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

PAGE_SIZE = 50  # rows on a page of a list
CHUNK = 500  # rows or keys in one query; a database takes only so many parameters

Row = TypeVar("Row")
Item = TypeVar("Item")


def page_of(total: int, size: int, number: int) -> Page[int]:
    """Return a page of the positions below `total`; for a number beyond the last page, the last page."""
    return Paginator(range(total), size).get_page(number)


def rows_on(page: Page[int], ordered: QuerySet[Any], described: QuerySet[Any, Row]) -> list[Row]:
    """Return the rows of a page in the order of `ordered`, as `described` reads them.

    The page's keys are read first: a database sorts and skips keys faster than whole rows.
    """
    return rows_of(keys_on(page, ordered.values_list("pk", flat=True)), described)


def keys_on(page: Page[int], keys: QuerySet[Any, int] | Sequence[int]) -> list[int]:
    """Return those of all keys in order that are on the page."""
    start = (page.number - 1) * page.paginator.per_page
    return list(keys[start : start + page.paginator.per_page])


def rows_of(keys: Iterable[int], described: QuerySet[Any, Row]) -> list[Row]:
    """Return the rows with these keys in their order, as `described` reads them; rows have a `pk`."""
    found = {row.pk: row for row in described.filter(pk__in=keys)}  # type: ignore[attr-defined] # see above
    return [found[key] for key in keys if key in found]


def chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield the items in lists of `size`."""
    remaining = iter(items)
    while chunk := list(islice(remaining, size)):
        yield chunk
