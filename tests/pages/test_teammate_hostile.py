"""The teammates' pages escape any text from Quo, and follow the rules of every page."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from numbers.memory.sync_target import SyncTarget
from numbers.models import Sync
from numbers.quo.errors import from_answer
from numbers.vocabulary.links import teammate_url
from tests.support.hostile import HOSTILE, assert_harmless, hostile_number
from tests.support.pages import (
    HTMX,
    PageClient,
    assert_no_inline_code,
    attribute,
    find_one,
    notices_of,
    parse_page,
    sync_all,
    sync_failure,
    text_of,
)
from tests.support.quo_answers import number, user
from tests.support.teammates import PEOPLE, rolled_back, sync_teammate

PATHS = [PEOPLE, f"{PEOPLE}?q=a&role=member&numbers=one&sort=-numbers", f"{PEOPLE}?q=zebra&x=1", "/teammates/USnew/"]


def test_every_page_escapes_every_text(manager: PageClient) -> None:
    records = [hostile_number(text) for text in HOSTILE.values()]
    sync_all(*records)
    paths = [PEOPLE, *(teammate_url(record["users"][0]["id"]) for record in records)]

    for path in paths:
        for headers in ({}, HTMX):
            response = manager.get(path, headers=headers)
            assert_harmless(parse_page(response))
            assert_no_inline_code(response.content.decode())


def test_the_text_of_former_teammates_is_escaped(manager: PageClient) -> None:
    records = [hostile_number(text) for text in HOSTILE.values()]
    sync_all(*records)
    sync_all(*[record | {"users": []} for record in records])

    for record in records:
        assert_harmless(parse_page(manager.get(teammate_url(record["users"][0]["id"]))))


def test_a_mismatch_is_escaped(manager: PageClient) -> None:
    records = [hostile_number(text) | {"users": [user("US1")]} for text in HOSTILE.values()]
    sync_all(*records)
    strangers = [record | {"users": []} for record in records[:5]]
    sync_teammate("US1", *strangers, unknown=[record["id"] for record in records[5:]])

    page = parse_page(manager.get("/teammates/US1/"))

    assert_harmless(page)
    assert len(page.css("#mismatch a")) > 10


@pytest.mark.parametrize("text", list(HOSTILE.values()), ids=list(HOSTILE))
def test_query_parameters_are_escaped(manager: PageClient, text: str) -> None:
    sync_all(number("PN1"))
    for headers in ({}, HTMX):
        query = {"q": text, "role": text, "numbers": text, "sort": text, "page": text, text: "1"}
        assert_harmless(parse_page(manager.get(PEOPLE, query, headers=headers)))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_text_in_the_query_is_accepted(manager: PageClient, text: str) -> None:
    with rolled_back():
        record = hostile_number(text)
        sync_all(record)

        for path in (PEOPLE, teammate_url(record["users"][0]["id"])):
            assert_harmless(parse_page(manager.get(path)))


def test_very_long_text_does_not_fail(manager: PageClient) -> None:
    text = "W" * 10_000
    people = [user(f"US{place}", firstName=text, lastName=text, email=text) for place in range(10)]
    sync_all(*[number(f"PN{place}", name=text, users=people) for place in range(20)])

    assert notices_of(parse_page(manager.get(PEOPLE))) == []
    assert "W" * 100 not in text_of(find_one(parse_page(manager.get("/teammates/US1/")), ".reach"))


@pytest.fixture
def memory(manager: PageClient) -> None:
    people = [user(f"US{place}", firstName="Ann") for place in range(1, 55)]
    numbers = [number(f"PN{place}", users=people) for place in range(55)]
    sync_all(*numbers, number("PNleft", users=[user("USleft")]))
    sync_all(*numbers, number("PNleft", users=[]), {**number("PNodd"), "name": 42})
    sync_teammate("US1", *numbers[1:], number("PNleft", users=[]), alone=[numbers[0]])
    sync_failure(
        from_answer(500, b'{"message": "Oh", "trace": "tr-1"}', resource="list"), SyncTarget(Sync.Scope.TEAMMATE, "US1")
    )


ALL_PATHS = [*PATHS, "/teammates/US1/", "/teammates/US2/", "/teammates/USleft/", f"{PEOPLE}?page=2"]


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("path", ALL_PATHS)
def test_no_page_has_inline_scripts_styles_or_handlers(
    manager: PageClient, memory: None, path: str, headers: dict[str, str]
) -> None:
    assert_no_inline_code(manager.get(path, headers=headers).content.decode())


@pytest.mark.parametrize("path", ALL_PATHS)
def test_every_page_has_a_title_one_heading_and_unique_ids(manager: PageClient, memory: None, path: str) -> None:
    response = manager.get(path)
    page = parse_page(response, response.status_code)

    assert text_of(find_one(page, "head title"))
    assert text_of(find_one(page, "main h1"))
    ids = [attribute(node, "id") for node in page.css("[id]")]
    assert sorted(ids) == sorted(set(ids))
    for name in ("aria-labelledby", "aria-describedby", "for", "form"):
        for node in page.css(f"[{name}]"):
            assert set(attribute(node, name).split()) <= set(ids), node.html
