"""What htmx gets of a list: only what changes, and the address that the browser then shows."""

import pytest

from tests.support.pages import (
    HTMX,
    LIST,
    PageClient,
    attribute,
    find_one,
    numbers_on,
    parse_page,
    sync_all,
    text_of,
)
from tests.support.quo_answers import number
from tests.support.teammates import PEOPLE


def test_htmx_gets_only_the_results_and_the_count(manager: PageClient) -> None:
    sync_all(number("PN1"))

    response = manager.get(LIST, {"q": "desk"}, headers=HTMX)

    page = parse_page(response)
    assert b"<html" not in response.content
    assert numbers_on(page) == ["PN1"]
    announced = find_one(page, "#announce")
    assert text_of(announced) == "1 number found."
    assert attribute(announced, "hx-swap-oob") == "innerHTML"
    assert not page.css("#teammate-filter, #freshness, #filters")


@pytest.mark.parametrize("path", [LIST, PEOPLE])
@pytest.mark.parametrize("header", ["HX-Boosted", "HX-History-Restore-Request"])
def test_a_boosted_link_and_a_restored_page_get_the_whole_page(manager: PageClient, path: str, header: str) -> None:
    response = manager.get(path, headers={**HTMX, header: "true"})

    assert find_one(parse_page(response), "#filters")
    assert b"<html" in response.content
    assert "HX-Push-Url" not in response.headers


@pytest.mark.parametrize("path", [LIST, PEOPLE])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_caches_store_page_and_fragment_separately(manager: PageClient, path: str, headers: dict[str, str]) -> None:
    response = manager.get(path, headers=headers)

    vary = {name.strip() for name in response.headers["Vary"].split(",")}
    assert {"HX-Request", "HX-Boosted", "HX-History-Restore-Request", "Cookie"} <= vary
    assert response.headers["Cache-Control"] == "private, no-store"


SITE = "http://testserver/numbers/"


@pytest.mark.parametrize(
    ("current", "query", "header"),
    [
        ("", "q=fr", "HX-Push-Url"),  # a new search
        ("?q=fr", "q=fro", "HX-Replace-Url"),  # a refined search
        ("?q=fr", "q=fr&sort=-name", "HX-Push-Url"),  # the same search with another order or filter
        ("?q=fr", "q=fr&page=2", "HX-Push-Url"),
        ("?q=fr", "q=fr&user=US1", "HX-Push-Url"),
        ("?q=fr", "q=fr", "HX-Replace-Url"),  # the same query
        ("?q=fr", "", "HX-Push-Url"),
        ("?sort=name", "sort=number", "HX-Push-Url"),
    ],
)
def test_refining_a_search_replaces_the_url_and_other_changes_push_it(
    manager: PageClient, current: str, query: str, header: str
) -> None:
    sync_all(*(number(f"PN{place:04}", name=f"Line {place % 7}", groupId="fr fro") for place in range(60)))

    response = manager.get(f"{LIST}?{query}", headers={**HTMX, "HX-Current-URL": f"{SITE}{current}"})

    assert response.headers[header] == f"{LIST}{'?' if query else ''}{query}"
    assert ({"HX-Push-Url", "HX-Replace-Url"} - {header}).isdisjoint(response.headers)


def test_the_pushed_url_is_the_canonical_one(manager: PageClient) -> None:
    sync_all(number("PN1"))

    response = manager.get(f"{LIST}?q=+Front++desk&user=&sort=&page=9&who=an&x=1", headers=HTMX)

    assert response.headers["HX-Push-Url"] == "/numbers/?q=Front+desk"


def test_a_background_refresh_pushes_no_url_and_announces_nothing(manager: PageClient) -> None:
    sync_all(number("PN1"))

    response = manager.get(LIST, {"user": "US1"}, headers={**HTMX, "HX-Trigger": "refresh"})

    assert {"HX-Push-Url", "HX-Replace-Url"}.isdisjoint(response.headers)
    page = parse_page(response)
    assert find_one(page, "#results")
    assert not page.css("#announce, #teammate-filter, #freshness")


def test_choosing_a_teammate_also_swaps_the_picker_and_the_freshness(manager: PageClient) -> None:
    sync_all(number("PN1"))

    page = parse_page(manager.get(LIST, {"user": "US1"}, headers={**HTMX, "HX-Current-URL": SITE}))

    assert attribute(find_one(page, "#teammate-filter"), "hx-swap-oob") == "true"
    assert text_of(find_one(page, "#teammate-summary")) == "Ada"
    assert attribute(find_one(page, "#freshness"), "hx-swap-oob") == "true"
    assert attribute(find_one(page, "#check-form [name=user]"), "value") == "US1"


@pytest.mark.parametrize("url", ["http://[::1", "%%%", "http://testserver/numbers/?" + "a&" * 2000, "\x7f"])
def test_an_invalid_current_url_header_changes_nothing(manager: PageClient, url: str) -> None:
    sync_all(number("PN1"))

    response = manager.get(LIST, {"q": "desk"}, headers={**HTMX, "HX-Current-URL": url})

    assert numbers_on(parse_page(response)) == ["PN1"]
