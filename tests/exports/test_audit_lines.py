"""The audit's file: read bit by bit, and yet what the page shows, of the moment when it was asked for."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from numbers.audit.groups import Grouping
from numbers.audit.odd import odd_cells
from numbers.audit.query import AuditQuery
from numbers.exports import audit_lines as lines
from numbers.exports.audit import audit_document
from numbers.filters import NumberFilters
from numbers.sandbox.workspace import build
from tests.support.audit_groups import at_hand
from tests.support.audit_page import ANN, BO, many, marked
from tests.support.pages import remember
from tests.support.transactions import noting_transactions

BY = pytest.mark.parametrize("by", list(Grouping))


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "CHUNK", 2)
    monkeypatch.setattr(lines, "FIRST", 1)
    monkeypatch.setattr("numbers.exports.blocks.BLOCK", 1)


def records(by: Grouping, filters: NumberFilters | None = None) -> list[dict[str, Any]]:
    document = audit_document(AuditQuery(filters or NumberFilters(), by), "json")
    data: list[dict[str, Any]] = json.loads(b"".join(document))["data"]
    return data


@BY
@pytest.mark.parametrize("filters", [NumberFilters(sort="-number"), NumberFilters(messaging_us="restricted")])
def test_read_bit_by_bit_it_is_what_the_page_is_made_of(
    db: None, small_chunks: None, by: Grouping, filters: NumberFilters
) -> None:
    remember(*build(40).numbers)
    asked = AuditQuery(filters, by)
    _, groups = at_hand(asked)

    found = [
        (at.group.position, at.group.key, at.group.label, at.group.detail, at.group.size, at.line.quo_id, at.odd)
        for at in lines.audit_lines(lines.outline_of(asked))
    ]

    assert len(groups) > 1
    assert found == [
        (at.position, at.key, at.label, at.detail, at.size, line.quo_id, odd_cells(at, line.facts))
        for at in groups
        for line in at.lines
    ]


def everything_changes() -> None:
    renamed = [{**person, "firstName": "Zoe"} for person in (ANN, BO)]
    remember(*many(3, "------", groupId="GR9", users=renamed), marked("New", users=[]))


@BY
def test_a_sync_meanwhile_changes_nothing(db: None, small_chunks: None, by: Grouping) -> None:
    remember(*many(5, users=[ANN, BO]), marked("Odd", "++++++", users=[BO]), *many(3, name="Free", users=[]))
    asked = AuditQuery(NumberFilters(), by)
    before = b"".join(audit_document(asked, "csv"))
    document = audit_document(asked, "csv")
    first = next(document)
    everything_changes()

    assert first + b"".join(document) == before


def test_blank_ids_of_a_group_are_no_group_together_and_counted_as_one(db: None, small_chunks: None) -> None:
    remember(
        *(marked(f"No {place}", groupId=blank) for place, blank in enumerate([" ", "\t", "\u3000", ""])),
        marked("Odd", "++++++", groupId=" "),
        marked("In", groupId="GR1"),
    )

    [odd] = records(Grouping.GROUP, NumberFilters(q="odd"))
    everyone = records(Grouping.GROUP)

    assert odd["oddIn"] == ["calling.Intl", "messaging.Intl"]
    assert [(one["in"], one["id"]) for one in everyone] == [
        *(("GR1", "PNIn"), (None, "PNNo 0"), (None, "PNNo 1"), (None, "PNNo 2"), (None, "PNNo 3"), (None, "PNOdd"))
    ]


@BY
def test_only_a_chunk_is_read_at_a_time(db: None, small_chunks: None, by: Grouping) -> None:
    remember(*many(6, users=[ANN]))
    coming = lines.audit_lines(lines.outline_of(AuditQuery(NumberFilters(), by)))
    next(coming)

    counts = []
    for _ in range(5):
        with CaptureQueriesContext(connection) as asked:
            next(coming)
        counts.append(len(asked))

    assert counts == [0, 1, 0, 1, 0]


def test_groups_are_counted_a_few_at_first_and_then_many_at_a_time(db: None, small_chunks: None) -> None:
    remember(*(marked(f"{place}", groupId=f"GR{place}") for place in range(6)))
    outline = lines.outline_of(AuditQuery(NumberFilters()))

    with CaptureQueriesContext(connection) as asked:
        assert len(list(lines.audit_lines(outline))) == 6

    assert sum("COUNT" in question["sql"] for question in asked.captured_queries) == 4  # one; two, two and one


def test_a_number_with_several_teammates_is_counted_once(db: None) -> None:
    remember(*many(3, users=[ANN, BO]))

    outline = lines.outline_of(AuditQuery(NumberFilters(), Grouping.TEAMMATE))

    assert (outline.rows, outline.count) == (6, 3)


def test_who_was_on_a_number_earlier_has_no_row(db: None) -> None:
    remember(marked("a", users=[ANN, BO]))
    remember(marked("a", users=[BO]))

    assert [one["in"] for one in records(Grouping.TEAMMATE)] == ["US2"]


@pytest.mark.django_db(transaction=True)
@BY
def test_what_is_in_it_is_read_in_one_snapshot_that_ends_before_the_first_line(by: Grouping) -> None:
    remember(*many(2, users=[ANN]), marked("Free", users=[]))

    with noting_transactions() as open_:
        outline = lines.outline_of(AuditQuery(NumberFilters(), by))
        questions = len(open_)
        list(lines.audit_lines(outline))

    assert open_ == [True] * questions + [False] * (len(open_) - questions)
    assert 1 < questions < len(open_)
