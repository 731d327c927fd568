"""Desktop windows of several widths: words and telephone numbers are not broken into lines."""

import pytest
from playwright.sync_api import Page

from tests.support.browser_pages import BROKEN_NUMBERS, MARCUS

NARROWEST = 1190  # pixels; below it numbers are cards
WIDTHS = pytest.mark.parametrize("width", [NARROWEST, 1380, 1440, 1920])

# Returns the words of headings that are broken into lines.
BROKEN_WORDS = """() => [...document.querySelectorAll("main thead th")].flatMap((heading) => {
  const texts = document.createTreeWalker(heading, NodeFilter.SHOW_TEXT);
  const broken = [];
  while (texts.nextNode()) {
    for (const word of texts.currentNode.data.matchAll(/\\S+/g)) {
      const range = document.createRange();
      range.setStart(texts.currentNode, word.index);
      range.setEnd(texts.currentNode, word.index + word[0].length);
      if (range.getClientRects().length > 1) broken.push(word[0]);
    }
  }
  return broken;
})"""


@WIDTHS
@pytest.mark.parametrize("path", ["/numbers/", "/audit/", "/teammates/", f"/teammates/{MARCUS}/", "/status/"])
def test_no_word_of_a_heading_is_broken(page: Page, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(path)
    assert page.locator("main thead th").count()
    assert page.evaluate(BROKEN_WORDS) == []


@WIDTHS
@pytest.mark.parametrize("path", ["/numbers/", "/audit/", f"/teammates/{MARCUS}/"])
def test_no_telephone_number_is_broken(page: Page, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(path)
    assert page.locator("main table .number [title]").count()
    assert page.evaluate(BROKEN_NUMBERS) == []
