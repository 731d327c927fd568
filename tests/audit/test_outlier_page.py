"""What the audit page says about the outliers and their possible causes."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from numbers.audit import page as audit_page
from numbers.sandbox.workspace import build
from numbers.vocabulary.cells import CELLS
from tests.support.audit_page import ANN, AUDIT, audit_number, audit_numbers, sentences, summary
from tests.support.pages import (
    PageClient,
    attribute,
    find_one,
    notices_of,
    numbers_on,
    parse_page,
    sync_all,
    text_of,
    texts,
)

UNREGISTERED = "++--+-"  # no texts to the US


def test_a_sentence_names_and_links_an_outlier(manager: PageClient) -> None:
    sync_all(*audit_numbers(11), audit_number("Denver – front desk", UNREGISTERED))

    page = parse_page(manager.get(AUDIT))

    assert sentences(page) == [
        "Denver – front desk: messaging, United States is restricted, but allowed on 11 of the 12 numbers in group GR1."
    ]
    assert attribute(find_one(page, ".outlier-name"), "href") == "/numbers/PNDenver%20%E2%80%93%20front%20desk/"
    assert summary(page).startswith("1 of 12 numbers differs from what most of their group has.")


def test_one_sentence_names_all_outlying_cells_of_a_number(manager: PageClient) -> None:
    sync_all(*audit_numbers(3), audit_number("Odd", "++++--"))

    assert sentences(parse_page(manager.get(AUDIT))) == [
        "Odd: calling, international is allowed, but restricted on 3 of the 4 numbers in group GR1; "
        "messaging, Canada is restricted, but allowed on 3 of them."
    ]


@pytest.mark.parametrize(
    ("by", "changes", "among"),
    [
        ("kind", {}, "4 local numbers"),
        ("kind", {"number": "+18005550100"}, "4 toll-free numbers"),
        ("group", {}, "4 numbers in group GR1"),
        ("group", {"groupId": ""}, "4 numbers with no group given"),
        ("teammate", {"users": [ANN]}, "4 numbers of Ann Lee"),
        ("teammate", {"users": []}, "4 numbers with nobody on them"),
        ("teammate", {"users": None}, "4 numbers with nobody identified on them"),
    ],
)
def test_a_sentence_says_what_a_number_is_compared_with(
    manager: PageClient, by: str, changes: dict[str, Any], among: str
) -> None:
    sync_all(*audit_numbers(3, **changes), audit_number("Odd", UNREGISTERED, **changes))

    (sentence,) = sentences(parse_page(manager.get(AUDIT, {"by": by})))

    assert sentence.endswith(f"allowed on 3 of the {among}.")


@pytest.mark.parametrize("by", ["group", "kind", "teammate"])
def test_under_a_filter_a_number_is_compared_with_all_of_its_group(manager: PageClient, by: str) -> None:
    sync_all(*audit_numbers(4, users=[ANN]), *audit_numbers(3, UNREGISTERED, name="Odd", users=[ANN]))

    page = parse_page(manager.get(AUDIT, {"by": by, "messaging_us": "restricted", "q": "odd 001"}))

    (sentence,) = sentences(page)
    assert sentence.startswith("Odd 001: messaging, United States is restricted, but allowed on 4 of the 7 ")
    assert summary(page).endswith("not only those in the filter.")
    assert text_of(find_one(page, ".group-row th")).endswith("1 of 7 numbers")
    assert attribute(find_one(page, "td.outlier"), "title") == "Unlike most here: 4 of 7 allowed"


def test_a_filter_does_not_make_the_majority_outliers(manager: PageClient) -> None:
    sync_all(*audit_numbers(9, UNREGISTERED, name="Usual"), *audit_numbers(3, name="Odd"))

    page = parse_page(manager.get(AUDIT, {"q": "000"}))

    assert texts(page.css(".outlier-name")) == ["Odd 000"]


def test_the_page_says_so_if_no_matching_number_is_an_outlier(manager: PageClient) -> None:
    sync_all(*audit_numbers(3), audit_number("Odd", UNREGISTERED))

    page = parse_page(manager.get(AUDIT, {"messaging_us": "allowed"}))

    assert summary(page) == "Nothing is odd: none of these numbers differs from what most of its group has."


def test_outliers_with_the_same_difference_share_a_sentence(manager: PageClient) -> None:
    sync_all(*audit_numbers(9), *(audit_number(name, UNREGISTERED) for name in ("C", "A", "B")))

    page = parse_page(manager.get(AUDIT))

    assert sentences(page) == ["These 3 of 12 numbers in group GR1 cannot text the United States, most can: A, B, C."]
    assert not page.css(".outlier-list details")


def test_a_shared_sentence_names_all_differences(manager: PageClient) -> None:
    sync_all(*audit_numbers(9), *audit_numbers(2, "+++-+-", name="Odd"))

    assert sentences(parse_page(manager.get(AUDIT))) == [
        "These 2 of 11 numbers in group GR1 can call other countries, most cannot; "
        "cannot text the United States, most can: Odd 000, Odd 001."
    ]


@pytest.mark.parametrize(("count", "visible", "more"), [(7, 7, 0), (8, 6, 2), (60, 6, 54), (65, 6, 59)])
def test_the_first_of_many_outliers_are_visible_and_the_others_collapsed(
    manager: PageClient, count: int, visible: int, more: int
) -> None:
    sync_all(*audit_numbers(count + 1), *audit_numbers(count, UNREGISTERED, name="Odd"))

    page = parse_page(manager.get(AUDIT))

    names = [f"Odd {index:03}" for index in range(count)]
    assert texts(page.css(".outlier-list > li > p .outlier-name")) == names[:visible]
    assert texts(page.css(".outlier-list summary")) == ([f"and {more} more"] if more else [])
    assert texts(page.css(".outlier-list details .outlier-name")) == names[visible:60]
    assert ("and 5 more." in text_of(find_one(page, ".outlier-list"))) == (count == 65)


def test_the_rarest_differences_come_first(manager: PageClient) -> None:
    sync_all(*audit_numbers(9), *audit_numbers(2, UNREGISTERED, name="Two"), audit_number("One", "------"))

    page = parse_page(manager.get(AUDIT))

    assert [attribute(item, "data-count") for item in page.css(".outlier-list > li")] == ["1", "2"]
    assert attribute(find_one(page, "#odd-ones"), "data-outliers") == "3"


def test_an_outlier_under_two_teammates_is_listed_twice_and_counted_once(manager: PageClient) -> None:
    teammates = [ANN, {**ANN, "id": "US2", "firstName": "Bo"}]
    sync_all(*audit_numbers(3, users=teammates), audit_number("Odd", UNREGISTERED, users=teammates))

    page = parse_page(manager.get(AUDIT, {"by": "teammate"}))

    assert len(sentences(page)) == 2
    assert attribute(find_one(page, "#odd-ones"), "data-outliers") == "1"


def test_every_entry_links_to_the_list_of_exactly_its_numbers(manager: PageClient) -> None:
    sync_all(*build(60).numbers)
    followed = 0

    for query in ("by=group", "by=kind", "by=teammate", "by=kind&unassigned=no&q=e", "by=teammate&kind=local"):
        page = parse_page(manager.get(f"{AUDIT}?{query}"))
        for item in page.css(".outlier-list > li"):
            for link in item.css(".outlier-beside a[href^='/numbers/?']"):
                listed = parse_page(manager.get(attribute(link, "href")))
                assert number_links(listed, "#results .name a") == number_links(item, ".outlier-name"), query
                count = len(numbers_on(listed))
                assert text_of(link) == f"Show {'both' if count == 2 else f'all {count}'} in the list"
                followed += 1
    assert followed > 5


def number_links(node: LexborHTMLParser | LexborNode, selector: str) -> list[str]:
    return sorted(attribute(link, "href") for link in node.css(selector))


def test_outliers_that_no_list_can_show_have_no_link(manager: PageClient) -> None:
    teammates = [ANN, {**ANN, "id": "US2", "firstName": "Bo"}]
    sync_all(*audit_numbers(3, users=teammates), *audit_numbers(2, UNREGISTERED, name="Odd", users=teammates))

    page = parse_page(manager.get(AUDIT, {"by": "teammate", "user": "US1"}))

    links = [item.css(".outlier-beside a[href^='/numbers/?']") for item in page.css(".outlier-list > li")]
    assert [len(found) for found in links] == [1, 0]
    assert parse_qs(urlsplit(attribute(links[0][0], "href")).query)["user"] == ["US1"]


def test_the_outliers_are_paged_independently_of_the_matrix(
    manager: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_page, "OUTLIERS_PER_PAGE", 2)
    monkeypatch.setattr(audit_page, "ROWS_PER_PAGE", 3)
    patterns = ["-+-++-", "+--++-", "+++++-", UNREGISTERED, "++-+--"]
    sync_all(*audit_numbers(6), *(audit_number(f"Odd {index}", marks) for index, marks in enumerate(patterns)))

    pages = [parse_page(manager.get(AUDIT, {"odd": odd, "page": "2"})) for odd in ("1", "2", "3")]

    assert [len(sentences(page)) for page in pages] == [2, 2, 1]
    assert [name for page in pages for name in texts(page.css(".outlier-name"))] == [
        f"Odd {index}" for index in range(5)
    ]
    assert text_of(find_one(pages[1], "#odd-ones nav span")) == "3 to 4 of 5"
    links = {attribute(link, "id"): attribute(link, "href") for link in pages[1].css("#odd-ones nav a")}
    assert links == {
        "first-odd": "/audit/?page=2#odd-ones",
        "previous-odd": "/audit/?page=2#odd-ones",
        "next-odd": "/audit/?page=2&odd=3#odd-ones",
        "last-odd": "/audit/?page=2&odd=3#odd-ones",
    }
    assert attribute(find_one(pages[1], "#next-page"), "href") == "/audit/?page=3&odd=2#matrix"


def test_past_the_last_page_of_outliers_the_last_one_is_shown(manager: PageClient) -> None:
    sync_all(*audit_numbers(3), audit_number("Odd", UNREGISTERED))

    page = parse_page(manager.get(AUDIT, {"odd": "7"}))

    assert notices_of(page) == ["There is no page 7 of the odd ones, so the last one is shown."]
    assert len(sentences(page)) == 1


def test_the_page_says_calmly_that_there_is_no_outlier(manager: PageClient) -> None:
    sync_all(*audit_numbers(3))

    page = parse_page(manager.get(AUDIT))

    assert summary(page) == "Nothing is odd: no number differs from what most of its group has."
    assert not page.css("#results :is(.outlier-list, td.outlier, .notice)")


def test_the_page_says_that_small_groups_are_not_compared(manager: PageClient) -> None:
    sync_all(*audit_numbers(3), audit_number("Alone", "------", groupId="GR2"))

    assert summary(parse_page(manager.get(AUDIT))).endswith("Groups of one or two numbers are not compared.")


def test_if_nothing_can_be_compared_a_link_compares_kinds(manager: PageClient) -> None:
    sync_all(*(audit_number(name, groupId=name) for name in "abc"), audit_number("d", UNREGISTERED, groupId="d"))

    page = parse_page(manager.get(AUDIT))

    assert summary(page).startswith("There is nothing to compare: that takes three numbers or more in one group.")
    compared = parse_page(manager.get(attribute(find_one(page, "#compare-kinds"), "href")))
    assert len(sentences(compared)) == 1


def test_every_possible_cause_is_listed_once(manager: PageClient) -> None:
    sync_all(*audit_numbers(30), *audit_numbers(9, UNREGISTERED, name="Odd"), *audit_numbers(5, "++----", name="Odder"))

    page = parse_page(manager.get(AUDIT))

    causes = texts(page.css("[data-cause] dd"))
    assert len(causes) == len(set(causes))
    assert sum("A2P 10DLC" in text for text in causes) == 1
    assert all(text.startswith("Possible cause: ") and " Next step: " in text for text in causes)


def test_a_cause_names_its_cells_and_counts_its_numbers(manager: PageClient) -> None:
    free = {"number": "+18005550100"}
    sync_all(
        *audit_numbers(3),
        *audit_numbers(2, UNREGISTERED, name="US", **free),
        *audit_numbers(2, "++-+--", name="CA", **free),
    )

    page = parse_page(manager.get(AUDIT))

    (toll_free,) = [cause for cause in page.css("[data-cause]") if "toll-free verification" in text_of(cause)]
    assert "Messaging, United States; Messaging, Canada restricted on 4 numbers" in text_of(find_one(toll_free, "dt"))


def test_an_outlier_links_to_its_own_possible_causes(manager: PageClient) -> None:
    sync_all(*audit_numbers(9, "++-+++"), audit_number("Cannot text", "++--++"), audit_number("Can call", "+++-+-"))

    page = parse_page(manager.get(AUDIT))

    causes = {attribute(cause, "id"): text_of(cause) for cause in page.css("[data-cause]")}
    links = {
        text_of(find_one(item, ".outlier-name")): [
            attribute(link, "href")[1:] for link in item.css(".outlier-beside a")
        ]
        for item in page.css(".outlier-list > li")
    }
    text = [causes[cause] for cause in links["Cannot text"]]
    assert ["A2P" in text[0], "sole-proprietor" in text[1], len(text)] == [True, True, 2]
    assert any("International texting" in causes[cause] for cause in links["Can call"])


def test_an_outlier_that_is_allowed_more_has_no_cause(manager: PageClient) -> None:
    sync_all(*audit_numbers(9), audit_number("Odd", "+++++-"))

    assert not parse_page(manager.get(AUDIT)).css(".outlier-beside")


def test_the_causes_are_open_only_if_there_are_outliers(manager: PageClient) -> None:
    sync_all(*audit_numbers(3))
    assert "open" not in find_one(parse_page(manager.get(AUDIT)), "#causes").attributes

    sync_all(*audit_numbers(3), audit_number("Odd", UNREGISTERED))
    assert "open" in find_one(parse_page(manager.get(AUDIT)), "#causes").attributes


def test_there_is_no_cause_without_a_restriction(manager: PageClient) -> None:
    sync_all(*audit_numbers(3, "+" * len(CELLS)))

    assert not parse_page(manager.get(AUDIT)).css("#causes")
