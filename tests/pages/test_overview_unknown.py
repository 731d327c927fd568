"""The start page says what is unknown instead of concluding from it."""

from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.support.pages import (
    PageClient,
    attribute,
    find_one,
    parse_page,
    sync_all,
    sync_number,
    sync_raw,
    text_of,
    texts,
    total_of,
)
from tests.support.quo_answers import number, user

ANN = user("US1", firstName="Ann", lastName="Lee")
STRANGER = {**user(), "id": 42}
OPEN = {channel: {"Intl": "unrestricted"} for channel in ("calling", "messaging")}
CLOSED = {channel: {"Intl": "restricted"} for channel in ("calling", "messaging")}
SILENT: dict[str, Any] = {"calling": CLOSED["calling"], "messaging": {"Intl": "perhaps"}}


def home(manager: PageClient) -> LexborHTMLParser:
    return parse_page(manager.get("/"))


def abroad(manager: PageClient) -> list[str]:
    """Return the sentences about texting abroad."""
    return texts(find_one(home(manager), '[data-abroad="messaging"]').css("p"))


def test_nobody_may_text_abroad_only_if_every_number_reports_it(manager: PageClient) -> None:
    sync_all(*[number(f"PN{place}", restrictions=restrictions) for place, restrictions in enumerate((SILENT, CLOSED))])

    assert abroad(manager) == [
        "Nobody is known who may text other countries: Quo reports no number that allows it.",
        "Unknown for 1 number: Quo does not report it.",
    ]
    link = attribute(find_one(home(manager), "#unknown-messaging"), "href")
    assert total_of(parse_page(manager.get(link))) == 1


def test_nobody_may_text_abroad_only_if_quo_identifies_everybody_on_the_open_numbers(manager: PageClient) -> None:
    sync_all(number("PN1", users=None, restrictions=OPEN), number("PN2", users=[], restrictions=OPEN))

    assert abroad(manager) == [
        "Nobody is known who may text other countries: no known teammate is on the 2 numbers that allow it.",
        "Unknown who is on 1 of the numbers that allow it: Quo does not identify everybody.",
    ]


def test_beside_the_teammates_who_may_text_abroad_the_page_says_what_is_unknown(manager: PageClient) -> None:
    sync_all(number("PN1", users=[ANN, STRANGER], restrictions=OPEN), number("PN2", restrictions=SILENT))

    assert abroad(manager)[2:] == [
        "Unknown for 1 number: Quo does not report it.",
        "Unknown who is on 1 of the numbers that allow it: Quo does not identify everybody.",
    ]


def test_while_a_record_cannot_be_read_nobody_is_only_nobody_known(manager: PageClient) -> None:
    sync_all(number("PN1", restrictions=CLOSED), {"name": "no id"})

    assert abroad(manager) == ["Nobody is known who may text other countries: no number that was read allows it."]
    assert text_of(find_one(home(manager), '[data-look="nothing"]')) == (
        "Nothing that was read needs you. Every number that was read has somebody on it, forwards no call outside the "
        "company, and has no open port."
    )


def test_before_a_complete_answer_nobody_is_only_nobody_known(manager: PageClient) -> None:
    sync_number(number("PN1", restrictions=CLOSED))

    assert abroad(manager)[0].startswith("Nobody is known")
    assert text_of(find_one(home(manager), ".calm")) == "Nothing that was read needed you when Quo last answered."


@pytest.mark.parametrize("users", [None, "nobody", [STRANGER]])
def test_a_number_whose_people_are_not_identified_needs_attention(manager: PageClient, users: object) -> None:
    sync_all(number("PN1", name="Leasing", users=users), number("PN2", users=[ANN]))

    item = find_one(home(manager), "[data-look]")

    assert attribute(item, "data-look") == "unidentified"
    assert text_of(find_one(item, ".matter")) == "1 number does not show who is on it"
    assert texts(item.css(".few a")) == ["Leasing"]
    assert total_of(parse_page(manager.get(attribute(find_one(item, ".matter a"), "href")))) == 1


def test_an_empty_answer_that_could_not_be_read_is_not_an_empty_workspace(manager: PageClient) -> None:
    sync_raw("{}")

    assert text_of(find_one(home(manager), ".empty h2")) == "No number could be read"
