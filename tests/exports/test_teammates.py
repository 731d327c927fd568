"""Exports of the list of teammates."""

import json
from typing import Any

from numbers.vocabulary.cells import CELLS
from tests.support.exported_files import (
    CELL_HEADINGS,
    about_sheet,
    cell_of,
    csv_rows,
    json_records,
    raw_csv_rows,
    sheet,
)
from tests.support.pages import PageClient, sync_all
from tests.support.quo_answers import number, user

ANN = user("US1", firstName="Ann", lastName="Lee", email="ann@example.com", role="admin")
BO: dict[str, Any] = user("US2", firstName=None, lastName=None, email="bo@example.com")


YES, NO = "unrestricted", "restricted"
FIRST = {"calling": {"US": YES, "CA": NO, "Intl": NO}, "messaging": {"US": YES, "CA": NO, "Intl": NO}}
SECOND = {"calling": {"US": NO, "CA": YES, "Intl": NO}, "messaging": {"US": NO, "CA": "sometimes", "Intl": NO}}


def two_numbers() -> None:
    sync_all(
        number("PN1", name="Second line", number="+12065550101", users=[ANN, BO], restrictions=SECOND),
        number("PN2", name="First line", number="+12065550102", users=[ANN], restrictions=FIRST),
    )


def test_a_teammate_is_one_row(manager: PageClient) -> None:
    two_numbers()

    ann, bo = csv_rows(manager, "/teammates.csv")

    assert ann == {
        "Name": "Ann Lee",
        "Email": "ann@example.com",
        "Role": "admin",
        "Numbers": "2",
        "Calling US": "allowed",
        "Calling CA": "allowed",
        "Calling Intl": "restricted",
        "Messaging US": "allowed",
        "Messaging CA": "not reported",
        "Messaging Intl": "restricted",
        "Names of the numbers": "First line; Second line",
        "The numbers": "(206) 555-0102; (206) 555-0101",
        "Id": "US1",
    }
    assert (bo["Name"], bo["Numbers"], bo["Names of the numbers"]) == ("bo@example.com", "1", "Second line")


def test_raw_headings_are_the_apis_field_names(manager: PageClient) -> None:
    two_numbers()

    ann, bo = raw_csv_rows(manager, "/teammates.csv?raw=1")

    cells = [f"reach.{cell.key}" for cell in CELLS]
    assert list(ann) == ["id", "email", "firstName", "lastName", "role", "phoneNumbers", *cells]
    assert [ann[cell] for cell in cells] == ["allowed", "allowed", "restricted", "allowed", "unknown", "restricted"]
    assert (ann["firstName"], bo["firstName"]) == ("Ann", "")
    assert json.loads(ann["phoneNumbers"]) == ["PN2", "PN1"]


def test_a_record_has_the_fields_of_a_numbers_users(manager: PageClient) -> None:
    two_numbers()

    ann, bo = json_records(manager, "/teammates.json")

    reach = {
        "calling": {"US": "allowed", "CA": "allowed", "Intl": "restricted"},
        "messaging": {"US": "allowed", "CA": "unknown", "Intl": "restricted"},
    }
    theirs = {name: ANN[name] for name in ANN if name != "groupId"}
    assert ann == {**theirs, "phoneNumbers": ["PN2", "PN1"], "reach": reach}
    assert (bo["firstName"], bo["lastName"], bo["phoneNumbers"]) == (None, None, ["PN1"])


def test_a_teammate_without_numbers_is_listed(manager: PageClient) -> None:
    two_numbers()
    sync_all(number("PN1", users=[BO]))

    ann, _ = csv_rows(manager, "/teammates.csv")

    assert (ann["Name"], ann["Numbers"], ann["The numbers"]) == ("Ann Lee", "0", "")
    assert {ann[cell] for cell in CELL_HEADINGS} == {""}
    gone = json_records(manager, "/teammates.json")[0]
    assert (gone["phoneNumbers"], gone["reach"]) == ([], None)
    raw = raw_csv_rows(manager, "/teammates.csv?raw=1")[0]
    assert {raw[f"reach.{cell.key}"] for cell in CELLS} == {""}
    assert cell_of(sheet(manager, "/teammates.xlsx"), "Calling US").value is None


def test_the_count_in_a_workbook_is_a_number(manager: PageClient) -> None:
    two_numbers()

    page = sheet(manager, "/teammates.xlsx")

    assert cell_of(page, "Numbers").value == 2
    assert cell_of(page, "Name").value == "Ann Lee"


def test_the_reach_in_a_workbook_has_the_fact_colors(manager: PageClient) -> None:
    two_numbers()

    page = sheet(manager, "/teammates.xlsx")

    cells = [cell_of(page, cell) for cell in ("Calling US", "Calling Intl", "Messaging CA")]
    assert [cell.value for cell in cells] == ["allowed", "restricted", "not reported"]
    assert len({cell.fill.start_color.rgb for cell in cells}) == 3


def test_the_second_sheet_describes_the_list(manager: PageClient) -> None:
    two_numbers()

    about = about_sheet(manager, "/teammates.xlsx?role=admin&q=ann&sort=-numbers")

    assert about["What is listed"] == "Admins who fit “ann”"
    assert (about["How many"], about["Sorted by"]) == ("1", "how many numbers, descending")
    assert about["allowed"].startswith("They can call there, or text there, through at least one")


def test_the_file_is_filtered_as_the_page_is(manager: PageClient) -> None:
    two_numbers()

    for query, ids in (
        ("role=admin", ["US1"]),
        ("numbers=one", ["US2"]),
        ("calling_us=restricted", ["US2"]),
        ("sort=-name", ["US2", "US1"]),
    ):
        assert [row["Id"] for row in csv_rows(manager, f"/teammates.csv?{query}")] == ids
