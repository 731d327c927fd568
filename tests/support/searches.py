"""Searches the list of numbers."""

from typing import Any

from tests.support.pages import LIST, PageClient, numbers_on, parse_page
from tests.support.quo_answers import number


def found(manager: PageClient, query: str) -> list[str]:
    return sorted(numbers_on(parse_page(manager.get(LIST, {"q": query}))))


def desk(number_id: str, **changes: Any) -> dict[str, Any]:
    """Return a number that differs from all others in every searchable field."""
    return number(number_id, **{"name": "", "symbol": None, "groupId": "", "users": [], **changes})
