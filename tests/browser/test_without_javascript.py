"""The list and the pages work without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser_pages import (
    MARCUS,
    detail_path,
    expect_numbers,
    expect_total,
    has,
    named,
    numbers_that,
    row,
    shown,
)
from tests.support.browsing import Browsing
from tests.support.sites import EMAIL, Office, Site


@pytest.fixture
def page(browsing: Browsing, demo: Site) -> Page:
    page = browsing.page(demo, javascript=False)
    page.goto("/numbers/")
    return page


def test_sign_in_works(browsing: Browsing, demo: Site) -> None:
    page = browsing.page(demo, javascript=False, signed_in=False)
    page.goto("/")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(demo.password)
    page.get_by_label("Password").press("Enter")
    expect(page.locator("#account-menu")).to_be_visible()


def test_a_button_submits_the_search(page: Page) -> None:
    page.get_by_label("Search", exact=True).fill("maintenance dispatch")
    page.get_by_role("button", name="Search").click()
    expect_numbers(page, numbers_that(named("maintenance dispatch")))
    expect(page.get_by_label("Search", exact=True)).to_have_value("maintenance dispatch")


def test_a_teammate_and_a_search_combine(page: Page) -> None:
    page.get_by_label("Search", exact=True).fill("support")
    page.locator("#teammate-summary").click()
    page.get_by_label("Find a teammate by name or email").fill("marcus")
    page.get_by_label("Find a teammate by name or email").press("Enter")
    page.locator(f'.choice[data-teammate="{MARCUS}"]').click()
    expect_numbers(page, numbers_that(has(MARCUS)) & numbers_that(named("support")))
    page.locator("#show-all").click()
    expect_total(page, 60)


def test_headings_sort_and_links_change_the_page(page: Page) -> None:
    page.get_by_role("columnheader", name="Number", exact=True).get_by_role("link").click()
    expect(page).to_have_url("/numbers/?sort=number")
    first = shown(page)
    page.get_by_role("link", name="Next").click()
    expect(page).to_have_url("/numbers/?sort=number&page=2")
    assert len(first | shown(page)) == 60


def test_a_number_can_be_opened(page: Page) -> None:
    row(page, "Leasing").get_by_role("link", name="Leasing", exact=True).click()
    expect(page).to_have_url(detail_path("Leasing"))


def test_check_now_syncs_and_returns_to_the_same_list(browsing: Browsing, office: Office) -> None:
    page = browsing.page(office.site, javascript=False)
    page.goto("/numbers/?q=dispatch")
    office.quo.workspace.numbers = [
        record for record in office.quo.workspace.numbers if "dispatch" not in record["name"]
    ]
    office.quo.workspace.refresh()
    page.get_by_role("button", name="Check now").click()
    expect(page).to_have_url("/numbers/?q=dispatch")
    expect_total(page, 0)


def test_the_status_page_shows_syncs_and_settings(page: Page) -> None:
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Status").click()
    expect(page.locator("[data-outcome=succeeded]").first).to_be_visible()
    expect(page.get_by_role("rowheader", name="SYNC_INTERVAL")).to_be_visible()
