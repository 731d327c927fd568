"""Filtering the list by teammate and other filters, and the URL that contains them."""

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from numbers.sandbox import names
from tests.support.browser_pages import (
    MARCUS,
    OF_MARCUS,
    expect_numbers,
    expect_total,
    named,
    number,
    numbers_that,
    row,
)
from tests.support.browsing import Browsing
from tests.support.sites import Site

DIRECT = len(numbers_that(named("direct")))


@pytest.fixture
def listed(page: Page) -> Page:
    page.goto("/numbers/")
    return page


def choose_marcus(page: Page) -> None:
    page.locator("#teammate-summary").click()
    page.get_by_label("Find a teammate by name or email").fill("marcus")
    page.locator(f'.choice[data-teammate="{MARCUS}"]').click()


def test_a_teammate_can_be_picked_by_part_of_the_name(listed: Page) -> None:
    choose_marcus(listed)
    expect_numbers(listed, OF_MARCUS)
    expect(listed).to_have_url(f"/numbers/?user={MARCUS}")
    expect(listed).to_have_title("Numbers with Marcus Sorensen · Quo Admin")
    expect(listed.locator("#teammate-summary")).to_have_text("Marcus Sorensen")
    expect(listed.locator("#teammate-summary")).to_be_focused()


def test_a_teammate_in_a_row_links_to_their_numbers(listed: Page) -> None:
    row(listed, "Marcus Sorensen – direct").get_by_role("link", name="Marcus Sorensen", exact=True).click()
    expect_numbers(listed, OF_MARCUS)


def test_choosing_everyone_removes_the_teammate(listed: Page) -> None:
    choose_marcus(listed)
    expect_numbers(listed, OF_MARCUS)
    listed.locator("#teammate-summary").click()
    listed.locator(".choice", has_text="Everyone").click()
    expect_total(listed, 60)
    expect(listed).to_have_url("/numbers/")


def test_a_click_elsewhere_closes_the_picker(listed: Page) -> None:
    listed.locator("#teammate-summary").click()
    expect(listed.get_by_label("Find a teammate by name or email")).to_be_focused()
    listed.get_by_role("heading", name="Numbers", level=1).click()
    expect(listed.get_by_label("Find a teammate by name or email")).to_be_hidden()


def test_a_teammate_and_a_search_combine(listed: Page) -> None:
    choose_marcus(listed)
    expect_numbers(listed, OF_MARCUS)
    listed.get_by_label("Search", exact=True).fill("support")
    expect_numbers(listed, OF_MARCUS & numbers_that(named("support")))
    expect(listed).to_have_url(f"/numbers/?q=support&user={MARCUS}")


def field(page: Page, label: str) -> Locator:
    return page.locator("#filter-fields").get_by_label(label, exact=True)


def allows(channel: str, region: str) -> set[str]:
    return numbers_that(lambda record: record["restrictions"][channel][region] == "unrestricted")


TOLL_FREE = numbers_that(lambda record: record["number"][2:5] in names.TOLL_FREE)
OUTSIDE = numbers_that(lambda record: record["forward"] in names.OUTSIDE_NUMBERS)


def test_a_cell_filters_as_soon_as_it_is_chosen(listed: Page) -> None:
    listed.get_by_text("More filters").click()
    field(listed, "Calling Intl").select_option("allowed")
    expect_numbers(listed, allows("calling", "Intl"))
    expect(listed).to_have_url("/numbers/?calling_intl=allowed")
    expect(listed).to_have_title("Numbers where calling abroad is allowed · Quo Admin")
    expect(field(listed, "Calling Intl")).to_be_visible()


@pytest.mark.parametrize(
    ("label", "choice", "ids"),
    [
        ("Kind", "Toll-free", TOLL_FREE),
        ("Group", "7881", numbers_that(lambda record: record["groupId"] == "7881")),
        ("Country", "Canada", numbers_that(lambda record: record["number"][2:5] in {"604", "416"})),
        ("Port", "Not completed", numbers_that(lambda record: record["portingStatus"] not in {None, "completed"})),
        ("Forwarding", "Outside the company", OUTSIDE),
        ("People", "Nobody on it", numbers_that(lambda record: not record["users"])),
    ],
)
def test_other_filters_narrow_the_list(listed: Page, label: str, choice: str, ids: set[str]) -> None:
    listed.get_by_text("More filters").click()
    options = field(listed, label)
    options.select_option(options.locator("option", has_text=choice).get_attribute("value"))
    expect_numbers(listed, ids)


def test_filters_combine_and_chips_remove_them_one_by_one(listed: Page) -> None:
    listed.get_by_text("More filters").click()
    field(listed, "Messaging US").select_option("restricted")
    field(listed, "Kind").select_option("toll-free")
    listed.get_by_label("Search", exact=True).fill("insurance")
    expect(listed).to_have_url("/numbers/?q=insurance&messaging_us=restricted&kind=toll-free")
    expect(listed).to_have_title(
        "Toll-free numbers where messaging the United States is restricted that fit “insurance” · Quo Admin"
    )
    expect_numbers(listed, {number("Insurance claims")["id"]})

    listed.get_by_role("link", name="Remove the filter Search: insurance").click()
    expect_numbers(listed, TOLL_FREE - allows("messaging", "US"))
    expect(listed.get_by_label("Search", exact=True)).to_have_value("")
    listed.get_by_role("link", name="Remove the filter Messaging US: restricted").click()
    expect_numbers(listed, TOLL_FREE)
    expect(field(listed, "Messaging US")).to_have_value("")
    listed.locator("#show-all").click()
    expect_total(listed, 60)
    expect(field(listed, "Kind")).to_have_value("")
    expect(listed.get_by_role("list", name="Active filters")).to_be_hidden()
    expect(listed).to_have_url("/numbers/")


def test_choosing_a_filter_includes_text_that_was_not_sent_yet(listed: Page) -> None:
    listed.get_by_text("More filters").click()
    listed.get_by_label("Search", exact=True).fill("insurance")
    field(listed, "Messaging US").select_option("restricted")
    expect(listed).to_have_url("/numbers/?q=insurance&messaging_us=restricted")


def test_choosing_a_teammate_survives_late_choices(listed: Page) -> None:
    listed.locator("#teammate-summary").click()
    who = listed.get_by_label("Find a teammate by name or email")
    who.fill("marcus")
    choice = listed.locator(f'.choice[data-teammate="{MARCUS}"]')
    expect(choice).to_be_visible()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    listed.route("**/numbers/teammates/**", hold)
    listed.route("**/numbers/?user=**", hold)
    with listed.expect_request("**/numbers/teammates/**"):
        who.press_sequentially(" ")
    with listed.expect_request("**/numbers/?user=**"):
        choice.click()
    for route in held:
        route.continue_()
    expect_numbers(listed, OF_MARCUS)
    expect(listed.locator("#teammate-summary")).to_have_text("Marcus Sorensen")


def test_back_and_forward_restore_earlier_lists(listed: Page) -> None:
    listed.get_by_label("Search", exact=True).fill("direct")
    expect_total(listed, DIRECT)
    choose_marcus(listed)
    expect_total(listed, 1)
    listed.go_back()
    expect_total(listed, DIRECT)
    expect(listed.get_by_label("Search", exact=True)).to_have_value("direct")
    expect(listed.locator("#teammate-summary")).to_have_text("Everyone")
    listed.go_back()
    expect_total(listed, 60)
    expect(listed.get_by_label("Search", exact=True)).to_have_value("")
    listed.go_forward()
    expect_total(listed, DIRECT)
    listed.go_forward()
    expect_total(listed, 1)
    expect(listed.locator("#teammate-summary")).to_have_text("Marcus Sorensen")


def test_a_url_shows_the_same_list_to_others(listed: Page, browsing: Browsing, demo: Site) -> None:
    choose_marcus(listed)
    listed.get_by_label("Search", exact=True).fill("support")
    expect(listed).to_have_url(f"/numbers/?q=support&user={MARCUS}")
    theirs = browsing.page(demo)
    theirs.goto(listed.url)
    assert theirs.locator("#results").inner_text() == listed.locator("#results").inner_text()
    expect(theirs.get_by_label("Search", exact=True)).to_have_value("support")
    expect(theirs.locator("#teammate-summary")).to_have_text("Marcus Sorensen")


def test_invalid_parameters_are_named_in_sentences(page: Page) -> None:
    page.goto("/numbers/?sort=colour&user=bob")
    expect_total(page, 60)
    expect(page.locator("#results .notice")).to_have_count(2)
