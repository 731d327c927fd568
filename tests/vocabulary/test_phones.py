"""Formatting, parsing and classifying telephone numbers."""

import re
import tracemalloc

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from numbers.vocabulary.phones import (
    country_name,
    country_of,
    derived_fields,
    e164_of,
    is_toll_free,
    pretty,
    pretty_forward,
)


@pytest.mark.parametrize(
    ("number", "formatted"),
    [
        ("+14155550100", "(415) 555-0100"),
        ("+16045550100", "(604) 555-0100"),
        ("+18005550100", "(800) 555-0100"),
        ("+19835550100", "(983) 555-0100"),
        # The Caribbean and the Pacific, with the country code of the US
        ("+18765550123", "+1 876-555-0123 (Jamaica)"),
        ("+16585550123", "+1 658-555-0123 (Jamaica)"),
        ("+12425550123", "+1 242-555-0123 (Bahamas)"),
        ("+14415550123", "+1 441-555-0123 (Bermuda)"),
        ("+18095550123", "+1 809-555-0123 (Dominican Republic)"),
        ("+17875550123", "+1 787-555-0123 (Puerto Rico)"),
        ("+19395550123", "+1 939-555-0123 (Puerto Rico)"),
        ("+16715550123", "+1 671-555-0123 (Guam)"),
        ("+13405550123", "+1 340-555-0123 (U.S. Virgin Islands)"),
        ("+18761550123", "+1 876-155-0123 (Jamaica)"),
        # Nobody knows the country
        ("+15555550123", "+1 555-555-0123"),
        ("+14151550100", "+1 415-155-0100"),
        ("+11005550100", "+1 1005550100"),
        # Shared country codes
        ("+442079460958", "+44 20 7946 0958 (United Kingdom)"),
        ("+441481256789", "+44 1481 256789 (Guernsey)"),
        ("+441534123456", "+44 1534 123456 (Jersey)"),
        ("+441624756789", "+44 1624 756789 (Isle of Man)"),
        ("+79161234567", "+7 916 123-45-67 (Russia)"),
        ("+77011234567", "+7 701 123 4567 (Kazakhstan)"),
        ("+390612345678", "+39 06 1234 5678 (Italy)"),
        ("+390669812345", "+39 06 6981 2345 (Vatican City)"),
        ("+4722123456", "+47 22 12 34 56 (Norway)"),
        ("+4779012345", "+47 79 01 23 45 (Svalbard & Jan Mayen)"),
        ("+38349123456", "+383 49 123 456 (Kosovo)"),
        ("+5491123456789", "+54 9 11 2345-6789 (Argentina)"),
        # Services without a country
        ("+80012345678", "+800 1234 5678"),
        ("+80812345678", "+808 1234 5678"),
        ("+870301234567", "+870 301 234 567"),
        ("+881612345678", "+881 6 123 45678"),
        ("+882161234567", "+882 16 123 4567"),
        ("+979123456789", "+979 1 2345 6789"),
    ],
)
def test_a_number_is_formatted_as_people_write_it(number: str, formatted: str) -> None:
    assert pretty(number) == formatted


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "+",
        "+1",
        "+123",
        "12345",
        "not a number",
        "4155550100",
        "(415) 555-0100",
        "+1 415 555 0100",
        "+1415555FLOWERS",
        "+14155550100 ask for Bo",
        "+14155550100 ext 5",
        "+14155550100;ext=9",
        "+1206555010012345",
        "+120655501001",
        "+4402079460958",
        "+0014155550100",
        "+99912345678",
        "tel:+14155550100",
        "sip:+14155550100@example.com",
        '{"a":1}',
        '["+14155550100"]',
        "true",
        "14155550100",
        "front desk",
        "+٤١٥٥٥٥٠١٠٠",
        "+１４１５５５５０１００",
        "+1" * 5000,
        "+14155550100\n",
        "+14155550100\x00",
    ],
)
def test_other_text_is_shown_as_it_came(text: str) -> None:
    assert pretty(text) == text


@pytest.mark.parametrize(
    ("forward", "number", "shown"),
    [
        ("+14155550100", "+14155550100", "(415) 555-0100"),
        ("+18765550123", "+18765550123", "+1 876-555-0123 (Jamaica)"),
        ("(876) 555-0123", "+18765550123", "(876) 555-0123 (Jamaica)"),
        ("tel:+18765550123;ext=5", "+18765550123", "tel:+18765550123;ext=5 (Jamaica)"),
        ("020 7946 0958", "+442079460958", "020 7946 0958 (United Kingdom)"),
        ("(415) 555-0100 x5", "+14155550100", "(415) 555-0100 x5"),
        ("(604) 555-0100", "+16045550100", "(604) 555-0100"),
        ("(555) 555-0123", "+15555550123", "(555) 555-0123"),
        ("00 800 1234 5678", "+80012345678", "00 800 1234 5678"),
        ("front desk", "", "front desk"),
    ],
)
def test_a_forward_is_shown_as_it_came_with_the_country(forward: str, number: str, shown: str) -> None:
    assert pretty_forward(forward, number) == shown


@given(st.text())
@example("+1;")
def test_any_text_is_accepted(text: str) -> None:
    pretty(text)
    pretty(f"+{text}")
    assert not is_toll_free(text) or text.startswith("+")
    assert not country_of(text) or text.startswith("+")
    assert re.fullmatch(r"(\+[1-9][0-9]{1,14})?", e164_of(text))
    assert set(derived_fields(f"+{text}", text, text)) == {"kind", "country", "forward_number", "telephone"}


@given(st.from_regex(r"\+1[2-9][0-9]{2}[2-9][0-9]{6}", fullmatch=True))
@example("+12002000000")
@example("+19999999999")
@example("+19831000000")
@example("+19832000000")
def test_north_american_numbers_are_formatted_like_googles(number: str) -> None:
    parsed = phonenumbers.parse(number)
    region = phonenumbers.region_code_for_number(parsed)
    national = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    international = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)

    assert (
        pretty(number).partition(" (")[0] == (national if region in {"US", "CA"} else international).partition(" (")[0]
    )
    assert pretty(number).startswith("(") == (region in {"US", "CA"})


@given(st.from_regex(r"\+[1-9][0-9]{1,14}", fullmatch=True))
@example("+18765550123")
def test_formatting_never_loses_or_adds_a_digit(number: str) -> None:
    digits = re.sub("[^0-9]", "", pretty(number))

    assert digits in {number[1:], number[2:] if country_of(number) in {"US", "CA"} else number[1:]}


@given(st.text() | st.from_regex(r"\+[1-9][0-9]{1,14}", fullmatch=True))
@example("+12125550100")
@example("+18765550123")
def test_a_country_is_named_unless_it_is_not_known_or_at_home(number: str) -> None:
    is_formatted = pretty(number) != number
    name = country_name(country_of(number))

    assert pretty(number).endswith(f" ({name})") == (is_formatted and name not in {"", "United States", "Canada"})


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
        ("+4402079460958", "+442079460958"),  # with the trunk zero, which is not dialled
        ("tel:+1-415-555-0100", "+14155550100"),
        ("TEL:4155550100", "+14155550100"),
        ("tel:+14155550100;ext=5", "+14155550100"),
        ("tel:415-555-0100;phone-context=+1", "+14155550100"),
        ("tel:555-0100;phone-context=+1415", "+14155550100"),
        ("callto://+14155550100", "+14155550100"),
        ("0014155550100", "+14155550100"),
        ("00 1 (415) 555-0100", "+14155550100"),
        ("0044 (0)20 7946 0958", "+442079460958"),
        ("+14155550100;ext=9", "+14155550100"),
        ("+14155550100 ext 5", "+14155550100"),
        ("+14155550100, ext. 5", "+14155550100"),
        ("(415) 555-0100 x9", "+14155550100"),
        ("(415) 555-0100 (x9)", "+14155550100"),
        ("415-555-0100 extension 1234", "+14155550100"),
        ("415-555-0100 Ext: 1234", "+14155550100"),
        ("415-555-0100#1234", "+14155550100"),
        ("4155550100,,5#", "+14155550100"),
        ("4155550100p5", "+14155550100"),
        ("'+14155550100", "+14155550100"),
        ("<+14155550100>,", "+14155550100"),
        ("٤١٥٥٥٥٠١٠٠", "+14155550100"),
        ("+१४१५५५५०१००", "+14155550100"),
        ("(555) 555-0123", "+15555550123"),
        ("(876) 555-0123", "+18765550123"),
        ("+800 1234 5678", "+80012345678"),
    ],
)
def test_any_spelling_of_a_number_is_parsed(text: str, number: str) -> None:
    assert e164_of(text) == number


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("020 7946 0958", "GB", "+442079460958"),
        ("00 1 415 555 0100", "GB", "+14155550100"),
        ("011 1 415 555 0100", "GB", "+14155550100"),  # dialled in North America only
        ("(415) 555-0100", "GB", "+14155550100"),  # valid in North America only
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("06 1234 5678", "IT", "+390612345678"),
        ("8 (916) 123-45-67", "RU", "+79161234567"),
        ("0011 1 415 555 0100", "AU", "+14155550100"),
        ("010 1 415 555 0100", "JP", "+14155550100"),
        ("604-555-0100", "CA", "+16045550100"),
        ("(415) 555-0100", "JM", "+14155550100"),
        ("(666) 555-0123", "GB", ""),  # possible in both countries, valid in neither
        ("020 7946 0958", "US", ""),
        ("+44 20 7946 0958", "FR", "+442079460958"),
        ("front desk", "GB", ""),
    ],
)
def test_a_number_without_a_country_code_is_of_the_country(text: str, country: str, number: str) -> None:
    assert e164_of(text, country) == number


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
        "911",
        "*72",
        "555-0100",
        "415555010",
        "415555010000",
        "0800 123456",
        "+1 415 555 0100 9",
        "+4420",
        "+99912345678",
        "4155550100 ask for Bo",
        "Bo 4155550100",
        "1-800-FLOWERS",
        "front desk",
        "sip:+14155550100@example.com",
        "+14155550100@example.com",
        "tel:555-0100;phone-context=example.com",
        "tel:",
        "4155550100, 4155550101",
        "4155550100 / 4155550101",
        "+14155550100 ext",
        '{"a":1}',
        "null",
        "0" * 5000,
        "+" * 300,
        "+1" * 5000,
    ],
)
def test_text_that_is_not_a_telephone_number_is_not_parsed(text: str) -> None:
    assert e164_of(text) == ""


@given(st.from_regex(r"\+[1-9][0-9]{1,14}", fullmatch=True))
def test_a_formatted_number_never_parses_as_another(number: str) -> None:
    parsed = e164_of(number)

    assert parsed in {number, ""} or len(parsed) < len(number)  # without a trunk zero
    assert e164_of(pretty(number).partition(" (")[0]) in {parsed, ""}


def test_the_derived_fields_are_kind_country_forward_and_telephone() -> None:
    assert derived_fields("+18005550100", None, "(604) 555-0100") == {
        "kind": "toll-free",
        "country": "US",
        "forward_number": "+16045550100",
        "telephone": "+18005550100",
    }
    assert derived_fields("+442079460958", None, "020 7946 0959")["forward_number"] == "+442079460959"
    assert derived_fields("not a number", None, "(604) 555-0100")["forward_number"] == "+16045550100"
    for nowhere in (None, "", "front desk"):
        assert derived_fields("+442079460958", None, nowhere)["forward_number"] == ""


@pytest.mark.parametrize(
    ("text", "telephone"),
    [
        ("+12065550101", "+12065550101"),
        ("12065550101", "+12065550101"),
        ("(206) 555-0101", "+12065550101"),
        ("+44 20 7946 0958", "+442079460958"),
        ("020 7946 0958", "020 7946 0958"),
        ("front desk", "front desk"),
        ("", ""),
    ],
)
def test_a_number_means_a_telephone_in_e164_or_stays_as_it_came(text: str, telephone: str) -> None:
    assert derived_fields(text, None, None)["telephone"] == telephone


def test_a_number_that_quo_gives_only_formatted_means_that_telephone() -> None:
    assert derived_fields("", "(206) 555-0101", None)["telephone"] == "+12065550101"
    assert derived_fields("", "020 7946 0958", None)["telephone"] == ""
    assert derived_fields("020 7946 0958", "(206) 555-0101", None)["telephone"] == "020 7946 0958"


@pytest.mark.parametrize("character", ["x", "5", "\U00020000"])
def test_what_is_indexed_of_a_number_is_limited(character: str) -> None:
    assert derived_fields(character * 20_000, None, None)["telephone"] == character * 100


def test_a_long_text_may_mean_a_telephone() -> None:
    assert derived_fields(f"tel:{' ' * 200}+12065550101", None, None)["telephone"] == "+12065550101"


@pytest.mark.parametrize("text", ["", "12345", "no number", "(415) 555-0100", "+12065550100 ext. 5", '{"a": 1}'])
def test_the_kind_of_a_text_that_is_no_telephone_number_is_unknown(text: str) -> None:
    assert derived_fields(text, None, None)["kind"] == ""


def test_unknown_codes_of_countries_stay_nowhere() -> None:
    country_name("US")
    tracemalloc.start()
    for number in range(100):
        assert country_name(f"{number}" + "\U0001f300" * 10_000)
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 1_000_000
