"""A column is one entry of the registry: the list, its menu, its orders and its files all have it."""

import pytest

from numbers.filters.columns import COLUMNS, NumberColumn
from tests.support.exported_files import table
from tests.support.pages import LIST, Office, attribute, notices_of, numbers_on, one, parsed, remember, texts, words
from tests.support.quo_answers import number

PORT = {"column": ["port"]}
CHOOSE = "/numbers/columns/"


@pytest.fixture(autouse=True)
def port_column(monkeypatch: pytest.MonkeyPatch) -> None:
    column = NumberColumn("port", "Port request", "port_request_id", is_extra=True)
    monkeypatch.setitem(COLUMNS, column.key, column)


@pytest.fixture
def filled(office: Office) -> Office:
    remember(number("PN1", portRequestId="b<&"), number("PN2", portRequestId="a"), number("PN3", portRequestId=None))
    return office


def test_the_column_menu_offers_an_added_column(filled: Office) -> None:
    page = parsed(filled.get(LIST))

    assert words(one(page, "label[for=column-port]")) == "Port request"
    assert "checked" not in one(page, "#column-port").attributes
    assert not page.css("#sort-port, td.port")


def test_an_added_column_has_a_heading_and_a_cell_in_each_row(filled: Office) -> None:
    filled.post(CHOOSE, PORT)

    page = parsed(filled.get(LIST))

    assert words(one(page, "th #sort-port")) == "Port request"
    assert attribute(one(page, "[data-number=PN1] td.port"), "data-label") == "Port request"
    assert texts(page.css("#results td.port")) == ["b<&", "a", ""]


def test_the_list_is_sorted_by_an_added_column_and_null_is_least(filled: Office) -> None:
    page = parsed(filled.get(LIST, {"sort": "port"}))

    assert numbers_on(page) == ["PN3", "PN2", "PN1"]
    assert notices_of(page) == []
    assert words(one(page, "#sort-choice option[selected]")) == "Port request"
    assert numbers_on(parsed(filled.get(LIST, {"sort": "-port"}))) == ["PN1", "PN2", "PN3"]


def test_a_file_has_an_added_column(filled: Office) -> None:
    assert [row["Port request"] for row in table(filled, "/numbers.csv")] == ["b<&", "a", ""]
