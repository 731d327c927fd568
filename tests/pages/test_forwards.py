"""What pages and files say about forwards."""

from typing import Any

import pytest

from numbers.models import NumberState
from tests.support.exported_files import csv_rows
from tests.support.number_rows import rows_of
from tests.support.pages import LIST, PageClient, attribute, find_one, parse_page, sync_all, text_of
from tests.support.quo_answers import number, user

ADA, BEA = user("US1", firstName="Ada"), user("US2", firstName="Bea")


def line(name: str, place: int, forward: str | None = None, *people: Any) -> Any:
    """Return the number +1 206 555 010x with this name."""
    return number(f"PN{place}", name=name, number=f"+1206555010{place}", forward=forward, users=people)


DESK = line("Desk", 0, "+12065550101", ADA)
# records, the end of the sentence about the forward of the first, and the note in its row
ENDINGS: list[tuple[list[Any], str, str]] = [
    ([DESK, line("Back", 1, None, BEA)], "Back. Calls end there.", ""),
    ([DESK, line("Back", 1)], "Back. Calls end there and reach nobody.", "reaches nobody"),
    ([DESK, line(" Back \n", 1)], "Back. Calls end there and reach nobody.", "reaches nobody"),
    ([DESK, line("Back", 1) | {"users": None}], "Back. Calls end there. Quo does not say who is on it.", ""),
    ([DESK, line("Back", 1) | {"users": [{"email": "a@example.com"}]}], "Back. Calls end there.", ""),
    (
        [DESK, line("Back", 1, "206-555-0102"), line("Cellar", 2, None, BEA)],
        "Back. From there calls go to Cellar, where they end.",
        "ends at Cellar",
    ),
    (
        [DESK, line("Back", 1, "tel:+12065550102", ADA), line("Cellar", 2)],
        "Back. From there calls go to Cellar, where they end and reach nobody.",
        "reaches nobody",
    ),
    (
        [DESK, line("Back", 1, "0012065550102"), line("Cellar", 2, "+12065550103"), line("Attic", 3, None, ADA)],
        "Back. From there calls go through another of your numbers to Attic, where they end.",
        "ends at Attic",
    ),
    (
        [DESK, *(line(f"L{place}", place, f"+1206555010{place + 1}") for place in range(1, 5)), line("Z", 5, "", ADA)],
        "L1. From there calls go through 3 more of your numbers to Z, where they end.",
        "ends at Z",
    ),
    ([DESK], "That is outside the company.", ""),
    (
        [DESK, line("Back", 1, "(876) 555-0199")],
        "Back. From there calls go to (876) 555-0199 (Jamaica), outside the company.",
        "ends outside the company",
    ),
    (
        [DESK, line("Back", 1, "+12065550102"), line("Cellar", 2, "+442079460958")],
        "From there calls go to Cellar, and from there to +44 20 7946 0958 (United Kingdom), outside the company.",
        "ends outside the company",
    ),
    ([DESK | {"forward": "front desk"}], "Where calls end cannot be determined.", "cannot be determined"),
    (
        [DESK, line("Back", 1, "sip:b@example.com")],
        "Back. From there calls go to sip:b@example.com: where calls end cannot be determined.",
        "cannot be determined",
    ),
    (
        [DESK, {"id": None}],
        "That may be a number of yours that could not be read. Where calls end cannot be determined.",
        "cannot be determined",
    ),
    (
        [DESK, line("Back", 1, "+442079460999"), line("Odd", 2) | {"number": "020 7946 0999"}],
        "Back. From there calls go to +44 20 7946 0999 (United Kingdom), which may be a number of yours that could not "
        "be read. Where calls end cannot be determined.",
        "cannot be determined",
    ),
    ([DESK, line("Back", 1) | {"number": None, "formattedNumber": "(206) 555-0101"}], "reach nobody.", "nobody"),
    (
        [DESK, line("Back", 1), line("Twin", 1) | {"id": "PN9"}],
        "That is the telephone of several of your numbers, so where calls end cannot be determined.",
        "cannot be determined",
    ),
    (
        [DESK | {"forward": "+12065550100"}],
        "Desk. That number forwards to itself: calls go round in a loop.",
        "in a loop",
    ),
    (
        [DESK, line("Back", 1, "+12065550100")],
        "Back. Calls go round in a loop: Desk, Back, and again Desk.",
        "in a loop",
    ),
    (
        [DESK, line("Back", 1, "+12065550101 ext 5")],
        "Back. That number forwards to itself: calls go round in a loop.",
        "in a loop",
    ),
    (
        [DESK, *(line(f"L{place}", place, f"+1206555010{(place + 1) % 8}") for place in range(1, 8))],
        "Calls go round in a loop: Desk, L1, L2, L3, L4, 3 more, and again Desk.",
        "in a loop",
    ),
]


@pytest.mark.parametrize(("records", "ending", "note"), ENDINGS)
def test_the_page_the_row_and_the_file_say_where_calls_end(
    manager: PageClient, records: list[Any], ending: str, note: str
) -> None:
    sync_all(*records)

    page = parse_page(manager.get("/numbers/PN0/"))
    row = rows_of(parse_page(manager.get(LIST)))["PN0"]
    [of_file] = [row for row in csv_rows(manager, "/numbers.csv") if row["Id"] == "PN0"]

    assert text_of(find_one(page, ".number-line")).endswith(ending)
    assert row["forward"].endswith(note)
    assert row["forward"].count(",") == len(find_one(page, ".number-line").css("a")[:1]) + bool(note)
    assert of_file["Where calls end"].endswith(ending)


def test_pages_say_at_once_when_a_forward_is_in_doubt(manager: PageClient) -> None:
    shown = []
    for unread in ([], [{"id": None}], []):
        sync_all(DESK, *unread)
        places = (manager.get("/numbers/PN0/"), manager.get("/"), manager.get(LIST, {"forward": "outside"}))
        sentence, overview, outside = map(parse_page, places)
        shown.append(
            (
                "cannot be determined" in text_of(find_one(sentence, ".number-line")),
                [attribute(item, "data-look") for item in overview.css("[data-look]")],
                sorted(rows_of(outside)),
            )
        )

    certain = (False, ["forward"], ["PN0"])
    assert shown == [certain, (True, ["forward-unknown"], []), certain]


def test_without_forwards_the_start_page_speaks_only_of_what_was_read(manager: PageClient) -> None:
    sync_all(line("Desk", 0, None, ADA), {"id": None})

    calm = text_of(find_one(parse_page(manager.get("/")), "[data-look=nothing]"))

    assert "Every number that was read has somebody on it, forwards no call outside the company" in calm


def test_without_a_teammate_a_forward_in_doubt_is_not_called_outside(manager: PageClient) -> None:
    sync_all(DESK, {"id": None})

    section = find_one(parse_page(manager.get("/teammates/US1/")), "[aria-labelledby=lone-title]")

    assert "outside" not in text_of(section)
    assert "cannot be determined" in text_of(section)


def test_the_lines_on_the_way_are_links(manager: PageClient) -> None:
    sync_all(DESK, line("Back", 1, "+12065550102"), line("Cellar", 2, None, ADA))

    links = find_one(parse_page(manager.get("/numbers/PN0/")), ".number-line").css("a")
    of_row = find_one(parse_page(manager.get(LIST)), '[data-number="PN0"] .forward a')

    assert [(text_of(link), attribute(link, "href")) for link in links] == [
        ("Back", "/numbers/PN1/"),
        ("Cellar", "/numbers/PN2/"),
    ]
    assert (text_of(of_row), attribute(of_row, "href")) == ("Back", "/numbers/PN1/")


def test_a_number_that_is_gone_shows_where_calls_ended(manager: PageClient) -> None:
    other = line("Other", 5, None, ADA)
    sync_all(DESK, line("Back", 1, None, BEA), other)
    sync_all(other, line("Back", 1))

    page = parse_page(manager.get("/numbers/PN0/"))

    assert text_of(find_one(page, ".number-line")).endswith("Back. Calls end there.")


def test_without_a_teammate_calls_reach_nobody_on_lines_of_theirs_alone(manager: PageClient) -> None:
    sync_all(
        DESK,
        line("Back", 1, None, ADA),
        line("Shared", 2, "+12065550101", ADA),
        line("To shared", 3, "+12065550104", ADA),
        line("Both", 4, None, ADA, BEA),
    )

    section = find_one(parse_page(manager.get("/teammates/US1/")), "[aria-labelledby=lone-title]")

    assert [text_of(item).partition("forwarded to ")[2] for item in section.css("li")] == [
        "",
        "(206) 555-0101, Back. Calls end there and reach nobody.",
        "(206) 555-0101, Back. Calls end there and reach nobody.",
        "(206) 555-0104, Both. Calls end there.",
    ]


def test_a_number_without_digits_is_said_to_have_none(manager: PageClient) -> None:
    sync_all(DESK)
    NumberState.objects.update(number="")

    page = parse_page(manager.get("/numbers/PN0/"))

    assert text_of(find_one(page, ".number-line")).startswith("no number")
    assert text_of(find_one(page, "title")) == "Desk · Quo Admin"
