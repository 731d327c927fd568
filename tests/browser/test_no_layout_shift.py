"""Nothing jumps: neither while a page loads nor while one searches."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.support.browser_pages import detail_path, expect_total
from tests.support.browsing import DESKTOP, PHONE, Browsing
from tests.support.sites import Office, Site

MOST = 0.05  # Cumulative Layout Shift; up to 0.1 is called good

# Each shift with what moved. Those right after a key press count as well: who types is not asking for a jump. The
# footer follows the end of the page, which a shorter list brings up; a text that becomes another stands where it stood.
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
# Two frames later everything that was painted has been measured.
SHIFTS = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
  window.noteShifts(window.shiftObserver.takeRecords());
  done(window.shifts);
})))"""


def assert_calm(page: Page, *, most: float = MOST) -> None:
    shifts = page.evaluate(SHIFTS)
    assert sum(shift["value"] for shift in shifts) < most, shifts


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("path", ["/numbers/", detail_path("Leasing"), "/status/"])
def test_nothing_jumps_while_a_page_loads(browsing: Browsing, demo: Site, path: str, viewport: ViewportSize) -> None:
    page = browsing.page(demo, viewport=viewport)
    page.add_init_script(NOTE_SHIFTS)
    page.goto(path)
    assert_calm(page)


# Where the first row's cells begin and end, with the rows that follow it, with another one that is as wide as can be,
# and without any: on a slow line they come later.
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
def test_rows_that_are_still_on_their_way_move_none_that_are_there(
    browsing: Browsing, demo: Site, path: str, width: int
) -> None:
    page = browsing.page(demo, viewport={"width": width, "height": 900})
    page.goto(path)
    tables = page.locator("table:is(.numbers, .matrix, .syncs, .settings)")
    assert tables.count() > 0
    assert [table.evaluate(MOVED_BY_ROWS) for table in tables.all()] == [0] * tables.count()


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_nothing_jumps_while_one_searches(browsing: Browsing, demo: Site, viewport: ViewportSize) -> None:
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
def test_a_check_of_the_pages_own_that_fails_moves_nothing(
    browsing: Browsing, office: Office, viewport: ViewportSize
) -> None:
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
    assert_calm(page, most=0.002)  # the mark beside the age gives way to the words


def test_what_a_check_of_the_pages_own_settles_moves_nothing(browsing: Browsing, office: Office) -> None:
    page = browsing.page(office.site)
    page.goto("/numbers/")
    page.wait_for_load_state("networkidle")  # whatever the page asks by itself is answered
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


def test_a_jump_is_noticed(browsing: Browsing, demo: Site) -> None:
    page = browsing.page(demo)
    page.add_init_script(NOTE_SHIFTS)
    page.goto("/numbers/")
    page.evaluate("() => document.body.insertAdjacentHTML('afterbegin', '<h1>late news</h1>'.repeat(5))")
    with pytest.raises(AssertionError):
        assert_calm(page)
