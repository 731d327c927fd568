"""The sort menu for narrow screens, where cards replace the table and its sortable headings."""

import pytest

from numbers.filters.columns import COLUMNS
from tests.support.pages import HTMX, LIST, Office, attribute, numbers_on, one, parsed, remember, words
from tests.support.quo_answers import number


@pytest.mark.parametrize("path", [LIST, "/teammates/", "/audit/"])
def test_every_list_offers_its_sort_orders_and_marks_the_active_one(office: Office, path: str) -> None:
    remember(number("PN1"))

    choice = one(parsed(office.get(path, {"sort": "-name"})), "select[name=sort]")

    assert attribute(choice, "form") == "filters"
    assert [words(option) for option in choice.css("option[selected]")] == ["Name, descending"]


def test_every_sort_order_can_be_chosen(office: Office) -> None:
    remember(number("PN1"))

    values = {attribute(option, "value") for option in parsed(office.get(LIST)).css("#sort-choice option")}

    assert values == {f"{sign}{key}" for key in COLUMNS for sign in ("", "-")}


def test_choosing_an_order_keeps_the_filters(office: Office) -> None:
    remember(number("PN1", name="Desk A"), number("PN2", name="Desk B"), number("PN3", name="Other"))

    page = parsed(office.get(LIST, {"q": "desk", "sort": "-name"}, headers={**HTMX, "HX-Trigger": "sort-choice"}))

    assert numbers_on(page) == ["PN2", "PN1"]
