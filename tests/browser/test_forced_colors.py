"""High contrast, where the system replaces all colors and removes backgrounds, shadows and gradients."""

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.support.pixels import changed_pixels

LIST = "/numbers/?sort=number"

# A page, the element whose shape should be visible, and the style that would remove the shape.
SHAPES = [
    (LIST, '.numbers [data-fact="allowed"] .fact', ".fact::before { background: none }"),
    (LIST, '.numbers [data-fact="restricted"] .fact', ".fact::before { background: none }"),
    (LIST, '.numbers [data-fact="restricted"] .fact', ".fact::before { border-color: transparent }"),
    (LIST, "#teammate-summary", "summary::after { display: none }"),
    (LIST, "#account-menu summary", "summary::after { display: none }"),
    (LIST, ".freshness", ".freshness-mark { visibility: hidden }"),
    (LIST, "#sort-number", "#sort-number::after { content: none }"),
    (LIST, ".site-nav a[aria-current]", ".site-nav a { background: none }"),
    ("/numbers/?kind=local", "#chip-kind", ".chip::after { content: none }"),
    ("/audit/", ".matrix .outlier", ".outlier > .fact { outline: none }"),
    ("/audit/", ".groupings a[aria-current]", ".groupings a { background: none }"),
    ("/", ".matter", ".matter::before { visibility: hidden }"),
    ("/", ".bar", ".bar rect { fill: none }"),
]

# Applies a style. A sheet like this needs no exception in the Content-Security-Policy.
STYLE = """(rules) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules.replaceAll(" }", " !important }"));
  document.adoptedStyleSheets = [sheet];
}"""


@pytest.fixture
def page(page: Page) -> Page:
    page.emulate_media(forced_colors="active")
    return page


def vanishing(page: Page, measuring: Page, element: Locator, style: str) -> int:
    """Return how many pixels of an element change with a style that removes its shape."""
    before = element.screenshot()
    page.evaluate(STYLE, style)
    after = element.screenshot()
    page.evaluate(STYLE, "")
    return changed_pixels(measuring, before, after)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_shape_stays_visible(browser: Browser, page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    measuring = browser.new_page()
    path, unseen = "", []
    for shape in SHAPES:
        if shape[0] != path:
            path = shape[0]
            page.goto(path)
        if vanishing(page, measuring, page.locator(shape[1]).first, shape[2]) < 4:
            unseen.append(shape)
    measuring.close()
    assert unseen == []
