"""An authenticator app, recovery codes and passkeys in a real browser, with Chromium's virtual authenticator."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.support.accessibility import violations
from tests.support.browsing import PHONE, Browsing
from tests.support.processes import run_python
from tests.support.sites import EMAIL, Site, serving

SECURITY = "/accounts/security/"


@pytest.fixture(scope="module")
def _site(project: Path, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo at a host name, which passkeys need."""
    folder = tmp_path_factory.mktemp("named")
    with serving(project, folder, "localhost") as (url, password):
        yield Site(url, folder / "data", password, {})


@pytest.fixture
def site(project: Path, _site: Site) -> Iterator[Site]:
    """The same demo, reset after each test: no second factors and no counted failures."""
    yield _site
    reset = run_python(project, _site.data.parent, "manage.py", "reset_mfa", EMAIL)
    assert reset.returncode == 0, reset.stderr
    for entry in (_site.data / "cache").glob("*.djcache"):
        entry.unlink(missing_ok=True)


class Authenticator:
    """Chromium's virtual device for passkeys."""

    def __init__(self, page: Page) -> None:
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        made = self._session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self._id = made["authenticatorId"]

    @property
    def passkey_count(self) -> int:
        found = self._session.send("WebAuthn.getCredentials", {"authenticatorId": self._id})
        return len(found["credentials"])

    def set_verified(self, *, verified: bool) -> None:
        values = {"authenticatorId": self._id, "isUserVerified": verified}
        self._session.send("WebAuthn.setUserVerified", values)


def sign_in(page: Page, site: Site) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def confirm(page: Page, site: Site) -> None:
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Go on").click()


def sign_out(page: Page) -> None:
    page.locator("#account-menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_title("Sign in · Quo Admin")


def add_passkey(page: Page, site: Site) -> None:
    """Sign in and add a passkey; end on the page with the recovery codes."""
    sign_in(page, site)
    page.goto(SECURITY)
    page.get_by_role("link", name="Add a passkey").click()
    confirm(page, site)
    page.get_by_label("Name, to tell it from others").fill("Desk <b>&")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()


def expect_home(page: Page) -> None:
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()


def test_a_passkey_signs_in_without_a_password(browsing: Browsing, site: Site) -> None:
    page = browsing.page(site, signed_in=False)
    device = Authenticator(page)
    add_passkey(page, site)
    assert device.passkey_count == 1
    page.goto(SECURITY)
    expect(page.get_by_text("Desk <b>&")).to_be_visible()

    sign_out(page)
    page.goto("/numbers/?q=leasing")
    page.get_by_role("button", name="Sign in with a passkey").press("Enter")

    expect(page).to_have_url(f"{site.url}/numbers/?q=leasing")


def test_a_passkey_is_the_second_step_after_the_password(browsing: Browsing, site: Site) -> None:
    page = browsing.page(site, signed_in=False)
    Authenticator(page)
    add_passkey(page, site)
    sign_out(page)

    sign_in(page, site)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Use a passkey").click()

    expect_home(page)


def test_a_device_without_user_verification_cannot_sign_in(browsing: Browsing, site: Site) -> None:
    page = browsing.page(site, signed_in=False)
    device = Authenticator(page)
    add_passkey(page, site)
    sign_out(page)
    device.set_verified(verified=False)

    page.get_by_role("button", name="Sign in with a passkey").click()

    alert = page.get_by_role("alert").filter(visible=True)
    expect(alert).to_contain_text("The browser was given no passkey")
    expect(alert).to_contain_text(f"A passkey made under another address than {site.url} does not work here.")
    expect(page).to_have_title("Sign in · Quo Admin")


def test_a_passkey_confirms_its_own_removal(browsing: Browsing, site: Site) -> None:
    page = browsing.page(site, signed_in=False)
    Authenticator(page)
    add_passkey(page, site)
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect_home(page)
    page.goto(SECURITY)
    page.get_by_role("link", name="Remove Desk").click()
    page.get_by_role("link", name="Use a passkey").click()
    assert violations(page) == []
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Remove this passkey?")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Remove it").click()

    expect(page.get_by_text("The passkey is removed.")).to_be_visible()
    expect(page.get_by_text("Desk <b>&")).to_have_count(0)


def test_a_device_cannot_add_a_second_passkey(browsing: Browsing, site: Site) -> None:
    page = browsing.page(site, signed_in=False)
    device = Authenticator(page)
    add_passkey(page, site)
    page.goto(f"{SECURITY}passkeys/add/")
    page.get_by_role("button", name="Add the passkey").click()

    expect(page.get_by_role("alert").filter(visible=True)).to_contain_text("This device has a passkey")
    assert device.passkey_count == 1


def test_an_authenticator_app_is_set_up_and_signs_in(browsing: Browsing, site: Site) -> None:
    page = browsing.page(site, signed_in=False)
    sign_in(page, site)
    page.goto(SECURITY)
    page.get_by_role("link", name="Set up an app").click()
    confirm(page, site)
    secret = page.locator("code.key").inner_text().replace(" ", "")
    page.get_by_role("textbox", name="Code").fill(_code(secret, -1))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    code = page.locator(".codes code").first.inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as a text file").click()
    assert code in download.value.path().read_text()

    for entered in (_code(secret), code):
        sign_out(page)
        sign_in(page, site)
        page.get_by_role("textbox", name="Code").fill(entered)
        page.keyboard.press("Enter")
        expect_home(page)


def _code(secret: str, periods: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + periods)))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_security_page_is_accessible_and_fits_a_phone(browsing: Browsing, site: Site, scheme: str) -> None:
    page = browsing.page(site, signed_in=False, viewport=PHONE, scheme="dark" if scheme == "dark" else "light")
    Authenticator(page)
    page.goto("/accounts/login/")
    problems = _problems(page)
    add_passkey(page, site)
    problems += _problems(page)
    for path in ("", "app/add/", "codes/new/", "passkeys/add/"):
        page.goto(f"{SECURITY}{path}")
        problems += _problems(page)
    for path in ("reauthenticate/", "reauthenticate/code/", "reauthenticate/passkey/"):
        page.goto(f"/accounts/{path}")
        problems += _problems(page)
    assert not problems, "\n".join(problems)


def _problems(page: Page) -> list[str]:
    is_wide = page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]
    return [f"{page.url}: {found}" for found in violations(page)] + ([f"{page.url}: too wide"] if is_wide else [])


def test_the_page_says_why_an_ip_address_cannot_have_passkeys(browsing: Browsing, demo: Site) -> None:
    page = browsing.page(demo)
    page.goto(SECURITY)
    expect(page.get_by_text("Passkeys need an address with a name.")).to_be_visible()
    expect(page.get_by_role("link", name="Add a passkey")).to_have_count(0)
    page.goto(f"{SECURITY}passkeys/add/")
    expect(page).to_have_url(f"{demo.url}{SECURITY}")


def test_passkeys_are_not_offered_without_javascript(browsing: Browsing, site: Site) -> None:
    page = browsing.page(site, signed_in=False, javascript=False)
    page.goto("/accounts/login/")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
