"""A teammate's page and the list of teammates conclude nothing from people whom Quo does not identify."""

from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.support.pages import PageClient, find_one, notices_of, parse_page, sync_all, text_of, texts
from tests.support.quo_answers import number, user
from tests.support.teammates import PEOPLE, sync_teammate

PAGE = "/teammates/US1/"
STRANGER = {**user(), "id": 42}
CLOSED = {channel: dict.fromkeys(("US", "CA", "Intl"), "restricted") for channel in ("calling", "messaging")}
UNCLEAR = "Quo does not identify everybody on 1 number. Any teammate may be on it."


def page_of(manager: PageClient) -> LexborHTMLParser:
    return parse_page(manager.get(PAGE))


def section(page: LexborHTMLParser, title: str) -> list[str]:
    return texts(find_one(page, f"[aria-labelledby={title}]").css("p"))


@pytest.mark.parametrize("unclear", [{"users": None}, {"users": [STRANGER]}])
def test_they_may_be_on_a_number_whose_people_are_not_identified(manager: PageClient, unclear: dict[str, Any]) -> None:
    sync_all(number("PN1", users=[user(), user("US2")], restrictions=CLOSED), number("PN2", **unclear))

    page = page_of(manager)

    assert notices_of(page) == [UNCLEAR]
    assert "Restricted on their only known number." in section(page, "reach-title")
    assert section(page, "lone-title") == [
        "No known number would be left with nobody: somebody else is on their only known number, too."
    ]


def test_they_may_be_on_a_number_that_could_not_be_read(manager: PageClient) -> None:
    sync_all(number("PN1", users=[user(), user("US2")], restrictions=CLOSED), {"name": "no id"})

    page = page_of(manager)

    assert "Restricted on their only known number." in section(page, "reach-title")
    assert section(page, "lone-title")[0].startswith("No known number would be left with nobody")


@pytest.mark.parametrize("unclear", [{"users": None}, {"users": [STRANGER]}])
def test_without_a_number_they_may_be_on_one_that_does_not_name_them(
    manager: PageClient, unclear: dict[str, Any]
) -> None:
    sync_all(number("PN1"))
    sync_all(number("PN1", **unclear))

    page = page_of(manager)

    notice = notices_of(page)[1]
    assert notices_of(page)[0] == UNCLEAR
    assert notice.startswith("Named on no number now. Quo’s answer of")
    assert "nowhere" not in notice


def test_without_a_number_they_can_call_nowhere_if_quo_identifies_everybody(manager: PageClient) -> None:
    sync_all(number("PN1"))
    sync_all(number("PN1", users=[]))

    notice = notices_of(page_of(manager))[0]

    assert notice.startswith("On no number now.")
    assert notice.endswith("They can call and text nowhere.")


def test_a_number_with_an_unidentified_person_is_neither_shared_nor_left_with_nobody(manager: PageClient) -> None:
    sync_all(number("PN1", name="Unclear", users=[user(), STRANGER]), number("PN2", name="Alone"))

    page = page_of(manager)

    assert section(page, "lone-title")[1] == "Unknown for 1 number: Quo does not identify everybody on it."
    assert texts(find_one(page, "[aria-labelledby=lone-title]").css("li a")) == ["Alone", "Unclear"]
    assert not notices_of(page)


def test_a_number_that_identifies_nobody_does_not_contradict_the_list_of_a_teammate(manager: PageClient) -> None:
    sync_all(number("PN1"))
    sync_teammate("US1", number("PN1", users=None))

    assert not page_of(manager).css("#mismatch")


def test_the_list_says_that_teammates_may_be_on_more_numbers(manager: PageClient) -> None:
    sync_all(number("PN1"), number("PN2", users=None))

    assert UNCLEAR in notices_of(parse_page(manager.get(PEOPLE)))


def test_a_list_without_teammates_does_not_say_that_nobody_is_on_a_number(manager: PageClient) -> None:
    sync_all(number("PN1", users=None))

    empty = text_of(find_one(parse_page(manager.get(PEOPLE)), "#results .empty"))

    assert empty.startswith("No teammate is known Quo answered, and no number that can be read names anybody.")
