"""Print: each paper size shows everything on the screen, readable."""

from typing import Literal

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.support.browser_pages import BROKEN_NUMBERS, MARCUS
from tests.support.browsing import Browsing
from tests.support.sites import Office, Site

# The printable area of a portrait sheet with margins of 10 mm, in CSS pixels.
A4 = ViewportSize(width=718, height=1046)
LETTER = ViewportSize(width=740, height=980)
SHEETS = pytest.mark.parametrize("sheet", [A4, LETTER], ids=["A4", "Letter"])

# Returns the cells of a table that run off the sheet, or whose content overflows or is clipped. Without a font for a
# family emoji, its people are drawn side by side, which may be too wide.
CUT = """(table) => [...table.querySelectorAll("th, td")].filter((cell) => {
  const box = cell.getBoundingClientRect();
  const size = parseFloat(getComputedStyle(cell).fontSize);
  const isFamily = cell.matches(".symbol-column") && cell.textContent.includes("\\u200d");
  if (isFamily && cell.scrollWidth > 2.5 * size) return false;
  const isClipped = (node) => node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).overflow === "hidden";
  const isOut = (node) => node.getBoundingClientRect().right > box.right + 1 || isClipped(node);
  const inner = [...cell.querySelectorAll("*")].filter((node) => !node.closest(".visually-hidden"));
  return box.right > document.documentElement.clientWidth + 0.5 || inner.some(isOut);
}).map((cell) => cell.outerHTML)"""
WIDTHS = (
    """(table, selector) => [...table.querySelectorAll(selector)].map((cell) => cell.getBoundingClientRect().width)"""
)
# Returns the words of facts that are broken into lines.
BROKEN = """(table) => [...table.querySelectorAll("[data-fact=allowed] .fact, [data-fact=restricted] .fact")]
  .filter((fact) => {
    const range = document.createRange();
    range.selectNodeContents(fact.firstChild);
    return range.getClientRects().length > 1;
  }).map((fact) => fact.textContent)"""
NARROWEST_NAME = 64  # pixels: a dozen letters


def on_paper(page: Page, path: str, sheet: ViewportSize, media: Literal["print", "screen"] = "print") -> Page:
    page.set_viewport_size(sheet)
    page.emulate_media(media=media)
    page.goto(path)
    return page


PRINTED = """() => {
  const time = document.querySelector(".checked > time");
  return [getComputedStyle(time, "::after").content.replaceAll('"', ""), time.title];
}"""


@SHEETS
@pytest.mark.parametrize(
    "path", ["/audit/", "/audit/?by=teammate", "/numbers/", "/teammates/", f"/teammates/{MARCUS}/"]
)
def test_no_part_of_a_table_is_cut_on_a_portrait_sheet(page: Page, path: str, sheet: ViewportSize) -> None:
    on_paper(page, path, sheet)
    tables = page.locator("main table")
    assert tables.count()
    for table in tables.all():
        assert table.evaluate(CUT) == []
        assert table.evaluate(BROKEN) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= sheet["width"]


@SHEETS
@pytest.mark.parametrize("path", ["/audit/", "/numbers/", f"/teammates/{MARCUS}/"])
def test_no_telephone_number_is_broken(page: Page, path: str, sheet: ViewportSize) -> None:
    on_paper(page, path, sheet)
    assert page.locator("main table .number [title]").count()
    assert page.evaluate(BROKEN_NUMBERS) == []


def test_paper_shows_when_quo_was_asked_and_not_how_long_ago(page: Page) -> None:
    on_paper(page, "/numbers/", A4)
    # In one step, because a poll may swap the line.
    printed, asked = page.evaluate(PRINTED)
    assert printed == f"on {asked}"
    expect(page.locator(".checked > .ago")).to_be_hidden()


@SHEETS
@pytest.mark.parametrize("path", ["/audit/", "/audit/?by=teammate", "/numbers/", "/teammates/"])
def test_every_row_shows_its_name_on_a_portrait_sheet(page: Page, path: str, sheet: ViewportSize) -> None:
    on_paper(page, path, sheet)
    names = page.locator("#results table").evaluate(WIDTHS, "tbody th.name")
    assert names
    assert min(names) > NARROWEST_NAME


@SHEETS
def test_all_chosen_columns_fit_a_portrait_sheet(browsing: Browsing, office: Office, sheet: ViewportSize) -> None:
    page = browsing.page(office.site)
    page.goto("/numbers/")
    page.locator("#columns-menu > summary").click()
    for column in ("Group", "Kind", "Country"):
        page.get_by_label(column, exact=True).and_(page.locator("[name=column]")).check()
    page.get_by_role("button", name="Show these").click()
    expect(page.get_by_role("columnheader", name="Country")).to_be_visible()
    on_paper(page, "/numbers/", sheet)
    table = page.locator("#results table")
    assert table.evaluate(CUT) == []
    assert table.evaluate(BROKEN) == []
    assert table.locator("tbody tr").first.locator("> *").count() == 15
    assert min(table.evaluate(WIDTHS, "tbody th.name, .people")) > NARROWEST_NAME - 10


def test_paper_shows_the_page_of_the_list(page: Page) -> None:
    on_paper(page, "/numbers/", A4)
    expect(page.get_by_text("Page 1 of 2: numbers 1 to 50 of 60. The export has all of them.")).to_be_visible()
    expect(page.locator(".pages a").first).to_be_hidden()
    on_paper(page, "/numbers/?page=2", A4)
    expect(page.get_by_text("Page 2 of 2: numbers 51 to 60 of 60.")).to_be_visible()


def test_the_screen_shows_the_page_once(page: Page) -> None:
    on_paper(page, "/numbers/", A4, media="screen")
    expect(page.get_by_text("The export has all of them.")).to_be_hidden()
    expect(page.locator(".pages")).to_contain_text("Page 1 of 2")


def test_a_list_of_one_page_needs_no_page_number(page: Page) -> None:
    on_paper(page, "/numbers/?q=dispatch", A4)
    expect(page.get_by_text("The export has all of them.")).to_have_count(0)


def test_a_printed_audit_has_a_legend(demo: Site, browsing: Browsing) -> None:
    page = on_paper(browsing.page(demo), "/audit/", LETTER)
    expect(page.locator(".matrix thead .on-paper .legend")).to_be_visible()
    page.emulate_media(media="screen")
    expect(page.locator(".matrix thead .on-paper")).to_be_hidden()
