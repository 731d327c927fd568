"""The order as a choice, for screens on which cards take the place of a table whose headings sort it."""

import pytest

from numbers.filters.numbers import SORT_LABELS
from numbers.memory.numbers import SORTS
from tests.support.pages import HTMX, LIST, Office, attribute, numbers_on, one, parsed, remember, words
from tests.support.quo_answers import number


@pytest.mark.parametrize("path", [LIST, "/teammates/", "/audit/"])
def test_every_list_offers_its_orders_and_shows_its_own(office: Office, path: str) -> None:
    remember(number("PN1"))

    choice = one(parsed(office.get(path, {"sort": "-name"})), "select[name=sort]")

    assert attribute(choice, "form") == "filters"
    assert [words(option) for option in choice.css("option[selected]")] == ["Name, descending"]


def test_every_order_there_is_can_be_chosen(office: Office) -> None:
    remember(number("PN1"))

    values = {attribute(option, "value") for option in parsed(office.get(LIST)).css("#sort-choice option")}

    assert values == {f"{sign}{key}" for key in SORTS for sign in ("", "-")}
    assert set(SORT_LABELS) == set(SORTS)


def test_the_choice_sorts_and_keeps_the_rest(office: Office) -> None:
    remember(number("PN1", name="Desk A"), number("PN2", name="Desk B"), number("PN3", name="Other"))

    page = parsed(office.get(LIST, {"q": "desk", "sort": "-name"}, headers={**HTMX, "HX-Trigger": "sort-choice"}))

    assert numbers_on(page) == ["PN2", "PN1"]
