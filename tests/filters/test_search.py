import unicodedata
from typing import Any, NamedTuple

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from numbers.memory.search.words import MAX_WORDS, terms_of
from tests.support.pages import (
    LIST,
    PageClient,
    find_one,
    notices_of,
    numbers_on,
    parse_page,
    sync_all,
    text_of,
    total_of,
)
from tests.support.quo_answers import number, user
from tests.support.searches import desk, found


def person(user_id: str, name: str) -> dict[str, Any]:
    """Return a teammate with only a searchable name."""
    return user(user_id, firstName=name, lastName=None, email="")


@pytest.fixture
def three(manager: PageClient) -> PageClient:
    sync_all(
        desk("PN1", name="Café Müller", number="+14155550123", symbol="❤\ufe0f", groupId="GRfront"),
        desk("PN2", name="Back office", number="+16045550199", symbol="☎", groupId="1234"),
        desk(
            "PN3",
            name="100% sure_thing \\o/",
            number="+442079460958",
            users=[
                user("US1", firstName="Zoë", lastName="O’Neil", email="zo@example.net"),
                user("US2", firstName=None, lastName=None, email="desk.two@example.com"),
            ],
        ),
    )
    return manager


WRITINGS = [
    "(415) 555-01",
    "(415)",
    "(415",
    "(41",
    "15-5",
    "415)555",
    "4155550",
    "+1 415",
    "+1415",
    "+1 (415) 555-0123",
    "415.555.0123",
    "1-415-555-0123",
    "1 415 555 0123",
    "415 555 0123",
    "415 - 555 - 0123",
    "415–555–0123",
    "415‑555‑0123",
    "415/5550123",
    "４１５５５５",
    "415\u00a0555\u00a00123",
    "\u202a+1 415-555-0123\u202c",
    "0123",
]


def test_a_number_is_found_by_its_digits_in_any_format(three: PageClient) -> None:
    assert {query: found(three, query) for query in WRITINGS} == {query: ["PN1"] for query in WRITINGS}


@pytest.mark.parametrize(
    "query", ["+415", "001", "0014", "+1 604 555 0123", "(415) 555-0199", "415 555 0199", "5550123415"]
)
def test_the_digits_of_one_number_are_one_word(three: PageClient, query: str) -> None:
    assert found(three, query) == []


def test_a_telephone_number_in_a_name_is_found_in_any_format(manager: PageClient) -> None:
    sync_all(desk("PN1", name="Fax: (212) 555-0188"), desk("PN2", name="Suite 21 Floor 25 Room 55"))
    assert found(manager, "212.555.0188") == ["PN1"]
    assert found(manager, "2125") == ["PN1"]


def test_a_plus_matches_only_the_start_of_a_number(manager: PageClient) -> None:
    sync_all(desk("PN1", number="+4420"), desk("PN2", number="+14420"))

    assert found(manager, "+44") == ["PN1"]
    assert found(manager, "44") == ["PN1", "PN2"]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("café", ["PN1"]),
        ("CAFE", ["PN1"]),
        ("mu\u0308ll", ["PN1"]),
        ("muller caf", ["PN1"]),
        ("off", ["PN2"]),
        ("❤", ["PN1"]),
        ("❤\ufe0f", ["PN1"]),
        ("☎\ufe0f", ["PN2"]),
        ("grFRONT", ["PN1"]),
        ("1234", ["PN2"]),
        ("zoe", ["PN3"]),
        ("O’NEIL zoë", ["PN3"]),
        ("zo@example.net", ["PN3"]),
        ("DESK.TWO", ["PN3"]),
        ("example", ["PN3"]),
        ("", ["PN1", "PN2", "PN3"]),
        ("   ", ["PN1", "PN2", "PN3"]),
    ],
)
def test_search_matches_names_symbols_groups_and_teammates(three: PageClient, query: str, ids: list[str]) -> None:
    assert found(three, query) == ids


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("sure zoe", ["PN3"]),
        ("zoe two", ["PN3"]),  # two teammates
        ("7946 zoe 100%", ["PN3"]),
        ("☎ 604 back 1234", ["PN2"]),
        ("back zoe", []),
        ("604 cafe", []),
    ],
)
def test_every_word_must_match_but_in_any_field(three: PageClient, query: str, ids: list[str]) -> None:
    assert found(three, query) == ids


@pytest.mark.parametrize(
    ("query", "ids"),
    [("%", ["PN3"]), ("100%", ["PN3"]), ("_", ["PN3"]), ("e_t", ["PN3"]), ("\\", ["PN3"]), ("c_f", []), ("c%e", [])],
)
def test_wildcards_of_the_database_are_plain_text(three: PageClient, query: str, ids: list[str]) -> None:
    assert found(three, query) == ids


def test_a_word_does_not_match_across_fields(manager: PageClient) -> None:
    sync_all(desk("PN1", name="ab", symbol="cd", groupId="ef", users=[user("US1", firstName="gh", lastName="ij")]))

    for query in ("abcd", "bc", "cdef", "efgh", "ghij"):
        assert found(manager, query) == []


def assert_only_bo_finds_it(manager: PageClient) -> None:
    for query in ("zoe", "zo", "z"):
        assert found(manager, query) == []
    for query in ("bo", "b"):
        assert found(manager, query) == ["PN1"]


def test_a_number_is_not_found_by_a_former_teammate(manager: PageClient) -> None:
    sync_all(desk("PN1", users=[person("US1", "Zoë")]))
    sync_all(desk("PN1", users=[person("US2", "Bo")]))

    assert_only_bo_finds_it(manager)


def test_a_number_is_found_only_by_current_teammate_names(manager: PageClient) -> None:
    sync_all(desk("PN1", users=[person("US1", "Zoë")]))
    sync_all(desk("PN1", users=[person("US1", "Bo")]))

    assert_only_bo_finds_it(manager)


def test_a_number_with_several_matching_teammates_is_listed_once(manager: PageClient) -> None:
    sync_all(desk("PN1", users=[user(f"US{place}", firstName="Bo") for place in range(5)]))

    page = parse_page(manager.get(LIST, {"q": "bo"}))

    assert numbers_on(page) == ["PN1"]
    assert total_of(page) == 1


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("+1 (415) 555-01", ["+141555501"]),
        ("(415) 555-01", ["41555501"]),
        ("415 555", ["415", "555"]),
        ("12 34", ["12", "34"]),
        ("4155550123 12", ["4155550123", "12"]),
        ("12 4155550123", ["12", "4155550123"]),
        ("415 555 0123 12 34", ["4155550123", "12", "34"]),
        ("+1 415 555 0123 12", ["+14155550123", "12"]),
        ("+1 4155550123", ["+14155550123"]),
        ("1 (415) 555 0123", ["14155550123"]),
        ("+44 20 7946 0958", ["+442079460958"]),
        ("4155550123 6045550199", ["4155550123", "6045550199"]),
        ("+1415 +1604", ["+1415", "+1604"]),
        ("front 415 - 5550 desk", ["front", "4155550", "desk"]),
        ("a - b", ["a", "b"]),
        ("- 12", ["12"]),
        ("-", ["-"]),
        ("12 -", ["12"]),
        ("", []),
    ],
)
def test_parts_of_one_telephone_number_are_one_word(query: str, words: list[str]) -> None:
    assert [word for term in terms_of(query) for word in term.words] == words


@pytest.mark.parametrize("query", ["suite 77 4155550123", "4155550123 suite 77", "415 555 0123 77", "77 4155550123"])
def test_digits_beside_a_complete_number_are_separate_words(manager: PageClient, query: str) -> None:
    sync_all(desk("PN1", name="Suite 77", number="+14155550123"), desk("PN2", number="+14155550123"))

    assert found(manager, query) == ["PN1"]


def test_words_beyond_the_limit_are_reported_and_ignored(three: PageClient) -> None:
    page = parse_page(three.get(LIST, {"q": "cafe " * MAX_WORDS + "zebra"}))

    assert numbers_on(page) == ["PN1"]
    assert notices_of(page) == [f"Only the first {MAX_WORDS} words of the search are looked for."]


def test_the_parts_of_a_telephone_number_do_not_count_towards_the_limit(three: PageClient) -> None:
    page = parse_page(three.get(LIST, {"q": "cafe " * (MAX_WORDS - 1) + "+1 415 555 0123"}))

    assert numbers_on(page) == ["PN1"]
    assert notices_of(page) == []


def test_the_search_is_shown_as_it_was_typed(three: PageClient) -> None:
    page = parse_page(three.get(LIST, {"q": "CAFÉ"}))

    assert text_of(find_one(page, ".results-head .sentence")) == "1 number · Numbers that fit “CAFÉ”"


# Compare with a naive model written from the specification: a word matches a number if one of its texts contains it,
# ignoring case and accents, or if the number contains its digits (starts with them after a plus). Punctuation beside
# other words means nothing.


class Word(NamedTuple):
    typed: str
    digits: str = ""  # if typed as a telephone number
    has_plus: bool = False


def plain(text: str) -> str:
    lower = unicodedata.normalize("NFD", text.lower())
    return "".join(character for character in lower if not unicodedata.combining(character)).replace("\ufe0f", "")


def digits_of(text: str) -> str:
    return "".join(character for character in text if character in "0123456789")


def telephone_numbers_in(text: str) -> list[str]:
    written = "".join(character if character in "0123456789+-(). /" else "x" for character in text).split("x")
    return [digits_of(part) for part in written if len(digits_of(part)) >= 7]


def pieces_of(typed: str) -> list[str]:
    """Return the parts of a word between apostrophes, which people type in several ways, without its edges."""
    bare = plain(typed).strip("'’.") or plain(typed)
    return [piece for piece in bare.replace("’", "'").split("'") if piece] or [bare]


def fits(record: dict[str, Any], word: Word) -> bool:
    own = [record["name"], record["symbol"] or "", record["groupId"], record["number"]]
    people = [text or "" for user in record["users"] for text in (user["firstName"], user["lastName"], user["email"])]
    pieces = pieces_of(word.typed)
    if all(any(piece in plain(text) for text in own) for piece in pieces):
        return True
    if all(any(piece in plain(text) for text in people) for piece in pieces):
        return True
    if word.has_plus:
        return bool(record["number"].startswith(f"+{word.digits}"))
    return bool(word.digits) and any(word.digits in text for text in (*own, *telephone_numbers_in(record["name"])))


LETTERS = "aAbéÉöZ%_\\'’"
TEXT = st.text(LETTERS + "012 -.", max_size=8)
SYMBOLS = [None, "❤", "❤\ufe0f", "☎\ufe0f", "🏡", "ab"]


@st.composite
def offices(draw: st.DrawFn) -> list[dict[str, Any]]:
    name = st.none() | TEXT
    people = [
        user(f"US{place}", firstName=draw(name), lastName=draw(name), email=f"{draw(TEXT)}@b")
        for place in range(draw(st.integers(0, 3)))
    ]
    return [
        number(
            f"PN{place}",
            name=draw(TEXT),
            symbol=draw(st.sampled_from(SYMBOLS)),
            groupId=draw(TEXT),
            number="+" + draw(st.text("124", min_size=2, max_size=8)),
            users=[person for person in people if draw(st.booleans())],
        )
        for place in range(draw(st.integers(1, 5)))
    ]


@st.composite
def telephone_words(draw: st.DrawFn, numbers: list[str]) -> Word:
    """Generate a part of a number (or of none) in a format that people use."""
    whole = draw(st.sampled_from([*numbers, "+1234567890"]))[1:]
    start = draw(st.integers(0, len(whole) - 1))
    digits = whole[start : start + draw(st.integers(1, 8))]
    has_plus = start == 0 and draw(st.booleans())
    cut = draw(st.integers(0, len(digits)))
    first, rest = digits[:cut], digits[cut:]
    writings = [digits, f"{first}-{rest}", f"({first}){rest}", f"{first}.{rest}"]
    if has_plus or not first:
        typed = f"+{draw(st.sampled_from([digits, f'{first}-{rest}' if first else digits]))}" if has_plus else digits
    else:
        typed = draw(st.sampled_from([*writings, f"({first}) {rest}"]))
    return Word(typed, digits, has_plus)


@st.composite
def questions(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[Word]]:
    records = draw(offices())
    texts = [text for record in records for text in (record["name"], record["symbol"], record["groupId"]) if text]
    texts += [
        text for record in records for user in record["users"] for text in (user["firstName"], user["email"]) if text
    ]
    tokens = [token for text in texts for token in text.split() if set(token) & set(LETTERS + "@")]
    words: list[Word] = []
    for _ in range(draw(st.integers(0, 3))):
        is_shown = draw(st.booleans())
        if tokens and is_shown:
            token = draw(st.sampled_from(tokens))
            start = draw(st.integers(0, len(token) - 1))
            token = token[start : start + draw(st.integers(1, 6))]
        else:
            token = draw(st.text(LETTERS, min_size=1, max_size=3))
        if set(token) & set(LETTERS + "@"):  # otherwise it may be part of a telephone number
            words.append(Word(draw(st.sampled_from([token, token.upper(), plain(token) or token]))))
    if draw(st.booleans()):
        telephone = draw(telephone_words([record["number"] for record in records]))
        words.insert(draw(st.integers(0, len(words))), telephone)
    return records, words


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(questions())
def test_search_matches_a_naive_model(manager: PageClient, question: tuple[list[dict[str, Any]], list[Word]]) -> None:
    records, searched = question
    before = transaction.savepoint()
    sync_all(*records)

    page = parse_page(manager.get(LIST, {"q": " ".join(word.typed for word in searched)}))

    transaction.savepoint_rollback(before)
    asked = [word for word in searched if any(map(str.isalnum, word.typed))] or searched
    if any(len(word.digits) >= 7 for word in asked):  # a telephone number, beside which words may be about it
        asked = [word for word in asked if len(word.digits) >= 7 or any(fits(record, word) for record in records)]
    fitting = sorted(record["id"] for record in records if all(fits(record, word) for word in asked))
    assert (sorted(numbers_on(page)), total_of(page)) == (fitting, len(fitting))


def test_digits_with_separators_match_only_numbers(manager: PageClient) -> None:
    sync_all(desk("PN1", number="+12127770199", users=[user("US1", email="ann.550@example.com")]))

    assert found(manager, "55-0") == found(manager, "(55") == found(manager, "(5) 50") == []
    assert found(manager, "550") == found(manager, "2-1") == found(manager, "77-0") == ["PN1"]


@pytest.mark.parametrize(("query", "count"), [("ma", 2), ("ma lob", 1), ("l main", 1), ("ma zebra", 0), ("m a", 2)])
def test_short_and_long_words_are_counted_together(manager: PageClient, query: str, count: int) -> None:
    sync_all(desk("PN1", name="Main lobby"), desk("PN2", name="Maple annex"), desk("PN3", name="Lobby"))

    assert total_of(parse_page(manager.get(LIST, {"q": query}))) == count
