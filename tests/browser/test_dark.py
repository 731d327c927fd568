"""Dark mode."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser_pages import detail_path
from tests.support.browsing import Browsing
from tests.support.sites import Site

# Returns the lightness of a painted colour, from 0 to 255.
LIGHTNESS = """(element, property) => {
  const brush = document.createElement("canvas").getContext("2d");
  brush.fillStyle = getComputedStyle(element)[property];
  brush.fillRect(0, 0, 1, 1);
  const [red, green, blue] = brush.getImageData(0, 0, 1, 1).data;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}"""


def lightness(page: Page, selector: str, css_property: str) -> float:
    return float(page.locator(selector).first.evaluate(LIGHTNESS, css_property))


@pytest.mark.parametrize("path", ["/numbers/?q=dispatch", detail_path("Leasing"), "/status/", "/accounts/logout/"])
def test_a_page_follows_the_systems_colour_scheme(browsing: Browsing, demo: Site, path: str) -> None:
    page = browsing.page(demo, scheme="dark")
    page.goto(path)
    assert lightness(page, "body", "backgroundColor") < 60
    assert lightness(page, "h1", "color") > 180
    page.emulate_media(color_scheme="light")
    assert lightness(page, "h1", "color") < 80
    assert lightness(page, "body", "backgroundColor") > 200


def test_a_chosen_appearance_applies_at_once_and_is_kept(browsing: Browsing, demo: Site) -> None:
    page = browsing.page(demo)
    page.goto("/numbers/?q=dispatch")
    page.evaluate("window.isStillHere = true")
    page.locator("#account-menu summary").click()
    with page.expect_response("**/appearance/"):
        page.get_by_role("button", name="Dark").click()
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    assert lightness(page, "body", "backgroundColor") < 60
    assert page.evaluate("window.isStillHere")
    page.goto("/status/")
    assert lightness(page, "body", "backgroundColor") < 60
    page.locator("#account-menu summary").click()
    with page.expect_response("**/appearance/"):
        page.get_by_role("button", name="System").click()
    page.reload()
    assert lightness(page, "body", "backgroundColor") > 200


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_allowed_and_restricted_differ_in_lightness(browsing: Browsing, demo: Site, scheme: str) -> None:
    page = browsing.page(demo, scheme="dark" if scheme == "dark" else "light")
    page.goto("/numbers/?q=dispatch")
    expect(page.locator('[data-fact="allowed"] .fact').first).to_be_visible()
    fills = [lightness(page, f'[data-fact="{fact}"] .fact', "backgroundColor") for fact in ("allowed", "restricted")]
    assert abs(fills[0] - fills[1]) > 40, fills
