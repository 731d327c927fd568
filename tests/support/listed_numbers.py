"""The numbers that a filtered list shows."""

from typing import Any

from numbers.vocabulary.cells import CELLS
from tests.support.pages import LIST, PageClient, notices_of, numbers_on, parse_page

Record = dict[str, Any]
CELL_FIELDS = [cell.field for cell in CELLS]


def found(manager: PageClient, **query: str) -> list[str]:
    """Return the ids of the listed numbers. Fails if the query caused a notice."""
    page = parse_page(manager.get(LIST, query))
    assert notices_of(page) == []
    return sorted(numbers_on(page))
