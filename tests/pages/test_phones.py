import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from numbers.phones import is_toll_free, pretty


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("+14155550100", "(415) 555-0100"),
        ("+16045550100", "(604) 555-0100"),
        ("+18005550100", "(800) 555-0100"),
        ("+15555550123", "(555) 555-0123"),
        ("+442079460958", "+44 20 7946 0958"),
        ("+390612345678", "+39 06 1234 5678"),
    ],
)
def test_a_number_is_written_as_people_write_it(number: str, written: str) -> None:
    assert pretty(number) == written


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+",
        "+1",
        "+123",
        "4155550100",
        "(415) 555-0100",
        "+1415555FLOWERS",
        "+14155550100 ask for Bo",
        "+14155550100;ext=9",
        "front desk",
        "+٤١٥٥٥٥٠١٠٠",
        "+1" * 5000,
        "+14155550100\n",
    ],
)
def test_what_is_no_e164_number_comes_back_as_it_is(text: str) -> None:
    assert pretty(text) == text


@given(st.text())
@example("+1;")
def test_no_text_is_too_odd(text: str) -> None:
    pretty(text)
    pretty(f"+{text}")
    assert not is_toll_free(text) or text.startswith("+")


@given(st.from_regex(r"\+[1-9][0-9]{1,14}", fullmatch=True))
def test_writing_a_number_never_loses_or_invents_a_digit(number: str) -> None:
    digits = re.sub("[^0-9]", "", pretty(number))

    assert digits in {number[1:], number[2:] if number.startswith("+1") else number[1:]}


@pytest.mark.parametrize("code", ["800", "833", "844", "855", "866", "877", "888"])
def test_the_toll_free_codes_of_north_america_are_known(code: str) -> None:
    assert is_toll_free(f"+1{code}5550100")


@pytest.mark.parametrize(
    "number",
    ["+14155550100", "+18105550100", "+18505550100", "+442079460958", "+800", "8005550100", "+18005550100 ask for Bo"],
)
def test_other_numbers_are_not_toll_free(number: str) -> None:
    assert not is_toll_free(number)


def test_a_toll_free_number_of_another_country_is_known() -> None:
    assert is_toll_free("+448081570192")
