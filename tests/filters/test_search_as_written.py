"""Search finds telephone numbers and people however they are written."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, format_number, format_out_of_country_calling_number, parse

from numbers.memory.search.telephones import spellings_of
from numbers.memory.search.words import terms_of
from tests.support.pages import LIST, PageClient, attribute, numbers_on, parse_page, sync_all, text_of
from tests.support.quo_answers import user
from tests.support.searches import desk, found

LONDON, BERLIN, SAN_FRANCISCO, ROME = "+442079460958", "+4930901820", "+14155550123", "+390669821234"


@pytest.fixture
def offices(manager: PageClient) -> PageClient:
    """Remember numbers of several countries. None is found by another's digits."""
    telephones = {
        "PNlondon": LONDON,
        "PNberlin": BERLIN,
        "PNusa": SAN_FRANCISCO,
        "PNrome": ROME,
        "PNflowers": "+18003569377",
        "PNmoscow": "+74951234567",
        "PNmobile": "+4915198765432",
        "PNparis": "+33123456789",
    }
    sync_all(*(desk(number_id, number=telephone) for number_id, telephone in telephones.items()))
    return manager


def test_a_number_that_quo_gives_only_formatted_is_found_by_its_telephone(manager: PageClient) -> None:
    sync_all(desk("PN1", number=None, formattedNumber="(206) 555-0101"), desk("PN2", number="+12065550102"))

    for query in ("+12065550101", "206.555.0101", "5550101"):
        assert found(manager, query) == ["PN1"], query


LONDON_WRITINGS = [
    "020 7946 0958",
    "(020) 7946 0958",
    "0207 946 0958",
    "020-7946-0958",
    "020.7946.0958",
    "020/7946 0958",
    "020·7946·0958",
    "02079460958",
    "0 20 7946 0958",
    "0044 20 7946 0958",
    "00442079460958",
    "00 44 20 7946 0958",
    "0044 (0)20 7946 0958",
    "011 44 20 7946 0958",
    "011442079460958",
    "+44 (0)20 7946 0958",
    "+44(0)2079460958",
    "+44 0 20 7946 0958",
    "+44 020 7946 0958",
    "(+44) 20 7946 0958",
    "(+44) (0) 20 7946 0958",
    "+44 (20) 7946-0958",
    "44 20 7946 0958",
    "44 (0)20 7946 0958",
    "tel:+442079460958",
    "tel:+44-20-7946-0958;ext=5",
    "TEL: 020 7946 0958",
    "Tel. 020 7946 0958",
    "Phone: +44 20 7946 0958",
    "callto://+442079460958",
    "Work: 020 7946 0958",
    "TEL;TYPE=work:+44 20 7946 0958",
    "**020 7946 0958**",
    "+44 [0] 20 7946 0958",
    "+44-(0)20-7946-0958",
    "+44 20 7946 0958…",
    "020\u200b7946\u00ad0958",
    "sms:+442079460958",
    '"+44 20 7946 0958"',
    "“+44 20 7946 0958”",
    "«020 7946 0958»",
    "[+44 20 7946 0958]",
    "<+442079460958>",
    "{020 7946 0958}",
    "(020 7946 0958)",
    "'+442079460958",
    "’+442079460958",
    "'020 7946 0958'",
    '="+442079460958"',
    "442079460958.0",
    "+44 20 7946 0958,",
    "020 7946 0958, ",
    "+44 20 7946 0958.",
    "020 7946 0958;",
    "020 7946 0958:",
    "020 7946 0958?",
    "020 7946 0958 ext. 12",
    "020 7946 0958 ext 12",
    "020 7946 0958, extension 12",
    "020 7946 0958 x12",
    "020 7946 0958x12",
    "+442079460958,,12",
    "+442079460958#12",
    "٠٢٠ ٧٩٤٦ ٠٩٥٨",
    "+४४ २० ७९४६ ०९५८",
    "۰۰۴۴ ۲۰ ۷۹۴۶ ۰۹۵۸",
    "０２０　７９４６　０９５８",
    "020\u00a07946\u00a00958",
    "\u202a+44 20 7946 0958\u202c",
    "+44 20 7946",
    "0044 20 79",
    "+44 (0)20 79",
]


@pytest.mark.parametrize("stored", ["(206) 555-0101", "12065550101", "206.555.0101", "tel:+1-206-555-0101"])
@pytest.mark.parametrize("query", ["+12065550101", "(206) 555-0101", "2065550101", "001 206 555 0101", "206-555-01"])
def test_a_number_that_quo_gives_in_another_form_is_found(manager: PageClient, stored: str, query: str) -> None:
    sync_all(desk("PN1", number=stored), desk("PN2", number="+12065550102", name="Other"))

    assert found(manager, query)[:1] == ["PN1"]


@pytest.mark.parametrize("query", LONDON_WRITINGS)
def test_every_common_way_to_write_a_number_finds_it(offices: PageClient, query: str) -> None:
    assert found(offices, query) == ["PNlondon"]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("030 901820", ["PNberlin"]),
        ("030/90 18 20", ["PNberlin"]),
        ("+49 (0)30 901820", ["PNberlin"]),
        ("0151 98765432", ["PNmobile"]),
        ("0151 987 654 32", ["PNmobile"]),
        ("01 23 45 67 89", ["PNparis"]),
        ("06 6982 1234", ["PNrome"]),  # in Italy the zero is part of the number
        ("+39 (0)6 6982 1234", ["PNrome"]),
        ("8 495 123-45-67", ["PNmoscow"]),  # Russia's trunk prefix
        ("8 (495) 123-45-67", ["PNmoscow"]),
        ("1-800-FLOWERS", ["PNflowers"]),
        ("1 800 flowers", ["PNflowers"]),
        ("(800) FLOWERS", ["PNflowers"]),
        ("Call 1-800-FLOWERS!", ["PNflowers"]),
        ("tel:+1-800-FLOWERS", ["PNflowers"]),
        ("001 415 555 0123", ["PNusa"]),
        ("011 1 415 555 0123", ["PNusa"]),
        ("+1 (415) 555-0123 ext. 7", ["PNusa"]),
        ("415-555-0123.", ["PNusa"]),
    ],
)
def test_numbers_of_other_countries_are_found_as_they_are_dialled(
    offices: PageClient, query: str, ids: list[str]
) -> None:
    assert found(offices, query) == ids


@pytest.mark.parametrize("query", ["020 7946 0958", "0044 20 7946 0958", "+44 (0)20 7946 0958"])
def test_a_number_abroad_is_found_where_none_of_ours_is_in_that_country(manager: PageClient, query: str) -> None:
    sync_all(desk("PN1", number=SAN_FRANCISCO, forward=LONDON), desk("PN2", number="+14155550188"))

    assert found(manager, query) == ["PN1"]


def test_a_number_in_a_name_is_found_with_and_without_its_trunk_zero(manager: PageClient) -> None:
    sync_all(desk("PN1", name="Fax 020 7946 0958"), desk("PN2", name="Fax 020 7946 0959"))

    assert found(manager, "020 7946 0958") == found(manager, "(20) 7946 0958") == ["PN1"]


def test_a_written_country_code_finds_no_number_of_another_country(manager: PageClient) -> None:
    sync_all(desk("PN1", number="+12079460958"), desk("PN2", number=LONDON))

    assert found(manager, "+44 20 7946 0958") == found(manager, "0044 20 7946 0958") == ["PN2"]


def test_a_name_with_other_digits_is_found_as_it_is_shown(manager: PageClient) -> None:
    sync_all(desk("PN1", name="خط ١٢"), desk("PN2", name="٠٢٠ ٧٩٤٦ ٠٩٥٨"), desk("PN3", number=SAN_FRANCISCO))

    assert found(manager, "خط ١٢") == ["PN1"]
    assert found(manager, "٠٢٠ ٧٩٤٦ ٠٩٥٨") == ["PN2"]


@pytest.mark.parametrize("query", ["front 020 7946 0958", "tel: 020 7946 0958, front", "front +44 (0)20 7946 0958"])
def test_a_number_and_words_are_found_together(manager: PageClient, query: str) -> None:
    sync_all(desk("PN1", name="Front desk", number=LONDON), desk("PN2", number=LONDON), desk("PN3", name="Front desk"))

    assert found(manager, query) == ["PN1"]


LABELLED = [
    "Tel.: +44 20 7946 0958",
    "Tel.-Nr.: 020 7946 0958",
    "Tel.020 7946 0958",
    "Tel+44 20 7946 0958",
    "Tél. (mobile) : 020 7946 0958",
    "Telefon 020 7946 0958",
    "Mobil: 020 7946 0958",
    "Handy 020 7946 0958",
    "Phone/WhatsApp: +442079460958",
    "Phone 2: 020 7946 0958",
    "Phone = +44 20 7946 0958",
    "Ph: 020 7946 0958",
    "P. 020 7946 0958",
    "T +44 20 7946 0958",
    "(M) 020 7946 0958",
    "020 7946 0958 (mobile)",
    "☎ +44 20 7946 0958",
    "☎\ufe0f+44 20 7946 0958",
    "📞 020 7946 0958",
    "020 7946 0958📱",
    "🇬🇧 +44 20 7946 0958",
    "℡ 020 7946 0958",
    "№ 020 7946 0958",
    "# 020 7946 0958",
    "#02079460958",
    "+ 44 20 7946 0958",
    "Call +44 20 7946 0958!",
    "Please call me at 020 7946 0958.",
    "my number is 020 7946 0958",
    "Meine Nummer ist: 020 7946 0958",
    "phone number +44 20 7946 0958",
    "Puhelin 020 7946 0958",  # nothing is called so
    "020 7946 0958 int 5",
    "020 7946 0958 (ext. 5)",
    "020 7946 0958 poste 5",
    "020 7946 0958 Durchwahl 5",
]


def test_labels_beside_a_telephone_number_need_not_match(manager: PageClient) -> None:
    sync_all(
        desk("PNlondon", number=LONDON),
        desk("PN2", name="Call center # 5 at my mobile phone shop, telephone is on ☎📱", symbol="📞"),
    )

    assert {query: found(manager, query) for query in LABELLED} == {query: ["PNlondon"] for query in LABELLED}


def test_a_label_without_a_telephone_number_is_a_word(manager: PageClient) -> None:
    sync_all(desk("PN1", name="Mobile #5", number="+11"), desk("PN2", name="Desk 5", number="+15"))

    assert found(manager, "mobile 5") == found(manager, "#5") == ["PN1"]


def test_the_name_that_a_label_matches_comes_first(manager: PageClient) -> None:
    sync_all(desk("PN1", name="Desk", number=LONDON), desk("PN2", name="Mobile", number=LONDON))

    assert numbers_on(parse_page(manager.get(LIST, {"q": "mobile 020 7946 0958"}))) == ["PN2", "PN1"]


@st.composite
def written_numbers(draw: st.DrawFn) -> tuple[str, str]:
    """Generate a number, and how a person or a program writes it."""
    number = parse(draw(st.sampled_from([LONDON, BERLIN, SAN_FRANCISCO, ROME, "+33123456789", "+74951234567"])))
    styles = [PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.NATIONAL]
    writings = [format_number(number, style) for style in (*styles, PhoneNumberFormat.RFC3966)]
    writings += [format_out_of_country_calling_number(number, region) for region in ("US", "GB", "FR")]
    written = draw(st.sampled_from(writings))
    for separator in draw(st.sampled_from(["", "-", ".", "\u2011", "\u00a0"])):
        written = written.replace(" ", separator) if "(" not in written else written
    before, after = draw(st.sampled_from(["''", '""', "[]", "<>", "“”", ("'", ""), ("", ","), ("", "."), ("", " x5")]))
    zero = draw(st.sampled_from(["0", "٠", "०", "０"]))
    digits = {ord(str(digit)): chr(ord(zero) + digit) for digit in range(10)}
    return format_number(number, PhoneNumberFormat.E164), f"{before}{written.translate(digits)}{after}"


@settings(max_examples=200, deadline=None)
@given(written_numbers())
def test_a_written_number_is_one_term_that_finds_it(drawn: tuple[str, str]) -> None:
    number, written = drawn

    (term,) = terms_of(written)

    regions = ("GB", "DE", "IT", "FR", "RU")
    assert any(spelling in number for spelling in {*term.words, *spellings_of(term, regions)})


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(st.text("0123456789+-(). xexttel:;=,#\"'٠५aß\u200f", max_size=40) | st.text(max_size=30))
@example("+" * 200)
@example("1" * 200)
@example("(0)" * 60)
@example("1-800-" + "a" * 190)
def test_any_text_becomes_terms(query: str) -> None:
    for term in terms_of(query):
        assert term.typed
        assert term.words
        assert all(term.words)
        assert all(spellings_of(term, ("GB", "DE")))


# People, as address books and email programs write them


@pytest.fixture
def people(manager: PageClient) -> PageClient:
    """Remember people by number: Jürgen Weiß on PN1, another Weiß on PN2, O’Neil on PN3."""
    sync_all(
        desk("PN1", users=[user("US1", firstName="Jürgen", lastName="Weiß", email="j.weiss@example.com")]),
        desk("PN2", users=[user("US2", firstName="Anna", lastName="Weiß", email="anna@example.com")]),
        desk("PN3", users=[user("US3", firstName="Zoë", lastName="O’Neil", email="zoe@example.net")]),
        desk("PN4", name="Dr Smith"),
        desk("PN5", name="Smith"),
    )
    return manager


PERSON = [
    "Weiß, Jürgen",
    "Weiß,Jürgen",
    "WEISS, JÜRGEN",
    "Weiß; Jürgen",
    "Jürgen Weiß",
    "Jürgen Weiß <j.weiss@example.com>",
    '"Weiß, Jürgen" <j.weiss@example.com>',
    "'Weiß, Jürgen'",
    "“Jürgen Weiß”",
    "Jürgen Weiß (j.weiss@example.com)",
    "mailto:j.weiss@example.com",
    "<j.weiss@example.com>;",
    "Weiß, Jürgen,",
    "Dr. Jürgen Weiß",
    "Dr Jürgen Weiß",
    "Prof. Dr. Jürgen Weiß",
    "Weiß, Dr. Jürgen",
    "Weiß, Jürgen, Dr.",
    "Weiß, Jürgen, PhD",
    "Herr Jürgen Weiß",
    "Jürgen Weiß Jr.",
]


@pytest.mark.parametrize("query", PERSON)
def test_a_person_is_found_as_address_books_write_them(people: PageClient, query: str) -> None:
    assert found(people, query) == ["PN1"]


def ids_of_teammates(manager: PageClient, query: str) -> list[str]:
    rows = parse_page(manager.get("/teammates/", {"q": query})).css("tr[data-teammate]")
    return [attribute(row, "data-teammate") for row in rows]


@pytest.mark.parametrize("query", PERSON)
def test_the_list_of_teammates_finds_them_too(people: PageClient, query: str) -> None:
    assert ids_of_teammates(people, query) == ["US1"]


@pytest.mark.parametrize("query", ["O'Neil", "O’Neil", "o‘neil", "O`Neil, Zoë"])
def test_any_apostrophe_finds_a_name_with_one(people: PageClient, query: str) -> None:
    assert found(people, query) == ["PN3"]


def test_the_list_of_teammates_finds_the_role_that_it_shows(manager: PageClient) -> None:
    ada = user("US1", firstName="Ada", lastName=None, email="", role="owner")
    sync_all(desk("PN1", users=[ada, user("US2", firstName="Bo", lastName=None, email="", role="admin")]))

    assert ids_of_teammates(manager, "Owner") == ids_of_teammates(manager, "ada owner") == ["US1"]
    assert ids_of_teammates(manager, "own") == []


@pytest.mark.parametrize("query", ["US9", "us9", "<US9>"])
def test_a_teammate_without_names_and_email_is_found_by_their_id(manager: PageClient, query: str) -> None:
    unnamed, named = user("US9", firstName=None, lastName=" ", email=""), user("US99", firstName="Ann")
    sync_all(desk("PN1", users=[unnamed]), desk("PN2", users=[named]))

    assert found(manager, query) == ["PN1"]
    assert ids_of_teammates(manager, query) == ["US9"]


def test_a_title_alone_is_a_word(people: PageClient) -> None:
    assert found(people, "dr") == found(people, "Dr.") == ["PN4"]


def test_a_title_need_not_match(people: PageClient) -> None:
    assert found(people, "Dr. Smith") == ["PN4", "PN5"]
    assert found(people, "smith dr") == ["PN4"]  # where no title stands, it is a word


# Punctuation

PUNCTUATED = [
    "Weiß , Jürgen",
    "Weiß ; Jürgen",
    ", Jürgen",
    "Weiß，Jürgen",
    "Weiß、Jürgen",
    "Weiß؛ Jürgen",
    "Weiß|Jürgen",
    "( Jürgen )",
    "Jürgen …",
    "Jürgen & Weiß",
    "→ Jürgen —",
    "「Jürgen Weiß」。",
    "¿Jürgen？",
]


def test_punctuation_beside_names_means_nothing(people: PageClient) -> None:
    assert {query: found(people, query) for query in PUNCTUATED} == {query: ["PN1"] for query in PUNCTUATED}
    assert ids_of_teammates(people, "Weiß ، ( Jürgen )") == ["US1"]


def test_punctuation_alone_is_a_word(manager: PageClient) -> None:
    sync_all(desk("PN1", name="Who?"), desk("PN2", name="Sales & Support"))

    assert found(manager, "?") == ["PN1"]
    assert found(manager, "&") == ["PN2"]


@pytest.fixture
def dashes(manager: PageClient) -> PageClient:
    sync_all(
        desk("PN1", name="Sales - West"),
        desk("PN2", name="Sales–East"),
        desk("PN3", name="Hours 9‑5"),
        desk("PN4", users=[user("US1", firstName="Ann—Lee", lastName=None, email="")]),
    )
    return manager


def test_dashes_of_any_kind_match_each_other(dashes: PageClient) -> None:
    expected = {
        "Sales – West": ["PN1"],
        "Sales-East": ["PN2"],
        "Sales—East": ["PN2"],
        "sales‑east": ["PN2"],
        "9-5": ["PN3"],
        "hours 9−5": ["PN3"],
        "ann-lee": ["PN4"],
        "ann‐lee": ["PN4"],
        "sales-west": [],
        "—": ["PN1", "PN2", "PN3", "PN4"],
    }

    assert {query: found(dashes, query) for query in expected} == expected
    assert ids_of_teammates(dashes, "ann-lee") == ["US1"]


def test_a_reason_may_have_another_dash(dashes: PageClient) -> None:
    dashes.post("/numbers/columns/", {"column": []})

    (reason,) = parse_page(dashes.get(LIST, {"q": "ann-lee"})).css(".matched")

    assert text_of(reason) == "matched teammate Ann—Lee"
