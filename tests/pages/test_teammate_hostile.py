"""The teammates' pages escape any text from Quo, and follow the rules of every page."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from numbers.memory.sync_target import SyncTarget
from numbers.models import Sync
from numbers.quo.errors import from_answer
from numbers.vocabulary.links import teammate_url
from tests.support.hostile import HOSTILE, everywhere, is_harmless
from tests.support.pages import (
    HTMX,
    Office,
    attribute,
    fail,
    has_nothing_inside,
    notices_of,
    one,
    parsed,
    remember,
    words,
)
from tests.support.quo_answers import number, user
from tests.support.teammates import PEOPLE, forgotten, remember_of

PATHS = [PEOPLE, f"{PEOPLE}?q=a&role=member&numbers=one&sort=-numbers", f"{PEOPLE}?q=zebra&x=1", "/teammates/USnew/"]


def test_every_page_escapes_every_text(office: Office) -> None:
    records = [everywhere(text) for text in HOSTILE.values()]
    remember(*records)
    paths = [PEOPLE, *(teammate_url(record["users"][0]["id"]) for record in records)]

    for path in paths:
        for headers in ({}, HTMX):
            response = office.get(path, headers=headers)
            is_harmless(parsed(response))
            has_nothing_inside(response.content.decode())


def test_the_text_of_former_teammates_is_escaped(office: Office) -> None:
    records = [everywhere(text) for text in HOSTILE.values()]
    remember(*records)
    remember(*[record | {"users": []} for record in records])

    for record in records:
        is_harmless(parsed(office.get(teammate_url(record["users"][0]["id"]))))


def test_a_mismatch_is_escaped(office: Office) -> None:
    records = [everywhere(text) | {"users": [user("US1")]} for text in HOSTILE.values()]
    remember(*records)
    strangers = [record | {"users": []} for record in records[:5]]
    remember_of("US1", *strangers, unknown=[record["id"] for record in records[5:]])

    page = parsed(office.get("/teammates/US1/"))

    is_harmless(page)
    assert len(page.css("#mismatch a")) > 10


@pytest.mark.parametrize("text", list(HOSTILE.values()), ids=list(HOSTILE))
def test_query_parameters_are_escaped(office: Office, text: str) -> None:
    remember(number("PN1"))
    for headers in ({}, HTMX):
        query = {"q": text, "role": text, "numbers": text, "sort": text, "page": text, text: "1"}
        is_harmless(parsed(office.get(PEOPLE, query, headers=headers)))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_text_in_the_query_is_accepted(office: Office, text: str) -> None:
    with forgotten():
        record = everywhere(text)
        remember(record)

        for path in (PEOPLE, teammate_url(record["users"][0]["id"])):
            is_harmless(parsed(office.get(path)))


def test_very_long_text_does_not_fail(office: Office) -> None:
    text = "W" * 10_000
    people = [user(f"US{place}", firstName=text, lastName=text, email=text) for place in range(10)]
    remember(*[number(f"PN{place}", name=text, users=people) for place in range(20)])

    assert notices_of(parsed(office.get(PEOPLE))) == []
    assert "W" * 100 not in words(one(parsed(office.get("/teammates/US1/")), ".reach"))


@pytest.fixture
def memory(office: Office) -> None:
    people = [user(f"US{place}", firstName="Ann") for place in range(1, 55)]
    numbers = [number(f"PN{place}", users=people) for place in range(55)]
    remember(*numbers, number("PNleft", users=[user("USleft")]))
    remember(*numbers, number("PNleft", users=[]), {**number("PNodd"), "name": 42})
    remember_of("US1", *numbers[1:], number("PNleft", users=[]), alone=[numbers[0]])
    fail(
        from_answer(500, b'{"message": "Oh", "trace": "tr-1"}', resource="list"), SyncTarget(Sync.Scope.TEAMMATE, "US1")
    )


ALL_PATHS = [*PATHS, "/teammates/US1/", "/teammates/US2/", "/teammates/USleft/", f"{PEOPLE}?page=2"]


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("path", ALL_PATHS)
def test_no_page_has_inline_scripts_styles_or_handlers(
    office: Office, memory: None, path: str, headers: dict[str, str]
) -> None:
    has_nothing_inside(office.get(path, headers=headers).content.decode())


@pytest.mark.parametrize("path", ALL_PATHS)
def test_every_page_has_a_title_one_heading_and_unique_ids(office: Office, memory: None, path: str) -> None:
    response = office.get(path)
    page = parsed(response, response.status_code)

    assert words(one(page, "head title"))
    assert words(one(page, "main h1"))
    ids = [attribute(node, "id") for node in page.css("[id]")]
    assert sorted(ids) == sorted(set(ids))
    for name in ("aria-labelledby", "aria-describedby", "for", "form"):
        for node in page.css(f"[{name}]"):
            assert set(attribute(node, name).split()) <= set(ids), node.html
