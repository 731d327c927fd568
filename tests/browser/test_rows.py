"""Lists that are fetched again change only where they differ, and somebody who is in them stays where they were."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.browser_pages import MARCUS, OF_MARCUS, RECORDS, expect_numbers, row

ROWS = "tr:is([data-number], [data-teammate])"


def swap_again(page: Page) -> None:
    """Have the page fetch its rows again, as after a sync that changed something."""
    page.locator(ROWS).last.evaluate("""(row) => new Promise((resolve) => {
        row.dataset.before = "1";
        document.addEventListener("htmx:afterSettle", (event) => event.target.id === "freshness" || resolve());
        window.htmx.trigger(document.body, "memory-changed");
    })""")
    expect(page.locator("[data-before]")).to_have_count(0)


@pytest.mark.parametrize(
    "path", ["/numbers/", "/teammates/", "/audit/", "/audit/?by=teammate", "/teammates/USoVPRYf69wG/"]
)
def test_all_rows_are_there_again_after_each_swap(page: Page, path: str) -> None:
    page.goto(path)
    before = page.locator(ROWS).all_inner_texts()
    assert len(before) > 2
    swap_again(page)
    swap_again(page)
    assert page.locator(ROWS).all_inner_texts() == before


@pytest.mark.parametrize("which", [0, 1])
def test_a_link_in_a_row_keeps_the_focus_over_a_swap(page: Page, which: int) -> None:
    page.goto("/numbers/")
    link = row(page, "Marcus Sorensen – direct").get_by_role("link").nth(which)
    link.focus()
    swap_again(page)
    expect(link).to_be_focused()


def test_of_a_number_in_several_groups_the_same_row_keeps_the_focus(page: Page) -> None:
    page.goto("/audit/?by=teammate")
    several = page.evaluate("""() => {
        const names = [...document.querySelectorAll("tr[data-number]")].map((row) => row.dataset.number);
        return names.findLastIndex((name, at) => names.indexOf(name) !== at);
    }""")
    link = page.locator("tr[data-number]").nth(several).get_by_role("link")
    link.focus()
    swap_again(page)
    expect(link).to_be_focused()


def test_the_focus_follows_its_row_to_another_place(page: Page) -> None:
    page.goto("/numbers/")
    link = row(page, "Marcus Sorensen – direct").get_by_role("link").first
    page.evaluate("""() => {
        const rows = document.querySelector(".numbers tbody");
        rows.prepend([...rows.rows].find((row) => row.textContent.includes("Marcus Sorensen – direct")));
    }""")
    link.focus()
    swap_again(page)
    expect(link).to_be_focused()
    assert link.evaluate("(link) => link.closest('tr').sectionRowIndex") > 0


def test_no_other_row_takes_the_focus_of_one_that_is_gone(page: Page) -> None:
    page.goto("/numbers/")
    link = page.locator(ROWS).first.get_by_role("link").first
    link.focus()
    link.evaluate("(link) => { link.id = 'row-0'; }")
    swap_again(page)
    assert page.evaluate("() => document.activeElement === document.body")


def test_what_somebody_selected_stays_selected(page: Page) -> None:
    page.goto("/numbers/")
    page.evaluate("() => getSelection().selectAllChildren(document.querySelector('td.number'))")
    selected = page.evaluate("() => getSelection().toString()")
    assert selected
    swap_again(page)
    assert page.evaluate("() => getSelection().toString()") == selected


def results_are_those_of(page: Page, path: str) -> bool:
    """Whether the list is, to the last attribute, the one that a browser gets that asks for its page."""
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


def test_after_any_steps_the_list_is_what_the_server_shows(page: Page) -> None:
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
        assert results_are_those_of(page, path), step


def test_what_was_patched_in_is_instant_too(page: Page) -> None:
    page.goto("/numbers/?q=zebra")
    page.evaluate("window.isStillHere = true")
    page.get_by_label("Search", exact=True).fill("e")
    expect(page.locator("#next-page").or_(page.locator("#sort-number")).first).to_be_visible()
    page.locator("#sort-number").click()
    expect(page).to_have_url("/numbers/?q=e&sort=number")
    page.locator("#sort-number").click()
    expect(page).to_have_url("/numbers/?q=e&sort=-number")
    assert page.evaluate("window.isStillHere")


def test_a_list_that_takes_long_shows_that_it_is_on_its_way(page: Page) -> None:
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


def test_the_focus_elsewhere_is_left_alone(page: Page) -> None:
    page.goto("/numbers/")
    search = page.get_by_label("Search", exact=True)
    search.focus()
    swap_again(page)
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
