"""Chosen columns and saved filters, each with a short link."""

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


def test_chosen_columns_are_kept_and_the_list_stays(page: Page) -> None:
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


def test_choosing_columns_keeps_the_current_list(page: Page) -> None:
    page.goto("/numbers/")
    page.get_by_label("Search", exact=True).fill("dispatch")
    expect_total(page, 3)
    page.locator("#columns-menu summary").click()
    page.get_by_role("button", name="Show these").click()
    expect(page).to_have_url("/numbers/?q=dispatch")


def test_a_saved_filter_can_be_opened_again(page: Page) -> None:
    page.goto("/numbers/")
    page.get_by_label("Search", exact=True).fill("dispatch")
    expect_total(page, 3)
    save(page, "Dispatchers")
    expect_total(page, 3)
    page.goto("/numbers/")
    page.locator("#saved-menu > summary").click()
    page.locator("#saved-menu").get_by_role("link", name="Dispatchers").click()
    expect(page).to_have_url("/numbers/?q=dispatch")


def test_a_saved_filter_is_shared_made_private_deleted_and_restored(page: Page) -> None:
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
    page.get_by_role("button", name="Undo").click()
    expect(line).to_contain_text("yours alone")


def test_saving_shows_a_short_link_to_the_list(page: Page) -> None:
    page.goto("/numbers/?q=dispatch")
    save(page, "To send on")
    address = page.get_by_role("status").get_by_role("link", name="/saved/")
    expect(address).to_have_text(str(address.get_attribute("href")))
    page.goto(str(address.get_attribute("href")))
    expect(page).to_have_url("/numbers/?q=dispatch")


def test_a_short_link_is_copied_as_a_full_url(browsing: Browsing, office: Office) -> None:
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


def test_without_javascript_there_is_no_copy_button(browsing: Browsing, office: Office) -> None:
    saving = browsing.page(office.site)
    saving.goto("/numbers/?q=dispatch")
    save(saving, "Plain")
    page = browsing.page(office.site, javascript=False)
    page.goto("/saved/")
    expect(page.get_by_role("row").filter(has_text="Plain")).to_be_visible()
    expect(page.locator("[data-copy]").first).to_be_hidden()


def test_a_duplicate_name_is_refused_with_a_message(browsing: Browsing, page: Page) -> None:
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
