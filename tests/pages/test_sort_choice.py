"""The sort menu for narrow screens, where cards replace the table and its sortable headings."""

import pytest

from numbers.filters.columns import COLUMNS
from tests.support.pages import HTMX, LIST, PageClient, attribute, find_one, numbers_on, parse_page, sync_all, text_of
from tests.support.quo_answers import number


@pytest.mark.parametrize("path", [LIST, "/teammates/", "/audit/"])
def test_every_list_offers_its_sort_orders_and_marks_the_active_one(manager: PageClient, path: str) -> None:
    sync_all(number("PN1"))

    choice = find_one(parse_page(manager.get(path, {"sort": "-name"})), "select[name=sort]")

    assert attribute(choice, "form") == "filters"
    assert [text_of(option) for option in choice.css("option[selected]")] == ["Name, descending"]


def test_every_sort_order_can_be_chosen(manager: PageClient) -> None:
    sync_all(number("PN1"))

    values = {attribute(option, "value") for option in parse_page(manager.get(LIST)).css("#sort-choice option")}

    assert values == {f"{sign}{key}" for key in COLUMNS for sign in ("", "-")} - {"name"} | {""}


def test_choosing_an_order_keeps_the_filters(manager: PageClient) -> None:
    sync_all(number("PN1", name="Desk A"), number("PN2", name="Desk B"), number("PN3", name="Other"))

    page = parse_page(manager.get(LIST, {"q": "desk", "sort": "-name"}, headers={**HTMX, "HX-Trigger": "sort-choice"}))

    assert numbers_on(page) == ["PN2", "PN1"]
