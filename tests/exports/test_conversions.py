"""Text that a spreadsheet may convert is recognized; names, Quo's ids and Quo's times are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numbers.exports.conversions import may_convert
from tests.support.convertible import CONVERTIBLE


@pytest.mark.parametrize("text", CONVERTIBLE)
def test_text_that_a_spreadsheet_may_convert(text: str) -> None:
    assert may_convert(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "-",
            "Front Desk",
            "O'Brien",
            "(no name)",
            "Zoë Ng",
            "名前",
            "שלום",
            "🏡",
            "March",
            "May",
            "Trueman",
        ),
        *("Front Desk 2", "24/7 Support", "2nd floor", "Line 5", "Main St. 12", "Room 1/2", "Marketing 3", "Mark 5"),
        *(
            "Ann 5",
            "Van 2",
            "Lab 3",
            "Row 5",
            "Bar 2",
            "Tom 5",
            "Dan 2",
            "Ben 1",
            "Cab 12",
            "Spa 2",
            "Test 1",
            "Store 24",
            "Team 7",
        ),
        *("Sales 5", "Support 2", "North 1", "Unit 4", "Bay 3", "Dock 9", "Agent 12", "Zone 2", "Kim 2", "Joe 3"),
        *("March 5 team", "1-800-FLOWERS", "Level3", "H&R Block 1", "# sales", "#1 Sales", "not reported (5)", "1️⃣"),
        *("(415) 555-0100", "(415) 555-0100; (206) 555-0123", "a1@b.co", "+44 20 7946 0958 ext. 5", "Suite 5\n12"),
        *("2022-01-01T00:00:00Z", "2022-01-01T00:00:00.123Z", "PN1", "PN1e5", "USab12", "US1", "GR12", "5;6"),
        *("allowed", "restricted", "not reported", "toll-free", "local", "United States", "completed"),
    ],
)
def test_text_that_no_spreadsheet_converts(text: str) -> None:
    assert not may_convert(text)


@given(st.text("0123456789.,:/-+)%$€ ", min_size=1).filter(lambda text: any(map(str.isdigit, text))))
def test_digits_without_a_word_may_convert(text: str) -> None:
    assert may_convert(text)
