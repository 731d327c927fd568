"""A cell in a table: what it is called, and what it tells a pointer."""

import pytest

from numbers.vocabulary.cells import CELLS, Reading, fact_of

TEXTING_US = CELLS[3]


@pytest.mark.parametrize(
    ("raw", "unlike", "name", "title"),
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
def test_a_cell_is_named_in_full(raw: str | None, unlike: str, name: str, title: str) -> None:
    reading = Reading(TEXTING_US, fact_of(raw), raw, unlike)
    assert (reading.name, reading.title) == (name, title)


def test_a_long_word_of_quo_is_cut() -> None:
    reading = Reading(TEXTING_US, fact_of("x" * 100), "x" * 100)
    assert reading.quos_word == f"{'x' * 19}…"
    assert reading.title == f"Quo sent “{'x' * 79}…”"


def test_a_word_that_would_turn_its_neighbours_is_isolated() -> None:
    raw = "\u202eoff"
    reading = Reading(TEXTING_US, fact_of(raw), raw)
    assert reading.name.endswith(f"\u2068{raw}\u2069")
    assert reading.title == f"Quo sent “\u2068{raw}\u2069”"
