"""What somebody sees, in a real Chromium: how soon rows follow a keystroke, and how soon the list is painted."""

import re
from collections.abc import Iterator
from itertools import islice

from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from bench.asking import Times
from bench.lines import Line, figures
from bench.office import Server
from bench.workspaces import from_the_middle
from numbers.sandbox.workspace import Workspace
from tests.support.chromium import NoChromium, launch

GROUP = "in Chromium"
KEYSTROKES = 20
PAINTS = 10
SWAPPED = 100  # milliseconds, p95

# A page asks Quo by itself: not here, where a sync would be measured, too. Playwright's routes would end all caching.
ASK_NOTHING = """document.addEventListener("htmx:confirm", (event) => {
  if (event.target.id === "look") event.preventDefault();
});"""
# From the keystroke, as the browser dates it, until the new rows are in the page and have their places.
ARM = """() => {
  window.swapped = new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("no rows were swapped")), 60000);
    document.getElementById("q").addEventListener("input", (event) => {
      const isRows = (event) => event.detail.target?.id === "results";
      const end = (swap) => {
        if (!isRows(swap)) return;
        document.removeEventListener("htmx:afterSwap", end);
        document.getElementById("results").getBoundingClientRect();
        resolve(performance.now() - event.timeStamp);
      };
      document.addEventListener("htmx:afterSwap", end);
    }, {once: true});
  });
}"""
PAINTED = """() => new Promise((resolve) => {
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (entry.name === "first-contentful-paint") resolve(entry.startTime);
  }).observe({type: "paint", buffered: true});
})"""


def measure(server: Server, workspace: Workspace) -> Iterator[Line]:
    """Type into the list and open it anew. Where there is no Chromium, the lines say so."""
    with sync_playwright() as playwright:
        try:
            browser = launch(playwright)
        except (NoChromium, Error) as none:
            note = f"not measured: {str(none).splitlines()[0]}"
            yield Line(GROUP, "keystroke to swapped rows", counts="p95 ms", bar=SWAPPED, note=note)
            yield Line(GROUP, "first paint of the list", counts="median ms", note=note)
            return
        yield _keystrokes(_opened(browser, server), workspace)
        yield _paints("first paint, nothing cached", [_opened(browser, server) for _ in range(PAINTS)])
        yield _paints("first paint of the list", [_opened(browser, server)] * PAINTS)
        browser.close()


def _opened(browser: Browser, server: Server) -> BrowserContext:
    """Give a browser with nothing cached, of somebody signed in, whose pages do not ask Quo by themselves meanwhile."""
    context = browser.new_context(base_url=server.url, reduced_motion="reduce")
    name, _, value = server.cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": server.url}])
    context.add_init_script(ASK_NOTHING)
    return context


def _keystrokes(context: BrowserContext, workspace: Workspace) -> Line:
    """Type the beginnings of names, letter by letter, each once the rows of the one before are there.

    The pause by which the page waits for the next letter, which its own `hx-trigger` names, is taken off.
    """
    page = context.new_page()
    page.goto("/numbers/")
    pause = _pause(page)
    times = Times()
    _swap(page, "a")  # the first search of all warms up
    for word in _words(workspace):
        _clear(page)
        times.seconds += [(_swap(page, letter) - pause) / 1000 for letter in word]
        if len(times.seconds) >= KEYSTROKES:
            break
    page.close()
    found = figures(median_ms=times.median * 1000, p95_ms=times.p95 * 1000, pause_ms=pause)
    return Line(GROUP, "keystroke to swapped rows", found, "p95 ms", SWAPPED)


def _pause(page: Page) -> int:
    """Return the milliseconds that the search waits for another letter."""
    found = re.search(r"delay:(\d+)ms from:#q", page.locator("#filters").get_attribute("hx-trigger") or "")
    return int(found[1]) if found else 0


def _words(workspace: Workspace) -> Iterator[str]:
    names = (re.findall(r"[A-Za-z]{5,}", record["name"]) for record in from_the_middle(workspace))
    return islice((words[0][:5].lower() for words in names if words), KEYSTROKES)


def _swap(page: Page, letter: str) -> float:
    """Press a key in the search; return the milliseconds until the rows were swapped."""
    page.evaluate(ARM)
    page.locator("#q").press(letter)
    return float(page.evaluate("() => window.swapped"))


def _clear(page: Page) -> None:
    page.locator("#q").select_text()
    _swap(page, "Backspace")


def _paints(name: str, contexts: list[BrowserContext]) -> Line:
    times = Times()
    for context in contexts:
        page = context.new_page()
        page.goto("/numbers/")
        times.seconds.append(float(page.evaluate(PAINTED)) / 1000)
        page.close()
    found = figures(median_ms=times.median * 1000, p95_ms=times.p95 * 1000)
    return Line(GROUP, name, found, "median ms")
