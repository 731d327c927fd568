"""Nothing jumps while a page loads or during a search."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.support.browser_pages import detail_path, expect_total
from tests.support.browsing import DESKTOP, PHONE, Browsing
from tests.support.sites import Office, Site

MAX_SHIFT = 0.05  # Cumulative Layout Shift; up to 0.1 counts as good

# Records each shift with what moved, also right after a key press. The footer may move, because a shorter list moves
# the end of the page. A text that changes in place has not moved.
NOTE_SHIFTS = """
window.shifts = [];
window.noteShifts = (entries) => {
  for (const entry of entries) {
    const stays = ({previousRect, currentRect}) => JSON.stringify(previousRect) === JSON.stringify(currentRect);
    if (entry.sources.every((source) => source.node?.closest?.("footer") || stays(source))) continue;
    window.shifts.push({
      value: entry.value,
      moved: entry.sources.map(({node, previousRect, currentRect}) =>
        `${node?.id || node?.className || node?.nodeName} ${JSON.stringify([previousRect, currentRect])}`),
    });
  }
};
window.shiftObserver = new PerformanceObserver((list) => window.noteShifts(list.getEntries()));
window.shiftObserver.observe({type: "layout-shift", buffered: true});
"""
# After two frames everything painted has been measured.
SHIFTS = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
  window.noteShifts(window.shiftObserver.takeRecords());
  done(window.shifts);
})))"""


def assert_calm(page: Page, *, limit: float = MAX_SHIFT) -> None:
    shifts = page.evaluate(SHIFTS)
    assert sum(shift["value"] for shift in shifts) < limit, shifts


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("path", ["/numbers/", detail_path("Leasing"), "/status/"])
def test_nothing_jumps_while_a_page_loads(browsing: Browsing, demo: Site, path: str, viewport: ViewportSize) -> None:
    page = browsing.page(demo, viewport=viewport)
    page.add_init_script(NOTE_SHIFTS)
    page.goto(path)
    assert_calm(page)


# Returns how many edges of the first row's cells move when all other rows are missing or one is very wide, because on a
# slow connection rows arrive later.
MOVED_BY_ROWS = """table => {
  const places = () => [...table.tBodies[0].rows[0].cells].flatMap((cell) => {
    const {left, right} = cell.getBoundingClientRect();
    return [left, right];
  });
  const whole = places();
  const late = table.tBodies[0].insertRow();
  for (const cell of table.tBodies[0].rows[0].cells) {
    const wide = late.insertCell();
    wide.className = cell.className;
    wide.textContent = "wider than all that stands above ".repeat(9);
  }
  const pushed = places();
  for (const row of [...table.tBodies].flatMap((body) => [...body.rows]).slice(1)) row.remove();
  const alone = places();
  return whole.filter((place, i) => [pushed, alone].some((then) => Math.abs(place - then[i]) > 0.5)).length;
}"""


@pytest.mark.parametrize("width", [1190, 1440, 1920])
@pytest.mark.parametrize("path", ["/numbers/", "/teammates/", "/audit/", "/status/"])
def test_rows_that_arrive_later_move_no_earlier_ones(browsing: Browsing, demo: Site, path: str, width: int) -> None:
    page = browsing.page(demo, viewport={"width": width, "height": 900})
    page.goto(path)
    tables = page.locator("table:is(.numbers, .matrix, .syncs, .settings)")
    assert tables.count() > 0
    assert [table.evaluate(MOVED_BY_ROWS) for table in tables.all()] == [0] * tables.count()


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_nothing_jumps_during_a_search(browsing: Browsing, demo: Site, viewport: ViewportSize) -> None:
    page = browsing.page(demo, viewport=viewport)
    page.add_init_script(NOTE_SHIFTS)
    page.goto("/numbers/")
    page.get_by_label("Search", exact=True).press_sequentially("maintenance dispatch")
    expect_total(page, 3)
    page.get_by_label("Search", exact=True).fill("zebra")
    expect_total(page, 0)
    page.get_by_label("Search", exact=True).fill("")
    expect_total(page, 60)
    assert_calm(page)


def top_of_filters(page: Page) -> int:
    box = page.locator("#filters").bounding_box()
    assert box
    return round(box["y"])


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_a_failed_automatic_check_moves_nothing(browsing: Browsing, office: Office, viewport: ViewportSize) -> None:
    office.grow_old(timedelta(minutes=4))
    office.quo.fault = "401"
    page = browsing.page(office.site, viewport=viewport)
    page.add_init_script(NOTE_SHIFTS)
    with office.quo_takes_its_time() as may_answer:
        page.goto("/numbers/")
        top = top_of_filters(page)
        may_answer.set()
        expect(page.locator("#doubts")).to_contain_text("Check failed")
    assert top_of_filters(page) == top
    assert_calm(page, limit=0.002)  # the words replace the icon beside the age


def test_a_successful_automatic_check_moves_nothing(browsing: Browsing, office: Office) -> None:
    page = browsing.page(office.site)
    page.goto("/numbers/")
    page.wait_for_load_state("networkidle")  # automatic requests have ended
    office.quo.fault = "401"
    page.get_by_role("button", name="Check now").click()
    notice = page.get_by_text("What you see is the last good copy.")
    expect(notice).to_be_visible()
    top = top_of_filters(page)
    office.quo.fault = None
    office.grow_old(timedelta(minutes=4))
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    expect(notice).to_be_hidden()
    assert top_of_filters(page) == top


def test_a_jump_is_detected(browsing: Browsing, demo: Site) -> None:
    page = browsing.page(demo)
    page.add_init_script(NOTE_SHIFTS)
    page.goto("/numbers/")
    page.evaluate("() => document.body.insertAdjacentHTML('afterbegin', '<h1>late news</h1>'.repeat(5))")
    with pytest.raises(AssertionError):
        assert_calm(page)
