from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from numbers.models import Teammate, TeammateState
from numbers.vocabulary.folding import fold, order_key
from tests.support.pages import (
    HTMX,
    LIST,
    PageClient,
    attribute,
    find_one,
    notices_of,
    numbers_on,
    parse_page,
    sync_all,
    text_of,
    texts,
)
from tests.support.quo_answers import number, user

CHOICES = "/numbers/teammates/"
ANN, BO = user("US1", firstName="Ann", email="ann@example.com"), user("US2", firstName="Bö", email="b@example.net")


@pytest.fixture
def two(manager: PageClient) -> PageClient:
    sync_all(
        number("PN1", name="Front", users=[ANN]),
        number("PN2", name="Back", users=[BO]),
        number("PN3", name="Shared", users=[ANN, BO]),
    )
    return manager


def test_the_list_shows_one_teammates_numbers(two: PageClient) -> None:
    page = parse_page(two.get(LIST, {"user": "US1"}))

    assert numbers_on(page) == ["PN1", "PN3"]
    assert "with Ann" in text_of(find_one(page, ".results-head"))
    assert text_of(find_one(page, "#teammate-summary")) == "Ann"
    assert attribute(find_one(page, "#filters [name=user]"), "value") == "US1"
    assert text_of(find_one(page, "title")).startswith("Numbers with Ann ·")


def test_search_and_teammate_filter_together(two: PageClient) -> None:
    assert numbers_on(parse_page(two.get(LIST, {"user": "US1", "q": "shared"}))) == ["PN3"]


def test_a_number_that_a_teammate_left_is_no_longer_theirs(two: PageClient) -> None:
    sync_all(number("PN1", users=[BO]), number("PN2", users=[BO]), number("PN3", users=[ANN]))

    assert numbers_on(parse_page(two.get(LIST, {"user": "US1"}))) == ["PN3"]


def test_a_former_teammate_is_still_named(two: PageClient) -> None:
    sync_all(number("PN1", users=[BO]))

    page = parse_page(two.get(LIST, {"user": "US1"}))

    assert notices_of(page) == []
    assert text_of(page.css("#results .empty p")[0]) == "What was asked for: Numbers with Ann."


def test_an_empty_search_among_a_teammates_numbers_says_so(two: PageClient) -> None:
    page = parse_page(two.get(LIST, {"user": "US1", "q": "back"}))

    assert text_of(page.css("#results .empty p")[0]) == "What was asked for: Numbers with Ann that fit “back”."


def test_an_unknown_teammate_is_named_and_looked_up(two: PageClient) -> None:
    page = parse_page(two.get(LIST, {"user": "USnobody"}))

    assert numbers_on(page) == []
    assert notices_of(page)[0].startswith("No teammate with the id USnobody is known here.")
    assert attribute(find_one(page, "#check-form [name=user]"), "value") == "USnobody"
    assert "load" in attribute(find_one(page, "#look"), "hx-trigger").split(", ")


@pytest.mark.parametrize("who", ["ann", "ANN", "example.com", "ann com"])
def test_a_teammate_is_found_by_typing(two: PageClient, who: str) -> None:
    page = parse_page(two.get(CHOICES, {"who": who}, headers=HTMX))

    assert [attribute(choice, "data-teammate") for choice in page.css(".choice")] == ["US1"]
    assert text_of(find_one(page, ".choice")) == "Annann@example.com"


@pytest.mark.parametrize("who", ["bo", "BÖ", "@example.net"])
def test_finding_a_teammate_ignores_accents_and_case(two: PageClient, who: str) -> None:
    page = parse_page(two.get(CHOICES, {"who": who}, headers=HTMX))

    assert [attribute(choice, "data-teammate") for choice in page.css(".choice")] == ["US2"]


def test_a_text_that_matches_nobody_says_so(two: PageClient) -> None:
    page = parse_page(two.get(CHOICES, {"who": "zebra"}, headers=HTMX))

    assert not page.css(".choice")
    assert text_of(find_one(page, "[role=status]")) == "No teammate fits “zebra”."


def test_a_teammate_is_found_by_the_current_name(two: PageClient) -> None:
    sync_all(number("PN1", users=[user("US1", firstName="Renamed", email="r@example.com")]))

    assert not parse_page(two.get(CHOICES, {"who": "ann"}, headers=HTMX)).css(".choice")
    assert texts(parse_page(two.get(CHOICES, {"who": "renamed"}, headers=HTMX)).css(".choice bdi")) == [
        "Renamed",
        "r@example.com",
    ]


def test_without_javascript_the_search_shows_the_choices_and_a_choice_filters(two: PageClient) -> None:
    form = find_one(parse_page(two.get(LIST, {"sort": "-name", "q": "a"})), "#filters")
    assert attribute(form, "action") == LIST
    assert attribute(form, "method") == "get"
    assert attribute(find_one(form, "#who"), "name") == "who"

    page = parse_page(two.get(LIST, {"sort": "-name", "q": "a", "who": "ann"}))

    assert "open" in find_one(page, "#teammate-filter .picker").attributes
    assert attribute(find_one(page, "#who"), "value") == "ann"
    assert numbers_on(page) == ["PN3", "PN1", "PN2"]  # typing alone does not filter
    choice = attribute(find_one(page, ".choice"), "href")
    assert parse_qs(urlsplit(choice).query) == {"q": ["a"], "user": ["US1"], "sort": ["-name"]}
    assert numbers_on(parse_page(two.get(choice))) == ["PN3", "PN1"]


def test_a_chosen_teammate_can_be_cleared(two: PageClient) -> None:
    page = parse_page(two.get(LIST, {"user": "US1", "q": "a"}))

    choices = {text_of(choice): attribute(choice, "href") for choice in page.css(".choice")}
    assert choices["Everyone"] == "/numbers/?q=a"
    assert "Everyone" not in texts(parse_page(two.get(LIST)).css(".choice"))


def test_typing_keeps_the_choice_that_clears_the_teammate(two: PageClient) -> None:
    field = find_one(parse_page(two.get(LIST, {"user": "US1"})), "#who")
    assert attribute(field, "hx-get") == CHOICES
    assert attribute(field, "hx-include") == "#teammate-filter [name=user]"
    assert attribute(field, "hx-target") == "#teammate-choices"

    page = parse_page(two.get(CHOICES, {"user": "US1", "who": "b"}, headers=HTMX))

    assert "Everyone" in texts(page.css(".choice"))


def test_no_teammates_are_offered_before_a_search(two: PageClient) -> None:
    page = parse_page(two.get(LIST))

    assert not page.css(".choice")
    assert "focus once" in attribute(find_one(page, "#who"), "hx-trigger")


def test_a_choice_is_a_plain_link_that_htmx_makes_instant(two: PageClient) -> None:
    choice = find_one(parse_page(two.get(CHOICES)), ".choice[data-teammate=US1]")

    assert attribute(choice, "href") == "/numbers/?user=US1"
    assert attribute(choice, "hx-get") == "/numbers/?user=US1"


def test_the_choices_are_a_fragment_of_the_page(two: PageClient) -> None:
    response = two.get(CHOICES, {"who": "ann"}, headers=HTMX)

    assert b"<html" not in response.content
    assert attribute(find_one(parse_page(response), "#teammate-choices"), "id") == "teammate-choices"


@pytest.fixture
def twenty_thousand(manager: PageClient) -> PageClient:
    now = timezone.now()
    Teammate.objects.bulk_create([Teammate(quo_id=f"US{place}", first_seen=now) for place in range(20_000)])
    states = [
        TeammateState(
            teammate=teammate,
            since=now,
            email=f"{teammate.quo_id}@example.com",
            first_name=f"Person {teammate.quo_id[2:]}",
            last_name="Zoë" if teammate.quo_id == "US19999" else "Lee",
            role="member",
        )
        for teammate in Teammate.objects.order_by("pk")
    ]
    for state in states:
        state.search_text, state.name_key = fold(f"{state.display_name} {state.email}"), order_key(state.display_name)
    TeammateState.objects.bulk_create(states, batch_size=2000)
    return manager


def test_of_twenty_thousand_teammates_a_few_are_shown_and_the_rest_counted(twenty_thousand: PageClient) -> None:
    everyone = parse_page(twenty_thousand.get(CHOICES, headers=HTMX))
    zoe = parse_page(twenty_thousand.get(CHOICES, {"who": "ZOE"}, headers=HTMX))

    assert texts(everyone.css(".choice bdi:first-child")) == [f"Person {place} Lee" for place in range(12)]
    assert text_of(find_one(everyone, "[role=status]")) == "And 19,988 more: type part of a name."
    assert [attribute(choice, "data-teammate") for choice in zoe.css(".choice")] == ["US19999"]
    assert text_of(find_one(zoe, "[role=status]")) == "1 teammate found."


@pytest.mark.parametrize(
    ("count", "more"),
    [(11, "11 teammates found."), (12, "12 teammates found."), (13, "And 1 more: type part of a name.")],
)
def test_only_hidden_teammates_are_counted(manager: PageClient, count: int, more: str) -> None:
    sync_all(number("PN1", users=[user(f"US{place}", firstName=f"A {place}") for place in range(count)]))

    page = parse_page(manager.get(CHOICES, {"who": "a"}, headers=HTMX))

    assert len(page.css(".choice")) == min(count, 12)
    assert text_of(find_one(page, "[role=status]")) == more


@pytest.mark.parametrize("user_id", ["US 1 ", "US/?&#%", 'US"quoted"', "US<b>", "US🏡", "US+1", "US%2F", "US\u202e"])
def test_the_list_can_be_filtered_by_any_teammate_id(manager: PageClient, user_id: str) -> None:
    sync_all(number("PN1", users=[user(user_id)]), number("PN2", users=[]))

    everywhere = [link for path in (LIST, CHOICES) for link in parse_page(manager.get(path)).css("[data-teammate]")]
    links = [link for link in everywhere if attribute(link, "data-teammate") == user_id]

    assert len(links) == 2  # in the row and among the choices
    for link in links:
        filtered = parse_page(manager.get(attribute(link, "href")))
        assert numbers_on(filtered) == ["PN1"]
        assert attribute(find_one(filtered, "#check-form [name=user]"), "value") == user_id
