"""The list's pages and every file have the same rows in the same order, with any filter."""

from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from numbers.filters.columns import COLUMNS
from numbers.memory.teammates import TEAMMATE_SORTS
from numbers.sandbox.workspace import build
from numbers.vocabulary.cells import CELLS
from tests.support.exported_files import CELL_HEADINGS, cell_of, csv_rows, json_records, raw_csv_rows, sheet
from tests.support.pages import LIST, PageClient, attribute, numbers_on, parse_page, sync_all, total_of
from tests.support.quo_answers import number

Query = dict[str, str]

WORKSPACE = build(70)
FACTS = st.sampled_from(["", "", "", "allowed", "restricted", "unknown", "nonsense"])
FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "q": st.sampled_from(["", "555", "desk", "a", "maya", "+1 206", "zebra", "é"]),
        "user": st.sampled_from([record["id"] for record in WORKSPACE.users[:4]] + ["USx"]),
        **dict.fromkeys(("calling_us", "calling_intl", "messaging_us", "messaging_ca", "messaging_intl"), FACTS),
        "group": st.sampled_from([record["groupId"] for record in WORKSPACE.numbers[:3]] + [""]),
        "kind": st.sampled_from(["toll-free", "local"]),
        "country": st.sampled_from(["US", "ca", "unknown", "GB"]),
        "porting": st.sampled_from(["completed", "unfinished", "none"]),
        "forward": st.sampled_from(["any", "none", "inside", "outside", "unknown"]),
        "unassigned": st.sampled_from(["yes", "no"]),
        "sort": st.sampled_from([*COLUMNS, *(f"-{key}" for key in COLUMNS), "nonsense"]),
        "page": st.sampled_from(["1", "2", "99"]),
    },
)


@pytest.fixture
def memory(db: None) -> None:
    odd = {"calling": {"US": None, "Intl": "pending"}, "messaging": {}}
    sync_all(*WORKSPACE.numbers, number("PNodd", restrictions=odd), number("PNalso odd", name="", restrictions=odd))


def on_all_pages(manager: PageClient, query: Query) -> list[str]:
    found: list[str] = []
    total, page = 1, 1
    while len(found) < total:
        listed = parse_page(manager.get(LIST, {**query, "page": str(page)}))
        total, page = total_of(listed), page + 1
        found += numbers_on(listed)
    return found


@examples(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FILTERS)
@example({})
@example({"sort": "-teammates", "page": "2"})
def test_every_file_has_the_pages_numbers_in_order(manager: PageClient, memory: None, query: Query) -> None:
    query_string = urlencode(query)

    ids = on_all_pages(manager, query)

    assert [row["Id"] for row in csv_rows(manager, f"/numbers.csv?{query_string}")] == ids
    assert [row["id"] for row in raw_csv_rows(manager, f"/numbers.csv?{query_string}&raw=1")] == ids
    assert [record["id"] for record in json_records(manager, f"/numbers.json?{query_string}")] == ids


@examples(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FILTERS)
@example({})
def test_the_workbook_has_the_pages_numbers_in_order(manager: PageClient, memory: None, query: Query) -> None:
    page = sheet(manager, f"/numbers.xlsx?{urlencode(query)}")

    ids = [cell_of(page, "Id", row).value for row in range(2, page.max_row + 1)]
    assert ids == on_all_pages(manager, query)


TEAMMATE_FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "q": st.sampled_from(["", "a", "example.net", "zebra", "é"]),
        "role": st.sampled_from(["owner", "admin", "member", "boss"]),
        "numbers": st.sampled_from(["none", "one", "several"]),
        **dict.fromkeys(("calling_intl", "messaging_us", "messaging_ca", "messaging_intl"), FACTS),
        "sort": st.sampled_from([*TEAMMATE_SORTS, *(f"-{key}" for key in TEAMMATE_SORTS)]),
    },
)


@examples(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEAMMATE_FILTERS)
@example({})
@example({"messaging_us": "restricted", "calling_intl": "allowed"})
def test_every_file_has_the_pages_teammates_in_order(manager: PageClient, memory: None, query: Query) -> None:
    query_string = urlencode(query)

    people = teammates_on_all_pages(manager, query)

    plain = csv_rows(manager, f"/teammates.csv?{query_string}")
    assert [(row["Id"], [row[cell] for cell in CELL_HEADINGS if row[cell]]) for row in plain] == [
        (user_id, ["not reported" if fact == "unknown" else fact for fact in reach]) for user_id, reach in people
    ]
    raw = raw_csv_rows(manager, f"/teammates.csv?{query_string}&raw=1")
    assert [(row["id"], [row[f"reach.{key}"] for key in KEYS if row[f"reach.{key}"]]) for row in raw] == people
    assert [
        (record["id"], flat(record["reach"])) for record in json_records(manager, f"/teammates.json?{query_string}")
    ] == people


KEYS = [cell.key for cell in CELLS]


def flat(reach: dict[str, dict[str, str]] | None) -> list[str]:
    return [fact for regions in (reach or {}).values() for fact in regions.values()]


def teammates_on_all_pages(manager: PageClient, query: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """Return each teammate with the six facts of their reach, or none without numbers."""
    found: list[tuple[str, list[str]]] = []
    total, page = 1, 1
    while len(found) < total:
        listed = parse_page(manager.get("/teammates/", {**query, "page": str(page)}))
        total, page = total_of(listed), page + 1
        found += [
            (attribute(row, "data-teammate"), [attribute(cell, "data-fact") for cell in row.css("[data-cell]")])
            for row in listed.css("#results tr[data-teammate]")
        ]
    return found
