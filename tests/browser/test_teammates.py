"""The list of teammates and a teammate's page."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser_pages import MARCUS, RECORDS, expect_numbers, expect_total, has, number, numbers_that

USERS = {user["id"]: user for record in RECORDS for user in record["users"]}


def test_searching_and_filtering_narrow_the_list(page: Page) -> None:
    page.goto("/teammates/")
    expect_total(page, len(USERS))
    page.get_by_label("Search", exact=True).fill("alasdair")
    expect_total(page, len([user for user in USERS.values() if user["firstName"] == "Alasdair"]))
    page.get_by_label("Search", exact=True).fill("")
    page.get_by_label("Role").select_option("member")
    expect_total(page, len([user for user in USERS.values() if user["role"] == "member"]))
    expect(page).to_have_url("/teammates/?role=member")
    page.get_by_label("Numbers", exact=True).select_option("one")
    with_one = [user for user in USERS.values() if len(numbers_that(has(user["id"]))) == 1 and user["role"] == "member"]
    expect_total(page, len(with_one))
    page.locator("#chip-role").click()
    expect(page).to_have_url("/teammates/?numbers=one")
    page.go_back()
    expect_total(page, len(with_one))


def test_a_teammates_page_lists_and_links_their_numbers(page: Page) -> None:
    page.goto("/teammates/?q=marcus")
    page.get_by_role("link", name="Marcus Sorensen").click()
    expect(page).to_have_url(f"/teammates/{MARCUS}/")
    ids = page.locator(".of-teammate [data-number]").evaluate_all("rows => rows.map(row => row.dataset.number)")
    assert set(ids) == numbers_that(has(MARCUS))
    page.get_by_role("link", name="Show as filtered list").click()
    expect_numbers(page, numbers_that(has(MARCUS)))


@pytest.mark.parametrize("channel", ["calling", "messaging"])
@pytest.mark.parametrize("region", ["US", "CA", "Intl"])
def test_reach_names_the_numbers_that_allow_it(page: Page, channel: str, region: str) -> None:
    page.goto(f"/teammates/{MARCUS}/")
    allowing = [
        record["name"]
        for record in RECORDS
        if has(MARCUS)(record) and record["restrictions"][channel][region] == "unrestricted"
    ]
    line = page.locator(f'[data-reach="{channel}.{region}"]')
    expect(line.locator("[data-cell]")).to_have_attribute("data-fact", "allowed" if allowing else "restricted")
    *named, last = line.get_by_role("link").all_inner_texts() or [""]
    more = re.fullmatch(r"and (\d+) more", last)
    named += [] if more or not last else [last]
    assert set(named) <= set(allowing)
    assert len(named) + int(more[1] if more else 0) == len(allowing)


def test_numbers_that_only_this_teammate_has_are_named(page: Page) -> None:
    page.goto(f"/teammates/{MARCUS}/")
    expect(page.locator(".lone")).to_contain_text("Marcus Sorensen – direct")
    expect(page.locator(".lone")).not_to_contain_text(number("Resident support")["name"])
