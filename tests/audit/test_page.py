"""The audit's page: the matrix in its groups, and what surrounds it."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from numbers.quo.errors import from_answer
from numbers.sandbox.workspace import build
from tests.support.audit_page import ANN, AUDIT, BO, bodies, groups, headings, many, marked, sentences, summary, tallies
from tests.support.pages import (
    LIST,
    Office,
    attribute,
    fail,
    notices_of,
    numbers_on,
    one,
    parsed,
    remember,
    texts,
    total_of,
    words,
)


def test_every_number_has_a_row_with_its_name_its_number_and_six_cells(office: Office) -> None:
    remember(marked("Desk", "+-?0-+", number="+14155550100"))

    row = one(parsed(office.get(AUDIT)), '.matrix [data-number="PNDesk"]')

    assert attribute(one(row, ".name a"), "href") == "/numbers/PNDesk/"
    assert words(one(row, ".name")) == "Desk"
    assert words(one(row, ".number")) == "(415) 555-0100"
    assert [attribute(cell, "data-fact") for cell in row.css("[data-cell]")] == [
        *("allowed", "restricted", "unknown", "unknown", "restricted", "allowed")
    ]


def test_a_cell_says_its_place_and_its_fact_in_words(office: Office) -> None:
    remember(marked("Desk", "++-?+-"))

    page = parsed(office.get(AUDIT))

    cell, odd = one(page, '[data-cell="calling.Intl"]'), one(page, '[data-cell="messaging.US"]')
    assert (words(cell), attribute(cell, "aria-label")) == ("restricted", "Calling, international: restricted")
    assert (words(odd), attribute(odd, "title")) == ("not reported sometimes", "Quo sent “sometimes”")
    assert attribute(odd, "aria-label") == "Messaging, United States: not reported sometimes"


def test_an_outliers_cell_is_marked_and_says_what_most_have(office: Office) -> None:
    remember(*many(3), marked("Odd", "++--+-"))

    page = parsed(office.get(AUDIT))

    (outlier,) = page.css(".matrix td.outlier")
    name = attribute(outlier, "aria-label")
    assert name == "Messaging, United States: restricted, unlike most here: 3 of 4 allowed"
    assert attribute(outlier, "title") == "Unlike most here: 3 of 4 allowed"


def test_numbers_are_grouped_by_the_group_of_quo_unless_asked_otherwise(office: Office) -> None:
    remember(marked("b", groupId="GR2"), marked("a"), marked("c"), marked("none", groupId=" "))

    page = parsed(office.get(AUDIT))

    assert groups(page) == {"GR1": ["a", "c"], "GR2": ["b"], "": ["none"]}
    assert headings(page) == ["Group GR1 2 numbers", "Group GR2 1 number", "No group 1 number"]
    assert words(one(page, ".groupings [aria-current]")) == "Group"


def test_numbers_are_grouped_by_their_kind(office: Office) -> None:
    remember(marked("a"), marked("free", number="+18005550100"))

    page = parsed(office.get(AUDIT, {"by": "kind"}))

    assert groups(page) == {"toll-free": ["free"], "local": ["a"]}
    assert headings(page) == ["Toll-free 1 number", "Local 1 number"]
    assert words(one(page, ".groupings [aria-current]")) == "Kind"


def test_by_teammate_a_number_is_under_each_of_its_teammates_and_those_with_nobody_are_last(office: Office) -> None:
    remember(marked("both", users=[BO, ANN]), marked("ann", users=[ANN]), marked("none", users=[]))

    page = parsed(office.get(AUDIT, {"by": "teammate"}))

    assert groups(page) == {"US1": ["ann", "both"], "US2": ["both"], "": ["none"]}
    assert headings(page) == [
        "Ann Lee ann@example.com, 2 numbers",
        "Bo bo@example.com, 1 number",
        "Nobody 1 number",
    ]
    assert total_of(page) == 3


def test_a_teammate_who_has_left_a_number_is_no_longer_over_it(office: Office) -> None:
    remember(marked("a", users=[ANN, BO]))
    remember(marked("a", users=[BO]))

    assert groups(parsed(office.get(AUDIT, {"by": "teammate"}))) == {"US2": ["a"]}


def test_every_group_has_its_counts_for_each_cell_and_all_together_have_theirs(office: Office) -> None:
    remember(*many(3), *many(2, "++--0-", name="Other", groupId="GR2"))

    page = parsed(office.get(AUDIT))

    first, second = bodies(page)
    assert tallies(first)[3:5] == ["Messaging, United States: 3 allowed", "Messaging, Canada: 3 allowed"]
    assert tallies(second)[3:5] == ["Messaging, United States: 2 restricted", "Messaging, Canada: 2 not reported"]
    everything = one(page, ".all-groups")
    assert words(one(everything, "th")) == "All 2 groups 5 numbers"
    assert tallies(everything) == [
        "Calling, United States: 5 allowed",
        "Calling, Canada: 5 allowed",
        "Calling, international: 5 restricted",
        "Messaging, United States: 3 allowed, 2 restricted",
        "Messaging, Canada: 3 allowed, 2 not reported",
        "Messaging, international: 5 restricted",
    ]


def test_numbers_under_several_teammates_count_once_together(office: Office) -> None:
    remember(marked("both", users=[ANN, BO]), marked("ann", users=[ANN]))

    everything = one(parsed(office.get(AUDIT, {"by": "teammate"})), ".all-groups")

    assert tallies(everything)[0] == "Calling, United States: 2 allowed"


def test_the_counts_of_the_only_group_are_not_repeated(office: Office) -> None:
    remember(*many(3))

    assert not parsed(office.get(AUDIT)).css(".all-groups")


def test_a_grouping_that_there_is_not_is_named_and_ignored(office: Office) -> None:
    remember(marked("a"))

    page = parsed(office.get(AUDIT, {"by": "colour", "odd": "two"}))

    assert notices_of(page) == [
        "“colour” is nothing that by can be (group, kind, teammate), so it was ignored.",
        "“two” is no page, so the first one is shown.",
    ]
    assert groups(page) == {"GR1": ["a"]}


def test_the_groupings_are_links_that_keep_the_filters_and_lead_to_the_first_page(office: Office) -> None:
    remember(*many(3))

    page = parsed(office.get(AUDIT, {"q": "line", "sort": "-name", "page": "2", "odd": "2"}))

    links = {words(link): attribute(link, "href") for link in page.css(".groupings a")}
    assert links == {
        "Group": "/audit/?q=line&sort=-name",
        "Kind": "/audit/?by=kind&q=line&sort=-name",
        "Teammate": "/audit/?by=teammate&q=line&sort=-name",
    }
    assert [attribute(link, "hx-get") for link in page.css(".groupings a")] == list(links.values())


def test_the_numbers_of_a_group_are_sorted_as_asked(office: Office) -> None:
    remember(*many(3), marked("Zebra", groupId="GR2"))

    page = parsed(office.get(AUDIT, {"sort": "-name"}))

    assert groups(page) == {"GR1": ["Line 002", "Line 001", "Line 000"], "GR2": ["Zebra"]}
    assert attribute(one(page, ".matrix th[aria-sort]"), "aria-sort") == "descending"


def test_a_heading_of_the_matrix_sorts_the_same_audit(office: Office) -> None:
    remember(marked("a"))

    page = parsed(office.get(AUDIT, {"by": "kind", "q": "a"}))

    assert attribute(one(page, "#sort-messaging_us"), "href") == "/audit/?by=kind&q=a&sort=messaging_us"


def test_the_filters_narrow_the_matrix_the_counts_and_the_outliers(office: Office) -> None:
    remember(*many(3), marked("Odd", "++--+-"), marked("Other", "++--+-", groupId="GR2"))

    page = parsed(office.get(AUDIT, {"messaging_us": "restricted"}))

    assert groups(page) == {"GR1": ["Odd"], "GR2": ["Other"]}
    assert tallies(one(page, ".all-groups"))[3] == "Messaging, United States: 2 restricted"
    assert sentences(page) == [
        "Odd: messaging, United States is restricted, but allowed on 3 of the 4 numbers in group GR1."
    ]
    assert total_of(page) == 2


@pytest.mark.parametrize(
    "query", ["kind=toll-free", "user=US1&calling_us=allowed", "q=line&unassigned=no", "group=GR1"]
)
def test_the_audit_has_the_numbers_that_the_list_has(office: Office, query: str) -> None:
    remember(*build(24).numbers, *many(3), marked("Line x", users=[ANN]))

    listed = set(numbers_on(parsed(office.get(f"{LIST}?{query}"))))

    assert set(numbers_on(parsed(office.get(f"{AUDIT}?{query}&by=teammate")))) == listed


def test_a_chip_takes_its_filter_away_and_keeps_the_grouping(office: Office) -> None:
    remember(marked("a", users=[ANN]))

    page = parsed(office.get(AUDIT, {"by": "kind", "q": "a", "user": "US1"}))

    assert attribute(one(page, "#chip-q"), "href") == "/audit/?by=kind&user=US1"
    assert attribute(one(page, "#show-all"), "href") == "/audit/?by=kind"
    assert words(one(page, "title")) == "Numbers with Ann Lee that fit “a” · Restrictions audit · Quo Admin"


def test_the_form_asks_the_audit_again_with_its_grouping_and_order(office: Office) -> None:
    remember(marked("a"))

    page = parsed(office.get(AUDIT, {"by": "kind", "sort": "-number"}))

    form = one(page, "form#filters")
    assert attribute(form, "action") == attribute(form, "hx-get") == AUDIT
    kept = {attribute(field, "name"): attribute(field, "value") for field in page.css("#results input[form=filters]")}
    kept["sort"] = attribute(one(page, "#results select[form=filters] option[selected]"), "value")
    assert kept == {"sort": "-number", "by": "kind"}


def test_a_group_leads_to_the_list_of_its_numbers(office: Office) -> None:
    remember(marked("a b", groupId="GR 1&x"), marked("a", groupId="GR2", users=[ANN]), marked("a c", users=[]))

    for by, key in (("group", "GR 1&x"), ("kind", "local"), ("teammate", "US1"), ("teammate", "")):
        page = parsed(office.get(AUDIT, {"by": by, "q": "a"}))
        body = next(body for body in bodies(page) if attribute(body, "data-group") == key)
        link = attribute(one(body, ".group-row a"), "href")
        assert numbers_on(parsed(office.get(link))) == [
            attribute(row, "data-number") for row in body.css("[data-number]")
        ]
        assert parse_qs(urlsplit(link).query)["q"] == ["a"]


@pytest.mark.parametrize(("key", "by", "query"), [("", "group", ""), ("US2", "teammate", "user=US1")])
def test_a_group_that_no_list_can_show_leads_nowhere(office: Office, key: str, by: str, query: str) -> None:
    remember(marked("a", groupId=" ", users=[ANN, BO]))

    page = parsed(office.get(f"{AUDIT}?by={by}&{query}"))

    body = next(body for body in bodies(page) if attribute(body, "data-group") == key)
    assert not body.css(".group-row a")


def test_before_the_first_answer_the_page_says_what_will_come(office: Office) -> None:
    page = parsed(office.get(AUDIT))

    assert words(one(page, ".empty h2")) == "Nothing has been read from Quo yet"
    assert not page.css(".matrix")


def test_after_a_first_try_that_failed_the_page_says_so(office: Office) -> None:
    fail(from_answer(401, b"", resource="list"))

    assert "The audit appears here as soon as Quo answers." in words(one(parsed(office.get(AUDIT)), ".empty"))


def test_a_workspace_without_numbers_says_so(office: Office) -> None:
    remember()

    assert words(one(parsed(office.get(AUDIT)), ".empty h2")) == "The workspace has no numbers"


@pytest.mark.parametrize("by", ["group", "kind", "teammate"])
def test_where_no_number_fits_one_click_leads_back_to_all(office: Office, by: str) -> None:
    remember(marked("a"))

    page = parsed(office.get(AUDIT, {"q": "zebra", "by": by}))

    assert words(one(page, ".empty h2")) == "No number fits"
    assert numbers_on(parsed(office.get(attribute(one(page, ".empty a"), "href")))) == ["PNa"]


def test_a_teammate_whom_nobody_knows_is_named(office: Office) -> None:
    remember(marked("a"))

    page = parsed(office.get(AUDIT, {"user": "USnobody"}))

    assert any("No teammate with the id USnobody" in notice for notice in notices_of(page))


def test_the_files_are_of_what_is_shown_all_pages_of_it(office: Office) -> None:
    remember(*many(3))

    page = parsed(office.get(AUDIT, {"by": "kind", "q": "line", "page": "2", "odd": "3"}))

    assert [attribute(link, "href") for link in page.css(".exports a")] == [
        "/audit.csv?by=kind&q=line",
        "/audit.xlsx?by=kind&q=line",
        "/audit.json?by=kind&q=line",
    ]


def test_the_audit_is_not_changed_by_a_post(office: Office) -> None:
    assert office.post(AUDIT).status_code == 405


def test_the_audit_is_for_those_who_are_signed_in(client: Any, db: None) -> None:
    assert client.get(AUDIT).status_code == 302


def test_no_id_stands_twice_on_the_page(office: Office) -> None:
    remember(*build(60).numbers)

    for by in ("group", "kind", "teammate"):
        ids = [attribute(node, "id") for node in parsed(office.get(AUDIT, {"by": by})).css("[id]")]
        assert len(ids) == len(set(ids)), by


def test_every_page_says_in_one_sentence_how_many_outliers_there_are(office: Office) -> None:
    remember(*many(3), marked("Odd", "++--+-"))

    for by, said in {
        "group": "1 of 4 numbers differs from what most of their group has.",
        "kind": "1 of 4 numbers differs from what most of their kind have.",
        "teammate": "1 of 4 numbers differs from what most of a teammate’s numbers have.",
    }.items():
        assert summary(parsed(office.get(AUDIT, {"by": by}))).startswith(said)


def test_names_of_texts_that_are_alike_are_told_apart_by_their_numbers(office: Office) -> None:
    remember(*many(3), marked("Odd", "++--+-", number="+14155550100"))

    (link,) = parsed(office.get(AUDIT)).css(".outlier-name")

    assert attribute(link, "title") == "(415) 555-0100"
    assert texts([link]) == ["Odd"]
