"""Every page in every state is accessible at WCAG 2.2 AA and fits a phone's screen."""

import pytest
from playwright.sync_api import Page

from tests.support.accessibility import COLOURS, violations
from tests.support.browsing import PHONE, Browsing
from tests.support.every_page import PLACES, STATES, Place, State
from tests.support.sites import Office, Site

# Returns elements beyond the screen's edges, except those that are clipped or hidden on purpose.
BEYOND = """() => {
  const beyond = [];
  const edge = document.documentElement.clientWidth;
  for (const node of document.body.querySelectorAll("*")) {
    const box = node.getBoundingClientRect();
    if (!box.width || !box.height || (box.right <= edge + 0.5 && box.left >= -0.5)) continue;
    let isCut = false;
    for (let up = node; up !== document.body; up = up.parentElement) {
      const style = getComputedStyle(up);
      isCut ||= style.clipPath !== "none" || style.visibility === "hidden"
        || (up !== node && style.overflowX !== "visible" && up.getBoundingClientRect().right <= edge + 0.5);
    }
    if (!isCut) beyond.push(`${node.localName}.${node.className} ${Math.round(box.left)}..${Math.round(box.right)}`);
  }
  const width = Math.max(document.documentElement.scrollWidth, document.body.scrollWidth);
  return width > edge ? [...beyond, `the page is ${width} wide`] : beyond;
}"""


def assert_accessible_and_fits(page: Page) -> None:
    """Check the page on a desktop, in dark mode (only colours differ), and on a phone."""
    found = [f"desktop: {violation}" for violation in violations(page)]
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {violation}" for violation in violations(page, only=COLOURS)]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)
    found += [f"phone: {violation}" for violation in violations(page)]
    found += [f"phone, too wide: {part}" for part in page.evaluate(BEYOND)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_every_page_is_accessible_and_fits(browsing: Browsing, demo: Site, place: Place) -> None:
    page = browsing.page(demo, signed_in=place.signed_in)
    browsing.expects(*place.complains)
    page.goto(place.path)
    place.then(page)
    assert_accessible_and_fits(page)


@pytest.mark.parametrize("state", STATES, ids=str)
def test_every_state_is_accessible_and_fits(browsing: Browsing, office: Office, state: State) -> None:
    state.arrange(office)
    page = browsing.page(office.site)
    page.goto(state.path)
    state.arrived(page)
    assert_accessible_and_fits(page)
