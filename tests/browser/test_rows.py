"""A refreshed list changes only where it differs, and keyboard focus and selection stay."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.browser_pages import MARCUS, OF_MARCUS, RECORDS, expect_numbers, row

ROWS = "tr:is([data-number], [data-teammate])"


def refresh_rows(page: Page) -> None:
    """Make the page fetch its rows again, as after a sync with changes."""
    page.locator(ROWS).last.evaluate("""(row) => new Promise((resolve) => {
        row.dataset.before = "1";
        document.addEventListener("htmx:afterSettle", (event) => event.target.id === "freshness" || resolve());
        window.htmx.trigger(document.body, "memory-changed");
    })""")
    expect(page.locator("[data-before]")).to_have_count(0)


@pytest.mark.parametrize(
    "path", ["/numbers/", "/teammates/", "/audit/", "/audit/?by=teammate", "/teammates/USoVPRYf69wG/"]
)
def test_all_rows_are_present_after_each_swap(page: Page, path: str) -> None:
    page.goto(path)
    before = page.locator(ROWS).all_inner_texts()
    assert len(before) > 2
    refresh_rows(page)
    refresh_rows(page)
    assert page.locator(ROWS).all_inner_texts() == before


@pytest.mark.parametrize("which", [0, 1])
def test_a_link_in_a_row_keeps_the_focus_after_a_swap(page: Page, which: int) -> None:
    page.goto("/numbers/")
    link = row(page, "Marcus Sorensen – direct").get_by_role("link").nth(which)
    link.focus()
    refresh_rows(page)
    expect(link).to_be_focused()


def test_the_same_row_of_a_repeated_number_keeps_the_focus(page: Page) -> None:
    page.goto("/audit/?by=teammate")
    repeated = page.evaluate("""() => {
        const names = [...document.querySelectorAll("tr[data-number]")].map((row) => row.dataset.number);
        return names.findLastIndex((name, at) => names.indexOf(name) !== at);
    }""")
    link = page.locator("tr[data-number]").nth(repeated).get_by_role("link")
    link.focus()
    refresh_rows(page)
    expect(link).to_be_focused()


def test_the_focus_follows_a_row_that_moves(page: Page) -> None:
    page.goto("/numbers/")
    link = row(page, "Marcus Sorensen – direct").get_by_role("link").first
    page.evaluate("""() => {
        const rows = document.querySelector(".numbers tbody");
        rows.prepend([...rows.rows].find((row) => row.textContent.includes("Marcus Sorensen – direct")));
    }""")
    link.focus()
    refresh_rows(page)
    expect(link).to_be_focused()
    assert link.evaluate("(link) => link.closest('tr').sectionRowIndex") > 0


def test_no_other_row_takes_the_focus_of_a_removed_row(page: Page) -> None:
    page.goto("/numbers/")
    link = page.locator(ROWS).first.get_by_role("link").first
    link.focus()
    link.evaluate("(link) => { link.id = 'row-0'; }")
    refresh_rows(page)
    assert page.evaluate("() => document.activeElement === document.body")


def test_selected_text_stays_selected(page: Page) -> None:
    page.goto("/numbers/")
    page.evaluate("() => getSelection().selectAllChildren(document.querySelector('td.number'))")
    selected = page.evaluate("() => getSelection().toString()")
    assert selected
    refresh_rows(page)
    assert page.evaluate("() => getSelection().toString()") == selected


def has_results_of(page: Page, path: str) -> bool:
    """Return whether the list equals, to the last attribute, the list of a freshly loaded page."""
    same: bool = page.evaluate(
        """async (path) => {
            const answer = await fetch(path);
            const fresh = Document.parseHTMLUnsafe(await answer.text()).getElementById("results");
            return document.getElementById("results").isEqualNode(fresh);
        }""",
        path,
    )
    return same


STEPS = [
    *("q=m", "q=ma", "q=mar", "q=marcus", "q=zebra", "q=e&sort=-number", "q=e&sort=-number&page=2", ""),
    *(
        "messaging_us=restricted",
        "messaging_us=restricted&sort=teammates",
        "unassigned=yes",
        f"user={MARCUS}",
        "page=2",
    ),
]


def test_after_many_patches_the_list_equals_the_servers(page: Page) -> None:
    page.goto("/numbers/")
    for step in STEPS:
        path = f"/numbers/?{step}"
        page.evaluate(
            """async (path) => {
            const settled = new Promise((resolve) => {
                document.addEventListener("htmx:afterSettle", resolve, {once: true});
            });
            await window.htmx.ajax("GET", path, {target: "#results", swap: "patch"});
            await settled;
        }""",
            path,
        )
        assert has_results_of(page, path), step


def test_links_in_a_patched_list_work_without_a_page_load(page: Page) -> None:
    page.goto("/numbers/?q=zebra")
    page.evaluate("window.isStillHere = true")
    page.get_by_label("Search", exact=True).fill("e")
    expect(page.locator("#next-page").or_(page.locator("#sort-number")).first).to_be_visible()
    page.locator("#sort-number").click()
    expect(page).to_have_url("/numbers/?q=e&sort=number")
    page.locator("#sort-number").click()
    expect(page).to_have_url("/numbers/?q=e&sort=-number")
    assert page.evaluate("window.isStillHere")


def test_a_slow_list_is_marked_as_busy(page: Page) -> None:
    page.goto("/numbers/")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/numbers/?q=marcus*", hold)
    results = page.locator("#results")
    expect(results).not_to_have_attribute("aria-busy", "true")
    page.get_by_label("Search", exact=True).fill("marcus")
    expect(results).to_have_attribute("aria-busy", "true")
    held[0].continue_()
    expect_numbers(page, OF_MARCUS)
    expect(results).not_to_have_attribute("aria-busy", "true")


def test_focus_outside_the_list_stays(page: Page) -> None:
    page.goto("/numbers/")
    search = page.get_by_label("Search", exact=True)
    search.focus()
    refresh_rows(page)
    expect(search).to_be_focused()


def test_a_teammate_in_a_row_can_be_opened_in_another_tab(page: Page) -> None:
    page.goto("/numbers/")
    link = row(page, "Marcus Sorensen – direct").get_by_role("link", name="Marcus Sorensen", exact=True)
    with page.context.expect_page() as opened:
        link.click(modifiers=["ControlOrMeta"])
    expect_numbers(opened.value, OF_MARCUS)
    expect(page).to_have_url("/numbers/")
    expect(page.locator(ROWS)).to_have_count(min(50, len(RECORDS)))


def test_back_leads_from_a_teammates_numbers_to_all_numbers(page: Page) -> None:
    page.goto("/numbers/")
    row(page, "Marcus Sorensen – direct").get_by_role("link", name="Marcus Sorensen", exact=True).click()
    expect_numbers(page, OF_MARCUS)
    page.go_back()
    expect(page.locator(ROWS)).to_have_count(min(50, len(RECORDS)))
