"""JSON: records that follow the schema of Quo's API."""

import json
from typing import Any

import pytest

from numbers.sandbox.workspace import build
from tests.support.exported_files import download, json_records
from tests.support.pages import PageClient, sync_all, sync_raw
from tests.support.quo_answers import number, user
from tests.support.quo_description import DESCRIPTION, LIST, problems
from tests.support.raw_http import Reply

JSON = "/numbers.json"


def test_a_record_is_what_quo_sent(manager: PageClient) -> None:
    sent = number(
        "PN1", forward="+12065550100", users=[user("US1", firstName=None, lastName="Lee"), user("US2", firstName="Zoë")]
    )
    sync_all(sent)

    assert json_records(manager, JSON) == [sent]


@pytest.mark.skipif(not DESCRIPTION.is_file(), reason="Quo's published description is not here.")
@pytest.mark.parametrize("path", [JSON, f"{JSON}?q=555&sort=-teammates", f"{JSON}?q=nothing+has+this"])
def test_the_list_matches_quos_schema(manager: PageClient, path: str) -> None:
    sync_all(*build(60).numbers)

    content = download(manager, path)

    assert problems(LIST, Reply(200, {}, content)) == []
    assert len(json.loads(content)["data"]) == (0 if "nothing" in path else 60)


def test_every_record_of_the_workspace_round_trips(manager: PageClient) -> None:
    numbers = build(130).numbers
    sync_all(*numbers)

    def comparable(record: dict[str, Any]) -> dict[str, Any]:
        return {**record, "users": sorted(record["users"], key=lambda user: str(user["id"]))}

    ours = {record["id"]: comparable(record) for record in json_records(manager, JSON)}
    assert ours == {record["id"]: comparable(record) for record in numbers}


def test_a_restriction_that_quo_did_not_send_is_left_out(manager: PageClient) -> None:
    restrictions = {"calling": {"US": "restricted"}, "messaging": {}}
    sync_all(number("PN1", restrictions=restrictions))

    assert json_records(manager, JSON)[0]["restrictions"] == restrictions


@pytest.mark.parametrize("value", [None, "null", "", "pending", 42, 1.5, True, ["restricted"], {"until": None}, "=1"])
def test_a_restriction_has_the_value_that_quo_sent(manager: PageClient, value: Any) -> None:
    calling = {"US": value, "CA": "restricted", "Intl": "unrestricted"}
    sync_all(number("PN1", restrictions={"calling": calling, "messaging": {"Intl": value}}))

    assert json_records(manager, JSON)[0]["restrictions"] == {"calling": calling, "messaging": {"Intl": value}}


def test_extra_values_among_the_restrictions_do_no_harm(manager: PageClient) -> None:
    restrictions = {
        "calling": {"US": None, "MX": {"x": 1}},
        "messaging": {"US": "restricted"},
        "fax": "never",
        "\ud83c\udfe1": [],
    }
    sync_all(number("PN1", restrictions=restrictions))

    assert json_records(manager, JSON)[0]["restrictions"] == {
        "calling": {"US": None},
        "messaging": {"US": "restricted"},
    }


def test_huge_numbers_are_unchanged(manager: PageClient) -> None:
    record = json.dumps(number("PN1")).replace('"US": "unrestricted"', '"US": 1.0E+400', 1)
    sync_raw(record)

    assert b'"US":1.0E+400' in download(manager, JSON)


@pytest.mark.parametrize("text", ['"', "\\", "\u2028", "\x01", "</script>", "=1", "שלום 🏡", "\ufffe"])
def test_any_text_round_trips(manager: PageClient, text: str) -> None:
    sync_all(number("PN1", name=text, users=[user(firstName=text, email=text)]))

    [record] = json_records(manager, JSON)

    assert (record["name"], record["users"][0]["firstName"], record["users"][0]["email"]) == (text, text, text)


def test_an_empty_list_is_valid_json(manager: PageClient) -> None:
    assert json.loads(download(manager, JSON)) == {"data": []}


def test_role_and_group_are_those_on_each_number(manager: PageClient) -> None:
    sync_all(
        number("PN1", name="A", users=[user("US1", role="admin", groupId="GR1")]),
        number("PN2", name="B", users=[user("US1", role="member", groupId="GR2")]),
    )

    given = [(record["users"][0]["role"], record["users"][0]["groupId"]) for record in json_records(manager, JSON)]
    assert given == [("admin", "GR1"), ("member", "GR2")]
