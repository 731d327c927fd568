"""Company sign-in in a real browser, with a provider at another origin."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support.accessibility import violations
from tests.support.browsing import PHONE, Browsing
from tests.support.oidc_provider import CLIENT_ID, CLIENT_SECRET, Provider, running
from tests.support.sites import EMAIL, Site, serving


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture(scope="module")
def site(
    project: Path, browser: Browser, provider: Provider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("company")
    settings = {"OIDC_ISSUER": provider.url, "OIDC_CLIENT_ID": CLIENT_ID, "OIDC_CLIENT_SECRET": CLIENT_SECRET}
    with serving(project, folder, **settings, OIDC_NAME="Example Inc.") as (url, password):
        yield Site(url, folder / "data", password, {})


def test_sign_in_leads_to_the_provider_and_back_to_the_requested_page(
    browsing: Browsing, site: Site, provider: Provider
) -> None:
    provider.claims = {"email": EMAIL, "email_verified": True}
    page = browsing.page(site, signed_in=False)
    browsing.expects(f"left the site: GET {provider.url}/authorize")
    page.goto("/numbers/?q=leasing")
    page.get_by_role("button", name="Sign in with Example Inc.").click()

    expect(page).to_have_url(f"{site.url}/numbers/?q=leasing")
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()


def test_a_provider_may_redirect_to_another_provider(
    browsing: Browsing, site: Site, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.claims = {"email": EMAIL, "email_verified": True}
    monkeypatch.setattr(provider, "by_way_of", provider.url.replace("127.0.0.1", "localhost"))
    page = browsing.page(site, signed_in=False)
    browsing.expects(
        f"left the site: GET {provider.url}/authorize", f"left the site: GET {provider.by_way_of}/elsewhere"
    )
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with Example Inc.").click()

    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()


def test_company_sign_in_needs_no_javascript(browsing: Browsing, site: Site, provider: Provider) -> None:
    provider.claims = {"email": EMAIL, "email_verified": True}
    page = browsing.page(site, signed_in=False, javascript=False)
    browsing.expects(f"left the site: GET {provider.url}/authorize")
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with Example Inc.").press("Enter")

    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()


def test_the_page_of_a_refusal_links_back_to_sign_in(browsing: Browsing, site: Site, provider: Provider) -> None:
    provider.claims = {"sub": "nobody", "email": "nobody@example.com", "email_verified": True}
    page = browsing.page(site, signed_in=False)
    browsing.expects(f"left the site: GET {provider.url}/authorize", "status of 403")
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with Example Inc.").click()

    expect(page.get_by_role("heading", name="You have no account in Quo Admin")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="Go to sign-in").click()
    expect(page).to_have_title("Sign in · Quo Admin")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_sign_in_page_is_accessible_and_fits_a_phone(browsing: Browsing, site: Site, scheme: str) -> None:
    page = browsing.page(site, signed_in=False, viewport=PHONE, scheme="dark" if scheme == "dark" else "light")
    page.goto("/accounts/login/")

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
