"""A file shows the list at the moment of the request, even if syncs run while it is read."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from numbers.exports import rows
from numbers.exports.documents import number_document, teammate_document
from numbers.exports.rows import listing_of, number_lines, teammate_lines
from numbers.filters.numbers import NumberFilters
from numbers.filters.teammates import TeammateFilters
from numbers.memory.moment import NOW, Moment
from numbers.models import Sync
from numbers.quo.errors import from_answer
from tests.support.pages import PageClient, sync_all, sync_failure
from tests.support.quo_answers import number, user
from tests.support.transactions import record_transactions


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "CHUNK", 2)
    monkeypatch.setattr(rows, "FIRST_CHUNK", 2)
    monkeypatch.setattr("numbers.exports.documents.BLOCK", 1)


def numbers(count: int = 6, **changes: Any) -> list[dict[str, Any]]:
    people = [user("US1", firstName="Ann"), user("US2", firstName="Bo")]
    return [number(f"PN{place}", **{"name": f"Line {place}", "users": people, **changes}) for place in range(count)]


def while_it_is_read(document: Iterator[bytes], change: Callable[[], object]) -> Any:
    """Read a document and change the list after its first block."""
    first = next(document)
    change()
    return json.loads(first + b"".join(document))["data"]


def test_a_sync_during_the_export_changes_nothing(db: None, small_chunks: None) -> None:
    sync_all(*numbers())
    before = json.loads(b"".join(number_document(NumberFilters(), "json")))["data"]

    def everything_changes() -> None:
        sync_all(*numbers(name="Other", users=[user("US3", firstName="Cy")]), number("PNnew"))

    after = while_it_is_read(number_document(NumberFilters(), "json"), everything_changes)

    assert after == before


def test_a_teammate_renamed_during_the_export_keeps_the_name(db: None, small_chunks: None) -> None:
    sync_all(*numbers())

    def renamed() -> None:
        sync_all(*numbers(users=[user("US1", firstName="Anna"), user("US2", firstName="Bo", role="admin")]))

    records = while_it_is_read(number_document(NumberFilters(), "json"), renamed)

    people = {tuple(person["firstName"] for person in record["users"]) for record in records}
    assert people == {("Ann", "Bo")}
    assert {person["role"] for record in records for person in record["users"]} == {"member"}


def test_a_number_that_disappears_during_the_export_is_included(db: None, small_chunks: None) -> None:
    sync_all(*numbers())

    records = while_it_is_read(number_document(NumberFilters(), "json"), lambda: sync_all(*numbers(3)))

    assert [record["id"] for record in records] == [f"PN{place}" for place in range(6)]
    assert all(len(record["users"]) == 2 for record in records)


def test_teammates_are_those_of_the_moment(db: None, small_chunks: None) -> None:
    people = [user(f"US{place}", firstName=f"Ann {place}") for place in range(6)]
    sync_all(*numbers(2, users=people))

    def everybody_leaves() -> None:
        sync_all(*numbers(2, name="Other", users=[user("US9", firstName="Cy")]))

    records = while_it_is_read(teammate_document(TeammateFilters(), "json"), everybody_leaves)

    assert [record["firstName"] for record in records] == [f"Ann {place}" for place in range(6)]
    assert all(record["phoneNumbers"] == ["PN0", "PN1"] for record in records)


def test_the_names_of_their_numbers_are_those_of_the_moment(db: None, small_chunks: None) -> None:
    sync_all(*numbers(3))
    lines = teammate_lines(listing_of(TeammateFilters()))
    sync_all(*numbers(3, name="Other"))

    assert [[number.name for number in line.numbers] for line in lines] == [["Line 0", "Line 1", "Line 2"]] * 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("filters", [NumberFilters(), NumberFilters(q="line")])
def test_a_sync_between_reading_keys_and_moment_is_in_neither(filters: NumberFilters) -> None:
    sync_all(*numbers(1))

    with record_transactions() as in_transaction:
        listing = listing_of(filters)

    assert listing.moment != NOW
    assert set(in_transaction) == {True}


def test_a_failed_sync_does_not_change_the_moment(db: None) -> None:
    sync_all(*numbers(1))
    sync_failure(from_answer(500, b"", resource="list"))

    assert listing_of(NumberFilters()).moment == Moment(Sync.objects.earliest("pk").observed_at)


def test_a_former_teammate_is_not_listed(db: None) -> None:
    sync_all(*numbers(1))
    sync_all(*numbers(1, users=[user("US2", firstName="Bo"), user("US3", firstName="Cy")]))

    [line] = number_lines(listing_of(NumberFilters()))

    assert [person.name for person in line.people] == ["Bo", "Cy"]


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_held_open(small_chunks: None) -> None:
    """On SQLite, an open transaction would block every sync."""
    sync_all(*numbers())

    for _ in number_document(NumberFilters(), "csv"):
        assert not connection.in_atomic_block
        assert not connection.connection.in_transaction if connection.vendor == "sqlite" else True


def test_only_a_chunk_is_read_at_a_time(db: None, small_chunks: None) -> None:
    sync_all(*numbers())
    lines = number_lines(listing_of(NumberFilters()))

    counts = []
    for _ in range(6):
        with CaptureQueriesContext(connection) as queries:
            next(lines)
        counts.append(len(queries))

    assert counts == [2, 0, 2, 0, 2, 0]


def test_the_first_chunk_is_small_and_all_rows_follow(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "FIRST_CHUNK", 1)
    monkeypatch.setattr(rows, "CHUNK", 3)
    sync_all(*numbers())
    lines = number_lines(listing_of(NumberFilters()))

    counts, names = [], []
    for _ in range(6):
        with CaptureQueriesContext(connection) as queries:
            names.append(next(lines).state.name)
        counts.append(len(queries))

    assert (counts, names) == ([2, 2, 0, 0, 2, 0], [f"Line {place}" for place in range(6)])
    assert next(lines, None) is None


@pytest.mark.parametrize(("path", "count"), [("/numbers.csv", 11), ("/numbers.json", 13), ("/teammates.csv", 11)])
def test_more_rows_need_no_more_queries(
    manager: PageClient, django_assert_num_queries: Callable[..., Any], path: str, count: int
) -> None:
    """Queries: session and permissions, keys, moment, rows and relations per chunk, the demo, and the access log."""
    for size in (2, rows.FIRST_CHUNK):
        sync_all(*numbers(size, users=[user(f"US{place}") for place in range(min(size, 9))]))
        with django_assert_num_queries(count, info=f"{path} of {size}"):
            b"".join(super(PageClient, manager).get(path).streaming_content)  # type: ignore[attr-defined]
