"""The facts, meanings and possible causes of cells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numbers.models import NumberState
from numbers.vocabulary.causes import advice_for
from numbers.vocabulary.cells import CELLS, Cell, Fact, Reading, fact_of, readings_of

LOCAL, CANADIAN, TOLL_FREE, ABROAD = "+14155550100", "+16045550100", "+18335550100", "+442079460958"
EVERY_NUMBER = [LOCAL, CANADIAN, TOLL_FREE, ABROAD]


def causes(key: str, number: str, raw: str | None = "restricted") -> str:
    """Return the possible causes of a cell in one text; empty if there are none."""
    (cell,) = (cell for cell in CELLS if cell.key == key)
    advice = advice_for(Reading(cell, fact_of(raw), raw), number)
    assert all(item.cause and item.step for item in advice)
    return " ".join(item.cause for item in advice)


@pytest.mark.parametrize(
    ("raw", "fact"),
    [
        ("unrestricted", Fact.ALLOWED),
        ("restricted", Fact.RESTRICTED),
        (None, Fact.UNKNOWN),
        ("", Fact.UNKNOWN),
        ("Unrestricted", Fact.UNKNOWN),
        ("unrestricted ", Fact.UNKNOWN),
        ("true", Fact.UNKNOWN),
    ],
)
def test_only_the_two_documented_values_are_reported(raw: str | None, fact: Fact) -> None:
    assert fact_of(raw) is fact


@given(st.text())
def test_no_other_value_means_allowed(raw: str) -> None:
    assert fact_of(raw) is not Fact.ALLOWED or raw == "unrestricted"


def test_readings_follow_the_order_of_the_cells_and_use_their_fields() -> None:
    fields = ["calling_us", "calling_ca", "calling_intl", "messaging_us", "messaging_ca", "messaging_intl"]
    state = NumberState(**{field: field for field in fields})

    readings = readings_of(state)

    assert [reading.raw for reading in readings] == fields
    assert [reading.cell.field for reading in readings] == fields
    assert [reading.cell.key for reading in readings] == [
        f"{channel}.{region}" for channel in ("calling", "messaging") for region in ("US", "CA", "Intl")
    ]


@pytest.mark.parametrize("number", EVERY_NUMBER)
@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("raw", ["unrestricted", None, "sometimes"])
def test_an_unrestricted_cell_has_no_causes(number: str, cell: Cell, raw: str | None) -> None:
    assert causes(cell.key, number, raw) == ""


@pytest.mark.parametrize("number", [LOCAL, CANADIAN])
def test_a_local_number_that_cannot_text_the_us_may_lack_the_carrier_registration(number: str) -> None:
    text = causes("messaging.US", number)

    assert "A2P 10DLC" in text
    assert "Canadian numbers" in text
    assert "toll-free" not in text


@pytest.mark.parametrize("number", [LOCAL, CANADIAN])
def test_a_local_number_that_cannot_text_the_us_may_be_outside_a_sole_proprietor_registration(number: str) -> None:
    assert "sole-proprietor registration covers one number" in causes("messaging.US", number)


@pytest.mark.parametrize("key", ["messaging.US", "messaging.CA"])
def test_a_toll_free_number_that_cannot_text_may_not_be_verified(key: str) -> None:
    text = causes(key, TOLL_FREE)

    assert "toll-free verification" in text
    assert "November 2023" in text
    assert "A2P" not in text


@pytest.mark.parametrize("number", EVERY_NUMBER)
def test_texting_abroad_may_not_be_enabled_for_the_workspace(number: str) -> None:
    assert "enabled for the workspace" in causes("messaging.Intl", number)


@pytest.mark.parametrize("number", EVERY_NUMBER)
def test_calling_abroad_may_be_switched_off_for_the_number(number: str) -> None:
    assert "own switch for international calling" in causes("calling.Intl", number)


@pytest.mark.parametrize(
    ("key", "number"),
    [*((key, number) for key in ("calling.US", "calling.CA") for number in EVERY_NUMBER), ("messaging.CA", LOCAL)],
)
def test_an_unknown_cause_is_called_unknown(key: str, number: str) -> None:
    assert causes(key, number).startswith("Not known")


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("fact", Fact)
def test_the_meaning_of_every_reading_names_channel_region_and_fact(cell: Cell, fact: Fact) -> None:
    meaning = Reading(cell, fact, None).meaning

    assert ("call" in meaning) is (cell.channel.key == "calling")
    assert ("text" in meaning) is (cell.channel.key == "messaging")
    assert {"US": "the United States", "CA": "Canada", "Intl": "other countries"}[cell.region.key] in meaning
    assert ("cannot" in meaning) is (fact is Fact.RESTRICTED)
    assert ("does not say" in meaning) is (fact is Fact.UNKNOWN)
