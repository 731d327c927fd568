"""The rows of a table are swapped past htmx: what stands in them, and where somebody is in them, stays as it was."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import RECORDS, expect_numbers, row
from tests.browser.test_filters import OF_MARCUS

ROWS = "#results tbody[data-rows] tr"


def swap_anew(page: Page) -> None:
    """Have the page fetch its rows anew, as after a sync that changed something."""
    page.evaluate("""() => {
        document.querySelector("tbody[data-rows]").dataset.before = "1";
        window.htmx.trigger(document.body, "memory-changed");
    }""")
    expect(page.locator("tbody[data-before]")).to_have_count(0)


@pytest.mark.parametrize(
    "path", ["/numbers/", "/teammates/", "/audit/", "/audit/?by=teammate", "/teammates/USoVPRYf69wG/"]
)
def test_all_rows_are_there_again_after_a_swap(page: Page, path: str) -> None:
    page.goto(path)
    before = page.locator("tbody[data-rows] tr").all_inner_texts()
    assert len(before) > 2
    swap_anew(page)
    assert page.locator("tbody[data-rows] tr").all_inner_texts() == before


@pytest.mark.parametrize("which", [0, 1])
def test_a_link_in_a_row_keeps_the_focus_over_a_swap(page: Page, which: int) -> None:
    page.goto("/numbers/")
    link = row(page, "Marcus Sorensen – direct").get_by_role("link").nth(which)
    link.focus()
    swap_anew(page)
    expect(link).to_be_focused()


def test_of_a_number_in_several_groups_the_same_row_keeps_the_focus(page: Page) -> None:
    page.goto("/audit/?by=teammate")
    several = page.evaluate("""() => {
        const names = [...document.querySelectorAll("tr[data-number]")].map((row) => row.dataset.number);
        return names.findLastIndex((name, at) => names.indexOf(name) !== at);
    }""")
    link = page.locator("tr[data-number]").nth(several).get_by_role("link")
    link.focus()
    swap_anew(page)
    expect(link).to_be_focused()


def test_htmx_sees_neither_the_rows_that_go_nor_those_that_come(page: Page) -> None:
    page.goto("/numbers/")
    page.evaluate("""() => {
        window.gone = 0;
        document.addEventListener("htmx:beforeCleanupElement", (event) => {
            if (event.target.closest("tr[data-row]")) window.gone += 1;
        });
        document.addEventListener("htmx:beforeSwap", (event) => { window.answer = event.detail.serverResponse; });
    }""")
    swap_anew(page)
    assert page.evaluate("() => window.gone") == 0
    assert "data-rows" in page.evaluate("() => window.answer")
    assert "data-row=" not in page.evaluate("() => window.answer")


def test_the_focus_elsewhere_is_left_alone(page: Page) -> None:
    page.goto("/numbers/")
    search = page.get_by_label("Search", exact=True)
    search.focus()
    swap_anew(page)
    expect(search).to_be_focused()


def test_a_teammate_in_a_row_opens_in_another_tab_where_somebody_wants_that(page: Page) -> None:
    page.goto("/numbers/")
    link = row(page, "Marcus Sorensen – direct").get_by_role("link", name="Marcus Sorensen", exact=True)
    with page.context.expect_page() as opened:
        link.click(modifiers=["ControlOrMeta"])
    expect_numbers(opened.value, OF_MARCUS)
    expect(page).to_have_url("/numbers/")
    expect(page.locator(ROWS)).to_have_count(min(50, len(RECORDS)))


def test_back_leads_from_a_teammates_numbers_to_all(page: Page) -> None:
    page.goto("/numbers/")
    row(page, "Marcus Sorensen – direct").get_by_role("link", name="Marcus Sorensen", exact=True).click()
    expect_numbers(page, OF_MARCUS)
    page.go_back()
    expect(page.locator(ROWS)).to_have_count(min(50, len(RECORDS)))
