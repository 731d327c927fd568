"""The audit page: the matrix in groups, and the parts around it."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from numbers.quo.errors import from_answer
from numbers.sandbox.workspace import build
from tests.support.audit_page import (
    ANN,
    AUDIT,
    BO,
    audit_number,
    audit_numbers,
    bodies,
    groups,
    headings,
    sentences,
    summary,
    tallies,
)
from tests.support.pages import (
    LIST,
    PageClient,
    attribute,
    find_one,
    notices_of,
    numbers_on,
    parse_page,
    sync_all,
    sync_failure,
    text_of,
    texts,
    total_of,
)


def test_every_number_has_a_row_with_its_name_its_number_and_six_cells(manager: PageClient) -> None:
    sync_all(audit_number("Desk", "+-?0-+", number="+14155550100"))

    row = find_one(parse_page(manager.get(AUDIT)), '.matrix [data-number="PNDesk"]')

    assert attribute(find_one(row, ".name a"), "href") == "/numbers/PNDesk/"
    assert text_of(find_one(row, ".name")) == "Desk"
    assert text_of(find_one(row, ".number")) == "(415) 555-0100"
    assert [attribute(cell, "data-fact") for cell in row.css("[data-cell]")] == [
        *("allowed", "restricted", "unknown", "unknown", "restricted", "allowed")
    ]


def test_a_cell_names_its_channel_region_and_fact(manager: PageClient) -> None:
    sync_all(audit_number("Desk", "++-?+-"))

    page = parse_page(manager.get(AUDIT))

    cell, odd = find_one(page, '[data-cell="calling.Intl"]'), find_one(page, '[data-cell="messaging.US"]')
    assert (text_of(cell), attribute(cell, "aria-label")) == ("restricted", "Calling, international: restricted")
    assert (text_of(odd), attribute(odd, "title")) == ("not reported sometimes", "Quo sent “sometimes”")
    assert attribute(odd, "aria-label") == "Messaging, United States: not reported sometimes"


def test_an_outliers_cell_is_marked_and_names_the_majority(manager: PageClient) -> None:
    sync_all(*audit_numbers(3), audit_number("Odd", "++--+-"))

    page = parse_page(manager.get(AUDIT))

    (outlier,) = page.css(".matrix td.outlier")
    name = attribute(outlier, "aria-label")
    assert name == "Messaging, United States: restricted, unlike most here: 3 of 4 allowed"
    assert attribute(outlier, "title") == "Unlike most here: 3 of 4 allowed"


def test_numbers_are_grouped_by_quos_group_by_default(manager: PageClient) -> None:
    sync_all(audit_number("b", groupId="GR2"), audit_number("a"), audit_number("c"), audit_number("none", groupId=" "))

    page = parse_page(manager.get(AUDIT))

    assert groups(page) == {"GR1": ["a", "c"], "GR2": ["b"], "": ["none"]}
    assert headings(page) == ["Group GR1 2 numbers", "Group GR2 1 number", "No group given 1 number"]
    assert text_of(find_one(page, ".groupings [aria-current]")) == "Group"


def test_numbers_can_be_grouped_by_kind(manager: PageClient) -> None:
    sync_all(audit_number("a"), audit_number("free", number="+18005550100"))

    page = parse_page(manager.get(AUDIT, {"by": "kind"}))

    assert groups(page) == {"toll-free": ["free"], "local": ["a"]}
    assert headings(page) == ["Toll-free 1 number", "Local 1 number"]
    assert text_of(find_one(page, ".groupings [aria-current]")) == "Kind"


def test_grouped_by_teammate_a_number_is_listed_under_each_with_nobody_last(manager: PageClient) -> None:
    sync_all(audit_number("both", users=[BO, ANN]), audit_number("ann", users=[ANN]), audit_number("none", users=[]))

    page = parse_page(manager.get(AUDIT, {"by": "teammate"}))

    assert groups(page) == {"US1": ["ann", "both"], "US2": ["both"], "": ["none"]}
    assert headings(page) == [
        "Ann Lee ann@example.com, 2 numbers",
        "Bo bo@example.com, 1 number",
        "Nobody 1 number",
    ]
    assert total_of(page) == 3


def test_a_number_is_not_listed_under_a_former_teammate(manager: PageClient) -> None:
    sync_all(audit_number("a", users=[ANN, BO]))
    sync_all(audit_number("a", users=[BO]))

    assert groups(parse_page(manager.get(AUDIT, {"by": "teammate"}))) == {"US2": ["a"]}


def test_every_group_and_all_groups_together_have_counts_for_each_cell(manager: PageClient) -> None:
    sync_all(*audit_numbers(3), *audit_numbers(2, "++--0-", name="Other", groupId="GR2"))

    page = parse_page(manager.get(AUDIT))

    first, second = bodies(page)
    assert tallies(first)[3:5] == ["Messaging, United States: 3 allowed", "Messaging, Canada: 3 allowed"]
    assert tallies(second)[3:5] == ["Messaging, United States: 2 restricted", "Messaging, Canada: 2 not reported"]
    everything = find_one(page, ".all-groups")
    assert text_of(find_one(everything, "th")) == "All 2 groups 5 numbers"
    assert tallies(everything) == [
        "Calling, United States: 5 allowed",
        "Calling, Canada: 5 allowed",
        "Calling, international: 5 restricted",
        "Messaging, United States: 3 allowed, 2 restricted",
        "Messaging, Canada: 3 allowed, 2 not reported",
        "Messaging, international: 5 restricted",
    ]


def test_a_number_under_several_teammates_counts_once_in_the_total(manager: PageClient) -> None:
    sync_all(audit_number("both", users=[ANN, BO]), audit_number("ann", users=[ANN]))

    everything = find_one(parse_page(manager.get(AUDIT, {"by": "teammate"})), ".all-groups")

    assert tallies(everything)[0] == "Calling, United States: 2 allowed"


def test_the_counts_of_the_only_group_are_not_repeated(manager: PageClient) -> None:
    sync_all(*audit_numbers(3))

    assert not parse_page(manager.get(AUDIT)).css(".all-groups")


def test_an_unknown_grouping_is_named_and_ignored(manager: PageClient) -> None:
    sync_all(audit_number("a"))

    page = parse_page(manager.get(AUDIT, {"by": "colour", "odd": "two"}))

    assert notices_of(page) == [
        "“colour” is nothing that by can be (group, kind, teammate), so it was ignored.",
        "“two” is no page, so the first one is shown.",
    ]
    assert groups(page) == {"GR1": ["a"]}


def test_the_grouping_links_keep_the_filters_and_go_to_the_first_page(manager: PageClient) -> None:
    sync_all(*audit_numbers(3))

    page = parse_page(manager.get(AUDIT, {"q": "line", "sort": "-name", "page": "2", "odd": "2"}))

    links = {text_of(link): attribute(link, "href") for link in page.css(".groupings a")}
    assert links == {
        "Group": "/audit/?q=line&sort=-name",
        "Kind": "/audit/?by=kind&q=line&sort=-name",
        "Teammate": "/audit/?by=teammate&q=line&sort=-name",
    }
    assert [attribute(link, "hx-get") for link in page.css(".groupings a")] == list(links.values())


def test_the_numbers_of_a_group_follow_the_chosen_order(manager: PageClient) -> None:
    sync_all(*audit_numbers(3), audit_number("Zebra", groupId="GR2"))

    page = parse_page(manager.get(AUDIT, {"sort": "-name"}))

    assert groups(page) == {"GR1": ["Line 002", "Line 001", "Line 000"], "GR2": ["Zebra"]}
    assert attribute(find_one(page, ".matrix th[aria-sort]"), "aria-sort") == "descending"


def test_a_heading_of_the_matrix_sorts_the_same_audit(manager: PageClient) -> None:
    sync_all(audit_number("a"))

    page = parse_page(manager.get(AUDIT, {"by": "kind", "q": "a"}))

    assert attribute(find_one(page, "#sort-messaging_us"), "href") == "/audit/?by=kind&q=a&sort=messaging_us"


def test_the_filters_narrow_the_matrix_the_counts_and_the_outliers(manager: PageClient) -> None:
    sync_all(*audit_numbers(3), audit_number("Odd", "++--+-"), audit_number("Other", "++--+-", groupId="GR2"))

    page = parse_page(manager.get(AUDIT, {"messaging_us": "restricted"}))

    assert groups(page) == {"GR1": ["Odd"], "GR2": ["Other"]}
    assert tallies(find_one(page, ".all-groups"))[3] == "Messaging, United States: 2 restricted"
    assert sentences(page) == [
        "Odd: messaging, United States is restricted, but allowed on 3 of the 4 numbers in group GR1."
    ]
    assert total_of(page) == 2


@pytest.mark.parametrize(
    "query", ["kind=toll-free", "user=US1&calling_us=allowed", "q=line&unassigned=no", "group=GR1"]
)
def test_the_audit_has_the_same_numbers_as_the_list(manager: PageClient, query: str) -> None:
    sync_all(*build(24).numbers, *audit_numbers(3), audit_number("Line x", users=[ANN]))

    listed = set(numbers_on(parse_page(manager.get(f"{LIST}?{query}"))))

    assert set(numbers_on(parse_page(manager.get(f"{AUDIT}?{query}&by=teammate")))) == listed


def test_a_chip_removes_its_filter_and_keeps_the_grouping(manager: PageClient) -> None:
    sync_all(audit_number("a", users=[ANN]))

    page = parse_page(manager.get(AUDIT, {"by": "kind", "q": "a", "user": "US1"}))

    assert attribute(find_one(page, "#chip-q"), "href") == "/audit/?by=kind&user=US1"
    assert attribute(find_one(page, "#show-all"), "href") == "/audit/?by=kind"
    assert text_of(find_one(page, "title")) == "Numbers with Ann Lee that fit “a” · Restrictions audit · Quo Admin"


def test_the_form_keeps_the_grouping_and_the_order(manager: PageClient) -> None:
    sync_all(audit_number("a"))

    page = parse_page(manager.get(AUDIT, {"by": "kind", "sort": "-number"}))

    form = find_one(page, "form#filters")
    assert attribute(form, "action") == attribute(form, "hx-get") == AUDIT
    submitted = {
        attribute(field, "name"): attribute(field, "value") for field in page.css("#results input[form=filters]")
    }
    submitted["sort"] = attribute(find_one(page, "#results select[form=filters] option[selected]"), "value")
    assert submitted == {"sort": "-number", "by": "kind"}


def test_a_group_links_to_the_list_of_its_numbers(manager: PageClient) -> None:
    sync_all(
        audit_number("a b", groupId="GR 1&x"),
        audit_number("a", groupId="GR2", users=[ANN]),
        audit_number("a c", users=[]),
    )

    for by, key in (("group", "GR 1&x"), ("kind", "local"), ("teammate", "US1"), ("teammate", "")):
        page = parse_page(manager.get(AUDIT, {"by": by, "q": "a"}))
        body = next(body for body in bodies(page) if attribute(body, "data-group") == key)
        link = attribute(find_one(body, ".group-row a"), "href")
        assert numbers_on(parse_page(manager.get(link))) == [
            attribute(row, "data-number") for row in body.css("[data-number]")
        ]
        assert parse_qs(urlsplit(link).query)["q"] == ["a"]


@pytest.mark.parametrize(("key", "by", "query"), [("", "group", ""), ("US2", "teammate", "user=US1")])
def test_a_group_that_no_list_can_show_has_no_link(manager: PageClient, key: str, by: str, query: str) -> None:
    sync_all(audit_number("a", groupId=" ", users=[ANN, BO]))

    page = parse_page(manager.get(f"{AUDIT}?by={by}&{query}"))

    body = next(body for body in bodies(page) if attribute(body, "data-group") == key)
    assert not body.css(".group-row a")


def test_before_the_first_answer_the_page_says_what_will_come(manager: PageClient) -> None:
    page = parse_page(manager.get(AUDIT))

    assert text_of(find_one(page, ".empty h2")) == "Nothing has been read from Quo yet"
    assert not page.css(".matrix")


def test_after_a_failed_first_sync_the_page_says_so(manager: PageClient) -> None:
    sync_failure(from_answer(401, b"", resource="list"))

    assert "The audit appears here as soon as Quo answers." in text_of(
        find_one(parse_page(manager.get(AUDIT)), ".empty")
    )


def test_a_workspace_without_numbers_says_so(manager: PageClient) -> None:
    sync_all()

    assert text_of(find_one(parse_page(manager.get(AUDIT)), ".empty h2")) == "The workspace has no numbers"


@pytest.mark.parametrize("by", ["group", "kind", "teammate"])
def test_if_no_number_matches_a_link_shows_all(manager: PageClient, by: str) -> None:
    sync_all(audit_number("a"))

    page = parse_page(manager.get(AUDIT, {"q": "zebra", "by": by}))

    assert text_of(find_one(page, ".empty h2")) == "No number fits"
    assert numbers_on(parse_page(manager.get(attribute(find_one(page, ".empty a"), "href")))) == ["PNa"]


def test_an_unknown_teammate_is_named(manager: PageClient) -> None:
    sync_all(audit_number("a"))

    page = parse_page(manager.get(AUDIT, {"user": "USnobody"}))

    assert any("No teammate with the id USnobody" in notice for notice in notices_of(page))


def test_the_export_links_keep_the_filters_and_drop_the_pages(manager: PageClient) -> None:
    sync_all(*audit_numbers(3))

    page = parse_page(manager.get(AUDIT, {"by": "kind", "q": "line", "page": "2", "odd": "3"}))

    assert [attribute(link, "href") for link in page.css(".exports a")] == [
        "/audit.csv?by=kind&q=line",
        "/audit.xlsx?by=kind&q=line",
        "/audit.json?by=kind&q=line",
    ]


def test_the_audit_refuses_a_post(manager: PageClient) -> None:
    assert manager.post(AUDIT).status_code == 405


def test_the_audit_needs_a_sign_in(client: Any, db: None) -> None:
    assert client.get(AUDIT).status_code == 302


def test_every_html_id_is_unique(manager: PageClient) -> None:
    sync_all(*build(60).numbers)

    for by in ("group", "kind", "teammate"):
        ids = [attribute(node, "id") for node in parse_page(manager.get(AUDIT, {"by": by})).css("[id]")]
        assert len(ids) == len(set(ids)), by


def test_the_summary_counts_the_outliers_for_each_grouping(manager: PageClient) -> None:
    sync_all(*audit_numbers(3), audit_number("Odd", "++--+-"))

    for by, expected in {
        "group": "1 of 4 numbers differs from what most of their group has.",
        "kind": "1 of 4 numbers differs from what most of their kind have.",
        "teammate": "1 of 4 numbers differs from what most of a teammate’s numbers have.",
    }.items():
        assert summary(parse_page(manager.get(AUDIT, {"by": by}))).startswith(expected)


def test_the_tooltip_of_a_name_is_its_number(manager: PageClient) -> None:
    sync_all(*audit_numbers(3), audit_number("Odd", "++--+-", number="+14155550100"))

    (link,) = parse_page(manager.get(AUDIT)).css(".outlier-name")

    assert attribute(link, "title") == "(415) 555-0100"
    assert texts([link]) == ["Odd"]
