"""CSV for spreadsheets, and raw CSV for machines."""

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numbers.exports.cell_limit import MAX_TEXT
from numbers.exports.columns import Column, RawColumn
from numbers.exports.csv_export import csv_for_machines, csv_for_people
from tests.support.exported_files import (
    CELL_HEADINGS,
    csv_rows,
    download,
    parse_csv,
    raw_csv_rows,
    starts_a_formula,
    without_guards,
)
from tests.support.pages import PageClient, sync_all
from tests.support.quo_answers import number, user

ANY = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\r\n\x00\",;'= "))
CSV, RAW = "/numbers.csv", "/numbers.csv?raw=1"


def test_the_headings_are_plain_words(manager: PageClient) -> None:
    sync_all(number("PN1"))

    assert list(csv_rows(manager, CSV)[0]) == [
        *("Name", "Number", "E.164", "Kind", "Country", "Teammates", "Teammates' emails"),
        *CELL_HEADINGS,
        *("Forwards to", "Where calls end", "Porting", "Symbol", "Group", "Id", "Created", "Updated"),
    ]


def test_a_number_is_one_row(manager: PageClient) -> None:
    people = [user("US2", firstName="Zoë", lastName="Ng", email="zoe@example.com"), user("US1", firstName="Ann")]
    sync_all(number("PN1", number="+18005550123", forward="+442079460958", users=people))

    [row] = csv_rows(manager, CSV)

    assert [value for name, value in row.items() if name not in CELL_HEADINGS] == [
        *("Front desk", "(800) 555-0123", "'+18005550123", "toll-free", "United States"),
        *("Ann; Zoë Ng", "ada@example.com; zoe@example.com"),
        *("'+44 20 7946 0958 (United Kingdom)", "That is outside the company."),
        *("completed", "🏡", "'1234", "PN1", "' '2022-01-01T00:00:00Z'", "2022-01-02T00:00:00Z"),
    ]


def test_a_missing_value_is_an_empty_cell(manager: PageClient) -> None:
    nothing = dict.fromkeys(("forward", "portingStatus", "symbol", "portRequestId", "formattedNumber"))
    sync_all(number("PN1", **nothing, users=[], name="", number="+8881234567890"))

    [row] = csv_rows(manager, CSV)

    for name in ("Name", "Country", "Teammates", "Teammates' emails", "Forwards to", "Where calls end", "Porting"):
        assert row[name] == "", name


def test_facts_are_words_with_undocumented_values_in_brackets(manager: PageClient) -> None:
    odd = {"US": "unrestricted", "CA": "restricted", "Intl": "pending review"}
    sync_all(number("PN1", restrictions={"calling": odd, "messaging": {"CA": None, "Intl": ""}}))

    [row] = csv_rows(manager, CSV)

    assert [row[name] for name in CELL_HEADINGS] == [
        *("allowed", "restricted", "not reported (pending review)"),
        *("not reported", "not reported", "not reported ()"),
    ]


def test_the_file_has_a_byte_order_mark_and_crlf_line_ends(manager: PageClient) -> None:
    sync_all(number("PN1"), number("PN2"))

    content = download(manager, CSV)

    assert content.startswith(b'\xef\xbb\xbf"Name",')
    assert content.count(b"\r\n") == content.count(b"\n") == 3
    assert content.endswith(b"\r\n")


def test_every_text_is_quoted_so_that_no_semicolon_splits_it(manager: PageClient) -> None:
    sync_all(number("PN1", users=[user("US1", firstName="Ann"), user("US2", firstName="Bo")]))

    rows = list(csv.reader(io.StringIO(download(manager, CSV).decode("utf-8-sig")), quoting=csv.QUOTE_NONE))

    assert all(value.startswith('"') and value.endswith('"') for row in rows for value in row), rows


@pytest.mark.parametrize("text", ['a, "b", c', "one\ntwo\r\nthree", "名前 שלום 🏡", "  spaced  ", "back\\slash", "'"])
def test_text_round_trips(manager: PageClient, text: str) -> None:
    sync_all(number("PN1", name=text, users=[user(firstName=text)]))

    assert without_guards(csv_rows(manager, CSV)[0]["Name"]) == text
    assert raw_csv_rows(manager, RAW)[0]["name"] == text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", " =1", "\u200b=1", "＝1"])
def test_no_text_runs_as_a_formula(manager: PageClient, text: str) -> None:
    sync_all(
        number("PN1", name=text, symbol=text, groupId=text, portingStatus=text, forward=text, createdAt=text),
        number("PN2", users=[user("US1", firstName=text, lastName=None), user("US2", email=text)]),
    )

    rows = {row["Id"]: row for row in csv_rows(manager, CSV)}

    for name in ("Name", "Symbol", "Group", "Porting", "Forwards to", "Created"):
        assert rows["PN1"][name].startswith("'"), name
        assert rows["PN1"][name].replace("'", "") == text, name
    assert not [value for value in (*rows["PN1"].values(), *rows["PN2"].values()) if starts_a_formula(value)]


@pytest.mark.parametrize("text", ["12e4", "1/2", "March 5", "7:30", "(123)", "1.10", "TRUE", "#N/A", "00441"])
def test_no_text_is_converted(manager: PageClient, text: str) -> None:
    sync_all(number("PN1", name=text, users=[user("US1", firstName=text, lastName=None)]))

    [row] = csv_rows(manager, CSV)

    assert row["Name"] == row["Teammates"] == f"'{text}"


def test_a_count_stays_a_number(manager: PageClient) -> None:
    sync_all(number("PN1", users=[user("US1")]))

    assert csv_rows(manager, "/teammates.csv")[0]["Numbers"] == "1"


def text_in_csv(text: str) -> str:
    content = b"".join(csv_for_people([Column[str]("Text", 1, lambda line: line)], [text]))
    return parse_csv(content)[0]["Text"]


def test_a_text_too_long_for_a_cell_is_cut_so_that_nothing_of_it_begins_a_row() -> None:
    assert text_in_csv("x" * MAX_TEXT) == "x" * MAX_TEXT
    assert text_in_csv("x" * MAX_TEXT + "=1+1") == "x" * (MAX_TEXT - 1) + "…"
    assert text_in_csv("1" * MAX_TEXT) == "'" + "1" * (MAX_TEXT - 2) + "…"


def test_no_text_ends_the_file() -> None:
    assert text_in_csv("a\x1ab") == "a␚b"


def test_an_empty_list_has_headings(manager: PageClient) -> None:
    assert download(manager, CSV).decode("utf-8-sig").startswith('"Name","Number",')
    assert download(manager, CSV).count(b"\r\n") == 1
    assert csv_rows(manager, CSV) == []


# For machines


def test_raw_headings_are_the_apis_field_names(manager: PageClient) -> None:
    sync_all(number("PN1"))

    assert list(raw_csv_rows(manager, RAW)[0]) == [
        *("id", "name", "number", "formattedNumber", "symbol", "groupId", "forward", "portingStatus", "portRequestId"),
        *("restrictions.calling.US", "restrictions.calling.CA", "restrictions.calling.Intl"),
        *("restrictions.messaging.US", "restrictions.messaging.CA", "restrictions.messaging.Intl"),
        *("createdAt", "updatedAt", "userIds", "userEmails", "unidentifiedUsers"),
    ]


def test_raw_values_are_unchanged(manager: PageClient) -> None:
    odd = {"US": "unrestricted", "CA": "restricted", "Intl": "=pending"}
    sent: dict[str, Any] = number("PN1", name="=1", symbol=None, restrictions={"calling": odd, "messaging": {}})
    sync_all(sent)

    [row] = raw_csv_rows(manager, RAW)

    for name in ("id", "name", "number", "formattedNumber", "groupId", "portingStatus", "createdAt", "updatedAt"):
        assert row[name] == sent[name], name
    assert [row[name] for name in ("symbol", "forward", "portRequestId")] == ["", "", ""]
    assert [row[f"restrictions.calling.{region}"] for region in odd] == list(odd.values())
    assert row["restrictions.messaging.US"] == ""


@given(st.lists(st.tuples(ANY, ANY), min_size=1, max_size=3))
def test_any_text_is_read_back_from_a_raw_file(rows: list[tuple[str, str]]) -> None:
    columns = [RawColumn[tuple[str, str]]("a", lambda row: row[0]), RawColumn[tuple[str, str]]("b", lambda row: row[1])]

    content = b"".join(csv_for_machines(columns, rows)).decode()

    assert [tuple(row) for row in csv.reader(io.StringIO(content, newline=""), strict=True)] == [("a", "b"), *rows]


def test_a_raw_file_has_crlf_line_ends_and_no_byte_order_mark(manager: PageClient) -> None:
    sync_all(number("PN1"))

    content = download(manager, RAW)

    assert content.startswith(b"id,name,number,")
    assert content.count(b"\r\n") == content.count(b"\n") == 2


def test_ids_within_a_raw_cell_can_be_separated(manager: PageClient) -> None:
    ids = ['US; a, "b"', "US é/?"]
    sync_all(number("PN1", users=[user(user_id, email=f"{user_id}@example.com") for user_id in ids]))

    [row] = raw_csv_rows(manager, RAW)

    assert sorted(json.loads(row["userIds"])) == sorted(ids)
    assert sorted(json.loads(row["userEmails"])) == sorted(f"{user_id}@example.com" for user_id in ids)


@pytest.mark.parametrize("name", ["numbers", "teammates", "audit"])
def test_a_raw_file_has_raw_in_its_name(manager: PageClient, name: str) -> None:
    raw, people = (manager.get(f"/{name}.csv{query}").headers["Content-Disposition"] for query in ("?raw=1", ""))

    assert f'filename="{name}-raw-2' in raw
    assert f'filename="{name}-2' in people


@pytest.mark.parametrize("ending", ["json", "xlsx"])
def test_only_csv_is_called_raw(manager: PageClient, ending: str) -> None:
    assert "raw" not in manager.get(f"/numbers.{ending}?raw=1").headers["Content-Disposition"]


@pytest.mark.parametrize("query", ["raw=0", "raw=", "raw=yes", "raw=1&raw=0"])
def test_only_raw_1_is_raw(manager: PageClient, query: str) -> None:
    assert download(manager, f"{CSV}?{query}").startswith(b"\xef\xbb\xbf")
