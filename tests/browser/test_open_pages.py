"""Two tabs of one browser: signing in twice, out and in elsewhere, and sessions that end while somebody types."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser_pages import expect_total
from tests.support.browsing import Browsing
from tests.support.sites import EMAIL, Site

SIGN_IN = "Sign in · Quo Admin"


def fill_in(page: Page, site: Site) -> None:
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out_and_in_elsewhere(page: Page, site: Site) -> None:
    """Sign out and in again in another tab."""
    elsewhere = page.context.new_page()
    elsewhere.goto("/status/")
    elsewhere.locator("#account-menu summary").click()
    elsewhere.get_by_role("button", name="Sign out").click()
    fill_in(elsewhere, site)
    expect(elsewhere.get_by_role("navigation", name="Pages")).to_be_visible()
    elsewhere.close()


@pytest.fixture
def page(browsing: Browsing, demo: Site) -> Page:
    """A page with a session of its own: other tests share the one of the site."""
    page = browsing.page(demo, signed_in=False)
    page.goto("/numbers/")
    fill_in(page, demo)
    expect(page).to_have_url(f"{demo.url}/numbers/")
    return page


def end_session(page: Page) -> None:
    page.context.clear_cookies(name=re.compile("sessionid.*"))


def test_the_second_of_two_sign_in_tabs_continues_to_its_target(browsing: Browsing, demo: Site) -> None:
    first = browsing.page(demo, signed_in=False)
    first.goto("/audit/")
    second = first.context.new_page()
    second.goto("/numbers/?q=leasing")
    fill_in(first, demo)
    expect(first).to_have_url(f"{demo.url}/audit/")

    fill_in(second, demo)

    expect(second).to_have_url(f"{demo.url}/numbers/?q=leasing")


@pytest.mark.parametrize("javascript", [True, False])
def test_an_open_page_works_after_signing_out_and_in_elsewhere(
    browsing: Browsing, demo: Site, javascript: bool
) -> None:
    page = browsing.page(demo, signed_in=False, javascript=javascript)
    page.goto("/numbers/?kind=local")
    fill_in(page, demo)
    page.locator("#saved-menu summary").click()
    page.get_by_label("Save what is shown now as").fill("After a change")
    sign_out_and_in_elsewhere(page, demo)

    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_role("status").filter(has_text="Saved as “After a change”")).to_be_visible()
    page.goto("/saved/")
    page.get_by_role("button", name="Delete After a change").click()


def test_htmx_works_after_signing_out_and_in_elsewhere(page: Page, demo: Site) -> None:
    sign_out_and_in_elsewhere(page, demo)

    with page.expect_response("**/sync/") as answer:
        page.get_by_role("button", name="Check now").click()

    assert answer.value.status == 200


def test_a_search_typed_after_the_session_ended_is_done_after_sign_in(page: Page, demo: Site) -> None:
    end_session(page)
    page.get_by_label("Search", exact=True).fill("leasing office")
    expect(page).to_have_title(SIGN_IN)
    fill_in(page, demo)

    expect(page).to_have_url(f"{demo.url}/numbers/?q=leasing%20office")
    expect(page.get_by_label("Search", exact=True)).to_have_value("leasing office")


def test_a_name_sent_after_the_session_ended_is_back_after_sign_in(page: Page, demo: Site) -> None:
    page.goto("/numbers/?kind=local")
    page.locator("#saved-menu summary").click()
    page.get_by_label("Save what is shown now as").fill("Ours & theirs")
    page.get_by_label("Share with everybody").check()
    end_session(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_title(SIGN_IN)
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()
    fill_in(page, demo)

    expect(page).to_have_url(f"{demo.url}/numbers/?kind=local")
    expect(page.get_by_label("Save what is shown now as")).to_have_value("Ours & theirs")
    expect(page.get_by_label("Save what is shown now as")).to_be_visible()
    expect(page.get_by_label("Share with everybody")).to_be_checked()


def test_a_name_is_back_without_javascript(browsing: Browsing, demo: Site) -> None:
    page = browsing.page(demo, signed_in=False, javascript=False)
    page.goto("/numbers/?kind=local")
    fill_in(page, demo)
    page.locator("#saved-menu summary").click()
    page.get_by_label("Save what is shown now as").fill("Ours & theirs")
    end_session(page)
    page.get_by_role("button", name="Save", exact=True).click()
    fill_in(page, demo)

    expect(page.get_by_label("Name", exact=True)).to_have_value("Ours & theirs")
    page.get_by_role("link", name="Back to the list").click()
    expect(page).to_have_url(f"{demo.url}/numbers/?kind=local")


def test_what_was_typed_when_the_page_itself_found_the_session_ended_is_back(page: Page, demo: Site) -> None:
    page.locator("#saved-menu summary").click()
    page.get_by_label("Save what is shown now as").fill("Half a na")
    end_session(page)
    page.evaluate("htmx.trigger('#look', 'visibilitychange'), document.dispatchEvent(new Event('visibilitychange'))")
    expect(page).to_have_title(SIGN_IN)
    fill_in(page, demo)

    expect(page.get_by_label("Save what is shown now as")).to_have_value("Half a na")


def test_a_search_that_was_not_sent_yet_is_done_after_sign_in(page: Page, demo: Site) -> None:
    page.evaluate("document.getElementById('q').value = 'leasing'")
    end_session(page)
    page.reload()
    fill_in(page, demo)

    expect(page).to_have_url(f"{demo.url}/numbers/?q=leasing")
    expect_total(page, 8)


def test_a_new_account_typed_in_the_administration_is_back_without_its_password(page: Page, demo: Site) -> None:
    page.goto("/admin/accounts/user/add/")
    page.get_by_label("Email address").fill("new@example.com")
    page.get_by_label("Role").select_option("manager")
    page.get_by_label("Password:", exact=True).fill("a long enough secret")
    end_session(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_title(SIGN_IN)
    fill_in(page, demo)

    expect(page.get_by_label("Email address")).to_have_value("new@example.com")
    expect(page.get_by_label("Role")).to_have_value("manager")
    expect(page.get_by_label("Password:", exact=True)).to_have_value("")


def test_what_was_typed_is_not_back_on_a_later_visit(page: Page, demo: Site) -> None:
    page.locator("#saved-menu summary").click()
    page.get_by_label("Save what is shown now as").fill("Never sent")
    page.goto("/status/")
    page.goto("/numbers/")

    expect_total(page, 60)
    expect(page.get_by_label("Save what is shown now as")).to_have_value("")
    assert page.evaluate("sessionStorage.getItem('draft')") is None


def test_a_code_is_not_stored(page: Page, demo: Site) -> None:
    page.goto("/accounts/security/app/add/")
    page.get_by_label("Password").fill(demo.password)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("textbox", name="Code").fill("123456")
    page.evaluate("addEventListener('pagehide', () => { localStorage.stored = sessionStorage.getItem('draft') })")
    page.goto("/status/")

    assert page.evaluate("localStorage.stored") == "null"


def test_nobody_else_gets_what_was_typed(page: Page, demo: Site) -> None:
    page.locator("#saved-menu summary").click()
    page.get_by_label("Save what is shown now as").fill("My own words")
    page.evaluate("document.querySelector('meta[name=account]').content = '12345'")
    end_session(page)
    page.reload()
    fill_in(page, demo)

    expect_total(page, 60)
    expect(page.get_by_label("Save what is shown now as")).to_have_value("")


def test_a_name_that_could_not_be_sent_is_back_with_the_back_button(browsing: Browsing, page: Page) -> None:
    browsing.expects("net::ERR_FAILED")
    page.goto("/numbers/?q=dispatch")
    page.route("**/saved/", lambda route: route.abort())
    page.locator("#saved-menu > summary").click()
    page.locator("#save-name").fill("Dispatch")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("^chrome-error:"))
    page.go_back()
    expect(page.locator("#save-name")).to_have_value("Dispatch")
    expect(page.locator("#save-name")).to_be_visible()
