"""Which teammates the query string finds, and whatever else stands in it."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from numbers.filters.query_string import MAX_TEXT
from numbers.filters.teammates import NUMBERS_LABELS, ROLE_LABELS, SORT_LABELS, TeammateFilters, parse
from numbers.memory.teammates import TEAMMATE_SORTS
from numbers.vocabulary.cells import CELLS, Fact
from numbers.vocabulary.folding import fold
from tests.support.pages import HTMX, Office, notices_of, parsed, remember
from tests.support.quo_answers import number, user
from tests.support.teammates import PEOPLE, forgotten, people_on


@pytest.fixture
def four(office: Office) -> Office:
    """An owner on two numbers, an admin on one, a member on one, and a member who is on none any more."""
    ann = user("US1", firstName="Ann", lastName="Lee", email="ann@example.com", role="owner")
    bo = user("US2", firstName="Bö", lastName="Straße", email="b@example.net", role="admin")
    cy = user("US3", firstName=None, lastName=None, email="cy_1@example.com", role="member")
    di = user("US4", firstName="Di", lastName="Gone", email="di@example.com", role="member")
    remember(number("PN1", users=[ann, bo]), number("PN2", users=[ann, di]), number("PN3", users=[cy]))
    remember(number("PN1", users=[ann, bo]), number("PN2", users=[ann]), number("PN3", users=[cy]))
    return office


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["US1", "US2", "US3", "US4"]),
        ("q=ann", ["US1"]),
        ("q=lee ANN", ["US1"]),
        ("q=bo strasse", ["US2"]),
        ("q=example.net", ["US2"]),
        ("q=cy_1", ["US3"]),
        ("q=%", []),
        ("q=_", ["US3"]),
        ("role=owner", ["US1"]),
        ("role=admin", ["US2"]),
        ("role=member", ["US3", "US4"]),
        ("role=MEMBER", ["US3", "US4"]),
        ("numbers=none", ["US4"]),
        ("numbers=one", ["US2", "US3"]),
        ("numbers=several", ["US1"]),
        ("role=member&numbers=one", ["US3"]),
        ("role=owner&numbers=none", []),
        ("q=example.com&role=member&numbers=none", ["US4"]),
    ],
)
def test_the_query_finds_who_fits_all_of_it(four: Office, query: str, found: list[str]) -> None:
    asked = urlencode(dict(part.split("=") for part in query.split("&") if part))

    page = parsed(four.get(f"{PEOPLE}?{asked}"))

    assert people_on(page) == found
    assert notices_of(page) == []


@pytest.mark.parametrize(
    ("query", "notice"),
    [
        ("role=boss", "“boss” is nothing that role can be (owner, admin, member), so it was ignored."),
        (
            "calling_us=yes",
            "“yes” is nothing that calling_us can be (allowed, restricted, unknown), so it was ignored.",
        ),
        ("numbers=7", "“7” is nothing that numbers can be (none, one, several), so it was ignored."),
        ("sort=email", "The list cannot be sorted by “email”, so it is sorted by name."),
        ("sort=--name", "The list cannot be sorted by “--name”, so it is sorted by name."),
        ("page=0", "“0” is no page, so the first one is shown."),
        ("page=99", "There is no page 99, so the last one is shown."),
        ("user=US1", "“user” means nothing here and was ignored."),
        ("q=%CC%81", "The search “́” has nothing to look for and was ignored."),
        ("role=owner&role=member&role=", "“role” is given more than once; the last one counts."),
        (f"q={'a+' * 13}", "Only the first 12 words of the search are looked for."),
        (f"q={'a' * 300}", f"The search is longer than {MAX_TEXT} characters; the rest was ignored."),
    ],
)
def test_nonsense_is_named_and_ignored(four: Office, query: str, notice: str) -> None:
    for headers in ({}, HTMX):
        assert notice in notices_of(parsed(four.get(f"{PEOPLE}?{query}", headers=headers)))


@pytest.mark.parametrize("query", ["", "q=&role=&numbers=&sort=&page=", "sort=name&page=1", "q=+&role=+owner+"])
def test_what_makes_sense_is_not_complained_about(four: Office, query: str) -> None:
    assert notices_of(parsed(four.get(f"{PEOPLE}?{query}"))) == []


def test_names_that_somebody_else_reads_are_not_complained_about() -> None:
    assert parse(QueryDict("raw=1&raw=1&role=owner"), also={"raw"}) == TeammateFilters(role="owner")
    assert parse(QueryDict("raw=1")).notices == ("“raw” means nothing here and was ignored.",)


def test_every_order_has_a_name() -> None:
    assert set(SORT_LABELS) == set(TEAMMATE_SORTS)


@pytest.mark.parametrize(
    ("change", "query"),
    [
        ({"page": 3}, "q=a&role=owner&numbers=one&sort=-name&page=3"),
        ({"sort": "role"}, "q=a&role=owner&numbers=one&sort=role"),
        ({"role": ""}, "q=a&numbers=one&sort=-name"),
        ({}, "q=a&role=owner&numbers=one&sort=-name"),
    ],
)
def test_any_change_but_of_the_page_begins_at_the_first(change: dict[str, Any], query: str) -> None:
    shown = TeammateFilters(q="a", role="owner", numbers="one", sort="-name", page=2)

    assert shown.but(**change).query == query


def test_each_chip_takes_one_filter_away() -> None:
    shown = TeammateFilters(q="a", role="owner", numbers="one", sort="-name").but(messaging_ca="unknown", page=2)

    assert [(chip.label, chip.without.query) for chip in shown.chips()] == [
        ("Search: a", "role=owner&numbers=one&messaging_ca=unknown&sort=-name"),
        ("Role: owner", "q=a&numbers=one&messaging_ca=unknown&sort=-name"),
        ("On one number", "q=a&role=owner&messaging_ca=unknown&sort=-name"),
        ("Messaging CA: not reported", "q=a&role=owner&numbers=one&sort=-name"),
    ]


@pytest.mark.parametrize(
    ("filters", "sentence"),
    [
        (TeammateFilters(), "Teammates"),
        (TeammateFilters(role="member"), "Members"),
        (TeammateFilters(numbers="several"), "Teammates on several numbers"),
        (TeammateFilters().but(calling_intl="allowed"), "Teammates who can call abroad"),
        (
            TeammateFilters(q="ann", role="admin").but(messaging_us="restricted", messaging_ca="unknown"),
            "Admins who cannot text the United States, are not reported as able to text Canada and fit “ann”",
        ),
        (TeammateFilters(q="Ann LEE", role="owner", numbers="none"), "Owners on no number who fit “Ann LEE”"),
    ],
)
def test_the_filters_read_as_a_sentence(filters: TeammateFilters, sentence: str) -> None:
    assert filters.sentence() == sentence


@given(
    st.dictionaries(
        st.sampled_from(["q", "role", "numbers", "calling_us", "messaging_intl", "sort", "page"]), st.text(max_size=20)
    )
)
@example({"role": "owner", "numbers": "several", "sort": "-role", "page": "7", "q": " a  b "})
def test_the_canonical_query_means_the_same(parameters: dict[str, str]) -> None:
    asked = parse(QueryDict(urlencode(parameters, errors="replace")))

    again = parse(QueryDict(asked.query))

    assert (again.active, again.sort, again.page) == (asked.active, asked.sort, asked.page)
    assert again.notices == ()


PEOPLE_THERE_ARE = st.lists(
    st.tuples(
        st.text(st.sampled_from("aåbßÉé _%0"), max_size=6), st.sampled_from(list(ROLE_LABELS)), st.integers(0, 3)
    ),
    max_size=6,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    PEOPLE_THERE_ARE,
    st.text(st.sampled_from("aåbßÉé _%0"), max_size=4),
    st.sampled_from(["", *ROLE_LABELS]),
    st.sampled_from(["", *NUMBERS_LABELS]),
)
def test_who_is_found_is_who_a_plain_model_finds(
    db: None, people: list[tuple[str, str, int]], q: str, role: str, numbers: str
) -> None:
    with forgotten():
        users = [
            user(f"US{place}", firstName=name, email=f"{place}@x.example", role=role_of)
            for place, (name, role_of, _) in enumerate(people)
        ]
        remember(number("PNall", users=users), number("PNnobody", users=[]))
        on = [
            number(f"PN{at}", users=[who for who, (_, _, count) in zip(users, people, strict=True) if count > at])
            for at in range(3)
        ]
        remember(number("PNnobody", users=[]), *on)

        found = parse(QueryDict(urlencode({"q": q, "role": role, "numbers": numbers}))).states()

        def fits(place: int) -> bool:
            name, role_of, count = people[place]
            many = "none" if count == 0 else "one" if count == 1 else "several"
            text = fold(f"{name} {place}@x.example")
            return all(word in text for word in fold(q).split()) and role in {"", role_of} and numbers in {"", many}

        assert {state.teammate.quo_id for state in found} == {
            f"US{place}" for place in range(len(people)) if fits(place)
        }


PATTERNS = st.lists(st.sampled_from(["unrestricted", "restricted", "sometimes", None]), min_size=6, max_size=6)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(PATTERNS, st.sets(st.integers(0, 3))), max_size=6),
    st.dictionaries(st.sampled_from([cell.field for cell in CELLS]), st.sampled_from(list(Fact)), max_size=2),
)
def test_who_reaches_so_far_is_who_does_through_any_of_their_numbers(
    db: None, described: list[tuple[list[str | None], set[int]]], asked: dict[str, Fact]
) -> None:
    with forgotten():
        users = [user(f"US{place}", email=f"{place}@x.example") for place in range(4)]
        remember(number("PNall", users=users))
        remember(
            number("PNnobody", users=[]),
            *(
                number(f"PN{at}", users=[users[place] for place in on], restrictions=restrictions(raws))
                for at, (raws, on) in enumerate(described)
            ),
        )

        found = parse(QueryDict(urlencode(asked))).states()

        def fits(place: int) -> bool:
            held = [raws for raws, on in described if place in on]
            for at, cell in enumerate(CELLS):
                said = {raws[at] for raws in held}
                reach = (
                    None
                    if not held
                    else Fact.ALLOWED
                    if "unrestricted" in said
                    else Fact.RESTRICTED
                    if said == {"restricted"}
                    else Fact.UNKNOWN
                )
                if asked.get(cell.field, reach) != reach:
                    return False
            return True

        assert {state.teammate.quo_id for state in found} == {f"US{place}" for place in range(4) if fits(place)}


def restrictions(raws: list[str | None]) -> dict[str, dict[str, str]]:
    sent: dict[str, dict[str, str]] = {"calling": {}, "messaging": {}}
    for cell, raw in zip(CELLS, raws, strict=True):
        if raw is not None:
            sent[cell.channel.key][cell.region.key] = raw
    return sent


PARAMETERS = st.lists(
    st.tuples(
        st.sampled_from(["q", "role", "numbers", "messaging_us", "sort", "page", "q[]", ""]) | st.text(max_size=5),
        st.text(),
    ),
    max_size=5,
)


def nonsense_safe(office: Office, query: str) -> None:
    for headers in ({}, {**HTMX, "HX-Current-URL": f"http://testserver{PEOPLE}?{query}"}):
        assert office.get(f"{PEOPLE}?{query}", headers=headers).status_code == 200


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PARAMETERS)
@example([("q", "\x00"), ("role", "\x00"), ("numbers", "\x00"), ("sort", "\x00"), ("page", "\x00")])
@example([("q", "%_\\'\"")])
def test_no_text_in_any_parameter_is_too_odd(office: Office, parameters: list[tuple[str, str]]) -> None:
    nonsense_safe(office, urlencode(parameters, errors="surrogatepass"))


def test_a_megabyte_is_not_too_much(office: Office) -> None:
    for name in ("q", "role", "numbers", "sort", "page", "x"):
        nonsense_safe(office, f"{name}={'x' * 1_000_000}")


def test_more_parameters_than_anybody_sends_are_refused_without_a_failure(office: Office) -> None:
    assert office.get(f"{PEOPLE}?{'a=1&' * 5000}").status_code in {200, 400}
