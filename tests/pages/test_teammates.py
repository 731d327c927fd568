"""The list of teammates."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from numbers.memory.version import memory_version
from numbers.pages import teammates
from numbers.quo.errors import from_answer
from tests.support.pages import (
    HTMX,
    PageClient,
    attribute,
    find_one,
    notices_of,
    parse_page,
    sync_all,
    sync_failure,
    text_of,
    texts,
    total_of,
)
from tests.support.quo_answers import number, user
from tests.support.teammates import PEOPLE, people_on

SITE = "http://testserver/teammates/"


def many(count: int, numbers: int = 1) -> None:
    """Remember `count` teammates with two different names, each on `numbers` numbers."""
    people = [user(f"US{place:04}", firstName=f"Ann {place % 2}") for place in range(count)]
    sync_all(*[number(f"PN{place}", users=people) for place in range(numbers)])


@pytest.fixture
def three(manager: PageClient) -> PageClient:
    ann = user("US1", firstName="Ann", lastName="Lee", email="ann@example.com", role="owner")
    bo = user("US2", firstName="Bö", lastName=None, email="b@example.net", role="member")
    cy = user("US3", firstName=None, lastName=None, email="cy@example.com", role="admin")
    sync_all(number("PN1", users=[ann, bo]), number("PN2", users=[ann]), number("PN3", users=[cy]))
    sync_all(number("PN1", users=[ann, bo]), number("PN2", users=[ann]), number("PN3", users=[]))
    return manager


def test_a_row_shows_the_teammate_and_their_count_of_numbers(three: PageClient) -> None:
    row = find_one(parse_page(three.get(PEOPLE)), '[data-teammate="US1"]')

    assert attribute(find_one(row, ".name a"), "href") == "/teammates/US1/"
    assert text_of(find_one(row, ".name")) == "Ann Lee"
    assert text_of(find_one(row, ".email")) == "ann@example.com"
    assert text_of(find_one(row, ".role")) == "owner"
    assert text_of(find_one(row, ".count")) == "2 numbers"
    assert attribute(find_one(row, ".count a"), "href") == "/numbers/?user=US1"


def test_a_teammate_without_a_name_is_shown_by_email_once(three: PageClient) -> None:
    row = find_one(parse_page(three.get(PEOPLE)), '[data-teammate="US3"]')

    assert text_of(find_one(row, ".name")) == "cy@example.com"
    assert text_of(find_one(row, ".email")) == ""


def test_a_former_teammate_is_listed_with_zero_numbers(three: PageClient) -> None:
    row = find_one(parse_page(three.get(PEOPLE)), '[data-teammate="US3"]')

    assert text_of(find_one(row, ".count")) == "0 numbers"
    assert not row.css(".count a")
    assert text_of(find_one(row, ".no-reach")) == "named on no number, so no reach is known"
    assert not row.css("[data-cell]")


def test_the_page_says_that_users_never_on_a_number_are_missing(three: PageClient) -> None:
    assert "somebody who was never on one is not listed here" in text_of(
        find_one(parse_page(three.get(PEOPLE)), ".list-note")
    )


def test_a_row_shows_the_reach_in_words(manager: PageClient) -> None:
    closed = {"calling": {"US": "restricted"}, "messaging": {"US": "restricted", "CA": "restricted"}}
    opened = {"calling": {"US": "unrestricted"}, "messaging": {"US": "restricted", "CA": "?"}}
    sync_all(number("PN1", restrictions=closed), number("PN2", restrictions=opened))

    row = find_one(parse_page(manager.get(PEOPLE)), '[data-teammate="US1"]')

    facts = {attribute(cell, "data-cell"): attribute(cell, "data-fact") for cell in row.css("[data-cell]")}
    assert facts == {
        "calling.US": "allowed",
        "calling.CA": "unknown",
        "calling.Intl": "unknown",
        "messaging.US": "restricted",
        "messaging.CA": "unknown",
        "messaging.Intl": "unknown",
    }
    assert attribute(find_one(row, '[data-cell="calling.US"]'), "aria-label") == "Calling, United States: allowed"


def test_a_gone_number_gives_no_reach(manager: PageClient) -> None:
    sync_all(number("PN1"), number("PN2", users=[]))
    sync_all(number("PN2", users=[]))

    row = find_one(parse_page(manager.get(PEOPLE)), '[data-teammate="US1"]')

    assert text_of(find_one(row, ".count")) == "0 numbers"
    assert not row.css("[data-cell]")


def test_a_row_shows_the_current_state(manager: PageClient) -> None:
    sync_all(number("PN1", users=[user("US1", firstName="Before")]))
    sync_all(number("PN1", users=[user("US1", firstName="After", role="admin")]))

    page = parse_page(manager.get(PEOPLE))

    assert texts(page.css("#results .name")) == ["After"]
    assert texts(page.css("#results .role")) == ["admin"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "3 teammates"),
        ("role=owner", "1 teammate · Owners"),
        ("numbers=one&q=b", "1 teammate · Teammates named on one number who fit “b”"),
        ("sort=-name", "3 teammates"),
    ],
)
def test_the_count_is_shown_with_the_filters_in_words(three: PageClient, query: str, expected: str) -> None:
    page = parse_page(three.get(f"{PEOPLE}?{query}"))

    assert text_of(find_one(page, ".sentence")) == expected
    assert total_of(page) == int(expected.split(maxsplit=1)[0])


def test_the_sentence_is_the_pages_title(three: PageClient) -> None:
    page = parse_page(three.get(PEOPLE, {"role": "admin", "numbers": "none", "q": "cy"}))

    assert text_of(find_one(page, "title")) == "Admins named on no number who fit “cy” · Quo Admin"
    assert text_of(find_one(page, "h1")) == "Teammates"


def test_each_filter_has_a_chip_that_removes_it(three: PageClient) -> None:
    page = parse_page(three.get(PEOPLE, {"q": "cy", "role": "admin", "numbers": "none", "sort": "-name", "page": "1"}))

    chips = {text_of(chip): chip for chip in page.css(".chip")}
    assert list(chips) == ["Search: cy", "Role: admin", "Named on no number"]
    without = parse_qs(urlsplit(attribute(chips["Role: admin"], "href")).query)
    assert without == {"q": ["cy"], "numbers": ["none"], "sort": ["-name"]}
    assert attribute(chips["Role: admin"], "aria-label") == "Remove the filter Role: admin"


def test_without_filters_there_are_no_chips(three: PageClient) -> None:
    assert not parse_page(three.get(PEOPLE, {"sort": "-name"})).css(".chips")


def test_one_link_clears_all_filters(three: PageClient) -> None:
    link = find_one(parse_page(three.get(PEOPLE, {"q": "cy", "role": "admin"})), "#show-all")

    assert text_of(link) == "Show every teammate"
    assert attribute(link, "href") == PEOPLE


def test_an_empty_result_says_so_and_links_to_everybody(three: PageClient) -> None:
    page = parse_page(three.get(PEOPLE, {"q": "zebra", "role": "owner"}))

    empty = find_one(page, "#results .empty")
    assert text_of(find_one(empty, "h2")) == "No teammate fits"
    assert "What was asked for: Owners who fit “zebra”." in text_of(empty)
    assert attribute(find_one(empty, "a"), "href") == PEOPLE
    assert total_of(page) == 0


def test_before_the_first_sync_the_page_says_so_and_syncs_on_its_own(manager: PageClient) -> None:
    page = parse_page(manager.get(PEOPLE))

    assert text_of(find_one(page, "#results h2")) == "Nothing has been read from Quo yet"
    assert "load" in attribute(find_one(page, "#look"), "hx-trigger").split(", ")
    assert "Asking Quo now" in text_of(find_one(page, "#results .empty"))


def test_after_a_failed_first_sync_the_page_does_not_claim_to_sync(manager: PageClient) -> None:
    sync_failure(from_answer(401, b"", resource="list"))

    assert "as soon as Quo answers" in text_of(find_one(parse_page(manager.get(PEOPLE)), "#results .empty"))


def test_a_workspace_without_teammates_says_so(manager: PageClient) -> None:
    sync_all(number("PN1", users=[]))

    assert text_of(find_one(parse_page(manager.get(PEOPLE)), "#results h2")) == "No teammate is known"


@pytest.mark.parametrize(("count", "pages"), [(50, [50]), (51, [50, 1]), (100, [50, 50])])
def test_a_page_has_fifty_teammates(manager: PageClient, count: int, pages: list[int]) -> None:
    many(count)

    sizes = [len(people_on(parse_page(manager.get(PEOPLE, {"page": page + 1})))) for page in range(len(pages))]

    assert sizes == pages
    assert len(parse_page(manager.get(PEOPLE)).css("nav.pages")) == (len(pages) > 1)


def test_the_pagination_links_to_first_last_and_neighboring_pages(manager: PageClient) -> None:
    many(151)

    page = parse_page(manager.get(PEOPLE, {"page": "3", "sort": "-role", "q": "ann"}))

    links = {attribute(link, "id"): attribute(link, "href") for link in page.css("nav.pages a")}
    assert links == {
        "first-page": "/teammates/?q=ann&sort=-role",
        "previous-page": "/teammates/?q=ann&sort=-role&page=2",
        "next-page": "/teammates/?q=ann&sort=-role&page=4",
        "last-page": "/teammates/?q=ann&sort=-role&page=4",
    }
    assert text_of(find_one(page, "nav.pages span")) == "Page 3 of 4"


def test_a_page_past_the_end_shows_the_last_page_with_a_notice(manager: PageClient) -> None:
    many(51)

    page = parse_page(manager.get(PEOPLE, {"page": "7"}))

    assert len(people_on(page)) == 1
    assert notices_of(page) == ["There is no page 7, so the last one is shown."]
    assert attribute(find_one(page, "#results > [hx-get]"), "hx-get") == "/teammates/?page=2"


@pytest.mark.parametrize("sort", ["name", "-name", "numbers", "-numbers", "role", "-role"])
def test_in_every_order_the_pages_have_each_teammate_once(
    manager: PageClient, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    monkeypatch.setattr(teammates, "PAGE_SIZE", 5)
    many(13, numbers=2)

    ids_by_page = [people_on(parse_page(manager.get(PEOPLE, {"sort": sort, "page": page}))) for page in (1, 2, 3)]

    assert sorted(user_id for page in ids_by_page for user_id in page) == [f"US{place:04}" for place in range(13)]


def test_the_links_to_other_pages_name_the_count_which_can_have_the_focus(
    manager: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teammates, "PAGE_SIZE", 5)
    many(13)

    page = parse_page(manager.get(PEOPLE))

    count = find_one(page, f"#{attribute(find_one(page, 'nav.pages'), 'data-count')}[tabindex]")
    assert text_of(count) == "13 teammates"


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("name", ["US1", "US2", "US3"]),
        ("-name", ["US3", "US2", "US1"]),
        ("numbers", ["US3", "US2", "US1"]),
        ("-numbers", ["US1", "US2", "US3"]),
        ("role", ["US1", "US3", "US2"]),
        ("-role", ["US2", "US3", "US1"]),
    ],
)
def test_the_list_is_sorted_both_ways(three: PageClient, sort: str, order: list[str]) -> None:
    assert people_on(parse_page(three.get(PEOPLE, {"sort": sort}))) == order


@pytest.mark.parametrize("sort", ["role", "-role", "numbers", "-numbers"])
def test_ties_are_sorted_by_name(manager: PageClient, sort: str) -> None:
    names = ["bea", "Änne", "Ann 10", "Ann 9"]
    sync_all(number("PN1", users=[user(f"US{place}", firstName=name) for place, name in enumerate(names)]))

    assert texts(parse_page(manager.get(PEOPLE, {"sort": sort})).css("#results .name")) == [
        "Ann 9",
        "Ann 10",
        "Änne",
        "bea",
    ]


def test_the_active_heading_reverses_the_order_and_says_so(three: PageClient) -> None:
    for sort, other, state in (("numbers", "-numbers", "ascending"), ("-numbers", "numbers", "descending")):
        page = parse_page(three.get(PEOPLE, {"sort": sort, "role": "owner"}))
        link = find_one(page, "#sort-numbers")
        assert attribute(link, "href") == f"/teammates/?role=owner&sort={other}"
        assert attribute(find_one(page, "th[aria-sort]"), "aria-sort") == state
        assert find_one(page, "th[aria-sort]").css("#sort-numbers")


def test_the_caption_names_the_sort_order(three: PageClient) -> None:
    caption = find_one(parse_page(three.get(PEOPLE, {"sort": "-numbers"})), "caption")

    assert text_of(caption).startswith("Teammates, sorted by how many numbers, descending.")


def test_the_form_keeps_the_query(three: PageClient) -> None:
    page = parse_page(three.get(PEOPLE, {"q": "ann", "role": "owner", "numbers": "several", "sort": "-name"}))

    form = find_one(page, "#filters")
    assert (attribute(form, "action"), attribute(form, "method")) == (PEOPLE, "get")
    assert attribute(find_one(form, "#q"), "value") == "ann"
    chosen = {attribute(find_one(form, f"[name={name}] [selected]"), "value") for name in ("role", "numbers")}
    assert chosen == {"owner", "several"}
    assert attribute(find_one(page, '[name="sort"][form="filters"] option[selected]'), "value") == "-name"
    assert attribute(find_one(page, "#check-form [name=next]"), "value") == (
        "/teammates/?q=ann&role=owner&numbers=several&sort=-name"
    )


def test_the_form_works_without_javascript(three: PageClient) -> None:
    page = parse_page(three.get(f"{PEOPLE}?q=&role=&numbers=&sort=name"))

    assert notices_of(page) == []
    assert total_of(page) == 3


def test_the_form_submits_while_typing_and_choosing(three: PageClient) -> None:
    form = find_one(parse_page(three.get(PEOPLE)), "#filters")

    assert attribute(form, "hx-get") == PEOPLE
    triggers = attribute(form, "hx-trigger").split(", ")
    choices = ["change from:#narrowing", "change from:#more-filters"]
    typing = ["input changed delay:150ms from:#q", "compositionend delay:150ms from:#q", "search from:#q"]
    assert triggers == ["submit", *typing, *choices]
    assert find_one(form, "#narrowing [name=role]")
    assert find_one(form, "#narrowing [name=numbers]")
    assert [attribute(field, "name") for field in form.css("#more-filters select")] == [
        *("calling_us", "calling_ca", "calling_intl", "messaging_us", "messaging_ca", "messaging_intl")
    ]


def test_every_htmx_link_also_works_as_a_plain_link(manager: PageClient) -> None:
    many(60)

    links = parse_page(manager.get(PEOPLE, {"q": "ann", "role": "member"})).css("#results a[hx-get]")

    assert len(links) > 5
    for link in links:
        assert attribute(link, "href") == attribute(link, "hx-get")


def test_htmx_gets_only_the_results_the_title_and_the_count(three: PageClient) -> None:
    response = three.get(
        PEOPLE, {"q": "ann"}, headers={**HTMX, "HX-Trigger": "filters", "HX-Current-URL": f"{SITE}?q=an"}
    )

    page = parse_page(response)
    assert b"<html" not in response.content
    assert people_on(page) == ["US1"]
    assert text_of(find_one(page, "#announce")) == "1 teammate found."
    assert attribute(find_one(page, "#announce"), "hx-swap-oob") == "innerHTML"
    assert "who fit “ann”" in text_of(find_one(page, "title"))
    assert not page.css("#filters, #filter-fields, #q, #freshness")


def test_the_unfiltered_count_is_announced_without_the_word_found(three: PageClient) -> None:
    assert text_of(find_one(parse_page(three.get(PEOPLE, headers=HTMX)), "#announce")) == "3 teammates."


def test_a_page_change_is_announced(three: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teammates, "PAGE_SIZE", 2)

    page = parse_page(three.get(f"{PEOPLE}?page=2", headers=HTMX))

    assert text_of(find_one(page, "#announce")) == "3 teammates, page 2 of 2."


def test_removing_a_chip_also_swaps_the_form_fields(three: PageClient) -> None:
    headers = {**HTMX, "HX-Trigger": "chip-q", "HX-Current-URL": f"{SITE}?q=ann&role=owner"}

    page = parse_page(three.get(PEOPLE, {"role": "owner"}, headers=headers))

    assert attribute(find_one(page, "#q"), "value") == ""
    assert attribute(find_one(page, "#q"), "hx-swap-oob") == "true"
    assert attribute(find_one(page, "#filter-fields"), "hx-swap-oob") == "true"
    assert attribute(find_one(page, "#f-role [selected]"), "value") == "owner"


def test_a_link_does_not_swap_the_search_field(three: PageClient) -> None:
    headers = {**HTMX, "HX-Trigger": "sort-role", "HX-Current-URL": f"{SITE}?q=ann"}

    assert not parse_page(three.get(PEOPLE, {"q": "ann", "sort": "role"}, headers=headers)).css("#q")


@pytest.mark.parametrize(
    ("current", "query", "header"),
    [
        ("", "q=an", "HX-Push-Url"),  # a new search
        ("?q=an", "q=ann", "HX-Replace-Url"),  # a refined search
        ("?q=an", "q=an&role=owner", "HX-Push-Url"),  # the same search with another filter
        ("?q=an", "q=an", "HX-Replace-Url"),  # the same query
        ("?q=an", "", "HX-Push-Url"),
        ("?role=owner", "role=admin", "HX-Push-Url"),
    ],
)
def test_refining_a_search_replaces_the_url_and_other_changes_push_it(
    three: PageClient, current: str, query: str, header: str
) -> None:
    response = three.get(f"{PEOPLE}?{query}", headers={**HTMX, "HX-Current-URL": f"{SITE}{current}"})

    assert response.headers[header] == f"{PEOPLE}{'?' if query else ''}{query}"
    assert ({"HX-Push-Url", "HX-Replace-Url"} - {header}).isdisjoint(response.headers)


def test_the_pushed_url_is_the_canonical_one(three: PageClient) -> None:
    response = three.get(f"{PEOPLE}?q=+Ann++lee&role=&numbers=&sort=&page=9&x=1", headers=HTMX)

    assert response.headers["HX-Push-Url"] == "/teammates/?q=Ann+lee"


def test_a_background_refresh_pushes_no_url_and_announces_nothing(three: PageClient) -> None:
    response = three.get(PEOPLE, {"q": "ann"}, headers={**HTMX, "HX-Trigger": "refresh"})

    assert {"HX-Push-Url", "HX-Replace-Url"}.isdisjoint(response.headers)
    page = parse_page(response)
    assert people_on(page) == ["US1"]
    assert not page.css("#announce, #filter-fields, #q, title")


def test_the_list_refreshes_when_the_memory_changed(three: PageClient) -> None:
    fetch = find_one(parse_page(three.get(PEOPLE, {"q": "ann", "sort": "-role"})), "#results > #refresh")

    assert attribute(fetch, "hx-get") == "/teammates/?q=ann&sort=-role"
    assert attribute(fetch, "hx-trigger") == "memory-changed from:body"
    assert attribute(fetch, "hx-sync") == "#results:drop"


@pytest.mark.parametrize("url", ["http://[::1", "%%%", "http://testserver/teammates/?" + "a&" * 2000, "\x7f"])
def test_an_invalid_current_url_header_changes_nothing(three: PageClient, url: str) -> None:
    assert people_on(parse_page(three.get(PEOPLE, {"q": "ann"}, headers={**HTMX, "HX-Current-URL": url}))) == ["US1"]


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_the_list_refuses_other_methods(manager: PageClient, method: str) -> None:
    assert getattr(manager, method)(PEOPLE).status_code == 405


def test_check_now_syncs_the_whole_workspace(three: PageClient) -> None:
    form = find_one(parse_page(three.get(PEOPLE)), "#check-form")

    assert not form.css("[name=user], [name=number]")


def test_a_page_never_claims_a_newer_version_than_its_content(
    manager: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync_all(number("PN1"))
    read = teammates.teammate_list

    def read_just_before_a_change(*arguments: Any) -> teammates.TeammateList:
        page = read(*arguments)
        sync_all(number("PN1", name="Changed meanwhile"))
        return page

    monkeypatch.setattr(teammates, "teammate_list", read_just_before_a_change)
    page = parse_page(Client.get(manager, PEOPLE))

    assert int(attribute(find_one(page, "[name=version]"), "value")) < memory_version().key


def test_the_export_links_keep_the_filters(three: PageClient) -> None:
    links = parse_page(three.get(PEOPLE, {"role": "owner", "sort": "-name", "page": "1"})).css(".exports a")

    assert links
    for link in links:
        address = urlsplit(attribute(link, "href"))
        assert address.path.startswith("/teammates.")
        assert parse_qs(address.query) == {"role": ["owner"], "sort": ["-name"]}
