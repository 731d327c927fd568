"""Sorting and pagination of the list."""

from playwright.sync_api import Locator, Page, Route, expect

from tests.support.browser_pages import RECORDS, expect_total, shown
from tests.support.browsing import Browsing
from tests.support.sites import Office


def expect_at_the_top(count: Locator) -> None:
    """Expect that the element has the focus and is just below the sticky header."""
    expect(count).to_be_focused()
    assert 0 < count.evaluate("count => count.getBoundingClientRect().top") < 200


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


def test_another_page_is_shown_from_its_top(page: Page) -> None:
    page.goto("/numbers/")
    for link, number in (("#next-page", 2), ("#previous-page", 1)):
        page.locator(link).click()
        expect(page.get_by_text(f"Page {number} of 2", exact=True)).to_be_visible()
        expect_at_the_top(page.locator("#count"))


def test_another_page_of_each_part_of_the_audit_is_shown_from_its_top(browsing: Browsing, office: Office) -> None:
    office.forget()
    office.has(230)
    page = browsing.page(office.site)
    page.goto("/audit/?by=teammate")
    expect(page.locator("#next-page")).to_be_visible()
    for link, heading in (("#next-page", "#matrix"), ("#next-odd", "#odd-title")):
        page.locator(link).click()
        expect_at_the_top(page.locator(heading))
    expect(page).to_have_url("/audit/?by=teammate&page=2&odd=2")


def test_another_page_takes_no_focus_from_the_search(page: Page) -> None:
    held: list[Route] = []
    page.route("**/numbers/?page=2", lambda route: held.append(route))  # noqa: PLW0108 - Playwright rejects built-in functions
    page.goto("/numbers/")
    with page.expect_request("**/numbers/?page=2"):
        page.locator("#next-page").click()
    page.get_by_label("Search", exact=True).focus()
    held[0].continue_()
    expect(page.get_by_text("Page 2 of 2", exact=True)).to_be_attached()
    expect(page.locator(".htmx-settling")).to_have_count(0)
    expect(page.get_by_label("Search", exact=True)).to_be_focused()
