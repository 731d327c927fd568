"""An open page syncs its own target over real HTTP, at most once a minute for all users."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth import get_user
from django.db.models import F
from selectolax.lexbor import LexborHTMLParser

from numbers import services
from numbers.memory.sync_target import WORKSPACE
from numbers.models import Sync
from numbers.sandbox.server import SandboxServer
from numbers.sandbox.workspace import build
from numbers.views.syncs import ASKED_IN_TEN_MINUTES, BY_ITSELF_IN_TEN_MINUTES, UNKNOWN_IN_TEN_MINUTES
from numbers.vocabulary.links import teammate_url
from quo_admin import recently
from tests.support.pages import HTMX, PageClient, attribute, find_one, parse_page

KEY = "key-of-the-office"


@pytest.fixture
def quo(settings: Any, manager: PageClient) -> Iterator[SandboxServer]:
    """Return a sandbox whose workspace was synced a moment ago."""
    with SandboxServer(build(5), key=KEY) as running:
        settings.QUO_API_URL, settings.QUO_API_KEY = running.url, KEY
        services.run_sync(WORKSPACE)
        running.requests.clear()
        yield running


def opened(manager: PageClient, path: str) -> bool:
    """Open a page as a browser does, with its automatic sync. Return whether it synced."""
    page = parse_page(manager.get(path))
    if "load" not in attribute(find_one(page, "#look"), "hx-trigger").split(", "):
        return False
    look(manager, page)
    return True


def look(manager: PageClient, page: LexborHTMLParser) -> None:
    """Poll as an open page does once a minute."""
    form = {attribute(field, "name"): attribute(field, "value") for field in page.css("#check-form input")}
    assert manager.post("/sync/", {**form, "auto": "1"}, headers=HTMX).status_code == 200


def requested_paths(quo: SandboxServer) -> list[str]:
    return [request.path for request in quo.requests]


def test_a_teammates_page_syncs_them_even_if_the_workspace_is_fresh(manager: PageClient, quo: SandboxServer) -> None:
    user_id = quo.workspace.users[0]["id"]

    assert opened(manager, teammate_url(user_id))

    assert requested_paths(quo) == [f"/v1/phone-numbers?userId={quote(user_id)}"]


def test_two_pages_of_one_teammate_sync_once_a_minute(manager: PageClient, quo: SandboxServer) -> None:
    user_id = quo.workspace.users[0]["id"]
    first = parse_page(manager.get(teammate_url(user_id)))
    second = parse_page(manager.get(f"/numbers/?user={user_id}"))

    for page in (first, second, first):
        look(manager, page)
    assert not opened(manager, teammate_url(user_id))
    assert len(requested_paths(quo)) == 1

    services.run_sync(WORKSPACE)  # another page keeps the workspace fresh
    Sync.objects.filter(scope=Sync.Scope.TEAMMATE).update(ended_at=F("ended_at") - timedelta(minutes=1))
    look(manager, second)
    assert requested_paths(quo)[2:] == [f"/v1/phone-numbers?userId={quote(user_id)}"]


def test_a_numbers_page_syncs_the_number(manager: PageClient, quo: SandboxServer) -> None:
    number_id = quo.workspace.numbers[0]["id"]

    assert opened(manager, f"/numbers/{number_id}/")
    assert not opened(manager, f"/numbers/{number_id}/")

    assert requested_paths(quo) == [f"/v1/phone-numbers/{number_id}"]


def test_the_list_of_numbers_does_not_sync_again(manager: PageClient, quo: SandboxServer) -> None:
    look(manager, parse_page(manager.get("/numbers/")))

    assert requested_paths(quo) == []


def post_sync(manager: PageClient, **form: str) -> str:
    response = manager.post("/sync/", form, headers=HTMX)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("name", "invented"),
    [("number", "PNinvented{}"), ("user", "USinvented{}"), ("number", "PN😀{}"), ("user", "US'{}")],
)
@pytest.mark.parametrize("auto", [{"auto": "1"}, {}])
def test_invented_ids_ask_quo_only_so_often(
    manager: PageClient, quo: SandboxServer, name: str, invented: str, auto: dict[str, str]
) -> None:
    for _ in range(UNKNOWN_IN_TEN_MINUTES - 2):
        recently.count("unknown", get_user(manager).pk)
    for index in range(2):
        post_sync(manager, **{name: invented.format(index)}, **auto)
    assert len(quo.requests) == 2

    refused = post_sync(manager, **{name: invented.format("more")}, **auto)

    assert "You asked Quo for many ids that are unknown here. Try again ten minutes later." in refused
    assert len(quo.requests) == Sync.objects.exclude(scope=Sync.Scope.WORKSPACE).count() == 2
    assert "You asked Quo" not in post_sync(manager)
    assert len(quo.requests) == 3


def test_the_button_asks_quo_only_so_often(manager: PageClient, quo: SandboxServer) -> None:
    for _ in range(ASKED_IN_TEN_MINUTES):
        recently.count("asked", get_user(manager).pk)

    assert "You asked Quo very often. Try again ten minutes later." in post_sync(manager)
    assert quo.requests == []


def test_open_pages_ask_quo_only_so_often(manager: PageClient, quo: SandboxServer) -> None:
    """A script could ask for each known number as its open page does."""
    post_sync(manager)
    for _ in range(BY_ITSELF_IN_TEN_MINUTES):
        recently.count("open-pages", get_user(manager).pk)

    refused = post_sync(manager, number=quo.workspace.numbers[0]["id"], auto="1")

    assert "Your open pages asked Quo very often. Try again ten minutes later." in refused
    assert len(quo.requests) == 1


def test_open_pages_of_known_numbers_do_not_count_for_the_button(manager: PageClient, quo: SandboxServer) -> None:
    for record in quo.workspace.numbers:
        post_sync(manager, number=record["id"], auto="1")

    assert [recently.times(kind, get_user(manager).pk) for kind in ("asked", "unknown")] == [0, 0]
    assert len(quo.requests) == len(quo.workspace.numbers)
