"""A phone 360 pixels wide: cards instead of a table, and everything works by touch."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser_pages import detail_path, expect_total, row
from tests.support.browsing import PHONE, Browsing
from tests.support.sites import Site


@pytest.fixture
def phone(browsing: Browsing, demo: Site) -> Page:
    return browsing.page(demo, viewport=PHONE)


def test_a_number_is_a_card_that_names_its_cells(phone: Page) -> None:
    phone.goto("/numbers/?q=dispatch")
    card = row(phone, "Seattle – maintenance dispatch")
    cells = card.locator("[data-cell]")
    expect(cells).to_have_count(6)
    for cell in cells.all():
        assert str(cell.get_attribute("data-label")) in cell.evaluate(
            "cell => getComputedStyle(cell, '::before').content + cell.innerText"
        )
    box = card.bounding_box()
    assert box
    assert box["width"] <= PHONE["width"]
    assert box["height"] > 100


def test_searching_and_opening_work_by_touch(phone: Page) -> None:
    phone.goto("/numbers/")
    phone.get_by_label("Search", exact=True).tap()
    phone.get_by_label("Search", exact=True).fill("dispatch")
    expect_total(phone, 3)
    row(phone, "Seattle – maintenance dispatch").get_by_role("link", name="Seattle – maintenance dispatch").tap()
    expect(phone).to_have_url(detail_path("Seattle – maintenance dispatch"))


def test_the_picker_stays_on_the_screen(phone: Page) -> None:
    phone.goto("/numbers/")
    phone.locator("#teammate-summary").tap()
    expect(phone.locator(".choice").first).to_be_visible()
    box = phone.locator("#teammate-filter .picker-panel").bounding_box()
    assert box
    assert 0 <= box["x"] <= box["x"] + box["width"] <= PHONE["width"]


def test_cards_can_be_sorted_without_headings(phone: Page) -> None:
    phone.goto("/numbers/")
    expect(phone.locator("#sort-number")).to_be_hidden()
    phone.get_by_label("Sorted by").select_option("Name, descending")
    expect(phone).to_have_url("/numbers/?sort=-name")
    expect(phone.locator("#results caption")).to_have_text("Numbers, sorted by name, descending")
