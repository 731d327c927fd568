"""Signing in, signing out, and an expired session."""

from playwright.sync_api import Page, expect

from tests.support.browsing import Browsing
from tests.support.sites import EMAIL, Site


def fill_in(page: Page, password: str) -> None:
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_sign_in_leads_to_the_requested_page_and_sign_out_hides_it(browsing: Browsing, demo: Site) -> None:
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


def test_a_wrong_password_shows_an_error_and_keeps_the_email(browsing: Browsing, demo: Site) -> None:
    page = browsing.page(demo, signed_in=False)
    page.goto("/accounts/login/")
    fill_in(page, "not the password")
    expect(page.get_by_role("alert").filter(visible=True)).to_contain_text(
        "The email address or the password is wrong."
    )
    expect(page.get_by_label("Email")).to_have_value(EMAIL)
    expect(page.get_by_label("Password")).to_have_value("")
