"""Opening a number from the list, and going back."""

from playwright.sync_api import Page, expect

from tests.support.browser_pages import MARCUS, detail_path, expect_total, number, row
from tests.support.browsing import Browsing
from tests.support.sites import Site


def test_a_number_opens_and_back_returns_to_the_same_list(page: Page) -> None:
    page.goto("/numbers/?q=leasing")
    row(page, "Cedar Court – leasing office").get_by_role("link", name="Cedar Court – leasing office").click()
    expect(page).to_have_url(detail_path("Cedar Court – leasing office"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Cedar Court – leasing office")
    page.go_back()
    expect_total(page, 8)
    expect(page.get_by_label("Search", exact=True)).to_have_value("leasing")


def test_a_numbers_page_shows_the_fact_of_each_cell(page: Page) -> None:
    page.goto(detail_path("Billing & payments"))
    words = {"unrestricted": "allowed", "restricted": "restricted"}
    facts = {
        str(cell.get_attribute("data-cell")): str(cell.get_attribute("data-fact"))
        for cell in page.locator("[data-cell]").all()
    }
    restrictions = number("Billing & payments")["restrictions"]
    assert facts == {
        f"{channel}.{region}": words[value]
        for channel, regions in restrictions.items()
        for region, value in regions.items()
    }


def test_more_teammates_in_a_row_links_to_the_numbers_page(page: Page) -> None:
    page.goto("/numbers/")
    row(page, "Resident support").locator(".more").click()
    expect(page).to_have_url(f"{detail_path('Resident support')}#teammates")
    expect(page.locator("[data-teammate]")).to_have_count(14)
    expect(page.get_by_role("heading", name="Teammates")).to_be_in_viewport()


def test_a_teammate_on_a_numbers_page_links_to_their_page_and_numbers(page: Page) -> None:
    page.goto(detail_path("Resident support"))
    page.get_by_role("link", name="Marcus Sorensen").click()
    expect(page).to_have_url(f"/teammates/{MARCUS}/")
    page.locator("#as-list").click()
    expect(page).to_have_url(f"/numbers/?user={MARCUS}")


def test_an_unknown_number_is_looked_up_in_quo(browsing: Browsing, demo: Site) -> None:
    page = browsing.page(demo)
    browsing.expects("status of 404")
    page.goto("/numbers/PNnobody/")
    expect(page.get_by_text("Quo does not know it either.")).to_be_visible()
