"""The filters in words: the sentence, which is also the title, and the chips."""

from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from numbers.filters.numbers import NARROWING, parse
from numbers.filters.wording import chips, sentence
from tests.support.hostile import HOSTILE, assert_harmless
from tests.support.pages import (
    HTMX,
    LIST,
    PageClient,
    attribute,
    find_one,
    numbers_on,
    parse_page,
    sync_all,
    text_of,
    texts,
)
from tests.support.quo_answers import number, user

ANN = user("US1", firstName="Ann", lastName="Lee")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "Numbers"),
        ("kind=toll-free", "Toll-free numbers"),
        ("kind=local", "Local numbers"),
        ("country=CA", "Numbers of Canada"),
        ("country=US", "Numbers of the United States"),
        ("country=NL", "Numbers of the Netherlands"),
        ("country=KY", "Numbers of the Cayman Islands"),
        ("country=DO", "Numbers of the Dominican Republic"),
        ("country=FR", "Numbers of France"),
        ("country=XX", "Numbers of XX"),
        ("country=unknown", "Numbers of an unknown country"),
        ("user=US1", "Numbers with Ann Lee"),
        ("unassigned=yes", "Numbers with nobody on them"),
        ("unassigned=no", "Numbers with somebody on them"),
        ("unassigned=unknown", "Numbers with nobody identified on them"),
        ("group=GR1", "Numbers in group GR1"),
        ("calling_us=allowed", "Numbers where calling the United States is allowed"),
        ("calling_ca=restricted", "Numbers where calling Canada is restricted"),
        ("calling_intl=unknown", "Numbers where calling abroad is not reported"),
        ("messaging_us=restricted", "Numbers where messaging the United States is restricted"),
        ("messaging_ca=unknown", "Numbers where messaging Canada is not reported"),
        ("messaging_intl=allowed", "Numbers where messaging abroad is allowed"),
        ("forward=any", "Numbers that forward calls"),
        ("forward=none", "Numbers that do not forward calls"),
        ("forward=inside", "Numbers that forward calls to another of your numbers"),
        ("forward=outside", "Numbers that forward calls outside the company"),
        ("forward=unknown", "Numbers that forward calls where it cannot be determined"),
        ("porting=unfinished", "Numbers whose port is not completed"),
        ("porting=none", "Numbers without a port"),
        ("porting=in+progress", "Numbers whose port is “in progress”"),
        ("q=desk", "Numbers that fit “desk”"),
        (
            "kind=toll-free&user=US1&calling_intl=allowed",
            "Toll-free numbers with Ann Lee where calling abroad is allowed",
        ),
        (
            "calling_us=allowed&messaging_us=restricted",
            "Numbers where calling the United States is allowed and messaging the United States is restricted",
        ),
        (
            "calling_ca=allowed&messaging_ca=allowed&messaging_intl=allowed",
            "Numbers where calling Canada is allowed, messaging Canada is allowed and messaging abroad is allowed",
        ),
        ("porting=none&forward=any", "Numbers without a port that forward calls"),
        ("porting=unfinished&q=desk", "Numbers whose port is not completed and that fit “desk”"),
        (
            "q=a&country=GB&unassigned=yes&group=G&porting=x&forward=outside&kind=local&messaging_us=restricted",
            "Local numbers of the United Kingdom with nobody on them in group G where messaging the United States is "
            "restricted that forward calls outside the company, whose port is “x” and that fit “a”",
        ),
        ("sort=-name&page=3&who=bo", "Numbers"),
    ],
)
def test_the_filters_read_as_one_sentence(query: str, expected: str) -> None:
    assert sentence(parse(QueryDict(query)), "Ann Lee") == expected


def test_a_teammate_without_a_name_appears_by_id() -> None:
    filters = parse(QueryDict("user=US1"))

    assert sentence(filters) == "Numbers with US1"
    assert [chip.label for chip in chips(filters)] == ["Teammate: US1"]


@pytest.mark.parametrize(
    ("query", "label"),
    [
        ("q=front+desk", "Search: front desk"),
        ("user=US1", "Teammate: Ann Lee"),
        ("calling_us=allowed", "Calling US: allowed"),
        ("calling_ca=restricted", "Calling CA: restricted"),
        ("calling_intl=unknown", "Calling Intl: not reported"),
        ("messaging_us=unknown", "Messaging US: not reported"),
        ("messaging_ca=allowed", "Messaging CA: allowed"),
        ("messaging_intl=restricted", "Messaging Intl: restricted"),
        ("group=GR1", "Group: GR1"),
        ("kind=toll-free", "Toll-free"),
        ("kind=local", "Local"),
        ("country=US", "Country: United States"),
        ("country=unknown", "Country: not known"),
        ("porting=unfinished", "Port: not completed"),
        ("porting=none", "Port: none"),
        ("porting=Pending", "Port: Pending"),
        ("forward=any", "Forwards: somewhere"),
        ("forward=none", "Forwards: nowhere"),
        ("forward=inside", "Forwards: inside the company"),
        ("forward=outside", "Forwards: outside the company"),
        ("forward=unknown", "Forwards: cannot be determined"),
        ("unassigned=yes", "Nobody on it"),
        ("unassigned=no", "Somebody on it"),
        ("unassigned=unknown", "Nobody identified on it"),
    ],
)
def test_each_filter_has_a_chip_that_names_it(query: str, label: str) -> None:
    (chip,) = chips(parse(QueryDict(query)), "Ann Lee")

    assert (chip.name, chip.label) == (query.partition("=")[0], label)


ACTIVE = {
    "q": "desk",
    "user": "US1",
    "calling_us": "allowed",
    "calling_ca": "allowed",
    "calling_intl": "restricted",
    "messaging_us": "allowed",
    "messaging_ca": "restricted",
    "messaging_intl": "restricted",
    "group": "1234",
    "kind": "local",
    "country": "US",
    "porting": "completed",
    "forward": "none",
    "unassigned": "no",
    "unusual": "yes",
}


@given(st.sets(st.sampled_from(list(ACTIVE)), min_size=1), st.sampled_from(["name", "-number"]))
def test_a_chip_removes_its_filter_and_keeps_the_rest(names: set[str], sort: str) -> None:
    active = {name: ACTIVE[name] for name in ACTIVE if name in names}
    filters = parse(QueryDict(urlencode({**active, "sort": sort, "page": "3"})))

    remaining = {chip.name: chip.without for chip in chips(filters)}

    assert list(remaining) == list(active)
    for name, without in remaining.items():
        assert without.active == {other: value for other, value in active.items() if other != name}
        assert (without.sort, without.page) == (filters.sort, 1)


def test_every_filter_has_a_wording() -> None:
    assert set(ACTIVE) == set(NARROWING)
    assert [chip.name for chip in chips(parse(QueryDict(urlencode(ACTIVE))))] == list(ACTIVE)


@pytest.fixture
def one_number(manager: PageClient) -> PageClient:
    sync_all(number("PN1", number="+14155550100", users=[ANN]))
    return manager


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_the_chips_above_the_results_link_to_the_list_without_them(
    one_number: PageClient, headers: dict[str, str]
) -> None:
    page = parse_page(one_number.get(LIST, {**ACTIVE, "sort": "-number"}, headers=headers))

    links = page.css("#results .chips a.chip")
    assert [attribute(link, "id") for link in links] == [f"chip-{name}" for name in ACTIVE]
    for name, link in zip(ACTIVE, links, strict=True):
        remaining = dict(parse_qsl(urlsplit(attribute(link, "href")).query))
        assert remaining == {other: value for other, value in ACTIVE.items() if other != name} | {"sort": "-number"}
        assert attribute(link, "aria-label") == f"Remove the filter {text_of(link)}"
        assert attribute(link, "hx-get") == attribute(link, "href")
    assert attribute(find_one(page, "#results .chips #show-all"), "href") == LIST


def test_without_filters_there_are_no_chips(one_number: PageClient) -> None:
    page = parse_page(one_number.get(LIST, {"sort": "-number", "page": "1"}))

    assert not page.css(".chips")
    assert text_of(find_one(page, ".results-head .sentence")) == "1 number"


def test_an_ignored_parameter_has_no_chip(one_number: PageClient) -> None:
    page = parse_page(one_number.get(LIST, {"kind": "mobile", "country": "USA", "group": " ", "q": "desk"}))

    assert texts(page.css(".chip")) == ["Search: desk"]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("", "Numbers"),
        ("user=US1&kind=local", "Local numbers with Ann Lee"),
        ("q=zebra", "Numbers that fit “zebra”"),
    ],
)
def test_the_sentence_is_the_title_of_the_page_and_of_the_fragment(
    one_number: PageClient, query: str, title: str
) -> None:
    for headers in ({}, HTMX):
        page = parse_page(one_number.get(f"{LIST}?{query}", headers=headers))
        assert text_of(find_one(page, "title")) == f"{title} · Quo Admin"


def test_the_sentence_is_shown_beside_the_count(one_number: PageClient) -> None:
    page = parse_page(one_number.get(LIST, {"user": "US1", "kind": "local"}))

    assert text_of(find_one(page, ".results-head .sentence")) == "1 number · Local numbers with Ann Lee"


def test_an_empty_result_keeps_the_sentence_and_the_chips(one_number: PageClient) -> None:
    page = parse_page(one_number.get(LIST, {"user": "US1", "kind": "toll-free"}))

    assert numbers_on(page) == []
    assert "What was asked for: Toll-free numbers with Ann Lee." in texts(page.css(".empty p"))
    assert texts(page.css(".chip")) == ["Teammate: Ann Lee", "Toll-free"]


@pytest.mark.parametrize("name", ["html", "attribute", "apostrophe", "end of a tag", "comment", "entities", "template"])
def test_hostile_text_in_a_filter_is_escaped(one_number: PageClient, name: str) -> None:
    text = " ".join(HOSTILE[name].split())

    for filter_name in ("q", "group", "porting", "who"):
        for headers in ({}, HTMX):
            page = parse_page(one_number.get(LIST, {filter_name: text}, headers=headers))
            assert_harmless(page)
            if filter_name != "who":
                assert text in text_of(find_one(page, "title"))
                assert text in text_of(find_one(page, ".chip"))
                assert attribute(find_one(page, ".chip"), "aria-label").endswith(text)


def test_bidirectional_text_in_a_filter_is_isolated(one_number: PageClient) -> None:
    page = parse_page(one_number.get(LIST, {"group": "\u202egroup", "q": "\u202equery"}))

    outside = [node for node in page.css("#results *") if "\u202e" in (node.text(deep=False) or "")]
    assert outside
    assert {node.tag for node in outside} == {"bdi"}
