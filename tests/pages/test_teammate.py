"""The page of one teammate."""

from datetime import timedelta
from urllib.parse import unquote, urlsplit

import pytest
from django.urls import resolve
from django.utils.dateformat import format as formatted
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from numbers.memory.sync_target import SyncTarget
from numbers.models import Sync, Teammate
from numbers.quo.errors import from_answer
from numbers.sandbox.server import SandboxServer
from numbers.vocabulary.links import teammate_url
from tests.support.pages import (
    HTMX,
    PageClient,
    attribute,
    find_one,
    notices_of,
    numbers_on,
    parse_page,
    sync_all,
    sync_failure,
    text_of,
    texts,
)
from tests.support.quo_answers import number, user
from tests.support.teammates import PEOPLE, named_in, rolled_back, sync_teammate

PAGE = "/teammates/US1/"
WHEN = "M j, Y, g:i A"


def facts_of(manager: PageClient, path: str = PAGE) -> dict[str, str]:
    """Return the facts in the page's header."""
    return {
        text_of(find_one(row, "dt")): text_of(find_one(row, "dd"))
        for row in parse_page(manager.get(path)).css(".facts-line > div")
    }


def test_the_header_shows_who_the_teammate_is(manager: PageClient) -> None:
    ann = user("US1", firstName="Ann", lastName="Lee", email="ann@example.com", role="owner", groupId="GR7")
    sync = sync_all(number("PN1", users=[ann]), ago=timedelta(days=3))
    sync_all(number("PN1", users=[ann]))

    assert sync.observed_at
    assert text_of(find_one(parse_page(manager.get(PAGE)), "h1")) == "Ann Lee"
    assert facts_of(manager) == {
        "Email": "ann@example.com",
        "Role": "owner",
        "Group": "GR7",
        "First seen here": formatted(sync.observed_at, WHEN),
        "Id in Quo": "US1",
    }


def test_a_teammate_without_a_name_is_shown_by_email_once(manager: PageClient) -> None:
    sync_all(number("PN1", users=[user("US1", firstName=None, email="a@example.com")]))

    assert text_of(find_one(parse_page(manager.get(PAGE)), "h1")) == "a@example.com"
    assert "Email" not in facts_of(manager)


def test_every_group_and_role_on_their_numbers_is_shown(manager: PageClient) -> None:
    sync_all(
        number("PN1", users=[user("US1", groupId="GR2", role="member")]),
        number("PN2", users=[user("US1", groupId="GR1", role="admin")]),
        number("PN3", users=[user("US1", groupId="GR2", role="member")]),
    )

    facts = facts_of(manager)

    assert facts["Groups"] == "GR1, GR2"
    assert facts["Role"] == "admin, member"


def test_only_their_own_numbers_are_listed_with_cells(manager: PageClient) -> None:
    sync_all(number("PN1", name="B"), number("PN2", name="A"), number("PN3", users=[user("US2")]))

    page = parse_page(manager.get(PAGE))

    assert [attribute(row, "data-number") for row in page.css("tr[data-number]")] == ["PN2", "PN1"]
    assert len(page.css('[data-number="PN1"] [data-cell]')) == 6
    assert text_of(find_one(page, "#numbers-title")) == "Numbers 2"


def test_another_teammate_in_the_table_links_to_their_page(manager: PageClient) -> None:
    sync_all(number("PN1", users=[user("US1"), user("US/2", firstName="Bo")]))

    link = find_one(parse_page(manager.get(PAGE)), 'tr [data-teammate="US/2"]')

    assert attribute(link, "href") == teammate_url("US/2")


def test_the_page_links_to_the_filtered_list(manager: PageClient) -> None:
    sync_all(number("PN1", users=[user("US 1&x")]), number("PN2", users=[]))

    link = find_one(parse_page(manager.get(teammate_url("US 1&x"))), "#as-list")

    assert text_of(link) == "Show as filtered list"
    assert numbers_on(parse_page(manager.get(attribute(link, "href")))) == ["PN1"]


@pytest.mark.parametrize(("count", "is_cut"), [(50, False), (51, True)])
def test_beyond_fifty_numbers_a_link_shows_all(manager: PageClient, count: int, is_cut: bool) -> None:
    sync_all(*[number(f"PN{place:03}") for place in range(count)])

    page = parse_page(manager.get(PAGE))

    assert len(page.css("tr[data-number]")) == 50
    assert text_of(find_one(page, "#numbers-title")) == f"Numbers {count}"
    assert texts(page.css("#all-numbers")) == ([f"Show all {count} in the list"] if is_cut else [])
    assert all(attribute(link, "href") == "/numbers/?user=US1" for link in page.css("#all-numbers"))


def test_a_number_links_to_its_teammates_pages(manager: PageClient) -> None:
    sync_all(number("PN1", users=[user("US 1/é")]))

    link = find_one(parse_page(manager.get("/numbers/PN1/")), '[data-teammate="US 1/é"]')

    assert (
        attribute(find_one(parse_page(manager.get(attribute(link, "href"))), "#teammate"), "data-teammate") == "US 1/é"
    )


def test_check_now_syncs_only_this_teammate(manager: PageClient) -> None:
    sync_all(number("PN1"))

    page = parse_page(manager.get(PAGE))

    form = find_one(page, "#check-form")
    assert attribute(find_one(form, "[name=user]"), "value") == "US1"
    assert attribute(find_one(form, "[name=next]"), "value") == PAGE
    assert not form.css("[name=number]")
    assert attribute(find_one(page, "[data-freshness]"), "data-freshness") == "fresh"


def test_the_age_is_that_of_the_last_answer_about_the_teammate(manager: PageClient) -> None:
    sync_all(number("PN1"), ago=timedelta(days=3))
    sync_teammate("US1", number("PN1"))

    assert attribute(find_one(parse_page(manager.get(PAGE)), "[data-freshness]"), "data-freshness") == "fresh"


def test_a_failed_sync_of_another_teammate_is_not_shown(manager: PageClient) -> None:
    sync_all(number("PN1"))
    sync_failure(from_answer(401, b"", resource="list"), SyncTarget(Sync.Scope.TEAMMATE, "US2"))

    assert "failed" not in text_of(find_one(parse_page(manager.get(PAGE)), "#freshness"))


def test_the_page_refreshes_after_each_sync(manager: PageClient) -> None:
    sync_all(number("PN1"))

    article = find_one(parse_page(manager.get(PAGE)), "#teammate")

    assert attribute(article, "hx-get") == PAGE
    assert attribute(article, "hx-trigger") == "memory-changed from:body, synced from:body"


def test_an_unknown_teammate_is_404_and_the_page_looks_them_up(manager: PageClient) -> None:
    sync_all(number("PN1"))

    page = parse_page(manager.get("/teammates/USnew/"), 404)

    assert text_of(find_one(page, "h1")) == "This teammate is not known here"
    assert "USnew" in text_of(find_one(page, "#teammate"))
    assert "they appear here as soon as Quo answers" in text_of(find_one(page, "#teammate"))
    assert attribute(find_one(page, "#check-form [name=user]"), "value") == "USnew"
    assert "load" in attribute(find_one(page, "#look"), "hx-trigger").split(", ")
    assert not page.css("[data-teammate]")


def test_looking_up_a_teammate_that_quo_knows_adds_them(manager: PageClient, quo: SandboxServer) -> None:
    user_id = quo.workspace.numbers[3]["users"][0]["id"]
    path = teammate_url(user_id)
    form = find_one(parse_page(manager.get(path), 404), "#check-form")

    manager.post("/sync/", {attribute(field, "name"): field.attributes["value"] or "" for field in form.css("input")})

    assert attribute(find_one(parse_page(manager.get(path)), "#teammate"), "data-teammate") == user_id
    assert [request.path for request in quo.requests] == [f"/v1/phone-numbers?userId={user_id}"]


def test_a_teammate_without_numbers_in_quo_is_reported(manager: PageClient) -> None:
    sync_teammate("USnew")

    assert "Quo answered, and no number that can be read names this id." in text_of(
        find_one(parse_page(manager.get("/teammates/USnew/"), 404), "#teammate")
    )


def test_htmx_gets_a_swappable_fragment_for_an_unknown_teammate(manager: PageClient) -> None:
    response = manager.get("/teammates/USnew/", headers=HTMX)

    assert find_one(parse_page(response), "#teammate")
    assert b"<html" not in response.content


def test_an_open_page_gets_its_title_when_the_teammate_is_found(manager: PageClient) -> None:
    sync_all(number("PN1", users=[user("US1", firstName="Ann")]))

    assert text_of(find_one(parse_page(manager.get(PAGE, headers=HTMX)), "title")) == "Ann · Quo Admin"


@pytest.mark.parametrize("header", ["HX-Boosted", "HX-History-Restore-Request"])
def test_a_boosted_link_gets_the_whole_page(manager: PageClient, header: str) -> None:
    sync_all(number("PN1"))

    response = manager.get(PAGE, headers={**HTMX, header: "true"})

    assert b"<html" in response.content
    assert "HX-Request" in response.headers["Vary"]


def test_a_teammate_who_left_has_a_date_and_their_last_numbers(manager: PageClient) -> None:
    bo = user("US2")
    sync_all(
        number("PN1", name="Early"), number("PN2", name="First"), number("PN3", name="Later"), ago=timedelta(days=4)
    )
    sync_all(
        number("PN1", name="Early", users=[bo]),
        number("PN2", name="Late"),
        number("PN3", name="Later"),
        ago=timedelta(days=3),
    )
    last = sync_all(
        *[number(f"PN{place}", name="Renamed meanwhile", users=[bo]) for place in (1, 2, 3)], ago=timedelta(days=2)
    )
    sync_all(*[number(f"PN{place}", name="Renamed again", users=[bo]) for place in (1, 2, 3)])

    page = parse_page(manager.get(PAGE))

    assert last.observed_at
    assert notices_of(page)[0].startswith(
        f"On no number now. Quo’s answer of {formatted(last.observed_at, WHEN)} was the first that named them on none."
    )
    assert text_of(find_one(page, "#last-title")) == "The last numbers that named them"
    assert texts(page.css(".named a")) == ["Late", "Later"]
    assert named_in(find_one(page, ".named")) == {"Late": "/numbers/PN2/", "Later": "/numbers/PN3/"}
    assert not page.css("table, [data-reach]")


def test_a_last_number_that_is_gone_is_still_named(manager: PageClient) -> None:
    sync_all(number("PN1", name="Closed"), number("PN2", users=[]))
    sync_all(number("PN2", users=[]))

    assert named_in(find_one(parse_page(manager.get(PAGE)), ".named")) == {"Closed": "/numbers/PN1/"}


def test_of_many_last_numbers_the_first_are_named_and_all_counted(manager: PageClient) -> None:
    sync_all(*[number(f"PN{place:03}") for place in range(53)])
    sync_all(*[number(f"PN{place:03}", users=[]) for place in range(53)])

    page = parse_page(manager.get(PAGE))

    assert len(page.css(".named li")) == 50
    assert "These are the first 50 of 53." in text_of(find_one(page, "#teammate"))


def test_a_teammate_who_came_back_is_shown_normally(manager: PageClient) -> None:
    sync_all(number("PN1"))
    sync_all(number("PN1", users=[]))
    sync_all(number("PN1"))

    page = parse_page(manager.get(PAGE))

    assert notices_of(page) == []
    assert text_of(find_one(page, "#numbers-title")) == "Numbers 1"


def test_the_page_shows_the_teammates_current_state(manager: PageClient) -> None:
    sync_all(number("PN1", users=[user("US1", firstName="Before")]))
    sync_all(number("PN1", users=[user("US1", firstName="After")]))

    assert text_of(find_one(parse_page(manager.get(PAGE)), "h1")) == "After"


def test_a_query_parameter_changes_nothing(manager: PageClient) -> None:
    sync_all(number("PN1"))

    assert attribute(find_one(parse_page(manager.get(PAGE, {"x": "1"})), "#teammate"), "hx-get") == PAGE


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_the_page_of_a_teammate_refuses_other_methods(manager: PageClient, method: str) -> None:
    sync_all(number("PN1"))

    assert getattr(manager, method)(PAGE).status_code == 405
    assert Teammate.objects.count() == 1


ODD = [
    *("US", "US/", "US//", "US/x/", "US/../../status", "US/..", "US/./a", "US..", "US?q=1", "US#top", "US%", "US%2F"),
    *("US%252F", "US%00", "US 1 ", "US'\"", "US<b>&amp;", "US\\", "US🏡", "USé", "US\t", "US;a=b", "US+"),
    *("US:@&=$,!~*()", "US\u202e\u2027", "US" + "x" * 498, "US" + "🏡" * 498, "US{{ 7|add:7 }}"),
]
IDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\r\x00"), max_size=12).map("US{}".format)


def link_leads_to(manager: PageClient, user_id: str) -> None:
    """Assert that the row's link and the page's links to itself open the page of this teammate."""
    link = attribute(find_one(parse_page(manager.get(PEOPLE)), "#results .name a"), "href")
    page = parse_page(manager.get(link))
    assert find_one(page, "#teammate").attributes["data-teammate"] == user_id
    assert resolve(unquote(urlsplit(link).path)).url_name == "teammate"
    for own in (
        attribute(find_one(page, "#teammate"), "hx-get"),
        attribute(find_one(page, "#check-form [name=next]"), "value"),
    ):
        assert own == link
    # A browser would resolve dots between slashes, so there must be none.
    assert link.startswith("/teammates/US")
    assert link.count("/") == 3


@pytest.mark.parametrize("user_id", ODD)
def test_a_link_with_an_unusual_id_opens_its_page(manager: PageClient, user_id: str) -> None:
    sync_all(number("PN1", users=[user(user_id)]))

    link_leads_to(manager, user_id)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(IDS)
@example("US/%2f/..")
def test_a_link_with_any_generated_id_opens_its_page(manager: PageClient, user_id: str) -> None:
    with rolled_back():
        sync_all(number("PN1", users=[user(user_id)]))

        link_leads_to(manager, user_id)


@pytest.mark.parametrize("path", ["US%00", "US1%00", f"US{'x' * 499}", "US%0A", "US1%0Ax"])
def test_an_impossible_id_is_404(manager: PageClient, path: str) -> None:
    page = parse_page(manager.get(f"/teammates/{path}/"), 404)

    assert text_of(find_one(page, "h1")) == "There is no such page"
    assert not page.css("#check-form")


@pytest.mark.parametrize("path", ["/teammates/us1/", "/teammates/PN1/", "/teammates/xUS1/", "/teammates/%20US1/"])
def test_an_id_with_the_wrong_prefix_is_404(manager: PageClient, path: str) -> None:
    assert text_of(find_one(parse_page(manager.get(path), 404), "h1")) == "There is no such page"


def test_a_url_without_the_trailing_slash_redirects(manager: PageClient) -> None:
    sync_all(number("PN1"))

    assert manager.get("/teammates/US1").headers["Location"] == PAGE


def test_the_pickers_url_is_not_a_teammates_page(manager: PageClient) -> None:
    sync_all(number("PN1"))

    assert find_one(parse_page(manager.get("/numbers/teammates/", headers=HTMX)), ".choice[data-teammate=US1]")
