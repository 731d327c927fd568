"""Invalid query parameters are ignored and reported on the page."""

from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from numbers.filters.columns import COLUMNS
from numbers.filters.numbers import NumberFilters, parse
from numbers.filters.query_string import MAX_TEXT
from numbers.quo.ids import MAX_LENGTH
from tests.support.pages import HTMX, LIST, PageClient, notices_of, numbers_on, parse_page, sync_all
from tests.support.quo_answers import number, user

NAMES = ["q", "user", "who", "sort", "page", "q[]", "utm_source", ""]
PATHS = [LIST, "/numbers/teammates/", "/numbers/PN1/", "/status/"]


@pytest.mark.parametrize(
    ("query", "notice"),
    [
        ("sort=colour", "The list cannot be sorted by “colour”, so it is sorted by name."),
        ("sort=-", "The list cannot be sorted by “-”, so it is sorted by name."),
        ("sort=--name", "The list cannot be sorted by “--name”, so it is sorted by name."),
        ("page=-1", "“-1” is no page, so the first one is shown."),
        ("page=0", "“0” is no page, so the first one is shown."),
        ("page=%EF%BC%91", "“１” is no page, so the first one is shown."),
        ("page=1e3", "“1e3” is no page, so the first one is shown."),
        ("page=two", "“two” is no page, so the first one is shown."),
        (f"page={'9' * 40}", f"“{'9' * 40}” is no page, so the first one is shown."),
        ("page=999999999", "There is no page 999999999, so the last one is shown."),
        ("user=ann", "“ann” is no teammate's id (they begin with US), so every teammate is shown."),
        ("user=UX1", "“UX1” is no teammate's id (they begin with US), so every teammate is shown."),
        ("user=PN1", "“PN1” is no teammate's id (they begin with US), so every teammate is shown."),
        ("user=US%00", "“US�” is no teammate's id (they begin with US), so every teammate is shown."),
        ("q[]=a", "“q[]” means nothing here and was ignored."),
        ("utm=1&x=2", "“utm, x” means nothing here and was ignored."),
        ("q=%CC%81", "The search “́” has nothing to look for and was ignored."),
        ("q=desk&q=front", "“q” is given more than once; the last one counts."),
        (
            f"q={'front+desk+' * 2}{'desk+' * 40}",
            f"The search is longer than {MAX_TEXT} characters; the rest was ignored.",
        ),
        (f"user=US{'1' * MAX_LENGTH}", f"“US{'1' * 58}…” is no teammate's id"),
        ("sort=%1B%E2%80%AEx", "The list cannot be sorted by “��x”, so it is sorted by name."),
    ],
)
def test_invalid_parameters_are_reported_and_ignored(manager: PageClient, query: str, notice: str) -> None:
    sync_all(number("PN1"))

    for headers in ({}, HTMX):
        page = parse_page(manager.get(f"{LIST}?{query}", headers=headers))
        assert any(text.startswith(notice) for text in notices_of(page)), notices_of(page)
        assert numbers_on(page) == ["PN1"]


@pytest.mark.parametrize("query", ["", "q=&user=&sort=&page=&who=", "sort=name&page=1", "q=+&page=+1+&user=+US1"])
def test_valid_parameters_cause_no_notice(manager: PageClient, query: str) -> None:
    sync_all(number("PN1"))

    assert notices_of(parse_page(manager.get(f"{LIST}?{query}"))) == []


def test_the_last_of_repeated_parameters_wins(manager: PageClient) -> None:
    sync_all(number("PN1", name="front"), number("PN2", name="back"))

    assert numbers_on(parse_page(manager.get(f"{LIST}?q=front&q=back"))) == ["PN2"]


def test_a_notice_is_never_longer_than_a_line(manager: PageClient) -> None:
    query = urlencode({f"{'x' * 1000}{place}": "1" for place in range(50)})

    notices = notices_of(parse_page(manager.get(f"{LIST}?{query}")))

    assert len(notices) == 1
    assert len(notices[0]) < 120


PARAMETERS = st.lists(
    st.tuples(st.sampled_from(NAMES) | st.text(max_size=5), st.text(max_size=30) | st.sampled_from(sorted(COLUMNS))),
    max_size=5,
)


def nonsense_safe(manager: PageClient, path: str, query: str) -> None:
    for headers in ({}, {**HTMX, "HX-Current-URL": f"http://testserver{path}?{query}"}):
        assert manager.get(f"{path}?{query}", headers=headers).status_code == 200


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PARAMETERS)
@example([("q", "\x00"), ("who", "\x00"), ("user", "US\x00"), ("sort", "\x00"), ("page", "\x00")])
@example([("q", "%_\\'\"")])
@example([("page", "٣"), ("page", "1_0"), ("page", " 1")])
def test_any_text_in_any_parameter_is_accepted(manager: PageClient, parameters: list[tuple[str, str]]) -> None:
    query = urlencode(parameters, errors="surrogatepass")
    for path in (LIST, "/numbers/teammates/", "/status/"):
        nonsense_safe(manager, path, query)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(NAMES), st.binary(max_size=20), st.booleans())
@example("q", b"\xed\xa0\x80", True)  # half a surrogate pair
@example("q", b"\xff\xfe", False)
@example("user", b"US\xed\xa0\x80", True)
@example("q", b"%ZZ%", False)
def test_any_bytes_in_any_parameter_are_accepted(
    manager: PageClient, name: str, value: bytes, is_encoded: bool
) -> None:
    text = quote(value) if is_encoded else value.decode("latin-1").replace("#", "").replace("\n", "").replace("\r", "")
    nonsense_safe(manager, LIST, f"{name}={text}")


@pytest.mark.parametrize("path", PATHS)
def test_a_megabyte_of_query_is_accepted(manager: PageClient, path: str) -> None:
    sync_all(number("PN1"))

    for name in ("q", "user", "who", "sort", "page", "x"):
        nonsense_safe(manager, path, f"{name}=US{'x' * 1_000_000}")


@pytest.mark.parametrize("path", PATHS)
def test_too_many_parameters_are_refused_without_an_error(manager: PageClient, path: str) -> None:
    sync_all(number("PN1"))

    assert manager.get(f"{path}?{'a=1&' * 5000}").status_code in {200, 400}


@given(st.dictionaries(st.sampled_from(["q", "user", "sort", "page"]), st.text(max_size=20)))
def test_the_canonical_query_parses_to_the_same_filters(given_parameters: dict[str, str]) -> None:
    filters = parse(QueryDict(urlencode(given_parameters, errors="replace")))

    again = parse(QueryDict(filters.query))

    assert (again.q, again.user, again.sort, again.page) == (filters.q, filters.user, filters.sort, filters.page)
    assert again.notices == ()


@pytest.mark.parametrize(
    ("change", "query"),
    [
        ({"page": 3}, "q=a&user=US1&sort=-name&page=3"),
        ({"sort": "number"}, "q=a&user=US1&sort=number"),
        ({"user": ""}, "q=a&sort=-name"),
        ({"q": "b"}, "q=b&user=US1&sort=-name"),
        ({}, "q=a&user=US1&sort=-name"),
    ],
)
def test_any_change_except_of_the_page_returns_to_page_one(change: dict[str, Any], query: str) -> None:
    filters = NumberFilters(q="a", user="US1", sort="-name", page=2, who="x")

    assert filters.but(**change).query == query


def test_the_list_can_be_filtered_by_the_longest_id(manager: PageClient) -> None:
    user_id = "US" + "🏡" * (MAX_LENGTH - 2)
    sync_all(number("PN1", users=[user(user_id)]), number("PN2", users=[]))

    assert numbers_on(parse_page(manager.get(LIST, {"user": user_id}))) == ["PN1"]


def test_invalid_characters_are_reported_and_the_rest_is_searched() -> None:
    filters = parse(QueryDict("q=%00desk"))

    assert (filters.q, filters.notices) == (
        "desk",
        ("The search holds characters that no text has; they were ignored.",),
    )
