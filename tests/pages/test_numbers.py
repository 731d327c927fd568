from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from numbers.filters.columns import COLUMNS
from numbers.memory.version import memory_version
from numbers.pages import numbers as number_pages
from numbers.pages.columns import optional_keys
from numbers.quo.errors import from_answer
from numbers.sandbox.workspace import build
from tests.support.pages import (
    LIST,
    PageClient,
    attribute,
    csrf_token_of,
    find_one,
    notices_of,
    numbers_on,
    parse_page,
    sync_all,
    sync_failure,
    sync_incomplete,
    text_of,
    texts,
    total_of,
)
from tests.support.quo_answers import number, user

CELLS = ["calling.US", "calling.CA", "calling.Intl", "messaging.US", "messaging.CA", "messaging.Intl"]


def many(count: int, **changes: Any) -> list[dict[str, Any]]:
    """Return numbers with duplicates in every column except the id."""
    return [number(f"PN{place:04}", name=f"Line {place % 7}", **changes) for place in range(count)]


def test_a_row_shows_every_column(manager: PageClient) -> None:
    sync_all(
        number(
            "PN1",
            symbol="🏡",
            name="Front desk",
            number="+14155550100",
            forward="+442079460958",
            portingStatus="in progress",
            users=[user("US1", firstName="Ada", lastName="Byron", email="ada@example.com")],
        )
    )

    row = find_one(parse_page(manager.get(LIST)), '[data-number="PN1"]')

    assert attribute(find_one(row, ".name a"), "href") == "/numbers/PN1/"
    assert text_of(find_one(row, ".name")) == "Front desk"
    assert text_of(find_one(row, ".number")) == "(415) 555-0100"
    assert text_of(find_one(row, ".symbol")) == "🏡"
    assert text_of(find_one(row, ".forward")) == "+44 20 7946 0958 (United Kingdom)"
    assert text_of(find_one(row, ".porting")) == "in progress"
    assert text_of(find_one(row, '[data-teammate="US1"]')) == "Ada Byron"


def test_a_row_has_the_six_cells_in_order_with_their_facts(manager: PageClient) -> None:
    restrictions = {
        "calling": {"US": "unrestricted", "CA": "restricted", "Intl": "sometimes"},
        "messaging": {"US": "restricted", "CA": None},
    }
    sync_all(number("PN1", restrictions=restrictions))

    cells = find_one(parse_page(manager.get(LIST)), '[data-number="PN1"]').css("[data-cell]")

    assert [attribute(cell, "data-cell") for cell in cells] == CELLS
    facts = [attribute(cell, "data-fact") for cell in cells]
    assert facts == ["allowed", "restricted", "unknown", "restricted", "unknown", "unknown"]


def test_the_accessible_name_of_a_cell_has_channel_region_and_fact(manager: PageClient) -> None:
    sync_all(number("PN1"))

    page = parse_page(manager.get(LIST))

    cell = find_one(page, '[data-cell="messaging.Intl"]')
    assert (text_of(cell), attribute(cell, "aria-label")) == ("restricted", "Messaging, international: restricted")
    assert attribute(find_one(page, '[data-cell="calling.US"]'), "aria-label") == "Calling, United States: allowed"


@pytest.mark.parametrize("raw", ["sometimes", "UNRESTRICTED", "", "unrestricted "])
def test_an_undocumented_value_is_shown_raw_and_never_as_allowed(manager: PageClient, raw: str) -> None:
    restrictions = number()["restrictions"] | {"calling": {"US": raw, "CA": "restricted", "Intl": "restricted"}}
    sync_all(number("PN1", restrictions=restrictions))

    cell = find_one(parse_page(manager.get(LIST)), '[data-cell="calling.US"]')

    assert attribute(cell, "data-fact") == "unknown"
    assert "not reported" in text_of(cell)
    assert attribute(cell, "title") == f"Quo sent “{raw}”"


@pytest.mark.parametrize(
    ("count", "named", "more"), [(0, 0, None), (3, 3, None), (4, 4, None), (5, 3, "+2"), (15, 3, "+12")]
)
def test_the_first_teammates_are_named_and_the_rest_counted(
    manager: PageClient, count: int, named: int, more: str | None
) -> None:
    people = [user(f"US{place:02}", firstName=f"Ann {place:02}") for place in range(count)]
    sync_all(number("PN1", users=people))

    cell = find_one(parse_page(manager.get(LIST)), ".people")

    names = texts(cell.css("[data-teammate]"))
    assert names == [f"Ann {place:02}" for place in range(named)]
    links = cell.css("a.more")
    assert texts(links) == ([more] if more else [])
    assert all(attribute(link, "href") == "/numbers/PN1/#teammates" for link in links)


def test_a_row_without_teammates_says_so(manager: PageClient) -> None:
    sync_all(number("PN1", users=[]))

    assert text_of(find_one(parse_page(manager.get(LIST)), ".people")) == "nobody"


def test_a_teammate_links_to_the_list_of_their_numbers(manager: PageClient) -> None:
    sync_all(number("PN1", users=[user("US1"), user("US 2&x")]), number("PN2", users=[]))

    page = parse_page(manager.get(LIST))

    for user_id in ("US1", "US 2&x"):
        link = attribute(find_one(page, f'[data-number] [data-teammate="{user_id}"]'), "href")
        assert parse_qs(urlsplit(link).query) == {"user": [user_id]}
        assert numbers_on(parse_page(manager.get(link))) == ["PN1"]


def test_a_number_without_a_name_can_be_opened(manager: PageClient) -> None:
    sync_all(number("PN1", name="  "))

    assert text_of(find_one(parse_page(manager.get(LIST)), ".name a")) == "(no name)"


def test_a_number_that_is_gone_is_not_listed(manager: PageClient) -> None:
    sync_all(number("PN1"), number("PN2"))
    sync_all(number("PN2"))

    page = parse_page(manager.get(LIST))

    assert numbers_on(page) == ["PN2"]
    assert total_of(page) == 1


def test_the_list_shows_the_current_state(manager: PageClient) -> None:
    sync_all(number("PN1", name="Before", users=[user("US1")]))
    sync_all(number("PN1", name="After", users=[user("US2", firstName="Bo")]))

    page = parse_page(manager.get(LIST))

    assert texts(page.css("#results .name")) == ["After"]
    assert texts(page.css("#results td.people")) == ["Bo"]
    assert numbers_on(parse_page(manager.get(LIST, {"q": "before"}))) == []


@pytest.mark.parametrize(("count", "sentence"), [(1, "1 number"), (51, "51 numbers")])
def test_the_number_of_matches_is_shown(manager: PageClient, count: int, sentence: str) -> None:
    sync_all(*many(count))

    page = parse_page(manager.get(LIST))

    assert total_of(page) == count
    assert text_of(find_one(page, ".results-head p:first-child")) == sentence


@pytest.mark.parametrize(("count", "pages"), [(50, [50]), (51, [50, 1]), (100, [50, 50])])
def test_a_page_has_fifty_numbers(manager: PageClient, count: int, pages: list[int]) -> None:
    sync_all(*many(count))

    sizes = [len(numbers_on(parse_page(manager.get(LIST, {"page": page + 1})))) for page in range(len(pages))]

    assert sizes == pages
    assert len(parse_page(manager.get(LIST)).css("nav.pages")) == (len(pages) > 1)


def test_the_pagination_links_to_first_last_and_neighboring_pages(manager: PageClient) -> None:
    sync_all(*many(151))

    page = parse_page(manager.get(LIST, {"page": "3", "sort": "-name"}))

    links = {attribute(link, "id"): attribute(link, "href") for link in page.css("nav.pages a")}
    assert links == {
        "first-page": "/numbers/?sort=-name",
        "previous-page": "/numbers/?sort=-name&page=2",
        "next-page": "/numbers/?sort=-name&page=4",
        "last-page": "/numbers/?sort=-name&page=4",
    }
    assert text_of(find_one(page, "nav.pages span")) == "Page 3 of 4"


def test_the_first_page_has_no_previous_link_and_the_last_no_next_link(manager: PageClient) -> None:
    sync_all(*many(101))

    def links(page: str) -> list[str]:
        return [attribute(link, "id") for link in parse_page(manager.get(LIST, {"page": page})).css("nav.pages a")]

    assert links("1") == ["next-page", "last-page"]
    assert links("3") == ["first-page", "previous-page"]


def test_a_page_past_the_end_shows_the_last_page_with_a_notice(manager: PageClient) -> None:
    sync_all(*many(51))

    page = parse_page(manager.get(LIST, {"page": "7"}))

    assert len(numbers_on(page)) == 1
    assert notices_of(page) == ["There is no page 7, so the last one is shown."]


def test_in_every_order_the_pages_have_each_number_once(manager: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(number_pages, "PAGE_SIZE", 5)
    records = [*build(6).numbers, *many(6)]
    sync_all(*records)
    everything = sorted(record["id"] for record in records)

    for sort in (f"{sign}{key}" for key in COLUMNS for sign in ("", "-")):
        pages = [numbers_on(parse_page(manager.get(LIST, {"sort": sort, "page": page}))) for page in (1, 2, 3)]
        assert sorted(number_id for page in pages for number_id in page) == everything, sort


def _restrictions(**calling: str) -> dict[str, Any]:
    return {"restrictions": {"calling": calling, "messaging": {}}}


@pytest.mark.parametrize(
    ("key", "records"),
    [
        ("name", [{"name": "apple"}, {"name": "Äpple 2"}, {"name": "Apple 10"}, {"name": "Zebra"}]),
        ("number", [{"number": "+14155550100"}, {"number": "+14155550101"}, {"number": "+16045550100"}]),
        ("symbol", [{"symbol": None}, {"symbol": "A"}, {"symbol": "B"}]),
        ("teammates", [{"users": []}, {"users": [user("US1")]}, {"users": [user("US1"), user("US2")]}]),
        ("forward", [{"forward": None}, {"forward": "+14155550100"}, {"forward": "+14155550101"}]),
        ("porting", [{"portingStatus": None}, {"portingStatus": "completed"}, {"portingStatus": "pending"}]),
        ("calling_us", [_restrictions(US="unrestricted"), _restrictions(US="restricted"), _restrictions(US="x")]),
        ("calling_ca", [_restrictions(CA="unrestricted"), _restrictions(CA="restricted"), _restrictions()]),
        ("calling_intl", [_restrictions(Intl="unrestricted"), _restrictions(Intl="restricted"), _restrictions()]),
    ],
)
def test_the_list_is_sorted_by_a_column_both_ways(manager: PageClient, key: str, records: list[dict[str, Any]]) -> None:
    sync_all(*reversed([number(f"PN{place}", **changes) for place, changes in enumerate(records)]))
    upwards = [f"PN{place}" for place in range(len(records))]

    assert numbers_on(parse_page(manager.get(LIST, {"sort": key}))) == upwards
    assert numbers_on(parse_page(manager.get(LIST, {"sort": f"-{key}"}))) == upwards[::-1]


@pytest.mark.parametrize("column", ["US", "CA", "Intl"])
def test_the_list_is_sorted_by_a_messaging_column(manager: PageClient, column: str) -> None:
    def with_fact(number_id: str, word: str) -> dict[str, Any]:
        return number(number_id, restrictions={"calling": {}, "messaging": {column: word}})

    sync_all(with_fact("PN1", "?"), with_fact("PN2", "restricted"), with_fact("PN3", "unrestricted"))

    assert numbers_on(parse_page(manager.get(LIST, {"sort": f"messaging_{column.lower()}"}))) == ["PN3", "PN2", "PN1"]


@pytest.mark.parametrize("sort", ["porting", "-porting"])
def test_ties_are_sorted_by_name_then_number(manager: PageClient, sort: str) -> None:
    sync_all(
        number("PN1", name="B"),
        number("PN2", name="A", number="+14155550102"),
        number("PN3", name="A", number="+14155550101"),
    )

    assert numbers_on(parse_page(manager.get(LIST, {"sort": sort}))) == ["PN3", "PN2", "PN1"]


def test_every_column_heading_sorts_by_its_column(manager: PageClient) -> None:
    sync_all(number("PN1"))

    manager.post("/numbers/columns/", {"column": optional_keys()})

    page = parse_page(manager.get(LIST, {"q": "desk", "user": "US1"}))

    for key in COLUMNS:
        query = parse_qs(urlsplit(attribute(find_one(page, f"#sort-{key}"), "href")).query)
        assert query == {"q": ["desk"], "user": ["US1"], "sort": [key]}


def test_the_active_heading_reverses_the_order_and_says_so(manager: PageClient) -> None:
    sync_all(number("PN1"))

    for sort, other, state in (("number", "-number", "ascending"), ("-number", "number", "descending")):
        page = parse_page(manager.get(LIST, {"sort": sort}))
        assert attribute(find_one(page, "#sort-number"), "href") == f"/numbers/?sort={other}"
        assert attribute(find_one(page, "th[aria-sort]"), "aria-sort") == state
        assert find_one(page, "th[aria-sort]").css("#sort-number")


def test_the_links_keep_search_teammate_order_and_page(manager: PageClient) -> None:
    sync_all(*many(120))
    given = {"q": "line", "user": "US1", "sort": "-number", "page": "2"}

    page = parse_page(manager.get(LIST, given))

    parameters = {name: [value] for name, value in given.items()}
    links = {
        "#next-page": parameters | {"page": ["3"]},
        "#first-page": {name: value for name, value in parameters.items() if name != "page"},
        "#sort-name": {"q": ["line"], "user": ["US1"], "sort": ["name"]},
    }
    for selector, query in links.items():
        assert parse_qs(urlsplit(attribute(find_one(page, selector), "href")).query) == query
    form = find_one(page, "#filters")
    fields = {attribute(field, "name"): field.attributes["value"] for field in form.css("input")}
    assert fields == {"q": "line", "user": "US1", "who": ""}
    assert attribute(find_one(page, '[name="sort"][form="filters"] option[selected]'), "value") == "-number"
    assert attribute(find_one(page, "#check-form [name=next]"), "value") == (
        "/numbers/?q=line&user=US1&sort=-number&page=2"
    )


def test_every_htmx_link_of_the_list_also_works_as_a_plain_link(manager: PageClient) -> None:
    sync_all(*many(60))

    for link in parse_page(manager.get(LIST, {"q": "line"})).css("#results a[hx-get]"):
        assert attribute(link, "href") == attribute(link, "hx-get")


def test_the_page_shows_how_old_its_data_is(manager: PageClient) -> None:
    sync_all(number("PN1"), ago=timedelta(seconds=40))

    freshness = find_one(parse_page(manager.get(LIST)), "[data-freshness]")

    assert attribute(freshness, "data-freshness") == "fresh"
    assert "Checked with Quo 40 seconds ago" in text_of(freshness).replace("41", "40")


@pytest.mark.parametrize(("ago", "is_due"), [(timedelta(seconds=30), False), (timedelta(minutes=2), True)])
def test_a_page_older_than_a_minute_syncs_on_its_own(manager: PageClient, ago: timedelta, is_due: bool) -> None:
    sync_all(number("PN1"), ago=ago)

    asks = find_one(parse_page(manager.get(LIST)), "#look")

    assert attribute(asks, "hx-post") == "/sync/"
    assert ("load" in attribute(asks, "hx-trigger").split(", ")) is is_due


def test_before_the_first_sync_the_page_says_so_and_syncs_on_its_own(manager: PageClient) -> None:
    page = parse_page(manager.get(LIST))

    assert attribute(find_one(page, "#freshness"), "data-freshness") == "never"
    assert total_of(page) == 0
    assert text_of(find_one(page, "#results h2")) == "Nothing has been read from Quo yet"
    assert "load" in attribute(find_one(page, "#look"), "hx-trigger").split(", ")
    refresh = find_one(page, '#refresh[hx-trigger="memory-changed from:body, synced from:body"]')
    assert attribute(refresh, "hx-get") == LIST


def test_a_failed_first_sync_shows_the_reason_and_quos_trace(manager: PageClient) -> None:
    failed = sync_failure(from_answer(500, b'{"message": "Our fault", "trace": "tr-123"}', resource="list"))

    page = parse_page(manager.get(LIST))

    freshness = text_of(find_one(page, "#freshness"))
    assert failed.error_sentence
    assert failed.error_sentence in freshness
    assert "tr-123" in freshness
    assert "Our fault" in freshness
    assert attribute(find_one(page, "#freshness"), "data-freshness") == "never"
    assert "Asking Quo now" not in text_of(find_one(page, "#results"))


def test_after_a_failed_sync_the_page_shows_the_last_good_copy(manager: PageClient) -> None:
    sync_all(number("PN1"))
    sync_failure(from_answer(401, b"", resource="list"))

    page = parse_page(manager.get(LIST))

    assert numbers_on(page) == ["PN1"]
    assert "What you see is the last good copy." in text_of(find_one(page, "#freshness"))


def test_an_incomplete_answer_is_reported(manager: PageClient) -> None:
    sync_all(*many(12))
    sync_incomplete(number("PN0001"))

    page = parse_page(manager.get(LIST))

    assert total_of(page) == 12
    assert "Quo’s answer looks incomplete." in text_of(find_one(page, "#freshness"))


def test_an_empty_workspace_says_so(manager: PageClient) -> None:
    sync_all()

    page = parse_page(manager.get(LIST))

    assert text_of(find_one(page, "#results h2")) == "The workspace has no numbers"


def test_an_empty_result_says_so_and_links_to_the_whole_list(manager: PageClient) -> None:
    sync_all(number("PN1"))

    page = parse_page(manager.get(LIST, {"q": "zebra"}))

    assert text_of(find_one(page, "#results h2")) == "No number fits"
    assert "“zebra”" in text_of(find_one(page, "#results"))
    assert attribute(find_one(page, "#results .empty a"), "href") == LIST


@pytest.mark.parametrize("user_id", ["US1", ""])
def test_check_now_syncs_what_the_list_shows(manager: PageClient, user_id: str) -> None:
    sync_all(number("PN1"))

    page = parse_page(manager.get(LIST, {"user": user_id} if user_id else {}))

    form = find_one(page, "#check-form")
    assert attribute(form, "action") == "/sync/"
    assert attribute(form, "method") == "post"
    assert csrf_token_of(page, "check-form")
    assert [attribute(field, "value") for field in form.css("[name=user]")] == ([user_id] if user_id else [])
    assert not form.css("[name=number]")


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_the_list_refuses_other_methods(manager: PageClient, method: str) -> None:
    assert getattr(manager, method)(LIST).status_code == 405


def test_unreadable_records_of_the_last_answer_are_reported(manager: PageClient) -> None:
    sync_all(number("PN1"), number("PN2", id=42))

    assert any(
        notice.startswith("1 record in Quo’s answer could not be read and is not included.")
        for notice in notices_of(parse_page(manager.get(LIST)))
    )


def test_a_page_never_claims_a_newer_version_than_its_content(
    manager: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync_all(number("PN1"))
    read = number_pages.number_list

    def read_just_before_a_change(*arguments: Any) -> number_pages.NumberList:
        page = read(*arguments)
        sync_all(number("PN1", name="Changed meanwhile"))
        return page

    monkeypatch.setattr(number_pages, "number_list", read_just_before_a_change)
    page = parse_page(Client.get(manager, LIST))

    assert int(attribute(find_one(page, "[name=version]"), "value")) < memory_version().key


def test_readable_records_clear_the_report(manager: PageClient) -> None:
    sync_all(number("PN1"), number("PN2", id=42))
    sync_all(number("PN1"), number("PN2"))

    assert not notices_of(parse_page(manager.get(LIST)))


def test_a_long_teammate_name_is_cut_in_the_list(manager: PageClient) -> None:
    sync_all(number("PN1", users=[user("US1", firstName="x" * 90, lastName=None)]))

    assert text_of(find_one(parse_page(manager.get(LIST)), "[data-teammate]")) == "x" * 59 + "…"
