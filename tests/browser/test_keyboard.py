"""Everything works by keyboard."""

import re

from playwright.sync_api import Locator, Page, Route, expect

from tests.support.browser_pages import MARCUS, expect_numbers, expect_total, has, named, number, numbers_that
from tests.support.browsing import PHONE, Browsing
from tests.support.sites import EMAIL, Site

# Returns the focused element in words, and whether its focus is visible: drawn, large enough, inside the window.
FOCUS = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  at.getAnimations().forEach((animation) => animation.finish());
  const style = getComputedStyle(at), box = at.getBoundingClientRect();
  const isDrawn = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
  const isInside = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
  let isClipped = false;
  for (let up = at; up; up = up.parentElement) isClipped ||= getComputedStyle(up).clipPath !== "none";
  const isLarge = box.width >= 8 && box.height >= 8;
  const what = at.id || at.getAttribute("aria-label") || at.textContent.trim().slice(0, 30);
  return {what: `${at.localName} ${what}`, isSeen: isDrawn && isInside && !isClipped && isLarge};
}"""


def walk(page: Page, steps: int) -> list[str]:
    """Press Tab up to `steps` times, until the focus leaves the page; return elements without visible focus."""
    unseen = []
    for _ in range(steps):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus is None:
            break
        if not focus["isSeen"]:
            unseen.append(focus["what"])
    return unseen


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until this element has the focus."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.locator(selector).evaluate("wanted => wanted === document.activeElement"):
            return
    raise AssertionError(f"Tab never reaches {selector}")


def test_from_sign_in_to_a_teammates_number_and_back(browsing: Browsing, demo: Site) -> None:
    page = browsing.page(demo, signed_in=False)
    keys = page.keyboard
    page.goto("/numbers/")
    expect(page.get_by_label("Email")).to_be_focused()
    keys.type(EMAIL)
    keys.press("Tab")
    keys.type(demo.password)
    keys.press("Enter")

    tab_to_search(page)
    keys.type("support")
    expect_total(page, len(numbers_that(named("support"))) + 1)  # one forwards to it
    tab_to(page, "#teammate-summary")
    keys.press("Enter")
    expect(page.get_by_label("Find a teammate by name or email")).to_be_focused()
    keys.type("marcus")
    expect(page.locator(".choice")).to_have_count(1)
    keys.press("Tab")
    keys.press("Enter")
    expect_numbers(page, numbers_that(has(MARCUS)) & numbers_that(named("support")))
    expect(page.locator("#teammate-summary")).to_be_focused()

    tab_to(page, f'[data-number="{number("Resident support")["id"]}"] .name a')
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Resident support")
    page.go_back()
    expect_numbers(page, numbers_that(has(MARCUS)) & numbers_that(named("support")))


def tab_to_search(page: Page) -> None:
    expect(page.get_by_label("Search", exact=True)).to_be_visible()
    tab_to(page, "#q")


def test_the_first_tab_stop_is_the_skip_link(page: Page) -> None:
    page.goto("/numbers/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_escape_closes_the_picker_and_restores_the_focus(page: Page) -> None:
    page.goto("/numbers/")
    tab_to(page, "#teammate-summary")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Find a teammate by name or email")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Find a teammate by name or email")).to_be_hidden()
    expect(page.locator("#teammate-summary")).to_be_focused()


def open_picker(page: Page) -> Locator:
    """Open the teammate picker by keyboard; return its text field."""
    tab_to(page, "#teammate-summary")
    page.keyboard.press("Enter")
    field = page.get_by_label("Find a teammate by name or email")
    expect(field).to_be_focused()
    return field


def test_enter_right_after_typing_chooses_the_only_teammate_found(page: Page) -> None:
    page.goto("/numbers/")
    open_picker(page)
    page.keyboard.type("marcus")
    page.keyboard.press("Enter")
    expect_numbers(page, numbers_that(has(MARCUS)))
    expect(page.locator("#teammate-summary")).to_be_focused()
    expect(page.locator("#teammate-summary")).to_have_text("Marcus Sorensen")


def test_arrow_keys_move_among_found_teammates_and_enter_chooses_one(page: Page) -> None:
    page.goto("/numbers/")
    field = open_picker(page)
    page.keyboard.type("ma")
    choices = page.locator("#teammate-choices .choice")
    page.keyboard.press("ArrowDown")
    expect(choices.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(choices.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(field).to_be_focused()
    expect(field).to_have_value("ma")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    user_id = str(choices.nth(1).get_attribute("data-teammate"))
    page.keyboard.press("Enter")
    expect_numbers(page, numbers_that(has(user_id)))
    expect(page.locator("#teammate-summary")).to_be_focused()


WHO = re.compile(r"/numbers/teammates/\?.*who=ma")
# Makes the response to an empty field settle slowly, and marks when it has settled.
SETTLING = """() => {
  window.htmx.config.defaultSettleDelay = 500;
  document.addEventListener("htmx:afterSettle", () => { document.body.dataset.settled = "yes"; });
}"""


def test_a_key_waits_for_the_response_to_the_latest_text(page: Page) -> None:
    answers: list[Route] = []
    page.route(WHO, lambda route: answers.append(route))  # noqa: PLW0108 - Playwright rejects built-in functions
    page.goto("/numbers/")
    page.evaluate(SETTLING)
    open_picker(page)
    choices = page.locator("#teammate-choices .choice")
    expect(choices).not_to_have_count(0)
    with page.expect_request(WHO):
        page.keyboard.type("ma")
        page.keyboard.press("ArrowDown")
    expect(page.locator("body")).to_have_attribute("data-settled", "yes")
    answers[0].continue_()
    expect(choices.nth(0)).to_be_focused()


def test_with_several_matches_enter_only_focuses_the_first(page: Page) -> None:
    page.goto("/numbers/")
    open_picker(page)
    page.keyboard.type("ma")
    page.keyboard.press("Enter")
    expect(page.locator("#teammate-choices .choice").nth(0)).to_be_focused()
    expect(page).to_have_url("/numbers/")


def test_escape_closes_the_picker_from_its_choices(page: Page) -> None:
    page.goto("/numbers/")
    open_picker(page)
    page.keyboard.press("ArrowDown")
    expect(page.locator("#teammate-choices .choice").nth(0)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#teammate-summary")).to_be_focused()
    expect(page.get_by_label("Find a teammate by name or email")).to_be_hidden()


def test_the_next_page_is_announced_and_the_focus_moves_to_the_count(page: Page) -> None:
    page.goto("/numbers/")
    tab_to(page, "#next-page")
    page.keyboard.press("Enter")
    expect(page.locator("#announce")).to_have_text("60 numbers, page 2 of 2.")
    expect(page.locator("#count")).to_be_focused()
    expect(page.locator("#count")).to_be_in_viewport()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#results .name a").first).to_be_focused()


def test_the_focus_is_always_visible_on_a_desktop(page: Page) -> None:
    for path in ("/numbers/?q=dispatch", f"/numbers/{number('Leasing')['id']}/", "/status/"):
        page.goto(path)
        assert walk(page, 80) == [], path


def test_the_focus_is_always_visible_on_a_phone(browsing: Browsing, demo: Site) -> None:
    page = browsing.page(demo, viewport=PHONE)
    for path in ("/numbers/?q=dispatch", f"/numbers/{number('Leasing')['id']}/", "/status/"):
        page.goto(path)
        assert walk(page, 80) == [], path


def test_slash_focuses_the_search_and_escape_leaves_it(page: Page) -> None:
    page.goto("/numbers/?q=dispatch")
    search = page.get_by_label("Search", exact=True)
    page.keyboard.press("/")
    expect(search).to_be_focused()
    page.keyboard.type("leasing/")
    expect(search).to_have_value("leasing/")
    page.keyboard.press("Escape")
    expect(search).not_to_be_focused()
    expect(search).to_have_value("leasing/")


def test_escape_keeps_the_search_text_and_its_results(page: Page) -> None:
    page.goto("/numbers/?kind=local&q=dispatch")
    total = str(page.locator("#results").get_attribute("data-total"))
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    expect(page.get_by_label("Search", exact=True)).not_to_be_focused()
    page.wait_for_timeout(400)  # longer than the search's debounce delay
    expect(page.get_by_label("Search", exact=True)).to_have_value("dispatch")
    expect(page).to_have_url("/numbers/?kind=local&q=dispatch")
    expect_total(page, int(total))


def test_arrow_keys_move_through_rows_enter_opens_and_escape_returns(page: Page) -> None:
    page.goto("/numbers/?q=dispatch")
    rows = page.locator("#results .name a")
    page.keyboard.press("/")
    page.keyboard.press("ArrowDown")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("Search", exact=True)).to_be_focused()
    page.keyboard.press("ArrowDown")
    name = rows.nth(0).inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.wait_for_load_state()
    page.keyboard.press("Escape")
    expect(page).to_have_url("/numbers/?q=dispatch")


def test_a_question_mark_shows_the_keys_and_escape_hides_them(page: Page) -> None:
    page.goto("/numbers/")
    keys = page.get_by_role("dialog", name="Keys")
    page.keyboard.press("?")
    expect(keys).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()


def test_single_keys_can_be_turned_off(page: Page) -> None:
    page.goto("/numbers/")
    page.keyboard.press("?")
    page.get_by_label("as keys on this computer").uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("?")
    page.keyboard.press("/")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    expect(page.get_by_label("Search", exact=True)).not_to_be_focused()
    page.reload()
    page.keyboard.press("/")
    expect(page.get_by_label("Search", exact=True)).not_to_be_focused()
    page.get_by_role("button", name="Keys").click()
    page.get_by_label("as keys on this computer").check()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("/")
    expect(page.get_by_label("Search", exact=True)).to_be_focused()


def test_a_sorted_list_keeps_the_focus_on_its_heading(page: Page) -> None:
    page.goto("/numbers/?q=dispatch")
    tab_to(page, "#sort-number")
    page.keyboard.press("Enter")
    expect(page).to_have_url("/numbers/?q=dispatch&sort=number")
    expect(page.locator("#sort-number")).to_be_focused()
