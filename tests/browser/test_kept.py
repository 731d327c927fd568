"""What somebody keeps: columns, and filters under a name, each with a short address."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser_pages import expect_total
from tests.support.browsing import Browsing
from tests.support.sites import Office


@pytest.fixture
def page(browsing: Browsing, office: Office) -> Page:
    return browsing.page(office.site)


def save(page: Page, name: str, *, shared: bool = False) -> None:
    page.locator("#saved-menu > summary").click()
    page.get_by_label("Save what is shown now as").fill(name)
    if shared:
        page.get_by_label("Share with everybody who signs in").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(f"Saved as “{name}”.")).to_be_visible()


def test_the_chosen_columns_stay_chosen_and_the_list_too(page: Page) -> None:
    page.goto("/numbers/?q=dispatch")
    page.locator("#columns-menu summary").click()
    page.get_by_label("Porting", exact=True).uncheck()
    page.get_by_label("Country", exact=True).last.check()
    page.get_by_role("button", name="Show these").click()
    expect(page).to_have_url("/numbers/?q=dispatch")
    expect(page.get_by_role("columnheader", name="Country")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Porting")).to_be_hidden()

    page.goto("/numbers/?q=leasing")
    expect(page.get_by_role("columnheader", name="Country")).to_be_visible()
    page.locator("#columns-menu summary").click()
    page.get_by_role("button", name="The usual ones").click()
    expect(page.get_by_role("columnheader", name="Porting")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Country")).to_be_hidden()


def test_columns_are_kept_with_the_list_that_is_shown_when_they_are_chosen(page: Page) -> None:
    page.goto("/numbers/")
    page.get_by_label("Search", exact=True).fill("dispatch")
    expect_total(page, 3)
    page.locator("#columns-menu summary").click()
    page.get_by_role("button", name="Show these").click()
    expect(page).to_have_url("/numbers/?q=dispatch")


def test_a_filter_is_kept_under_a_name_and_opened_again(page: Page) -> None:
    page.goto("/numbers/")
    page.get_by_label("Search", exact=True).fill("dispatch")
    expect_total(page, 3)
    save(page, "Dispatchers")
    expect_total(page, 3)
    page.goto("/numbers/")
    page.locator("#saved-menu > summary").click()
    page.locator("#saved-menu").get_by_role("link", name="Dispatchers").click()
    expect(page).to_have_url("/numbers/?q=dispatch")


def test_a_saved_filter_is_shared_taken_back_and_deleted(page: Page) -> None:
    page.goto("/numbers/?q=dispatch")
    save(page, "Dispatchers", shared=True)
    page.goto("/saved/")
    line = page.locator("[data-saved]")
    expect(line).to_contain_text("Numbers that fit “dispatch”")
    expect(line).to_contain_text("yours, shared")
    line.get_by_role("button", name="Make private").click()
    expect(line).to_contain_text("yours alone")
    line.get_by_role("button", name="Delete").click()
    expect(line).to_have_count(0)


def test_the_short_address_is_said_once_saved_and_leads_to_the_list(page: Page) -> None:
    page.goto("/numbers/?q=dispatch")
    save(page, "To send on")
    address = page.get_by_role("status").get_by_role("link", name="/saved/")
    expect(address).to_have_text(str(address.get_attribute("href")))
    page.goto(str(address.get_attribute("href")))
    expect(page).to_have_url("/numbers/?q=dispatch")


def test_a_short_address_is_copied_whole(browsing: Browsing, office: Office) -> None:
    page = browsing.page(office.site)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/numbers/?q=dispatch")
    save(page, "To copy")
    page.goto("/saved/")
    row = page.get_by_role("row").filter(has_text="To copy")
    row.get_by_role("button", name="Copy the address of To copy").click()
    expect(row.get_by_role("status")).to_have_text("Copied.")
    path = row.get_by_role("link", name="To copy", exact=True).get_attribute("href")
    assert page.evaluate("navigator.clipboard.readText()") == f"{office.site.url}{path}"


def test_without_javascript_nothing_offers_to_copy(browsing: Browsing, office: Office) -> None:
    save_one = browsing.page(office.site)
    save_one.goto("/numbers/?q=dispatch")
    save(save_one, "Plain")
    page = browsing.page(office.site, javascript=False)
    page.goto("/saved/")
    expect(page.get_by_role("row").filter(has_text="Plain")).to_be_visible()
    expect(page.locator("[data-copy]").first).to_be_hidden()


def test_a_name_that_is_taken_is_said(browsing: Browsing, page: Page) -> None:
    page.goto("/numbers/?q=dispatch")
    save(page, "Dispatchers")
    page.locator("#saved-menu > summary").click()
    page.get_by_label("Save what is shown now as").fill("Dispatchers")
    browsing.expects("status of 422")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("You have a saved filter of this name already.")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Dispatchers, too")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved as “Dispatchers, too”.")).to_be_visible()
