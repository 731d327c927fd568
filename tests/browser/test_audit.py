"""The restrictions audit."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser_pages import RECORDS, expect_numbers, expect_total, named, numbers_that


@pytest.mark.parametrize("by", ["group", "kind"])
def test_every_number_is_in_the_matrix_once(page: Page, by: str) -> None:
    page.goto(f"/audit/?by={by}")
    expect_numbers(page, {record["id"] for record in RECORDS})
    expect(page.locator("#results [data-number]")).to_have_count(len(RECORDS))


def test_the_grouping_changes_without_a_page_load_and_back_undoes_it(page: Page) -> None:
    page.goto("/audit/?q=dispatch")
    page.get_by_role("navigation", name="Group by").get_by_role("link", name="Teammate").click()
    expect(page).to_have_url("/audit/?by=teammate&q=dispatch")
    expect(page.locator("#by-teammate")).to_have_attribute("aria-current", "true")
    expect(page.locator("#by-teammate")).to_be_focused()
    page.go_back()
    expect(page.locator("#by-group")).to_have_attribute("aria-current", "true")


def test_filters_narrow_the_audit_as_they_do_the_list(page: Page) -> None:
    page.goto("/audit/?by=kind")
    page.get_by_label("Search", exact=True).fill("dispatch")
    expect_numbers(page, numbers_that(named("dispatch")))
    expect(page).to_have_url("/audit/?by=kind&q=dispatch")
    page.locator("#chip-q").click()
    expect_total(page, 60)
    expect(page).to_have_url("/audit/?by=kind")


def test_an_outlier_links_to_its_number(page: Page) -> None:
    page.goto("/audit/?by=kind&kind=toll-free")
    link = page.locator("#odd-ones li").get_by_role("link", name="Owners abroad").first
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Owners abroad")
