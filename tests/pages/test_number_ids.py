"""Ids of numbers in addresses: unusual ones lead to their page, impossible ones nowhere."""

from urllib.parse import unquote, urlsplit

import pytest
from django.db import transaction
from django.urls import resolve
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from numbers.vocabulary.links import number_url
from tests.support.pages import (
    LIST,
    PageClient,
    attribute,
    find_one,
    parse_page,
    sync_all,
    text_of,
)
from tests.support.quo_answers import number

PAGE = "/numbers/PN1/"
ODD = [
    "PN",
    "PN/",
    "PN//",
    "PN/x/",
    "PN/../../status",
    "PN/..",
    "PN/./a",
    "PN..",
    "PN?q=1",
    "PN#top",
    "PN%",
    "PN%2F",
    "PN%252F",
    "PN%00",
    "PN 1 ",
    "PN'\"",
    "PN<b>&amp;",
    "PN\\",
    "PN🏡",
    "PNé",
    "PN\t",
    "PN;a=b",
    "PN+",
    "PN:@&=$,!~*()",
    "PN\u202e\u2027",
    "PN" + "x" * 498,
    "PN" + "🏡" * 498,
    "PN{{ 7|add:7 }}",
]
# Quo's pattern is a JavaScript one, so a dot does not match a line break.
IDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\r\x00"), max_size=12).map("PN{}".format)


def link_leads_to(manager: PageClient, number_id: str) -> None:
    """Assert that the row's link and the page's links to itself open the page of this number."""
    listed = parse_page(manager.get(LIST))
    link = attribute(find_one(listed, "#results .name a"), "href")
    page = parse_page(manager.get(link))
    assert find_one(page, "#number").attributes["data-number"] == number_id
    assert resolve(unquote(urlsplit(link).path)).url_name == "detail"
    for own in (
        attribute(find_one(page, "#number"), "hx-get"),
        attribute(find_one(page, "#check-form [name=next]"), "value"),
    ):
        assert own == link
    # A browser would resolve dots between slashes, so there must be none.
    assert link.startswith("/numbers/PN")
    assert link.count("/") == 3


@pytest.mark.parametrize("number_id", ODD)
def test_a_link_with_an_unusual_id_opens_its_page(manager: PageClient, number_id: str) -> None:
    sync_all(number(number_id))

    link_leads_to(manager, number_id)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(IDS)
@example("PN/%2f/..")
def test_a_link_with_any_generated_id_opens_its_page(manager: PageClient, number_id: str) -> None:
    before = transaction.savepoint()
    sync_all(number(number_id))

    link_leads_to(manager, number_id)

    transaction.savepoint_rollback(before)


@pytest.mark.parametrize("other", ["PN", "PN1/", "PN1 ", "PNa", "PN%31", "PN1\u200b"])
def test_similar_ids_have_separate_pages(manager: PageClient, other: str) -> None:
    sync_all(number("PN1", name="One"), number(other, name="Other"))

    assert text_of(find_one(parse_page(manager.get(number_url("PN1"))), "h1")) == "One"
    assert text_of(find_one(parse_page(manager.get(number_url(other))), "h1")) == "Other"


@pytest.mark.parametrize("path", ["PN%00", "PN1%00", f"PN{'x' * 499}", "PN%0A", "PN1%0Ax"])
def test_an_impossible_id_is_404(manager: PageClient, path: str) -> None:
    page = parse_page(manager.get(f"/numbers/{path}/"), 404)

    assert text_of(find_one(page, "h1")) == "There is no such page"
    assert not page.css("#check-form")


@pytest.mark.parametrize("path", ["PN%FF", "PN%ED%A0%80", "PN%C3%28"])
def test_invalid_bytes_are_an_unknown_number(manager: PageClient, path: str) -> None:
    assert text_of(find_one(parse_page(manager.get(f"/numbers/{path}/"), 404), "h1")) == "This number is not known here"


@pytest.mark.parametrize("path", ["/numbers/pn1/", "/numbers/US1/", "/numbers/xPN1/", "/numbers/%20PN1/"])
def test_an_id_with_the_wrong_prefix_is_404(manager: PageClient, path: str) -> None:
    assert text_of(find_one(parse_page(manager.get(path), 404), "h1")) == "There is no such page"


def test_a_url_without_the_trailing_slash_redirects(manager: PageClient) -> None:
    sync_all(number("PN1"))

    assert manager.get("/numbers/PN1").headers["Location"] == PAGE
