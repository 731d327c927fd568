"""Signed-out visitors see nothing, at any URL and with any method."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.test import Client

from accounts.models import User
from numbers.vocabulary.links import number_url
from tests.support.addresses import PARTS, fill_route, routes
from tests.support.pages import HTMX, LIST, parse_page, sync_all, text_of
from tests.support.quo_answers import number, user

SIGN_IN = "/accounts/login/"
SECRET = "Nobody-may-see-this"

# Public: the health checks, sign-in and sign-out, and the pages that say who creates accounts.
OPEN = {"healthz", "readyz", "checkz", "account_login", "account_logout", "account_signup", "account_inactive"}


def every_address() -> list[tuple[str, str]]:
    """Return every URL with its name, from the URL configuration."""
    parts = {**PARTS, "<path:object_id>": "1", "<id>": "1"}
    return [(fill_route(route, parts), name) for route, name in routes().items()]


@pytest.fixture
def memory(db: None) -> None:
    sync_all(number("PN1", name=SECRET, users=[user(firstName=SECRET)]))


def leads_to_sign_in(response: Any) -> bool:
    return response.status_code == 302 and urlsplit(response.headers["Location"]).path in {SIGN_IN, "/admin/login/"}


def test_the_tests_cover_every_url() -> None:
    names = {name for _, name in every_address()}

    assert {"list", "detail", "teammate_choices", "sync", "status", "home", "healthz", "index"} <= names
    assert "accounts_user_add" in names
    assert len(every_address()) > 60


@pytest.mark.parametrize("method", ["get", "post", "head", "put", "delete", "options"])
def test_no_url_shows_anything_without_sign_in(client: Client, memory: None, method: str) -> None:
    for path, name in every_address():
        response: Any = getattr(client, method)(path)

        assert SECRET.encode() not in response.content, path
        if name in OPEN:
            continue
        refused = response.status_code in {403, 404, 405}
        assert leads_to_sign_in(response) or refused or _leads_to_a_guarded_page(client, response), path


def _leads_to_a_guarded_page(client: Client, response: Any) -> bool:
    """For example signing out, which redirects to sign-in, or an old admin URL."""
    if response.status_code not in {301, 302}:
        return False
    onward: Any = client.get(response.headers["Location"])
    return leads_to_sign_in(onward) or onward.status_code == 404 or onward.request["PATH_INFO"] == SIGN_IN


@pytest.mark.parametrize("path", [LIST, "/numbers/PN1/", "/numbers/teammates/", "/status/", "/numbers/?q=a&page=2"])
def test_after_sign_in_the_requested_page_opens(client: Client, memory: None, path: str) -> None:
    response = client.get(path)

    assert parse_qs(urlsplit(response.headers["Location"]).query)["next"] == [path]


@pytest.mark.parametrize(
    "number_id", ["PN/../../status", "PN/.", "PN/./x", "PN//x", "PN?q", "PN#a", "PN%2F", "PN/..", "PN é"]
)
def test_an_unusual_id_survives_sign_in(client: Client, memory: None, number_id: str) -> None:
    location = client.get(number_url(number_id)).headers["Location"]

    page = urlsplit(parse_qs(urlsplit(location).query)["next"][0]).path
    assert unquote(page) == f"/numbers/{number_id}/"
    assert not {".", ".."} & set(page.split("/"))  # a browser would resolve them


@pytest.mark.parametrize("path", [f"{LIST}?q=a", "/numbers/PN1/", "/numbers/teammates/"])
def test_a_signed_out_fragment_request_redirects_the_whole_page(client: Client, memory: None, path: str) -> None:
    current = "http://testserver/numbers/?q=a"

    response = client.get(path, headers={**HTMX, "HX-Current-URL": current})

    assert response.status_code == 200
    assert response.content == b""
    assert response.headers["HX-Redirect"] == f"{SIGN_IN}?next=/numbers/%3Fq%3Da"


def test_a_page_whose_session_ended_redirects_to_sign_in(client: Client, memory: None) -> None:
    response = client.post("/sync/", headers={**HTMX, "HX-Current-URL": "http://testserver/status/"})

    assert response.headers["HX-Redirect"] == f"{SIGN_IN}?next=/status/"


@pytest.mark.parametrize("url", ["", "http://[::1", "nonsense", "//evil.example", "http://h//evil.example/"])
def test_an_invalid_current_url_header_still_redirects_to_sign_in(client: Client, memory: None, url: str) -> None:
    response = client.get(LIST, headers={**HTMX, "HX-Current-URL": url})

    assert urlsplit(response.headers["HX-Redirect"]).path == SIGN_IN


def test_a_signed_out_post_is_not_repeated_as_a_get(client: Client, memory: None) -> None:
    location = client.post("/sync/", {"next": "/status/"}).headers["Location"]

    assert parse_qs(urlsplit(location).query)["next"] == ["/status/"]


def test_a_deactivated_user_is_signed_out(manager: Client, memory: None) -> None:
    User.objects.update(is_active=False)

    assert leads_to_sign_in(manager.get(LIST))


def test_a_missing_page_shows_no_navigation_to_signed_out_visitors(client: Client, memory: None) -> None:
    page = parse_page(client.get("/numbers/x/"), 404)

    assert not page.css("nav")
    assert "There is no such page" in text_of(page)


def test_an_address_too_long_for_a_redirect_leads_to_sign_in_alone(client: Client, db: None) -> None:
    assert client.get(f"{LIST}?q={'%22' * 6_000}").headers["Location"] == f"{SIGN_IN}?next=/"
