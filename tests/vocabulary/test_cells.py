"""The accessible name and the tooltip of a reading."""

import pytest

from numbers.vocabulary.cells import CELLS, Reading, fact_of

TEXTING_US = CELLS[3]


@pytest.mark.parametrize(
    ("raw", "majority", "name", "title"),
    [
        ("unrestricted", "", "Messaging, United States: allowed", ""),
        ("restricted", "", "Messaging, United States: restricted", ""),
        (None, "", "Messaging, United States: not reported", ""),
        ("", "", "Messaging, United States: not reported", "Quo sent “”"),
        ("paused", "", "Messaging, United States: not reported paused", "Quo sent “paused”"),
        (
            "restricted",
            "1,234 of 1,240 allowed",
            "Messaging, United States: restricted, unlike most here: 1,234 of 1,240 allowed",
            "Unlike most here: 1,234 of 1,240 allowed",
        ),
    ],
)
def test_the_accessible_name_is_complete(raw: str | None, majority: str, name: str, title: str) -> None:
    reading = Reading(TEXTING_US, fact_of(raw), raw, majority)
    assert (reading.name, reading.title) == (name, title)


def test_a_long_undocumented_value_is_cut() -> None:
    reading = Reading(TEXTING_US, fact_of("x" * 100), "x" * 100)
    assert reading.undocumented_value == f"{'x' * 19}…"
    assert reading.title == f"Quo sent “{'x' * 79}…”"


def test_a_value_with_directional_marks_is_isolated() -> None:
    raw = "\u202eoff"
    reading = Reading(TEXTING_US, fact_of(raw), raw)
    assert reading.name.endswith(f"\u2068{raw}\u2069")
    assert reading.title == f"Quo sent “\u2068{raw}\u2069”"
