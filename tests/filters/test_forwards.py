"""The filter by where a number forwards its calls."""

from collections.abc import Sequence

import pytest

from tests.support.listed_numbers import found
from tests.support.pages import PageClient, sync_all
from tests.support.quo_answers import number

NOWHERE = [None, ""]
OURS = [
    "+14155550100",
    "+1 (415) 555-0100",
    "(415) 555-0100",
    "415.555.0100",
    "1-415-555-0100",
    "415 – 555 – 0100",
    " 4155550100 ",
    "415\u00a0555\u00a00100",
    "\u202a+1 415-555-0100\u202c",
    "011 44 20 7946 0958",
    "+44 (0)20 7946 0958",
    "+4402079460959",  # Quo's number has an extra zero that nobody dials
    "+4420",  # too short for any network, but Quo has it
    "tel:+1-415-555-0100",
    "001 415 555 0100",
    "0044 20 7946 0958",
    "+14155550100 ext 5",
    "+14155550100;ext=5",
    "(415) 555-0100 x12",
]
NOT_OURS = [
    "+14155550101",
    "(604) 555-0100",  # of a gone number
    "+442079460950",
    "tel:+14155550101",
]
UNREADABLE = [
    "555-0100",  # without its area code
    "00",
    "+442",
    "front desk",
    "sip:+14155550100@example.com",
    '{"a":1}',
    "+1415555FLOWERS",
    "4155550100 ask for Bo",
    "+",
    " ",
    "x" * 5000,
]


@pytest.fixture
def forwarding(manager: PageClient) -> dict[str, list[str]]:
    """Remember numbers that forward nowhere, to each other and elsewhere; return their ids."""
    ours = [
        number("PNus", number="+14155550100"),
        number("PNgb", number="+442079460958"),
        number("PNzero", number="+4402079460959"),
        number("PNshort", number="+4420"),
        number("PNlocal", number="+15550101"),
    ]
    places: dict[str, Sequence[str | None]] = {
        "none": NOWHERE,
        "inside": OURS,
        "outside": NOT_OURS,
        "unknown": UNREADABLE,
    }
    others = {
        where: [
            number(f"PN{where}{place:02}", number="+15555550123", forward=forward)
            for place, forward in enumerate(forwards)
        ]
        for where, forwards in places.items()
    }
    records = [*ours, *(record for part in others.values() for record in part)]
    sync_all(*records, number("PNgone", number="+16045550100"))
    sync_all(*records)
    ids = {where: [record["id"] for record in part] for where, part in others.items()}
    return ids | {"none": sorted([*ids["none"], *(record["id"] for record in ours)])}


def test_the_forward_filter_matches_by_destination(manager: PageClient, forwarding: dict[str, list[str]]) -> None:
    assert {where: found(manager, forward=where) for where in forwarding} == forwarding
    assert found(manager, forward="any") == sorted(
        [*forwarding["inside"], *forwarding["outside"], *forwarding["unknown"]]
    )


def test_a_number_that_forwards_to_itself_counts_as_inside(manager: PageClient) -> None:
    sync_all(number("PN1", number="+14155550100", forward="(415) 555-0100"))

    assert found(manager, forward="inside") == ["PN1"]


@pytest.mark.parametrize("own", ["(206) 555-0101", "12065550101"])
def test_a_forward_to_an_own_number_in_another_form_is_inside(manager: PageClient, own: str) -> None:
    sync_all(number("PN1", forward="+12065550101"), number("PN2", number=own))

    assert found(manager, forward="inside") == ["PN1"]
    assert found(manager, forward="outside") == []


def test_the_national_format_of_an_own_number_abroad_is_inside_while_it_is_ours(manager: PageClient) -> None:
    forwarder = number("PN1", number="+14155550100", forward="020 7946 0958")
    sync_all(forwarder, number("PN2", number="+442079460958"))
    assert found(manager, forward="inside") == ["PN1"]
    assert found(manager, forward="unknown") == []

    sync_all(forwarder, number("PN2", number="+442079460959"))

    assert found(manager, forward="inside") == []
    assert found(manager, forward="unknown") == ["PN1"]


def test_a_destination_is_inside_while_the_workspace_has_it(manager: PageClient) -> None:
    forwarder = number("PN1", forward="+16045550100")
    sync_all(forwarder, number("PN2", number="+16045550100"))
    assert found(manager, forward="inside") == ["PN1"]

    sync_all(forwarder, number("PN2", number="+16045550199"))

    assert found(manager, forward="inside") == []
    assert found(manager, forward="outside") == ["PN1"]


@pytest.mark.parametrize(
    ("word", "same"), [("yes", "any"), ("1", "any"), ("ON", "any"), ("true", "any"), ("no", "none"), ("Off", "none")]
)
def test_the_forward_filter_accepts_yes_and_no(
    manager: PageClient, forwarding: dict[str, list[str]], word: str, same: str
) -> None:
    assert found(manager, forward=word) == found(manager, forward=same) != []
