"""While Quo Admin does not answer, the page says so, and it repeats what failed."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.browsing import Browsing

LISTS = re.compile(r"/(numbers|teammates)/(\?|$)")
SOON = 6000  # milliseconds, longer than the time before a failed request is repeated
FAILURES = ("net::ERR_FAILED", "htmx:sendError")


@pytest.fixture
def page(browsing: Browsing, page: Page) -> Page:
    page.clock.install()
    return page


def go_away(page: Page) -> None:
    """Let no list be answered."""
    page.route(LISTS, lambda route: route.abort())


def come_back(page: Page) -> None:
    page.unroute(LISTS)
    page.clock.run_for(SOON)


def search(page: Page) -> None:
    page.get_by_label("Search", exact=True).fill("direct")
    page.clock.run_for(SOON)


def choose_kind(page: Page) -> None:
    page.locator("#f-kind").select_option("local")


# What somebody asks for, and the address of the list that answers it. Each begins where the one before it ended.
QUESTIONS: tuple[tuple[Callable[[Page], None], str], ...] = (
    (lambda page: page.locator("#next-page").click(), "/numbers/?page=2"),
    (lambda page: page.locator("#sort-number").click(), "/numbers/?sort=number"),
    (search, "/numbers/?q=direct&sort=number"),
    (choose_kind, "/numbers/?q=direct&kind=local&sort=number"),
    (lambda page: page.locator("#chip-q").click(), "/numbers/?kind=local&sort=number"),
    (lambda page: page.locator("[data-list]").first.click(), "/numbers/?user=USD2PTCJO8wv&kind=local&sort=number"),
)


def test_what_failed_is_repeated_and_meanwhile_the_list_says_that_it_is_not_what_was_asked_for(
    browsing: Browsing, page: Page
) -> None:
    browsing.expects(*FAILURES)
    page.goto("/numbers/")
    page.get_by_text("More filters").click()
    for ask, address in QUESTIONS:
        shown, before = page.locator("#results").inner_text(), page.url
        go_away(page)
        ask(page)
        expect(page.locator("#missed")).to_contain_text("This list is not yet what you asked for")
        expect(page.locator("#missed")).to_be_in_viewport()
        expect(page.locator("#trouble")).to_contain_text("Quo Admin does not answer.")
        page.clock.run_for(SOON)
        expect(page.locator("#missed")).to_be_visible()
        assert (page.locator("#results").inner_text(), page.url) == (shown, before)
        come_back(page)
        expect(page).to_have_url(address)
        expect(page.locator("#missed")).to_be_hidden()
        expect(page.locator("#trouble")).to_be_hidden()


def test_a_newer_search_replaces_the_failed_request(browsing: Browsing, page: Page) -> None:
    browsing.expects(*FAILURES)
    held: list[Route] = []
    page.goto("/numbers/")
    go_away(page)
    page.locator("#next-page").click()
    expect(page.locator("#missed")).to_be_visible()
    page.unroute(LISTS)
    page.route("**/numbers/?q=direct**", lambda route: held.append(route))  # noqa: PLW0108 - Playwright rejects built-in functions
    with page.expect_request("**/numbers/?q=direct**"):
        search(page)
    page.clock.run_for(SOON)
    held[0].continue_()
    expect(page).to_have_url("/numbers/?q=direct")
    expect(page.locator("#missed")).to_be_hidden()


def test_any_answer_repeats_what_failed_at_once(browsing: Browsing, page: Page) -> None:
    browsing.expects(*FAILURES)
    page.goto("/numbers/")
    go_away(page)
    page.locator("#next-page").click()
    expect(page.locator("#missed")).to_be_visible()
    page.unroute(LISTS)
    page.get_by_role("button", name="Check now").click()
    expect(page).to_have_url("/numbers/?page=2")


@pytest.mark.parametrize("status", [500, 403])
def test_a_warning_stays_until_what_it_is_about_succeeds(browsing: Browsing, page: Page, status: int) -> None:
    browsing.expects(f"status of {status}", "Response Status Error Code")
    page.goto("/numbers/")
    page.route(LISTS, lambda route: route.fulfill(status=status))
    page.locator("#next-page").click()
    expect(page.locator("#trouble")).to_be_in_viewport()
    with page.expect_response("**/sync/"):
        page.get_by_role("button", name="Check now").click()
    expect(page.locator("#check-now.htmx-request, .htmx-settling")).to_have_count(0)
    expect(page.locator("#trouble")).to_be_visible()
    page.unroute(LISTS)
    page.locator("#next-page").click()
    expect(page.locator("#trouble")).to_be_hidden()


@pytest.mark.parametrize("status", [502, 504, 523])  # 523 is one of Cloudflare's own
def test_a_proxy_without_quo_admin_behind_it_is_like_no_answer(browsing: Browsing, page: Page, status: int) -> None:
    browsing.expects(f"status of {status}", "Response Status Error Code")
    page.goto("/audit/")
    page.route("**/audit/?**", lambda route: route.fulfill(status=status))
    page.locator("#by-kind").click()
    expect(page.locator("#missed")).to_be_visible()
    page.unroute("**/audit/?**")
    page.clock.run_for(SOON)
    expect(page).to_have_url("/audit/?by=kind")


def test_teammates_to_choose_from_are_asked_for_again(browsing: Browsing, page: Page) -> None:
    browsing.expects(*FAILURES)
    page.goto("/numbers/")
    page.locator("#teammate-summary").click()
    expect(page.locator("#teammate-choices .choice").nth(5)).to_be_visible()
    page.route("**/numbers/teammates/**", lambda route: route.abort())
    page.get_by_label("Find a teammate by name or email").fill("marcus")
    page.clock.run_for(1000)
    expect(page.locator("#trouble")).to_be_visible()
    page.unroute("**/numbers/teammates/**")
    page.clock.run_for(SOON)
    expect(page.locator("#teammate-choices .choice")).to_have_count(1)
    expect(page.locator("#trouble")).to_be_hidden()


def test_a_theme_that_could_not_be_saved_is_saved_once_quo_admin_answers(browsing: Browsing, page: Page) -> None:
    browsing.expects(*FAILURES)
    page.goto("/numbers/")
    page.route("**/appearance/", lambda route: route.abort())
    page.locator("#account-menu summary").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("#trouble")).to_be_visible()
    page.unroute("**/appearance/")
    page.clock.run_for(SOON)
    expect(page.locator("#trouble")).to_be_hidden()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_check_that_failed_is_repeated_and_the_warning_goes_with_its_cause(browsing: Browsing, page: Page) -> None:
    browsing.expects(*FAILURES)
    page.goto("/numbers/")
    page.route("**/sync/", lambda route: route.abort())
    page.get_by_role("button", name="Check now").click()
    expect(page.locator("#trouble")).to_be_visible()
    page.unroute("**/sync/")
    with page.expect_response("**/sync/"):
        page.clock.run_for(SOON)
    expect(page.locator("#trouble")).to_be_hidden()


@pytest.mark.parametrize("path", ["/numbers/", "/audit/"])
def test_the_notice_covers_no_heading_of_the_table(browsing: Browsing, page: Page, path: str) -> None:
    browsing.expects(*FAILURES)
    page.goto(path)
    page.route(re.compile(rf"{path}\?"), lambda route: route.abort())
    page.locator("thead a").first.click()
    expect(page.locator("#missed")).to_be_visible()
    page.mouse.wheel(0, 900)
    page.wait_for_function("scrollY > 500")
    notice, heading = page.locator("#missed").bounding_box(), page.locator("thead th").last.bounding_box()
    assert notice
    assert heading
    assert heading["y"] + heading["height"] <= notice["y"]


# Lets every timeout of a request pass a hundred times as fast.
IMPATIENT = """
  const {get, set} = Object.getOwnPropertyDescriptor(XMLHttpRequest.prototype, "timeout");
  Object.defineProperty(XMLHttpRequest.prototype, "timeout", {get, set(value) { set.call(this, value / 100); }});
"""


def test_a_list_that_never_comes_is_asked_for_again(browsing: Browsing, page: Page) -> None:
    browsing.expects("htmx:timeout")
    page.add_init_script(IMPATIENT)
    page.goto("/numbers/")
    page.route(LISTS, lambda _route: None)
    page.locator("#next-page").click()
    expect(page.locator("#missed")).to_be_visible()
    page.unroute(LISTS)
    page.clock.run_for(SOON)
    expect(page).to_have_url("/numbers/?page=2")
    expect(page.locator("#trouble")).to_be_hidden()
