"""Every page, file and command says how many records of Quo's answer could not be read."""

import json
from typing import Any

import pytest
from django.core.management import call_command

from numbers.operations.doctor import diagnose
from tests.support.exported_files import about_sheet, download, json_records
from tests.support.pages import (
    LIST,
    PageClient,
    find_one,
    numbers_on,
    parse_page,
    sync_all,
    sync_incomplete,
    sync_teammate,
    text_of,
)
from tests.support.quo_answers import number, user

UNREAD: list[Any] = [number(id=None), number(id=5), number(id=""), number(id="US1"), 5, None, []]
SENTENCE = f"{len(UNREAD)} records in Quo’s answer could not be read and are not included."
NONE_READ = f"Quo’s answer has {len(UNREAD)} records, and none of them can be read."
EVERY_LIST = ["/", LIST, f"{LIST}?q=front", "/audit/", "/audit/?by=teammate", "/teammates/"]
FILES = ["/numbers.xlsx", "/teammates.xlsx", "/audit.xlsx"]


@pytest.mark.parametrize("path", EVERY_LIST)
def test_a_page_says_how_many_records_are_not_included(manager: PageClient, path: str) -> None:
    sync_all(number("PN1"), *UNREAD)
    assert SENTENCE in text_of(parse_page(manager.get(path)))

    sync_all(number("PN1"))
    assert "could not be read" not in text_of(parse_page(manager.get(path)))


@pytest.mark.parametrize("path", EVERY_LIST)
def test_a_page_says_that_nothing_could_be_read(manager: PageClient, path: str) -> None:
    sync_all(*UNREAD)

    words = text_of(parse_page(manager.get(path)))

    assert SENTENCE in words
    assert "has no numbers" not in words
    assert "lists none" not in words


@pytest.mark.parametrize("path", ["/", LIST, "/audit/"])
def test_an_empty_list_says_that_no_record_could_be_read(manager: PageClient, path: str) -> None:
    sync_all(*UNREAD)
    assert NONE_READ in text_of(parse_page(manager.get(path)))

    sync_all()
    assert "Quo answered, and lists none." in text_of(parse_page(manager.get(path)))


def test_known_numbers_stay_while_nothing_can_be_read(manager: PageClient) -> None:
    sync_all(number("PN1"), number("PN2"))
    sync_incomplete(*UNREAD)

    page = parse_page(manager.get(LIST))

    assert set(numbers_on(page)) == {"PN1", "PN2"}
    assert "No number counts as gone while records cannot be read" in text_of(page)
    assert "Not confirmed." in text_of(parse_page(manager.get("/numbers/PN1/")))


@pytest.mark.parametrize("path", FILES)
def test_the_sheet_about_a_workbook_says_how_many_records_are_not_included(manager: PageClient, path: str) -> None:
    sync_all(number("PN1"), *UNREAD)
    assert about_sheet(manager, path)["Not included"] == SENTENCE

    sync_all(number("PN1"))
    assert "Not included" not in about_sheet(manager, path)


@pytest.mark.parametrize("name", ["numbers", "teammates", "audit"])
def test_a_file_without_a_readable_record_is_empty(manager: PageClient, name: str) -> None:
    sync_all(*UNREAD)
    assert json_records(manager, f"/{name}.json") == []
    assert about_sheet(manager, f"/{name}.xlsx")["Not included"] == SENTENCE


@pytest.mark.parametrize("name", ["numbers", "teammates", "audit"])
def test_json_says_how_many_records_could_not_be_read(manager: PageClient, name: str) -> None:
    sync_all(number("PN1"), *UNREAD)
    assert json.loads(download(manager, f"/{name}.json"))["unreadRecords"] == len(UNREAD)

    sync_all(number("PN1"))
    assert "unreadRecords" not in json.loads(download(manager, f"/{name}.json"))


def test_an_unknown_number_may_be_among_the_records_that_could_not_be_read(manager: PageClient) -> None:
    sync_all(*UNREAD)

    text = text_of(find_one(parse_page(manager.get("/numbers/PN1/"), 404), ".empty"))

    assert "It may be among the records in Quo’s answer that could not be read." in text


def test_a_teammates_page_counts_the_records_of_a_later_answer_about_them(manager: PageClient) -> None:
    record = number("PN1", users=[user("US1")])
    sync_all(record)

    sync_teammate("US1", record, *UNREAD)
    assert SENTENCE in text_of(find_one(parse_page(manager.get("/teammates/US1/")), "main"))
    assert SENTENCE not in text_of(find_one(parse_page(manager.get("/teammates/")), "main"))

    sync_all(record)
    assert SENTENCE not in text_of(find_one(parse_page(manager.get("/teammates/US1/")), "main"))


def test_the_status_page_says_which_records(manager: PageClient) -> None:
    sync_all(number("PN1"), *UNREAD)
    details = find_one(parse_page(manager.get("/status/")), "#syncs details")
    assert [text_of(place) for place in details.css("li")] == [f"$.data[{place}]" for place in range(1, 8)]


@pytest.mark.django_db
@pytest.mark.parametrize(("readable", "ok"), [(1, None), (0, False)])
def test_doctor_and_sync_say_it_too(
    quo: Any, capsys: pytest.CaptureFixture[str], readable: int, ok: bool | None
) -> None:
    quo.workspace.numbers[readable:] = UNREAD
    quo.workspace.refresh()

    [check] = [check for check in diagnose() if check.subject == "Quo's answer"]
    assert (check.ok, check.text) == (ok, SENTENCE)

    call_command("sync")
    done = capsys.readouterr()
    assert done.out.startswith(f"{readable} seen, {readable} new, 0 changed, 0 gone, {len(UNREAD)} unread")
    assert done.err == f"{SENTENCE}\n"
