"""Every page escapes any text in any field from Quo."""

import json
from collections.abc import Iterator

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from numbers.memory.sync_target import WORKSPACE, SyncTarget
from numbers.models import Sync
from numbers.quo.errors import Unauthorized, from_answer
from numbers.vocabulary.links import number_url
from tests.support.hostile import HOSTILE, OUTSIDE, assert_harmless, hostile_number, is_isolated
from tests.support.pages import (
    HTMX,
    LIST,
    PageClient,
    find_one,
    notices_of,
    numbers_on,
    parse_page,
    sync_all,
    sync_failure,
    text_of,
    texts,
)
from tests.support.quo_answers import number, user

PAGES = [LIST, f"{LIST}?sort=-forward", "/numbers/teammates/", "/status/"]


@pytest.fixture(params=list(HOSTILE), ids=list(HOSTILE))
def text(request: pytest.FixtureRequest) -> str:
    return HOSTILE[request.param]


def test_every_page_escapes_every_text(manager: PageClient) -> None:
    records = [hostile_number(text) for text in HOSTILE.values()]
    sync = sync_all(*records)
    assert (sync.seen, sync.set_aside_count) == (len(HOSTILE), 0)

    for path in [*PAGES, *(number_url(record["id"]) for record in records)]:
        for headers in ({}, HTMX):
            assert_harmless(parse_page(manager.get(path, headers=headers)))
    assert set(numbers_on(parse_page(manager.get(LIST)))) == {_in_html(record["id"]) for record in records}


def _in_html(text: str) -> str:
    """Return a text as a browser parses it, with normalized line breaks."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _remembered(text: str) -> str:
    return text.replace("\x00", "\ufffd")


@pytest.mark.parametrize("name", ["html", "attribute", "entities", "template", "bidi", "json", "lines", "nul"])
def test_the_raw_text_is_shown_unchanged(manager: PageClient, name: str) -> None:
    text = HOSTILE[name]
    record = hostile_number(text)
    sync_all(record)

    page = parse_page(manager.get(number_url(record["id"])))

    expected = _in_html(_remembered(text))
    fields = {text_of(find_one(row, "dt")): find_one(row, "dd").text() or "" for row in page.css("dl.fields > div")}
    for field in ("name", "symbol", "formattedNumber", "forward", "groupId", "portingStatus", "portRequestId"):
        assert fields[field].strip() == expected.strip(), field
    assert json.loads(find_one(page, "#answer pre code").text() or "")["name"] == text


def _texts_with(page: LexborHTMLParser, text: str) -> Iterator[LexborNode]:
    for node in page.css("*"):
        own = "".join(child.text() or "" for child in node.iter(include_text=True) if child.tag == "-text")
        if text in own:
            yield node


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_outside_text_is_isolated_from_the_text_around_it(manager: PageClient, headers: dict[str, str]) -> None:
    record = hostile_number(OUTSIDE)
    sync_all(record, {**number(OUTSIDE), "id": f"PN{OUTSIDE}2", "name": 42})
    sync_failure(
        from_answer(500, json.dumps(dict.fromkeys(("message", "code", "trace"), OUTSIDE)).encode(), resource="list")
    )
    sync_failure(Unauthorized("Ask."), SyncTarget(Sync.Scope.NUMBER, f"PN{OUTSIDE}"))
    paths = [
        *PAGES,
        number_url(record["id"]),
        f"/numbers/PN{OUTSIDE}new/",
        f"{LIST}?user=US{OUTSIDE}",
        f"{LIST}?q={OUTSIDE}",
        f"{LIST}?q={OUTSIDE}zebra&user=US{OUTSIDE}new",
        f"/numbers/teammates/?who={OUTSIDE}zebra",
    ]

    for path in paths:
        response = manager.get(path, headers=headers)
        page = parse_page(response, response.status_code)
        found = list(_texts_with(page, OUTSIDE))
        assert found or path == f"{LIST}?user=US{OUTSIDE}", path
        assert [node.html for node in found if not is_isolated(node)] == [], path


def test_an_unreadable_record_is_reported_without_quoting_it(manager: PageClient) -> None:
    sync_all(*({**hostile_number(text), "id": text} for text in HOSTILE.values()))

    page = parse_page(manager.get("/status/"))

    assert_harmless(page)
    assert texts(page.css("details li")) == [f"$.data[{place}]" for place in range(len(HOSTILE))]


def test_quos_error_message_is_escaped(manager: PageClient) -> None:
    for text in HOSTILE.values():
        body = json.dumps({"message": text, "code": text, "trace": text, "errors": [{"path": text, "message": text}]})
        sync_failure(from_answer(400, body.encode(), resource="list"), WORKSPACE)
        assert_harmless(parse_page(manager.get(LIST)))

    assert_harmless(parse_page(manager.get("/status/")))


def test_an_error_body_that_is_a_page_is_not_shown(manager: PageClient) -> None:
    sync_failure(from_answer(502, b"<html><script data-evil>alert(1)</script></html>", resource="list"))

    page = parse_page(manager.get(LIST))

    assert_harmless(page)
    assert "Quo said" not in text_of(find_one(page, "#freshness"))


def test_query_parameters_are_escaped(manager: PageClient, text: str) -> None:
    sync_all(number("PN1"))
    query = {"q": text, "who": text, "user": f"US{text}", "sort": text, "page": text, text: "1"}

    for path in (LIST, "/numbers/teammates/", "/status/"):
        for headers in ({}, HTMX):
            response = manager.get(path, query, headers=headers)
            assert_harmless(parse_page(response))
            assert b"\x00" not in response.content


def test_values_of_a_submitted_form_are_escaped(manager: PageClient) -> None:
    sync_all(number("PN1"))
    for text in HOSTILE.values():
        fields = {"next": f"/numbers/{text}", "number": f"PN{text}", "version": text, "auto": "1"}
        number_id = f"PN{text}".replace("\x00", "")
        sync_failure(Unauthorized("Ask."), SyncTarget(Sync.Scope.NUMBER, number_id))  # so that no sync starts

        assert_harmless(parse_page(manager.post("/sync/", fields, headers=HTMX)))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_text_in_the_query_is_accepted(manager: PageClient, text: str) -> None:
    before = transaction.savepoint()
    record = hostile_number(text)
    sync_all(record)

    for path in (*PAGES, number_url(record["id"])):
        assert_harmless(parse_page(manager.get(path)))

    transaction.savepoint_rollback(before)


def test_a_page_with_very_long_text_does_not_fail(manager: PageClient) -> None:
    text = "W" * 10_000
    people = [user(f"US{place}", firstName=text, lastName=text) for place in range(10)]
    sync_all(*[number(f"PN{place}", name=text, users=people) for place in range(20)])

    assert notices_of(parse_page(manager.get(LIST))) == []
