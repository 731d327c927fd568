"""Measures the time from a keystroke in the list's search to the new rows, in a real Chromium."""

import re
from collections.abc import Iterator
from statistics import median

from playwright.sync_api import Browser, Error, Page, sync_playwright

from bench.client import p95
from bench.office import Server
from bench.table import Line
from tests.support.chromium import NoChromium, launch

GROUP, NAME = "Chromium", "keystroke to rows"
WORDS = ("cedar", "front", "harbo", "leasi", "maint", "quays", "tower", "willo")  # from the sandbox's names

# Stops the open page's automatic syncs, which would be measured too.
SYNC_NOTHING = """document.addEventListener("htmx:confirm", (event) => {
  if (event.target.id === "look") event.preventDefault();
});"""
# Measures from the keystroke's timestamp until the new rows are in the page and laid out.
START_TIMER = """() => {
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
    """Type the beginnings of names into the list's search. Without a Chromium the line says so."""
    with sync_playwright() as playwright:
        try:
            browser = launch(playwright)
        except (NoChromium, Error) as error:
            yield Line(GROUP, NAME, note=str(error).splitlines()[0])
            return
        page = _open_list(browser, server)
        delay = _search_delay(page)
        milliseconds = [total - delay for total in _keystrokes(page)]
        browser.close()
    yield Line(GROUP, NAME, {"median ms": median(milliseconds), "p95 ms": p95(milliseconds), "without pause ms": delay})


def _open_list(browser: Browser, server: Server) -> Page:
    """Open the list as a signed-in user."""
    context = browser.new_context(base_url=server.url, reduced_motion="reduce")
    name, _, value = server.cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": server.url}])
    context.add_init_script(SYNC_NOTHING)
    page = context.new_page()
    page.goto("/numbers/")
    return page


def _search_delay(page: Page) -> int:
    """Return the debounce delay of the search in milliseconds, which does not count as cost."""
    match = re.search(r"delay:(\d+)ms from:#q", page.locator("#filters").get_attribute("hx-trigger") or "")
    return int(match[1]) if match else 0


def _keystrokes(page: Page) -> list[float]:
    """Type words and return the milliseconds for each letter. Wait for the rows of a letter before the next one."""
    milliseconds: list[float] = []
    _press(page, "a")  # warm up
    for word in WORDS:
        page.locator("#q").select_text()
        _press(page, "Backspace")
        milliseconds += [_press(page, letter) for letter in word]
    return milliseconds


def _press(page: Page, key: str) -> float:
    """Press a key in the search and return the milliseconds until the rows were swapped."""
    page.evaluate(START_TIMER)
    page.locator("#q").press(key)
    return float(page.evaluate("() => window.swapped"))
