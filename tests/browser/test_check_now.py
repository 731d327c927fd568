"""Syncs by the button and by the page itself, while somebody keeps working."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser_pages import detail_path, expect_total, number, row
from tests.support.browsing import Browsing
from tests.support.sites import Office


@pytest.fixture
def page(browsing: Browsing, office: Office) -> Page:
    page = browsing.page(office.site)
    page.goto("/numbers/")
    return page


def rename(office: Office, name: str, new_name: str) -> None:
    record = next(record for record in office.quo.workspace.numbers if record["name"] == name)
    record["name"] = new_name
    office.quo.workspace.refresh()


def test_a_change_in_quo_is_swapped_in(page: Page, office: Office) -> None:
    rename(office, "Leasing", "Renting")
    page.get_by_role("button", name="Check now").click()
    expect(row(page, "Leasing")).to_contain_text("Renting")
    expect(page.get_by_role("button", name="Check now")).to_be_focused()


def test_typing_continues_while_quo_is_slow(page: Page, office: Office) -> None:
    rename(office, "Leasing", "Leasing zebra")
    search = page.get_by_label("Search", exact=True)
    with office.quo_takes_its_time() as may_answer:
        page.get_by_role("button", name="Check now").click()
        expect(page.get_by_text("Asking Quo …")).to_be_visible()
        search.press_sequentially("leasing")
        expect_total(page, 8)
        search.press_sequentially(" zeb")
        expect_total(page, 0)
        expect(page.get_by_text("Asking Quo …")).to_be_visible()
        may_answer.set()
        expect_total(page, 1)
    expect(row(page, "Leasing")).to_contain_text("Leasing zebra")
    expect(search).to_have_value("leasing zeb")
    expect(search).to_be_focused()
    search.press_sequentially("r")
    expect(page).to_have_url("/numbers/?q=leasing+zebr")
    expect_total(page, 1)


def test_a_swap_keeps_the_typed_text_and_its_selection(page: Page, office: Office) -> None:
    search = page.get_by_label("Search", exact=True)
    search.fill("leasing")
    expect_total(page, 8)
    with office.quo_takes_its_time() as may_answer:
        page.get_by_role("button", name="Check now").click()
        rename(office, "Leasing", "Renting")
        search.press("Home")
        search.press("Shift+ArrowRight")
        may_answer.set()
        expect_total(page, 7)
    selection = "field => [field.value, field.selectionStart, field.selectionEnd]"
    assert search.evaluate(selection) == ["leasing", 0, 1]


def test_an_open_picker_stays_open_during_a_swap(page: Page, office: Office) -> None:
    page.locator("#teammate-summary").click()
    page.get_by_label("Find a teammate by name or email").fill("marc")
    expect(page.locator(".choice", has_text="Marcus Sorensen")).to_be_visible()
    rename(office, "Leasing", "Renting")
    page.locator("#check-form").evaluate("form => form.requestSubmit()")
    expect(row(page, "Leasing")).to_contain_text("Renting")
    expect(page.locator(".choice", has_text="Marcus Sorensen")).to_be_visible()
    expect(page.get_by_label("Find a teammate by name or email")).to_have_value("marc")


def test_an_old_page_syncs_by_itself(browsing: Browsing, office: Office) -> None:
    office.forget()
    page = browsing.page(office.site)
    page.goto("/numbers/")
    expect_total(page, 60)
    expect(page.locator("#freshness")).to_have_attribute("data-freshness", "fresh")


def test_a_failed_check_says_why_and_keeps_the_numbers(page: Page, office: Office) -> None:
    office.quo.fault = "401"
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_text("What you see is the last good copy.")).to_be_visible()
    expect(page.locator("#freshness")).to_contain_text("QUO_API_KEY")
    expect_total(page, 60)
    office.quo.fault = None
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_text("What you see is the last good copy.")).to_be_hidden()


def test_a_numbers_page_syncs_that_number_by_itself_and_by_the_button(browsing: Browsing, office: Office) -> None:
    page = browsing.page(office.site)
    before = len(office.quo.requests)
    with page.expect_response("**/sync/"):
        page.goto(detail_path("Leasing"))
    rename(office, "Leasing", "Renting")
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Renting")
    paths = [request.path for request in office.quo.requests[before:]]
    assert paths == [f"/v1/phone-numbers/{number('Leasing')['id']}"] * 2


def test_the_page_says_when_quo_admin_does_not_answer(browsing: Browsing, page: Page, office: Office) -> None:
    browsing.expects("net::ERR_FAILED", "htmx:sendError")
    page.route("**/sync/", lambda route: route.abort())
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_role("alert")).to_contain_text("Quo Admin does not answer.")
    page.unroute("**/sync/")
    page.get_by_role("button", name="Check now").click()
    expect(page.locator("#trouble")).to_be_hidden()
