"""Sorting and pagination of the list."""

from playwright.sync_api import Page, expect

from tests.support.browser_pages import RECORDS, expect_total, shown


def test_a_heading_sorts_and_a_second_click_reverses_the_order(page: Page) -> None:
    page.goto("/numbers/?q=dispatch")
    heading = page.get_by_role("columnheader", name="Number", exact=True)
    numbers = page.locator("#results .number [title]")
    expected = sorted(record["number"] for record in RECORDS if "dispatch" in record["name"])

    heading.get_by_role("link").click()
    expect(heading).to_have_attribute("aria-sort", "ascending")
    assert [cell.get_attribute("title") for cell in numbers.all()] == expected
    expect(heading.get_by_role("link")).to_be_focused()

    heading.get_by_role("link").click()
    expect(heading).to_have_attribute("aria-sort", "descending")
    assert [cell.get_attribute("title") for cell in numbers.all()] == expected[::-1]
    expect(page).to_have_url("/numbers/?q=dispatch&sort=-number")


def test_the_order_stays_when_the_search_changes(page: Page) -> None:
    page.goto("/numbers/?sort=-number")
    page.get_by_label("Search", exact=True).fill("dispatch")
    expect_total(page, 3)
    expect(page).to_have_url("/numbers/?q=dispatch&sort=-number")


def test_each_number_is_on_exactly_one_page(page: Page) -> None:
    page.goto("/numbers/")
    first = shown(page)
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_text("Page 2 of 2", exact=True)).to_be_visible()
    second = shown(page)
    assert (len(first), len(second)) == (50, 10)
    assert first | second == {record["id"] for record in RECORDS}
    expect(page).to_have_url("/numbers/?page=2")
    page.get_by_role("link", name="Previous").click()
    expect(page.get_by_text("Page 1 of 2", exact=True)).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Page 2 of 2", exact=True)).to_be_visible()


def test_a_search_starts_at_the_first_page(page: Page) -> None:
    page.goto("/numbers/?page=2")
    page.get_by_label("Search", exact=True).fill("dispatch")
    expect_total(page, 3)
    expect(page).to_have_url("/numbers/?q=dispatch")
