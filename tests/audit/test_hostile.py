"""The audit shows hostile text from Quo or from the address as plain text."""

from collections.abc import Iterator
from unicodedata import combining

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from tests.support.audit_page import AUDIT, audit_number, audit_numbers, sentences
from tests.support.hostile import HOSTILE, OUTSIDE, assert_harmless, hostile_number, is_isolated
from tests.support.pages import HTMX, PageClient, numbers_on, parse_page, sync_all, total_of
from tests.support.quo_answers import user

GROUPINGS = ("group", "kind", "teammate")


def test_every_text_is_shown_as_text_in_every_grouping(manager: PageClient) -> None:
    sync_all(*(hostile_number(text) for text in HOSTILE.values()))

    for by in GROUPINGS:
        for headers in ({}, HTMX):
            page = parse_page(manager.get(AUDIT, {"by": by}, headers=headers))
            assert_harmless(page)
            assert len(numbers_on(page)) == len(HOSTILE)


@pytest.mark.parametrize("name", list(HOSTILE))
def test_an_outlier_and_its_group_are_shown_as_text(manager: PageClient, name: str) -> None:
    text = HOSTILE[name]
    teammates = [user("US1", firstName=text, lastName=text, email=text)]
    odd = [{**record, "name": text} for record in audit_numbers(2, "++--+-", name="Odd", groupId=text, users=teammates)]
    sync_all(*audit_numbers(9, groupId=text, users=teammates), *odd)

    for by in GROUPINGS:
        page = parse_page(manager.get(AUDIT, {"by": by}))
        assert_harmless(page)
        assert len(sentences(page)) == 1
        assert sum(not combining(letter) for letter in sentences(page)[0]) < 400


def texts_with(page: LexborHTMLParser, text: str) -> Iterator[LexborNode]:
    for node in page.css("*"):
        own = "".join(child.text() or "" for child in node.iter(include_text=True) if child.tag == "-text")
        if text in own:
            yield node


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_outside_text_is_isolated_from_the_text_around_it(manager: PageClient, headers: dict[str, str]) -> None:
    teammates = [user(f"US{OUTSIDE}", firstName=OUTSIDE, email=f"{OUTSIDE}@example.com")]
    alike = {"groupId": OUTSIDE, "users": teammates}
    sync_all(
        *audit_numbers(9, "++++++", name=OUTSIDE, **alike),
        *audit_numbers(8, "++-?--", name=OUTSIDE + "odd", **alike),
        audit_number(OUTSIDE + "alone", "------", **alike),
    )

    for query in ("", "by=kind", "by=teammate", f"user=US{OUTSIDE}&group={OUTSIDE}&q={OUTSIDE}", f"q={OUTSIDE}zebra"):
        page = parse_page(manager.get(f"{AUDIT}?{query}", headers=headers))
        found = list(texts_with(page, OUTSIDE))
        assert found
        assert [node.html for node in found if not is_isolated(node)] == [], query


NAMES = st.sampled_from(["by", "odd", "q", "user", "group", "kind", "messaging_us", "country", "sort", "page", "x"])
VALUES = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["group", "teammate", "kind", "US1", "-messaging_us", "2", "unknown", "local", "GR1", "none"]),
)


@given(st.lists(st.tuples(NAMES, VALUES), max_size=6))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_address_breaks_the_audit(manager: PageClient, query: list[tuple[str, str]]) -> None:
    sync_all(*audit_numbers(3), audit_number("Odd", "++--+-", users=[]))

    for headers in ({}, HTMX):
        page = parse_page(manager.get(AUDIT, dict(query), headers=headers))
        assert 0 <= total_of(page) <= 4
