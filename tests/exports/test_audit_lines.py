"""The audit's file is read in chunks but shows what the page shows at one moment."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from numbers.audit.groups import Grouping
from numbers.audit.outliers import outlier_cells
from numbers.audit.query import AuditQuery
from numbers.audit.reading import audited_numbers, read_audit
from numbers.exports import audit
from numbers.exports.audit import audit_document, audit_lines
from numbers.filters.numbers import NumberFilters
from numbers.sandbox.workspace import build
from tests.support.audit_page import ANN, BO, audit_number, audit_numbers
from tests.support.pages import sync_all
from tests.support.transactions import record_transactions

BY = pytest.mark.parametrize("by", list(Grouping))


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "CHUNK", 2)
    monkeypatch.setattr("numbers.exports.documents.BLOCK", 1)


def records(by: Grouping, filters: NumberFilters | None = None) -> list[dict[str, Any]]:
    document = audit_document(AuditQuery(filters or NumberFilters(), by), "json")
    data: list[dict[str, Any]] = json.loads(b"".join(document))["data"]
    return data


@BY
@pytest.mark.parametrize("filters", [NumberFilters(sort="-number"), NumberFilters().but(messaging_us="restricted")])
def test_the_file_read_in_chunks_matches_the_page(
    db: None, small_chunks: None, by: Grouping, filters: NumberFilters
) -> None:
    sync_all(*build(40).numbers)
    whole = read_audit(AuditQuery(filters, by))

    found = [(at.group.position, at.number.quo_id, at.outlying) for at in audit_lines(whole)]

    assert len(whole.groups) > 1
    numbers = audited_numbers(whole, whole.states)
    assert found == [
        (
            group.position,
            numbers[key].quo_id,
            outlier_cells(group.whole, group.whole.differing_facts(numbers[key].facts)),
        )
        for group in whole.groups
        for key in whole.keys_of(group)
    ]


def everything_changes() -> None:
    renamed = [{**person, "firstName": "Zoe"} for person in (ANN, BO)]
    sync_all(*audit_numbers(3, "------", groupId="GR9", users=renamed), audit_number("New", users=[]))


@BY
def test_a_sync_during_the_export_changes_nothing(db: None, small_chunks: None, by: Grouping) -> None:
    sync_all(
        *audit_numbers(5, users=[ANN, BO]),
        audit_number("Odd", "++++++", users=[BO]),
        *audit_numbers(3, name="Free", users=[]),
    )
    query = AuditQuery(NumberFilters(), by)
    before = b"".join(audit_document(query, "csv"))
    document = audit_document(query, "csv")
    first = next(document)
    everything_changes()

    assert first + b"".join(document) == before


def test_blank_group_ids_form_one_group(db: None, small_chunks: None) -> None:
    sync_all(
        *(audit_number(f"No {place}", groupId=blank) for place, blank in enumerate([" ", "\t", "\u3000", ""])),
        audit_number("Odd", "++++++", groupId=" "),
        audit_number("In", groupId="GR1"),
    )

    [outlier] = records(Grouping.GROUP, NumberFilters(q="odd"))
    everyone = records(Grouping.GROUP)

    assert outlier["oddIn"] == ["calling.Intl", "messaging.Intl"]
    assert [(one["in"], one["id"]) for one in everyone] == [
        *(("GR1", "PNIn"), (None, "PNNo 0"), (None, "PNNo 1"), (None, "PNNo 2"), (None, "PNNo 3"), (None, "PNOdd"))
    ]


@BY
def test_only_a_chunk_is_read_at_a_time(db: None, small_chunks: None, by: Grouping) -> None:
    sync_all(*audit_numbers(6, users=[ANN]))
    coming = audit_lines(read_audit(AuditQuery(NumberFilters(), by)))
    next(coming)

    counts = []
    for _ in range(5):
        with CaptureQueriesContext(connection) as queries:
            next(coming)
        counts.append(len(queries))

    chunk = 2 if by is Grouping.TEAMMATE else 1  # the numbers, and the teammates' names
    assert counts == [0, chunk, 0, chunk, 0]


def test_a_number_with_several_teammates_is_counted_once(db: None) -> None:
    sync_all(*audit_numbers(3, users=[ANN, BO]))

    found = read_audit(AuditQuery(NumberFilters(), Grouping.TEAMMATE))

    assert (found.row_count, found.total) == (6, 3)


def test_a_former_teammate_has_no_row(db: None) -> None:
    sync_all(audit_number("a", users=[ANN, BO]))
    sync_all(audit_number("a", users=[BO]))

    assert [one["in"] for one in records(Grouping.TEAMMATE)] == ["US2"]


@pytest.mark.django_db(transaction=True)
@BY
def test_the_audit_is_read_in_one_snapshot_before_the_first_line(by: Grouping) -> None:
    sync_all(*audit_numbers(2, users=[ANN]), audit_number("Free", users=[]))

    with record_transactions() as open_:
        document = audit_document(AuditQuery(NumberFilters(), by), "csv")
        questions = len(open_)
        list(document)

    assert open_ == [True] * questions + [False] * (len(open_) - questions)
    assert 1 < questions < len(open_)
