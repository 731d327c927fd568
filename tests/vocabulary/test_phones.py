"""Formatting, parsing and classifying telephone numbers."""

import re

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from numbers.vocabulary.phones import country_name, country_of, derived_fields, e164_of, is_toll_free, pretty


@pytest.mark.parametrize(
    ("number", "formatted"),
    [
        ("+14155550100", "(415) 555-0100"),
        ("+16045550100", "(604) 555-0100"),
        ("+18005550100", "(800) 555-0100"),
        ("+15555550123", "(555) 555-0123"),
        ("+11005550100", "1005550100"),
        ("+442079460958", "+44 20 7946 0958"),
        ("+390612345678", "+39 06 1234 5678"),
    ],
)
def test_a_number_is_formatted_as_people_write_it(number: str, formatted: str) -> None:
    assert pretty(number) == formatted


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
def test_text_that_is_not_e164_is_returned_unchanged(text: str) -> None:
    assert pretty(text) == text


@given(st.text())
@example("+1;")
def test_any_text_is_accepted(text: str) -> None:
    pretty(text)
    pretty(f"+{text}")
    assert not is_toll_free(text) or text.startswith("+")
    assert not country_of(text) or text.startswith("+")
    assert re.fullmatch(r"(\+[1-9][0-9]{1,14})?", e164_of(text))
    assert set(derived_fields(f"+{text}", text)) == {"kind", "country", "forward_number"}


@given(st.from_regex(r"\+1[2-9][0-9]{9}", fullmatch=True))
@example("+12000000000")
@example("+19999999999")
def test_north_american_numbers_are_formatted_like_googles(number: str) -> None:
    expected = phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.NATIONAL)

    assert pretty(number) == expected


@given(st.from_regex(r"\+[1-9][0-9]{1,14}", fullmatch=True))
def test_formatting_never_loses_or_adds_a_digit(number: str) -> None:
    digits = re.sub("[^0-9]", "", pretty(number))

    assert digits in {number[1:], number[2:] if number.startswith("+1") else number[1:]}


@pytest.mark.parametrize("code", ["800", "833", "844", "855", "866", "877", "888"])
def test_north_american_toll_free_codes_are_recognized(code: str) -> None:
    assert is_toll_free(f"+1{code}5550100")


@pytest.mark.parametrize(
    "number",
    ["+14155550100", "+18105550100", "+18505550100", "+442079460958", "+800", "8005550100", "+18005550100 ask for Bo"],
)
def test_other_numbers_are_not_toll_free(number: str) -> None:
    assert not is_toll_free(number)


def test_a_toll_free_number_of_another_country_is_recognized() -> None:
    assert is_toll_free("+448081570192")


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("+14155550100", "US"),
        ("+16045550100", "CA"),
        ("+12425550100", "BS"),
        ("+18005550100", "US"),  # toll-free numbers of North America have no single country
        ("+442079460958", "GB"),
        ("+441481256789", "GG"),
        ("+79161234567", "RU"),
        ("+77011234567", "KZ"),
        ("+15555550123", ""),  # an unassigned area code
        ("+80012345678", ""),  # toll-free everywhere
        ("+99912345678", ""),
        ("+1", ""),
        ("4155550100", ""),
        ("(415) 555-0100", ""),
        ("", ""),
    ],
)
def test_the_country_follows_from_the_digits(number: str, country: str) -> None:
    assert country_of(number) == country


@given(st.from_regex(r"\+[1-9][0-9]{1,14}", fullmatch=True))
def test_a_country_is_a_two_letter_code_or_empty(number: str) -> None:
    assert re.fullmatch("([A-Z]{2})?", country_of(number))


@pytest.mark.parametrize(
    ("code", "name"), [("US", "United States"), ("GB", "United Kingdom"), ("XK", "Kosovo"), ("XX", "XX"), ("", "")]
)
def test_a_country_code_has_a_name(code: str, name: str) -> None:
    assert country_name(code) == name


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+14155550100", "+14155550100"),
        ("(415) 555-0100", "+14155550100"),
        ("415.555.0100", "+14155550100"),
        ("415/555-0100", "+14155550100"),
        ("415–555–0100", "+14155550100"),
        ("4155550100", "+14155550100"),
        ("1-415-555-0100", "+14155550100"),
        ("  +1 415 555 0100 ", "+14155550100"),
        ("415\u00a0555\u20090100", "+14155550100"),
        ("\u202a+1 415-555-0100\u202c", "+14155550100"),
        ("４１５５５５０１００", "+14155550100"),
        ("+44 20 7946 0958", "+442079460958"),
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("011 44 20 7946 0958", "+442079460958"),
        ("+39 06 1234 5678", "+390612345678"),
        ("+4402079460958", "+4402079460958"),  # a trunk zero that Quo has
        ("+4420", "+4420"),
    ],
)
def test_any_spelling_of_a_number_is_parsed(text: str, number: str) -> None:
    assert e164_of(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "+",
        "-",
        "+0",
        "0",
        "800",
        "555-0100",
        "415555010",
        "415555010000",
        "+1 415 555 0100 9",
        "+14155550100;ext=9",
        "(415) 555-0100 x9",
        "4155550100 ask for Bo",
        "1-800-FLOWERS",
        "front desk",
        "tel:+14155550100",
        "4155550100, 4155550101",
        "٤١٥٥٥٥٠١٠٠",
        "0" * 5000,
        "+" * 300,
    ],
)
def test_text_that_is_not_a_telephone_number_is_not_parsed(text: str) -> None:
    assert e164_of(text) == ""


@given(st.from_regex(r"\+[1-9][0-9]{1,14}", fullmatch=True))
def test_a_formatted_number_never_parses_as_another(number: str) -> None:
    assert e164_of(number) == number
    assert e164_of(pretty(number)) in {number, ""}  # empty if the format lacks the area code


def test_the_derived_fields_are_kind_country_and_forward() -> None:
    assert derived_fields("+18005550100", "(604) 555-0100") == {
        "kind": "toll-free",
        "country": "US",
        "forward_number": "+16045550100",
    }
    for nowhere in (None, "", "front desk"):
        assert derived_fields("+442079460958", nowhere) == {"kind": "local", "country": "GB", "forward_number": ""}
