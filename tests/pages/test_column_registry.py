"""A column is one entry of the registry: the list, its menu, its orders and its files all have it."""

import pytest

from numbers.filters.columns import COLUMNS, NumberColumn
from tests.support.exported_files import csv_rows
from tests.support.pages import (
    LIST,
    PageClient,
    attribute,
    find_one,
    notices_of,
    numbers_on,
    parse_page,
    sync_all,
    text_of,
    texts,
)
from tests.support.quo_answers import number

PORT = {"column": ["port"]}
CHOOSE = "/numbers/columns/"


@pytest.fixture(autouse=True)
def port_column(monkeypatch: pytest.MonkeyPatch) -> None:
    column = NumberColumn("port", "Port request", "port_request_id", is_extra=True)
    monkeypatch.setitem(COLUMNS, column.key, column)


@pytest.fixture
def filled(manager: PageClient) -> PageClient:
    sync_all(number("PN1", portRequestId="b<&"), number("PN2", portRequestId="a"), number("PN3", portRequestId=None))
    return manager


def test_the_column_menu_offers_an_added_column(filled: PageClient) -> None:
    page = parse_page(filled.get(LIST))

    assert text_of(find_one(page, "label[for=column-port]")) == "Port request"
    assert "checked" not in find_one(page, "#column-port").attributes
    assert not page.css("#sort-port, td.port")


def test_an_added_column_has_a_heading_and_a_cell_in_each_row(filled: PageClient) -> None:
    filled.post(CHOOSE, PORT)

    page = parse_page(filled.get(LIST))

    assert text_of(find_one(page, "th #sort-port")) == "Port request"
    assert attribute(find_one(page, "[data-number=PN1] td.port"), "data-label") == "Port request"
    assert texts(page.css("#results td.port")) == ["b<&", "a", ""]


def test_the_list_is_sorted_by_an_added_column_and_null_is_least(filled: PageClient) -> None:
    page = parse_page(filled.get(LIST, {"sort": "port"}))

    assert numbers_on(page) == ["PN3", "PN2", "PN1"]
    assert notices_of(page) == []
    assert text_of(find_one(page, "#sort-choice option[selected]")) == "Port request"
    assert numbers_on(parse_page(filled.get(LIST, {"sort": "-port"}))) == ["PN1", "PN2", "PN3"]


def test_a_file_has_an_added_column(filled: PageClient) -> None:
    assert [row["Port request"] for row in csv_rows(filled, "/numbers.csv")] == ["b<&", "a", ""]
