"""Search finds what a row shows, says why a row matches if it does not show it, and lists names that match first."""

import json
import re
from csv import DictReader
from io import StringIO
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.pages import LIST, PageClient, find_one, notices_of, numbers_on, parse_page, sync_all, text_of, texts
from tests.support.quo_answers import user
from tests.support.searches import desk, found

LOCAL, FREE, CANADIAN, BRITISH = "+14155550123", "+18005550123", "+16045550199", "+442079460958"


@pytest.fixture
def office(manager: PageClient) -> PageClient:
    sync_all(
        desk("PN1", name="Lobby", number=LOCAL, forward="+442079460958", portingStatus=None),
        desk("PN2", name="Sales", number=FREE, forward="(415) 555-0123", portingStatus="in-review"),
        desk("PN3", name="Ted", number=CANADIAN, portingStatus="completed"),
        desk("PN4", name="Unit 7", number=BRITISH, forward="sip:Desk@example.com", portingStatus=None),
    )
    return manager


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("toll free", ["PN2"]),
        ("Toll-free", ["PN2"]),
        ("tollfree", ["PN2"]),
        ("TOLL", ["PN2"]),
        ("local", ["PN1", "PN3", "PN4"]),
        ("canada", ["PN3"]),
        ("Canad", ["PN3"]),
        ("united kingdom", ["PN4"]),
        ("United", ["PN1", "PN2", "PN4"]),
        ("united states toll-free", ["PN2"]),
        ("in review", ["PN2"]),
        ("IN-REVIEW", ["PN2"]),
        ("completed", ["PN3"]),
        ("020 7946 0958", ["PN1", "PN4"]),
        ("+44 20 7946 0958 lobby", ["PN1"]),
        ("(415) 555-0123", ["PN1", "PN2"]),
        ("sip:desk@example.com", ["PN4"]),
        ("lobby", ["PN1", "PN2"]),  # PN2 forwards to the line with this name
        ("lobby toll free", ["PN2"]),
        # A part of a word finds no country, kind or port.
        ("ted", ["PN3"]),
        ("unit", ["PN1", "PN4"]),  # PN1 forwards to the line with this name
        ("cal", []),
        ("view", []),
    ],
)
def test_what_a_row_can_show_is_found(office: PageClient, query: str, ids: list[str]) -> None:
    assert found(office, query) == ids


@pytest.mark.parametrize("word", ["12", "012", "7a", "desk7", "0"])
def test_a_forward_is_found_by_digits_in_the_name_of_its_line(manager: PageClient, word: str) -> None:
    sync_all(
        desk("PN1", name="Desk7a Room 012", number=LOCAL),
        desk("PN2", name="Aa", number="+15", forward=LOCAL),
        desk("PN3", name="Desk 1", number="+33333333333"),
        desk("PN4", name="Ab", number="+15", forward="+33333333333"),
    )

    assert found(manager, word) == ["PN1", "PN2"]


# Names that match come first


def in_order(manager: PageClient, **query: str) -> list[str]:
    return numbers_on(parse_page(manager.get(LIST, query)))


@pytest.fixture
def ranked(manager: PageClient) -> PageClient:
    sync_all(
        desk("PN1", name="Annex", users=[user("US1", firstName="Zoe", lastName="Front", email="")]),
        desk("PN2", name="Front desk", number=LOCAL),
        desk("PN3", name="Back", groupId="front"),
        desk("PN4", name="At the front", number=LOCAL),
    )
    return manager


def test_names_that_match_come_first_and_each_part_is_sorted_by_name(ranked: PageClient) -> None:
    assert in_order(ranked, q="front") == ["PN4", "PN2", "PN1", "PN3"]


def test_names_that_match_more_words_come_first(manager: PageClient) -> None:
    sync_all(
        desk("PN1", name="Annex", number=LOCAL, forward=FREE),
        desk("PN2", name="Front desk", number=LOCAL),
        desk("PN3", name="Local front", number=FREE),
    )

    assert in_order(manager, q="local front") == ["PN3", "PN2", "PN1"]


def test_another_order_is_kept_in_a_search(ranked: PageClient) -> None:
    assert in_order(ranked, q="front", sort="name") == ["PN1", "PN4", "PN3", "PN2"]
    assert in_order(ranked, q="front", sort="-name") == ["PN2", "PN3", "PN4", "PN1"]


def test_the_list_says_how_it_is_sorted(ranked: PageClient) -> None:
    page = parse_page(ranked.get(LIST, {"q": "front"}))

    assert text_of(find_one(page, "#results caption")) == "Numbers, sorted by name, names that match first"
    assert texts(page.css("#sort-choice option[selected]")) == ["Names that match first"]
    assert not page.css("th[aria-sort]")


def test_a_search_that_begins_is_not_sorted_by_name_only(ranked: PageClient) -> None:
    """The choice of the order is part of the form, so its usual value must not become a chosen one."""
    (usual,) = parse_page(ranked.get(LIST)).css("#sort-choice option[selected]")

    assert (text_of(usual), usual.attributes["value"]) == ("Name", "")


def test_teammates_whose_name_matches_come_first(manager: PageClient) -> None:
    people = [
        user("US1", firstName="Ada", lastName="Byron", email="lee@example.com"),
        user("US2", firstName="Bo", lastName="Lee", email="bo@example.com"),
    ]
    sync_all(desk("PN1", users=people))

    def listed(**query: str) -> list[str]:
        return re.findall(r'data-teammate="(\w+)"', manager.get("/teammates/", query).content.decode())

    assert listed(q="lee") == ["US2", "US1"]
    assert listed(q="lee", sort="name") == ["US1", "US2"]


@pytest.mark.parametrize("query", [{"q": "front"}, {"q": "front", "sort": "name"}, {"q": "front", "sort": "-number"}])
def test_files_have_the_order_of_the_list(ranked: PageClient, query: dict[str, str]) -> None:
    csv = b"".join(ranked.get("/numbers.csv", query).streaming_content).decode("utf-8-sig")
    records = json.loads(b"".join(ranked.get("/numbers.json", query).streaming_content))["data"]

    names = texts(parse_page(ranked.get(LIST, query)).css("#results .name a"))
    assert [row["Name"] for row in DictReader(StringIO(csv))] == names
    assert [record["name"] for record in records] == names


# Rows say why they match


def why(manager: PageClient, query: str, number_id: str = "PN1", columns: list[str] | None = None) -> list[str]:
    if columns is not None:
        manager.post("/numbers/columns/", {"column": columns})
    page = parse_page(manager.get(LIST, {"q": query}))
    return texts(page.css(f"[data-number={number_id}] .name .matched"))


@pytest.fixture
def busy(manager: PageClient) -> PageClient:
    """Remember a number with so many teammates that the last are not named."""
    first = [
        user(f"US{place}", firstName=f"Ann {place}", lastName=None, email=f"a{place}@x.example") for place in range(4)
    ]
    dana = user("US9", firstName="Dana", lastName="Front", email="dana@example.com")
    texts = {"number": LOCAL, "groupId": "GRmain", "forward": FREE, "portingStatus": "pending"}
    sync_all(desk("PN1", name="Lobby", users=[*first, dana], **texts), desk("PN2", name="Night desk", number=FREE))
    return manager


@pytest.mark.parametrize(
    ("query", "reasons"),
    [
        ("front", ["matched teammate Dana Front"]),
        ("dana@example", ["matched teammate Dana Front, dana@example.com"]),
        ("a0@x", ["matched teammate Ann 0, a0@x.example"]),
        ("grmain", ["matched group GRmain"]),
        ("local", ["matched kind local"]),
        ("states", ["matched country United States"]),
        ("front grmain", ["matched teammate Dana Front", "matched group GRmain"]),
        # The row shows these.
        ("lobby", []),
        ("night", []),
        ("ann", []),
        ("(415) 555-0123", []),
        ("800 555", []),
        ("pending", []),
        ("lobby front", ["matched teammate Dana Front"]),
    ],
)
def test_a_row_that_does_not_show_why_it_matched_says_so(busy: PageClient, query: str, reasons: list[str]) -> None:
    assert why(busy, query) == reasons


def test_a_tag_that_says_toll_free_is_reason_enough(busy: PageClient) -> None:
    assert why(busy, "toll free", "PN2") == []
    assert why(busy, "toll free", "PN2", columns=[]) == ["matched kind toll-free"]


def test_a_hidden_column_is_no_reason_and_a_visible_one_is(busy: PageClient) -> None:
    assert why(busy, "pending 555", columns=[]) == ["matched porting status pending", "matched number +14155550123"]
    assert why(busy, "grmain local states", columns=["group", "kind", "country"]) == []


def test_a_list_without_a_search_gives_no_reasons(busy: PageClient) -> None:
    assert why(busy, "") == []


def test_a_reason_is_escaped_and_isolated(manager: PageClient) -> None:
    sync_all(desk("PN1", groupId="<b>\u202egroup"))

    page = parse_page(manager.get(LIST, {"q": "<b>\u202egroup"}))

    reason = find_one(page, "[data-number=PN1] .matched")
    assert text_of(find_one(reason, "bdi")) == "<b>\u202egroup"
    assert not reason.css("b")


# Words without any match are named


@pytest.mark.parametrize("path", [LIST, "/audit/", "/teammates/"])
def test_words_without_any_match_are_named(ranked: PageClient, path: str) -> None:
    notices = notices_of(parse_page(ranked.get(path, {"q": "Zoe Xyzzy, “Plügh”"})))

    assert notices == ["Nothing matches “Xyzzy”.", "Nothing matches “Plügh”."]


def test_words_that_match_different_numbers_are_not_named(ranked: PageClient) -> None:
    assert notices_of(parse_page(ranked.get(LIST, {"q": "zoe desk"}))) == []


def test_a_word_that_another_filter_excludes_is_not_named(ranked: PageClient) -> None:
    assert notices_of(parse_page(ranked.get(LIST, {"q": "zoe", "kind": "toll-free"}))) == []


def test_a_telephone_number_without_match_is_named_as_it_was_typed(ranked: PageClient) -> None:
    notices = notices_of(parse_page(ranked.get(LIST, {"q": "front +44 (0)20 7946 0958"})))

    assert notices == ["Nothing matches “+44 (0)20 7946 0958”."]


def test_a_word_that_nothing_matches_beside_a_telephone_number_is_named_and_ignored(ranked: PageClient) -> None:
    page = parse_page(ranked.get(LIST, {"q": "Call Xyzzy (415) 555-0123, front"}))

    assert notices_of(page) == ["Nothing matches “Xyzzy”."]
    assert numbers_on(page) == ["PN4", "PN2"]


# Compare with a naive model, written from the specification.

COUNTRIES = {LOCAL: "united states", FREE: "united states", CANADIAN: "canada", BRITISH: "united kingdom", "+15": ""}
FORWARDS = {LOCAL: LOCAL, "(604) 555-0199": CANADIAN, "+44 20 7946 0958": BRITISH, "Front desk": "", "": ""}
NAMES = ["Front desk", "Back", "Line 7", "Line 12", "Ted", "Toll", "Canada desk"]
PORTS = [None, "", "pending", "in review", "Completed"]
WORDS = [
    *("front", "desk", "line", "ted", "toll", "free", "toll-free", "local", "canada", "united", "kingdom"),
    *("pending", "review", "completed", "complet", "zebra", "ann", "anne@", "a"),
]
TELEPHONE = "020 7946 0958"  # words that match nothing are ignored beside it
DIGITS = {"7": "7", "12": "12", "(415)": "415", "0199": "0199", TELEPHONE: "2079460958"}
SEARCHES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=2, unique=True).flatmap(
    lambda words: st.permutations([*words, *DIGITS]).map(
        lambda drawn: [*words, drawn[0]] if drawn[0] in DIGITS else words
    )
)


@st.composite
def offices(draw: st.DrawFn) -> list[dict[str, Any]]:
    ann = user("US1", firstName="Ann", lastName=None, email="anne@example.com")
    return [
        desk(
            f"PN{place}",
            name=draw(st.sampled_from(NAMES)),
            number=draw(st.sampled_from(list(COUNTRIES))),
            forward=draw(st.sampled_from([None, *FORWARDS])),
            portingStatus=draw(st.sampled_from(PORTS)),
            users=[ann] if draw(st.booleans()) else [],
        )
        for place in range(draw(st.integers(1, 6)))
    ]


def names_it(word: str, text: str) -> bool:
    """Return whether all parts of the word are words of the text, or at least five letters with which one begins."""
    words = re.split("[ -]", text.lower())
    parts = word.split("-")
    return all(any(one == part or (len(part) >= 5 and one.startswith(part)) for one in words) for part in parts)


def fits(record: dict[str, Any], word: str, records: list[dict[str, Any]]) -> bool:
    forward = record["forward"] or ""
    lines = [other["name"] for other in records if forward and FORWARDS[forward] == other["number"]]
    people = [text for person in record["users"] for text in (person["firstName"], person["email"])]
    texts = [record["name"], record["number"], forward, *lines, *people]
    kind = "toll-free" if record["number"] == FREE else "local"
    return (
        any(word in text.lower() for text in texts)
        or (word in DIGITS and any(DIGITS[word] in text for text in (record["number"], FORWARDS.get(forward, ""))))
        or any(names_it(word, text) for text in (kind, COUNTRIES[record["number"]], record["portingStatus"] or ""))
    )


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(offices(), SEARCHES)
def test_search_and_its_order_match_a_naive_model(
    manager: PageClient, records: list[dict[str, Any]], words: list[str]
) -> None:
    before = transaction.savepoint()
    sync_all(*records)

    page = parse_page(manager.get(LIST, {"q": " ".join(words)}))

    transaction.savepoint_rollback(before)
    unmatched = [word for word in words if not any(fits(record, word, records) for record in records)]
    asked = [word for word in words if word in DIGITS or word not in unmatched] if TELEPHONE in words else words
    fitting = [record for record in records if all(fits(record, word, records) for word in asked)]
    assert sorted(numbers_on(page)) == [record["id"] for record in fitting]
    in_name = {record["id"]: sum(word in record["name"].lower() for word in words) for record in records}
    counts = [in_name[number_id] for number_id in numbers_on(page)]
    assert counts == sorted(counts, reverse=True)
    assert notices_of(page) == [f"Nothing matches “{word}”." for word in unmatched]
