"""Signing in and out, and a session that ends meanwhile."""

from playwright.sync_api import Page, expect

from tests.support.browser_pages import expect_total
from tests.support.browsing import Browsing
from tests.support.sites import EMAIL, Site


def fill_in(page: Page, password: str) -> None:
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_whoever_signs_in_comes_to_the_page_they_asked_for_and_whoever_signs_out_sees_no_more(
    browsing: Browsing, demo: Site
) -> None:
    page = browsing.page(demo, signed_in=False)
    page.goto("/numbers/?q=leasing")
    expect(page).to_have_title("Sign in · Quo Admin")
    fill_in(page, demo.password)
    expect(page).to_have_url(f"{demo.url}/numbers/?q=leasing")
    expect(page.get_by_label("Search", exact=True)).to_have_value("leasing")

    page.locator("#account-menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_title("Sign in · Quo Admin")
    page.goto("/numbers/")
    expect(page).to_have_title("Sign in · Quo Admin")


def test_a_wrong_password_is_said_and_the_email_stays(browsing: Browsing, demo: Site) -> None:
    page = browsing.page(demo, signed_in=False)
    page.goto("/accounts/login/")
    fill_in(page, "not the password")
    expect(page.get_by_role("alert").filter(visible=True)).to_contain_text(
        "The email address or the password is wrong."
    )
    expect(page.get_by_label("Email")).to_have_value(EMAIL)
    expect(page.get_by_label("Password")).to_have_value("")


def test_a_session_that_ended_leads_to_sign_in_and_back_to_the_page(browsing: Browsing, demo: Site) -> None:
    page = browsing.page(demo)
    page.goto("/numbers/?q=leasing")
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.get_by_label("Search", exact=True).fill("leasing office")
    expect(page).to_have_title("Sign in · Quo Admin")
    page.context.add_cookies(cookies)  # type: ignore[arg-type]  # signed in again, in another tab
    page.goto(page.url)
    expect(page).to_have_url(f"{demo.url}/numbers/?q=leasing")
    expect_total(page, 8)
