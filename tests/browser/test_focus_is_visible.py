"""Keyboard focus is visible on every kind of control: pixels around it change when it gets the focus."""

import pytest
from playwright.sync_api import Browser, FloatRect, Locator, Page, expect

from tests.support.browser_pages import MARCUS, detail_path
from tests.support.browsing import Browsing
from tests.support.every_page import Place
from tests.support.pixels import changed_pixels
from tests.support.sites import Site

# Marks an element of each kind that takes the focus, and returns the kinds with their marks. A kind is the element and
# so many levels around it, with their classes.
MARK_KINDS = """([known, levels]) => {
  const kinds = new Map();
  const words = (element) => [...element.classList].filter((name) => !name.startsWith("htmx-")).join(".");
  for (const element of document.body.querySelectorAll("*")) {
    element.focus({preventScroll: true});
    if (document.activeElement !== element) continue;
    let kind = element.type ?? "";
    for (let up = element, level = 0; up !== document.body && level <= levels; up = up.parentElement, level++)
      kind = `${up.localName}.${words(up)} ${kind}`;
    if (kinds.has(kind) || known.includes(kind)) continue;
    kinds.set(kind, element.dataset.kind = String(kinds.size));
  }
  return [...kinds];
}"""

# Focuses the element. Returns the part of the window around it, and the length of its outline.
FOCUS = """(element) => {
  element.scrollIntoView({block: "start", inline: "nearest"});
  element.focus();
  const {left, top, right, bottom} = element.getBoundingClientRect();
  const [x, y] = [Math.max(0, left - 6), Math.max(0, top - 6)];
  const width = Math.min(innerWidth, right + 6) - x, height = Math.min(innerHeight, bottom + 6) - y;
  return [{x, y, width, height}, 2 * (Math.min(right - left, width) + Math.min(bottom - top, height))];
}"""

LEAST = 1.0  # pixels that change for each pixel of a control's outline: one edge of a ring would be about half


def _open(details: str) -> Place:
    return Place(
        details, "/numbers/?q=dispatch&kind=local", then=lambda page: page.locator(f"{details} > summary").click()
    )


def _open_picker(page: Page) -> None:
    with page.expect_response("**/numbers/teammates/**"):
        page.locator("#teammate-summary").click()
    expect(page.locator("#teammate-choices.htmx-settling")).to_have_count(0)


PLACES = (
    Place("the list", "/numbers/"),
    Place("the picker", f"/numbers/?user={MARCUS}", then=_open_picker),
    _open("#more-filters"),
    _open("#columns-menu"),
    _open("#saved-menu"),
    _open("#account-menu"),
    Place("no saved filters", "/saved/"),
    Place("the keys", "/saved/", then=lambda page: page.keyboard.press("?")),
    Place("the overview", "/"),
    Place("the teammates", "/teammates/?q=a", then=lambda page: page.locator("#more-filters > summary").click()),
    Place("a teammate", f"/teammates/{MARCUS}/"),
    Place("a number", detail_path("Leasing"), then=lambda page: page.locator("#answer > summary").click()),
    Place("the audit", "/audit/?page=2"),
    Place("the status", "/status/"),
    Place("the access log", "/status/access/?q=admin"),
    Place("security", "/accounts/security/"),
    Place("a new password", "/accounts/password/change/"),
    Place("signing in", "/accounts/login/", signed_in=False),
    Place("the administration", "/admin/"),
    Place("the accounts", "/admin/accounts/user/"),
    Place("an account", "/admin/accounts/user/1/change/"),
)


def changed_share(page: Page, measuring: Page, control: Locator) -> float:
    """Return how many pixels change clearly with the focus, for each pixel of the control's outline."""
    around, length = control.evaluate(FOCUS)
    clip: FloatRect = around
    focused = page.screenshot(clip=clip)
    control.evaluate("element => element.blur()")
    return changed_pixels(measuring, page.screenshot(clip=clip), focused) / float(length)


def invisible(page: Page, measuring: Page, known: list[str], levels: int) -> list[str]:
    """Return the kinds of controls whose focus is hard to see, apart from `known` kinds, and add those of this page."""
    kinds = page.evaluate(MARK_KINDS, [known, levels])
    known += [kind for kind, _ in kinds]
    page.keyboard.press("Tab")  # from now on the browser shows the focus, as it does for the keyboard
    unseen = []
    for kind, mark in kinds:
        share = changed_share(page, measuring, page.locator(f'[data-kind="{mark}"]'))
        if share < LEAST:
            unseen.append(f"{page.url}: {kind} ({share:.2f})")
    return unseen


@pytest.mark.parametrize(("mode", "levels"), [("light", 4), ("dark", 1), ("forced colors", 1)])
def test_the_focus_is_visible_on_every_kind_of_control(
    browser: Browser, browsing: Browsing, demo: Site, mode: str, levels: int
) -> None:
    measuring = browser.new_page()
    known: list[str] = []
    unseen = []
    signed_out, signed_in = browsing.page(demo, signed_in=False), browsing.page(demo)
    for page in (signed_out, signed_in):
        if mode == "forced colors":
            page.emulate_media(forced_colors="active")
        else:
            page.emulate_media(color_scheme="dark" if mode == "dark" else "light")
        # A sync by the open page would swap in new elements, without marks.
        page.route("**/sync/", lambda route: route.fulfill(status=204))
    for place in PLACES:
        page = signed_in if place.signed_in else signed_out
        page.goto(place.path)
        place.then(page)
        unseen += invisible(page, measuring, known, levels)
    measuring.close()
    assert len(known) > 60
    assert not unseen, "\n".join(unseen)
