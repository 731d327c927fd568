"""How soon new rows follow a keystroke in the list's search, in a real Chromium."""

import re
from collections.abc import Iterator
from statistics import median

from playwright.sync_api import Browser, Error, Page, sync_playwright

from bench.asking import p95
from bench.office import Server
from bench.table import Line
from tests.support.chromium import NoChromium, launch

GROUP, NAME = "Chromium", "keystroke to rows"
WORDS = ("cedar", "front", "harbo", "leasi", "maint", "quays", "tower", "willo")  # of the sandbox's names

# An open page syncs by itself: not here, where that would be measured too.
SYNC_NOTHING = """document.addEventListener("htmx:confirm", (event) => {
  if (event.target.id === "look") event.preventDefault();
});"""
# From the keystroke, as the browser dates it, until the new rows are in the page and laid out.
ARM = """() => {
  window.swapped = new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("no rows were swapped")), 60000);
    document.getElementById("q").addEventListener("input", (input) => {
      const end = (swap) => {
        if (swap.detail.target?.id !== "results") return;
        document.removeEventListener("htmx:afterSwap", end);
        document.getElementById("results").getBoundingClientRect();
        resolve(performance.now() - input.timeStamp);
      };
      document.addEventListener("htmx:afterSwap", end);
    }, {once: true});
  });
}"""


def measure(server: Server) -> Iterator[Line]:
    """Type the beginnings of names into the list's search. Without a Chromium, the line says so."""
    with sync_playwright() as playwright:
        try:
            browser = launch(playwright)
        except (NoChromium, Error) as none:
            yield Line(GROUP, NAME, note=str(none).splitlines()[0])
            return
        page = _list(browser, server)
        pause = _pause(page)
        milliseconds = [swapped - pause for swapped in _keystrokes(page)]
        browser.close()
    yield Line(GROUP, NAME, {"median ms": median(milliseconds), "p95 ms": p95(milliseconds), "without pause ms": pause})


def _list(browser: Browser, server: Server) -> Page:
    """Open the list as somebody signed in."""
    context = browser.new_context(base_url=server.url, reduced_motion="reduce")
    name, _, value = server.cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": server.url}])
    context.add_init_script(SYNC_NOTHING)
    page = context.new_page()
    page.goto("/numbers/")
    return page


def _pause(page: Page) -> int:
    """Return the milliseconds that the search waits for another letter. They are no cost of the product."""
    found = re.search(r"delay:(\d+)ms from:#q", page.locator("#filters").get_attribute("hx-trigger") or "")
    return int(found[1]) if found else 0


def _keystrokes(page: Page) -> list[float]:
    """Type words letter by letter, each once the rows of the letter before are there."""
    swapped: list[float] = []
    _swap(page, "a")  # the first search of all warms up
    for word in WORDS:
        page.locator("#q").select_text()
        _swap(page, "Backspace")
        swapped += [_swap(page, letter) for letter in word]
    return swapped


def _swap(page: Page, key: str) -> float:
    """Press a key in the search; return the milliseconds until the rows were swapped."""
    page.evaluate(ARM)
    page.locator("#q").press(key)
    return float(page.evaluate("() => window.swapped"))
