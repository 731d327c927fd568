"""The audit as CSV, Excel and JSON: the same as all pages of the audit together."""

import pytest

from numbers.audit import page as audit_page
from numbers.sandbox.workspace import build
from numbers.vocabulary.cells import CELLS
from tests.support.audit_page import ANN, AUDIT, BO, audit_number, audit_numbers, bodies
from tests.support.exported_files import CELL_HEADINGS, csv_rows, download, json_records, raw_csv_rows, sheets
from tests.support.pages import PageClient, attribute, parse_page, sync_all


def test_a_row_has_its_group_its_six_facts_and_the_cells_in_which_it_differs(manager: PageClient) -> None:
    sync_all(*audit_numbers(3), audit_number("Odd", "+++?+-", number="+14155550100"))

    row = csv_rows(manager, "/audit.csv")[-1]

    assert row == {
        "Group": "GR1",
        "Name": "Odd",
        "Number": "(415) 555-0100",
        "E.164": "'+14155550100",
        "Calling US": "allowed",
        "Calling CA": "allowed",
        "Calling Intl": "allowed",
        "Messaging US": "not reported (sometimes)",
        "Messaging CA": "allowed",
        "Messaging Intl": "restricted",
        "Odd in": "Calling Intl (3 of 4 restricted); Messaging US (3 of 4 allowed)",
        "Kind": "local",
        "Id": "PNOdd",
    }


def test_a_filtered_file_compares_with_the_whole_group(manager: PageClient) -> None:
    sync_all(*audit_numbers(4), *audit_numbers(3, "++--+-", name="Odd"))

    rows = csv_rows(manager, "/audit.csv?messaging_us=restricted")

    assert [row["Odd in"] for row in rows] == ["Messaging US (4 of 7 allowed)"] * 3
    assert [line["oddIn"] for line in json_records(manager, "/audit.json?messaging_us=restricted")] == [
        ["messaging.US"]
    ] * 3


def test_the_kind_comes_first_and_the_group_last_if_grouped_by_kind(manager: PageClient) -> None:
    sync_all(audit_number("free", number="+18005550100"), audit_number("a"))

    rows = csv_rows(manager, "/audit.csv?by=kind")

    assert [(row["Kind"], row["Name"], row["Group id"]) for row in rows] == [
        ("toll-free", "free", "GR1"),
        ("local", "a", "GR1"),
    ]
    assert next(iter(rows[0])) == "Kind"


def test_grouped_by_teammate_a_number_has_a_row_for_each_teammate_or_for_nobody(manager: PageClient) -> None:
    sync_all(audit_number("both", users=[BO, ANN]), audit_number("none", users=[]), audit_number("unknown", users=None))

    rows = csv_rows(manager, "/audit.csv?by=teammate")

    assert [(row["Teammate"], row["Teammate's email"], row["Name"]) for row in rows] == [
        ("Ann Lee", "ann@example.com", "both"),
        ("Bo", "bo@example.com", "both"),
        ("(nobody)", "", "none"),
        ("(not identified)", "", "unknown"),
    ]


def test_numbers_without_a_group_say_so(manager: PageClient) -> None:
    sync_all(audit_number("a", groupId=""))

    assert [row["Group"] for row in csv_rows(manager, "/audit.csv")] == ["(no group given)"]


def test_no_value_in_a_csv_is_a_formula(manager: PageClient) -> None:
    teammates = [{**ANN, "firstName": "=1+1", "lastName": None}]
    sync_all(audit_number("=cmd|'/C calc'!A0", groupId="@SUM(1)", users=teammates))

    for by in ("group", "kind", "teammate"):
        for row in csv_rows(manager, f"/audit.csv?by={by}"):
            assert not [value for value in row.values() if value.startswith(("=", "+", "-", "@"))]


def test_a_raw_file_has_every_value_as_quo_sent_it(manager: PageClient) -> None:
    sync_all(*audit_numbers(3), audit_number("=Odd", "++-?0-", number="+14155550100"))

    row = raw_csv_rows(manager, "/audit.csv?raw=1")[0]

    assert row == {
        "groupedBy": "group",
        "in": "GR1",
        "id": "PN=Odd",
        "name": "=Odd",
        "number": "+14155550100",
        "groupId": "GR1",
        "kind": "local",
        "restrictions.calling.US": "unrestricted",
        "restrictions.calling.CA": "unrestricted",
        "restrictions.calling.Intl": "restricted",
        "restrictions.messaging.US": "sometimes",
        "restrictions.messaging.CA": "",
        "restrictions.messaging.Intl": "restricted",
        "oddIn": "messaging.US messaging.CA",
    }


def test_the_json_uses_the_names_of_quos_api(manager: PageClient) -> None:
    sync_all(*audit_numbers(3, users=[ANN]), audit_number("Odd", "++-?0-", number="+14155550100", users=[ANN]))

    assert json_records(manager, "/audit.json?by=teammate")[-1] == {
        "groupedBy": "teammate",
        "in": "US1",
        "id": "PNOdd",
        "name": "Odd",
        "number": "+14155550100",
        "groupId": "GR1",
        "kind": "local",
        "restrictions": {
            "calling": {"US": "unrestricted", "CA": "unrestricted", "Intl": "restricted"},
            "messaging": {"US": "sometimes", "Intl": "restricted"},
        },
        "oddIn": ["messaging.US", "messaging.CA"],
    }


def test_the_workbook_has_the_same_rows_and_describes_itself(manager: PageClient) -> None:
    sync_all(*audit_numbers(3), audit_number("Odd", "++--+-"))

    audit, about = sheets(download(manager, "/audit.xlsx?by=kind&q=odd"))

    rows = [[cell.value or "" for cell in row] for row in audit.iter_rows()]
    as_csv = csv_rows(manager, "/audit.csv?by=kind&q=odd")
    assert audit.title == "Audit"
    assert rows[0] == list(as_csv[0])
    assert [row[1] for row in rows[1:]] == [row["Name"] for row in as_csv]
    facts_about = {str(label.value): str(text.value) for label, text, *_ in about.iter_rows(max_col=2)}
    assert facts_about["Grouped by"] == "kind"
    assert facts_about["How many"] == "1"


def test_the_workbook_filters_all_rows_and_counts_each_number_once(manager: PageClient) -> None:
    sync_all(*audit_numbers(3, users=[ANN, BO]))

    audit, about = sheets(download(manager, "/audit.xlsx?by=teammate"))

    assert audit.max_row == 7
    assert str(audit.auto_filter.ref).endswith("7")
    facts_about = {str(label.value): str(text.value) for label, text, *_ in about.iter_rows(max_col=2)}
    assert facts_about["How many"] == "3"  # numbers, not rows


@pytest.mark.parametrize(
    "query",
    ["by=group", "by=kind&sort=-number", "by=teammate&messaging_us=restricted", "q=a&unassigned=no&page=2&odd=2"],
)
def test_a_file_has_the_same_rows_as_all_pages_together(
    manager: PageClient, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    monkeypatch.setattr(audit_page, "ROWS_PER_PAGE", 10_000)
    sync_all(*build(40).numbers)
    keys = [cell.key for cell in CELLS]

    page = parse_page(manager.get(f"{AUDIT}?{query}"))

    on_page = [
        (
            attribute(body, "data-group"),
            attribute(row, "data-number"),
            [cell.attributes["data-cell"] for cell in row.css("td.outlier")],
        )
        for body in bodies(page)
        for row in body.css("tr[data-number]")
    ]
    found = json_records(manager, f"/audit.json?{query}")
    assert [(one["in"] or "", one["id"], one["oddIn"]) for one in found] == on_page
    assert any(odd for _, _, odd in on_page)
    assert {key for one in found for key in one["oddIn"]} <= set(keys)
    facts = [
        [row[cell].partition(" (")[0] for cell in CELL_HEADINGS] for row in csv_rows(manager, f"/audit.csv?{query}")
    ]
    assert facts == [
        ["not reported" if fact == "unknown" else fact for fact in (cell.attributes["data-fact"] for cell in cells)]
        for cells in (row.css("[data-cell]") for row in page.css("tr[data-number]"))
    ]


def test_an_empty_audit_is_a_file_without_rows(manager: PageClient) -> None:
    sync_all(audit_number("a"))

    assert csv_rows(manager, "/audit.csv?q=zebra") == []
    assert json_records(manager, "/audit.json?q=zebra") == []
    assert sheets(download(manager, "/audit.xlsx?q=zebra"))[0].max_row == 1


def test_a_file_has_a_name_and_is_not_cached(manager: PageClient) -> None:
    sync_all(audit_number("a"))

    response = manager.get("/audit.csv")

    assert response.headers["Content-Disposition"].startswith('attachment; filename="audit-')
    assert response.headers["Cache-Control"] == "private, no-store"
