"""The filters of the list of teammates."""

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
from tests.support.exported_files import json_records
from tests.support.pages import HTMX, PageClient, notices_of, parse_page, sync_all
from tests.support.quo_answers import number, user
from tests.support.teammates import PEOPLE, people_on, rolled_back


@pytest.fixture
def four(manager: PageClient) -> PageClient:
    """Remember an owner on two numbers, an admin and a member on one, and a former member."""
    ann = user("US1", firstName="Ann", lastName="Lee", email="ann@example.com", role="owner")
    bo = user("US2", firstName="Bö", lastName="Straße", email="b@example.net", role="admin")
    cy = user("US3", firstName=None, lastName=None, email="cy_1@example.com", role="member")
    di = user("US4", firstName="Di", lastName="Gone", email="di@example.com", role="member")
    sync_all(number("PN1", users=[ann, bo]), number("PN2", users=[ann, di]), number("PN3", users=[cy]))
    sync_all(number("PN1", users=[ann, bo]), number("PN2", users=[ann]), number("PN3", users=[cy]))
    return manager


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
def test_all_filters_apply_together(four: PageClient, query: str, found: list[str]) -> None:
    canonical = urlencode(dict(part.split("=") for part in query.split("&") if part))

    page = parse_page(four.get(f"{PEOPLE}?{canonical}"))

    assert people_on(page) == found
    assert notices_of(page) == (["Nothing matches “%”."] if query == "q=%" else [])


@pytest.mark.parametrize(
    ("query", "notice"),
    [
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
def test_invalid_parameters_are_reported_and_ignored(four: PageClient, query: str, notice: str) -> None:
    for headers in ({}, HTMX):
        assert notice in notices_of(parse_page(four.get(f"{PEOPLE}?{query}", headers=headers)))


@pytest.mark.parametrize("query", ["", "q=&role=&numbers=&sort=&page=", "sort=name&page=1", "q=+&role=+owner+"])
def test_valid_parameters_cause_no_notice(four: PageClient, query: str) -> None:
    assert notices_of(parse_page(four.get(f"{PEOPLE}?{query}"))) == []


def test_parameters_read_elsewhere_cause_no_notice() -> None:
    assert parse(QueryDict("raw=1&raw=1&role=owner"), also={"raw"}) == TeammateFilters(role="owner")
    assert parse(QueryDict("raw=1")).notices == ("“raw” means nothing here and was ignored.",)


def test_every_sort_order_has_a_label() -> None:
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
def test_any_change_except_of_the_page_returns_to_page_one(change: dict[str, Any], query: str) -> None:
    filters = TeammateFilters(q="a", role="owner", numbers="one", sort="-name", page=2)

    assert filters.but(**change).query == query


def test_each_chip_removes_one_filter() -> None:
    filters = TeammateFilters(q="a", role="owner", numbers="one", sort="-name").but(messaging_ca="unknown", page=2)

    assert [(chip.label, chip.without.query) for chip in filters.chips()] == [
        ("Search: a", "role=owner&numbers=one&messaging_ca=unknown&sort=-name"),
        ("Role: owner", "q=a&numbers=one&messaging_ca=unknown&sort=-name"),
        ("Named on one number", "q=a&role=owner&messaging_ca=unknown&sort=-name"),
        ("Messaging CA: not reported", "q=a&role=owner&numbers=one&sort=-name"),
    ]


@pytest.mark.parametrize(
    ("filters", "sentence"),
    [
        (TeammateFilters(), "Teammates"),
        (TeammateFilters(role="member"), "Members"),
        (TeammateFilters(numbers="several"), "Teammates named on several numbers"),
        (TeammateFilters().but(calling_intl="allowed"), "Teammates who can call abroad"),
        (
            TeammateFilters(q="ann", role="admin").but(messaging_us="restricted", messaging_ca="unknown"),
            "Admins who cannot text the United States, are not reported as able to text Canada and fit “ann”",
        ),
        (TeammateFilters(q="Ann LEE", role="owner", numbers="none"), "Owners named on no number who fit “Ann LEE”"),
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
def test_the_canonical_query_parses_to_the_same_filters(parameters: dict[str, str]) -> None:
    filters = parse(QueryDict(urlencode(parameters, errors="replace")))

    again = parse(QueryDict(filters.query))

    assert (again.active, again.sort, again.page) == (filters.active, filters.sort, filters.page)
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
def test_the_filters_match_a_naive_model(
    db: None, people: list[tuple[str, str, int]], q: str, role: str, numbers: str
) -> None:
    with rolled_back():
        users = [
            user(f"US{place}", firstName=name, email=f"{place}@x.example", role=role_of)
            for place, (name, role_of, _) in enumerate(people)
        ]
        sync_all(number("PNall", users=users), number("PNnobody", users=[]))
        on = [
            number(f"PN{at}", users=[who for who, (_, _, count) in zip(users, people, strict=True) if count > at])
            for at in range(3)
        ]
        sync_all(number("PNnobody", users=[]), *on)

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
def test_the_reach_filter_counts_any_of_their_numbers(
    db: None, described: list[tuple[list[str | None], set[int]]], reach_filters: dict[str, Fact]
) -> None:
    with rolled_back():
        users = [user(f"US{place}", email=f"{place}@x.example") for place in range(4)]
        sync_all(number("PNall", users=users))
        sync_all(
            number("PNnobody", users=[]),
            *(
                number(f"PN{at}", users=[users[place] for place in on], restrictions=restrictions(raws))
                for at, (raws, on) in enumerate(described)
            ),
        )

        found = parse(QueryDict(urlencode(reach_filters))).states()

        def fits(place: int) -> bool:
            held = [raws for raws, on in described if place in on]
            for at, cell in enumerate(CELLS):
                values = {raws[at] for raws in held}
                reach = (
                    None
                    if not held
                    else Fact.ALLOWED
                    if "unrestricted" in values
                    else Fact.RESTRICTED
                    if values == {"restricted"}
                    else Fact.UNKNOWN
                )
                if reach_filters.get(cell.field, reach) != reach:
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


def nonsense_safe(manager: PageClient, query: str) -> None:
    for headers in ({}, {**HTMX, "HX-Current-URL": f"http://testserver{PEOPLE}?{query}"}):
        assert manager.get(f"{PEOPLE}?{query}", headers=headers).status_code == 200


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PARAMETERS)
@example([("q", "\x00"), ("role", "\x00"), ("numbers", "\x00"), ("sort", "\x00"), ("page", "\x00")])
@example([("q", "%_\\'\"")])
def test_any_text_in_any_parameter_is_accepted(manager: PageClient, parameters: list[tuple[str, str]]) -> None:
    nonsense_safe(manager, urlencode(parameters, errors="surrogatepass"))


def test_a_megabyte_of_query_is_accepted(manager: PageClient) -> None:
    for name in ("q", "role", "numbers", "sort", "page", "x"):
        nonsense_safe(manager, f"{name}={'x' * 1_000_000}")


def test_too_many_parameters_are_refused_without_an_error(manager: PageClient) -> None:
    assert manager.get(f"{PEOPLE}?{'a=1&' * 5000}").status_code in {200, 400}


def test_the_role_filter_offers_every_role_that_occurs(manager: PageClient) -> None:
    sync_all(number("PN1", users=[user("US1", role="manager"), user("US2")]))

    page = parse_page(manager.get(f"{PEOPLE}?role=manager"))

    assert people_on(page) == ["US1"]
    offered = [option.attributes.get("value") for option in page.css("#f-role option")]
    assert offered == ["", "owner", "admin", "member", "manager"]


ROLES = ("owner", "Owner", "OWNER", "admin", " admin ", "admin\u00a0", "member", "MEMBER", "Member\t")


def test_each_role_that_occurs_is_found_exactly_as_it_is_stored(manager: PageClient) -> None:
    sync_all(number("PN1", users=[user(f"US{place}", role=role) for place, role in enumerate(ROLES)]))
    offered = parse_page(manager.get(PEOPLE)).css("select[name=role] option[value]")

    assert set(ROLES) <= {option.attributes["value"] for option in offered}
    for place, role in enumerate(ROLES):
        query = {"role": role}
        assert people_on(parse_page(manager.get(PEOPLE, query))) == [f"US{place}"], role
        in_file = json_records(manager, f"/teammates.json?{urlencode(query)}")
        assert [teammate["id"] for teammate in in_file] == [f"US{place}"], role


@pytest.mark.parametrize("typed", ["Owner", " OWNER ", "owner\t"])
def test_a_described_role_may_be_typed_in_any_case(four: PageClient, typed: str) -> None:
    page = parse_page(four.get(PEOPLE, {"role": typed}))

    assert people_on(page) == ["US1"]
    assert notices_of(page) == []
