"""A page that is open asks Quo its own question, over real HTTP, and nobody asks the same again within a minute."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db.models import F
from selectolax.lexbor import LexborHTMLParser

from numbers import services
from numbers.memory.sync_target import WORKSPACE
from numbers.models import Sync
from numbers.sandbox.server import SandboxServer
from numbers.sandbox.workspace import build
from numbers.vocabulary.links import teammate_url
from tests.support.pages import HTMX, Office, attribute, one, parsed

KEY = "key-of-the-office"


@pytest.fixture
def quo(settings: Any, office: Office) -> Iterator[SandboxServer]:
    """A Quo whose whole answer was recorded a moment ago."""
    with SandboxServer(build(5), key=KEY) as running:
        settings.QUO_API_URL, settings.QUO_API_KEY = running.url, KEY
        services.run_sync(WORKSPACE)
        running.requests.clear()
        yield running


def opened(office: Office, path: str) -> bool:
    """Open a page as a browser does: it looks by itself where its marks say so. Return whether it did."""
    page = parsed(office.get(path))
    if "load" not in attribute(one(page, "#look"), "hx-trigger").split(", "):
        return False
    look(office, page)
    return True


def look(office: Office, page: LexborHTMLParser) -> None:
    """What an open page does by itself, once a minute."""
    form = {attribute(field, "name"): attribute(field, "value") for field in page.css("#check-form input")}
    assert office.post("/sync/", {**form, "auto": "1"}, headers=HTMX).status_code == 200


def asked(quo: SandboxServer) -> list[str]:
    return [seen.path for seen in quo.requests]


def test_a_teammates_page_asks_about_them_although_the_workspace_was_synced_seconds_ago(
    office: Office, quo: SandboxServer
) -> None:
    user_id = quo.workspace.users[0]["id"]

    assert opened(office, teammate_url(user_id))

    assert asked(quo) == [f"/v1/phone-numbers?userId={quote(user_id)}"]


def test_two_pages_of_one_teammate_ask_once_in_a_minute_and_again_after_it(office: Office, quo: SandboxServer) -> None:
    user_id = quo.workspace.users[0]["id"]
    first = parsed(office.get(teammate_url(user_id)))
    second = parsed(office.get(f"/numbers/?user={user_id}"))

    for page in (first, second, first):
        look(office, page)
    assert not opened(office, teammate_url(user_id))
    assert len(asked(quo)) == 1

    services.run_sync(WORKSPACE)  # a list elsewhere keeps everything fresh
    Sync.objects.filter(scope=Sync.Scope.TEAMMATE).update(ended_at=F("ended_at") - timedelta(minutes=1))
    look(office, second)
    assert asked(quo)[2:] == [f"/v1/phone-numbers?userId={quote(user_id)}"]


def test_a_numbers_page_asks_about_the_number(office: Office, quo: SandboxServer) -> None:
    number_id = quo.workspace.numbers[0]["id"]

    assert opened(office, f"/numbers/{number_id}/")
    assert not opened(office, f"/numbers/{number_id}/")

    assert asked(quo) == [f"/v1/phone-numbers/{number_id}"]


def test_the_list_of_every_number_does_not_ask_again(office: Office, quo: SandboxServer) -> None:
    look(office, parsed(office.get("/numbers/")))

    assert asked(quo) == []
