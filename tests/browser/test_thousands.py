"""Pages work with ten thousand numbers as they do with sixty."""

from playwright.sync_api import expect

from tests.support.accessibility import violations
from tests.support.browser_pages import expect_total
from tests.support.browsing import Browsing
from tests.support.sites import Office

MANY = 10_000


def test_ten_thousand_numbers_are_synced_searched_and_paged(browsing: Browsing, office: Office) -> None:
    office.forget()
    office.has(MANY)
    page = browsing.page(office.site)
    page.goto("/numbers/")
    expect_total(page, MANY)  # the page syncs by itself
    page.get_by_label("Search", exact=True).fill("front desk 2")
    expect(page.locator("#announce")).to_contain_text("found")
    page.locator("#show-all").click()
    expect_total(page, MANY)
    page.get_by_role("link", name="Last", exact=True).click()
    expect(page.get_by_text("Page 200 of 200", exact=True)).to_be_visible()
    assert violations(page) == []

    page.goto("/")
    expect(page.locator("#all-numbers")).to_have_attribute("data-numbers", str(MANY))
    assert violations(page) == []
    page.goto("/teammates/?sort=-numbers")
    expect(page.locator("#results tbody tr").first).to_be_visible()
    page.goto("/audit/?kind=toll-free&by=kind")
    expect(page.locator("#matrix")).to_be_visible()
