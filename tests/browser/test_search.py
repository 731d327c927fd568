"""Search: the list narrows while somebody types, and nothing else moves."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser_pages import MARCUS, expect_numbers, expect_total, has, named, number, numbers_that


@pytest.fixture
def listed(page: Page) -> Page:
    page.goto("/numbers/")
    expect_total(page, 60)
    return page


def test_typing_narrows_the_list_without_loading_a_page(listed: Page) -> None:
    listed.evaluate("window.isStillHere = true")
    listed.get_by_label("Search", exact=True).press_sequentially("maintenance dispatch")
    expect_numbers(listed, numbers_that(named("maintenance dispatch")))
    expect(listed).to_have_url("/numbers/?q=maintenance+dispatch")
    expect(listed).to_have_title("Numbers that fit “maintenance dispatch” · Quo Admin")
    expect(listed.get_by_label("Search", exact=True)).to_be_focused()
    assert listed.evaluate("window.isStillHere")


def test_a_search_announces_its_count_to_screen_readers(listed: Page) -> None:
    listed.get_by_label("Search", exact=True).fill("dispatch")
    expect(listed.locator("#announce")).to_have_text("3 numbers found.")


@pytest.mark.parametrize("digits", ["(844) 555-0150", "844.555.0150", "+1 844 555 0150"])
def test_a_number_is_found_in_any_format(listed: Page, digits: str) -> None:
    listed.get_by_label("Search", exact=True).fill(digits)
    forwards_to_it = number("Portland – leasing")["id"]
    expect_numbers(listed, {number("Resident support")["id"], forwards_to_it})


def test_a_teammate_is_found_by_name(listed: Page) -> None:
    listed.get_by_label("Search", exact=True).fill("marcus sorensen")
    expect_numbers(listed, numbers_that(has(MARCUS)))


def test_after_fast_typing_the_last_search_is_shown(listed: Page) -> None:
    search = listed.get_by_label("Search", exact=True)
    for text in ("f", "fr", "leas", "leasing", "maple", "maple terrace"):
        search.fill(text)
    expect_numbers(listed, numbers_that(named("maple terrace")))
    expect(search).to_have_value("maple terrace")


def test_a_newer_search_cancels_the_previous_one(listed: Page) -> None:
    search = listed.get_by_label("Search", exact=True)
    listed.route("**/numbers/?q=leasing*", lambda _route: None)  # never answered
    with listed.expect_request("**/numbers/?q=leasing*"):
        search.fill("leasing")
    with listed.expect_event("requestfailed", lambda request: "q=leasing" in request.url):
        search.fill("dispatch")
    expect_total(listed, 3)
    expect(listed).to_have_url("/numbers/?q=dispatch")


def test_the_cursor_stays_in_place(listed: Page) -> None:
    search = listed.get_by_label("Search", exact=True)
    search.fill("cedar curt")
    expect_total(listed, 0)
    for _ in "urt":
        search.press("ArrowLeft")
    search.press_sequentially("o")
    expect_total(listed, 3)  # one forwards to another
    assert search.evaluate("field => field.selectionStart") == len("cedar co")


def test_a_search_without_results_links_back_to_all_numbers(listed: Page) -> None:
    listed.get_by_label("Search", exact=True).fill("zebra")
    expect(listed.get_by_role("heading", name="No number fits")).to_be_visible()
    listed.get_by_role("link", name="show every number", exact=True).click()
    expect_total(listed, 60)
    expect(listed.get_by_label("Search", exact=True)).to_have_value("")


def test_clearing_the_search_shows_all_numbers(listed: Page) -> None:
    search = listed.get_by_label("Search", exact=True)
    search.fill("dispatch")
    expect_total(listed, 3)
    search.fill("")
    expect_total(listed, 60)


def test_markup_in_a_search_is_shown_as_text(listed: Page) -> None:
    text = '"><img src=x onerror=alert(1)><script>alert(1)</script>'
    listed.get_by_label("Search", exact=True).fill(text)
    expect(listed.locator("#chip-q")).to_have_text(f"Search: {text}")
    listed.reload()
    expect(listed.get_by_label("Search", exact=True)).to_have_value(text)
