"""The headings of long tables stay at the top of the window, and rows pass behind them."""

import pytest
from playwright.sync_api import FloatRect, Page

# Scrolls so that the table's headings stick, with so many pixels of its rows behind them. Returns where they are.
SCROLL = """(table, rows) => {
  scrollTo(0, scrollY + table.tBodies[0].getBoundingClientRect().top - 100 + rows);
  const boxes = [...table.tHead.querySelectorAll("th")].map((heading) => heading.getBoundingClientRect());
  const [x, y] = [Math.min(...boxes.map((box) => box.left)), Math.min(...boxes.map((box) => box.top))];
  const right = Math.max(...boxes.map((box) => box.right)), bottom = Math.max(...boxes.map((box) => box.bottom));
  return {x: x + 2, y: Math.ceil(y) + 2, width: right - x - 4, height: Math.floor(bottom - y) - 4};
}"""


@pytest.mark.parametrize("colors", ["none", "active"])
@pytest.mark.parametrize("path", ["/numbers/", "/teammates/", "/audit/"])
def test_rows_do_not_show_through_the_headings(page: Page, path: str, colors: str) -> None:
    page.emulate_media(forced_colors="active" if colors == "active" else "none")
    page.goto(path)
    page.mouse.move(0, 0)  # no row is highlighted
    table = page.locator("#results table")
    pictures = set()
    for rows in range(60, 120, 7):
        clip: FloatRect = table.evaluate(SCROLL, rows)
        pictures.add(page.screenshot(clip=clip))
    assert len(pictures) == 1
