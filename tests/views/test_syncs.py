import json
from datetime import timedelta
from typing import Any

import pytest
import responses
from django.db import DatabaseError
from django.test import Client
from pytest_django import Settings

from numbers import services
from numbers.memory.sync_target import WORKSPACE
from numbers.models import NumberState, PhoneNumber, Sync
from numbers.sandbox.server import SandboxServer
from numbers.syncing.run import SyncBusy
from tests.support.pages import HTMX, LIST, PageClient, attribute, find_one, notices_of, parse_page, sync_all, text_of
from tests.support.quo_answers import number, user

SYNC = "/sync/"


def ask(manager: PageClient, **fields: str) -> Any:
    """Request a sync as htmx does."""
    return manager.post(SYNC, fields, headers=HTMX)


def requested_paths(quo: SandboxServer) -> list[str]:
    return [request.path for request in quo.requests]


def test_check_now_syncs_the_workspace_and_redirects_back(manager: PageClient, quo: SandboxServer) -> None:
    response = manager.post(SYNC, {"next": "/numbers/?q=front"})

    assert response.status_code == 302
    assert response.headers["Location"] == "/numbers/?q=front"
    assert requested_paths(quo) == ["/v1/phone-numbers"]
    assert PhoneNumber.objects.count() == 12


def test_every_request_to_quo_is_a_get(manager: PageClient, quo: SandboxServer) -> None:
    for fields in ({}, {"user": quo.workspace.users[0]["id"]}, {"number": quo.workspace.numbers[0]["id"]}):
        manager.post(SYNC, fields)

    assert {request.method for request in quo.requests} == {"GET"}


def test_the_list_of_a_teammate_syncs_that_teammate(manager: PageClient, quo: SandboxServer) -> None:
    user_id = quo.workspace.users[0]["id"]

    ask(manager, user=user_id)

    assert requested_paths(quo) == [f"/v1/phone-numbers?userId={user_id}"]
    sync = Sync.objects.get()
    assert (sync.scope, sync.subject) == ("teammate", user_id)


def test_the_page_of_a_number_syncs_that_number(manager: PageClient, quo: SandboxServer) -> None:
    number_id = quo.workspace.numbers[0]["id"]

    ask(manager, number=number_id)

    assert requested_paths(quo) == [f"/v1/phone-numbers/{number_id}"]


@pytest.mark.parametrize("number_id", ["PN/../x", "PN?a=b#c", "PN%2F", "PN 🏡'\"", "PN//"])
def test_any_id_reaches_quo_unchanged(manager: PageClient, quo: SandboxServer, number_id: str) -> None:
    quo.workspace.numbers[0]["id"] = number_id
    quo.workspace.refresh()

    ask(manager, number=number_id)

    assert PhoneNumber.objects.get().quo_id == number_id


@pytest.mark.parametrize(
    "fields",
    [
        {"number": "US1"},
        {"number": "x"},
        {"number": "PN\x00"},
        {"number": "PN\nx"},
        {"number": "PN" + "x" * 5000},
        {"user": "PN1"},
        {"user": "US" + "x" * 5000},
        {"user": "US\x00"},
    ],
)
def test_an_invalid_id_is_not_sent_to_quo(manager: PageClient, quo: SandboxServer, fields: dict[str, str]) -> None:
    ask(manager, **fields)

    assert requested_paths(quo) == ["/v1/phone-numbers"]


def test_a_sync_works_with_mocked_responses(manager: PageClient) -> None:
    with responses.RequestsMock() as mocked:
        mocked.get("https://api.quo.com/v1/phone-numbers", json={"data": [number("PN1")]})
        ask(manager)

    assert NumberState.objects.get().name == "Front desk"


ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "https://evil.example/numbers/",
    "http:evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "\\\\evil.example",
    "/\\evil.example",
    "/\\/evil.example",
    "\\/evil.example",
    " //evil.example",
    "\t//evil.example",
    "\x00//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\n/evil.example",
    "evil.example",
    "numbers/",
    "@evil.example",
    "//" + "x" * 3000,
    "/" + "x" * 20_000,
    "/" + "\t" * 3000 + "/evil.example",
    "/numbers/\r\nX-Evil: 1",
    "/numbers/?q=\r\n\r\n<b>",
    "/numbers/?q=é",
    "",
]
OURS = [
    "/numbers/?q=a&page=2",
    "/status/?page=2",
    "/numbers/PN%2F..%2F/",
    "/numbers/?q=" + "%F0%9F%8F%A1" * 200,
    "/numbers/PN" + "%F0%9F%8F%A1" * 498 + "/",
]


def test_a_sync_never_redirects_to_another_site(manager: PageClient) -> None:
    sync_all(number("PN1"))  # so that no sync starts

    for next_url in ELSEWHERE:
        assert manager.post(SYNC, {"next": next_url, "auto": "1"}).headers["Location"] == LIST, next_url
        fragment = parse_page(ask(manager, next=next_url, auto="1"))
        assert attribute(find_one(fragment, "[name=next]"), "value") == LIST, next_url


def test_a_sync_redirects_back_to_a_very_long_url(manager: PageClient) -> None:
    sync_all(number("PN1"))

    for next_url in OURS:
        assert manager.post(SYNC, {"next": next_url, "auto": "1"}).headers["Location"] == next_url


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_get_does_not_sync_and_redirects_to_the_list(manager: PageClient, quo: SandboxServer, method: str) -> None:
    response = getattr(manager, method)(SYNC)

    assert response.status_code == 302
    assert response.headers["Location"] == LIST
    assert not quo.requests
    assert not Sync.objects.exists()


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_do_not_sync(manager: PageClient, quo: SandboxServer, method: str) -> None:
    assert getattr(manager, method)(SYNC).status_code == 405
    assert not quo.requests


def test_a_form_without_a_token_is_refused(quo: SandboxServer, manager: PageClient) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = manager.cookies

    response = strict.post(SYNC)

    assert text_of(find_one(parse_page(response, 403), "h1")) == "That could not be sent"
    assert not quo.requests


def test_the_pages_own_form_is_accepted(quo: SandboxServer, manager: PageClient) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = manager.cookies
    page = parse_page(strict.get(LIST))
    fields = page.css("#check-form input, input[form='check-form']")

    response = strict.post(SYNC, {attribute(field, "name"): attribute(field, "value") for field in fields})

    assert response.status_code == 302
    assert quo.requests


def test_htmx_gets_only_the_freshness(manager: PageClient, quo: SandboxServer) -> None:
    response = ask(manager, next="/numbers/?q=x")

    page = parse_page(response)
    assert b"<html" not in response.content
    assert attribute(find_one(page, "#freshness"), "data-freshness") == "fresh"
    assert "hx-swap-oob" not in find_one(page, "#freshness").attributes
    assert attribute(find_one(page, "[name=next]"), "value") == "/numbers/?q=x"
    assert response.headers["Cache-Control"] == "no-store"


def test_a_sync_response_does_not_trigger_another_sync(manager: PageClient, quo: SandboxServer) -> None:
    quo.fault = "401"

    page = parse_page(ask(manager))

    assert "load" not in attribute(find_one(page, "#look"), "hx-trigger")


def test_a_change_is_announced_once(manager: PageClient, quo: SandboxServer) -> None:
    before = attribute(find_one(parse_page(manager.get(LIST)), "[name=version]"), "value")

    first = ask(manager, version=before)
    after = attribute(find_one(parse_page(first), "[name=version]"), "value")
    second = ask(manager, version=after)

    assert set(json.loads(first.headers["HX-Trigger"])) == {"memory-changed", "synced"}
    assert after != before
    assert set(json.loads(second.headers["HX-Trigger"])) == {"synced"}
    assert len(quo.requests) == 2


def test_a_change_by_another_sync_is_announced_too(manager: PageClient, quo: SandboxServer) -> None:
    ask(manager)
    version = attribute(find_one(parse_page(manager.get(LIST)), "[name=version]"), "value")
    quo.workspace.numbers[0]["name"] = "Renamed"
    quo.workspace.refresh()
    services.run_sync(WORKSPACE)

    response = ask(manager, version=version, auto="1")

    assert "memory-changed" in response.headers["HX-Trigger"]


@pytest.mark.parametrize(("ago", "is_asked"), [(timedelta(seconds=50), False), (timedelta(seconds=70), True)])
def test_a_page_syncs_on_its_own_only_when_due(
    manager: PageClient, quo: SandboxServer, ago: timedelta, is_asked: bool
) -> None:
    sync_all(number("PN1"), ago=ago)

    ask(manager, auto="1")

    assert bool(quo.requests) is is_asked


def test_check_now_syncs_at_any_time(manager: PageClient, quo: SandboxServer) -> None:
    sync_all(number("PN1"))

    ask(manager)

    assert quo.requests


def test_after_a_failure_no_page_syncs_on_its_own_for_a_minute(manager: PageClient, quo: SandboxServer) -> None:
    quo.fault = "401"
    ask(manager, auto="1")
    ask(manager, auto="1")

    assert len(quo.requests) == 1


def test_a_page_without_data_shows_the_full_reason_of_a_failure(manager: PageClient, quo: SandboxServer) -> None:
    quo.fault = "401"

    freshness = find_one(parse_page(ask(manager, auto="1")), "#freshness")

    assert "Not checked with Quo yet" in text_of(freshness)
    assert not freshness.css("details")


def test_an_early_automatic_sync_returns_the_current_age(manager: PageClient, quo: SandboxServer) -> None:
    sync_all(number("PN1"), ago=timedelta(seconds=30))

    page = parse_page(ask(manager, auto="1"))

    assert "30 seconds" in text_of(find_one(page, "#freshness")).replace("31", "30")


def test_while_another_sync_runs_the_page_says_so_and_retries(
    manager: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_target: Any) -> None:
        raise SyncBusy("Another sync is running right now; what it finds will show here.")

    monkeypatch.setattr(services, "run_sync", busy)

    page = parse_page(ask(manager))

    assert notices_of(page) == ["Another sync is running right now; what it finds will show here."]
    assert "load delay:3s" in attribute(find_one(page, "#look"), "hx-trigger")
    followed = parse_page(manager.post(SYNC, follow=True))
    assert "Another sync is running right now; what it finds will show here." in notices_of(followed)


def test_without_a_demo_workspace_the_page_says_how_to_start_it(manager: PageClient, settings: Settings) -> None:
    settings.DEMO, settings.QUO_API_KEY = True, ""

    page = parse_page(ask(manager))

    assert len(notices_of(page)) == 1
    assert "Start it with `make run`, or set the key." in notices_of(page)[0]
    assert notices_of(page)[0] in notices_of(parse_page(manager.post(SYNC, follow=True)))
    assert not Sync.objects.exists()


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("401", "Quo did not accept the API key."),
        ("403", "Quo does not let this API key see phone numbers."),
        ("500", "Quo itself is having trouble."),
        ("html", "A web page answered. Is this the right address, or is a network sign-in page in between?"),
    ],
)
def test_a_failure_shows_its_sentence_and_quos_trace(
    manager: PageClient, quo: SandboxServer, fault: str, sentence: str
) -> None:
    quo.fault = fault

    response = ask(manager)

    freshness = text_of(find_one(parse_page(response), "#freshness"))
    sync = Sync.objects.get()
    assert sentence in freshness
    assert sync.error_trace in freshness
    assert bool(sync.error_trace) is (fault != "html")
    text = text_of(find_one(parse_page(manager.post(SYNC, follow=True)), "#freshness"))
    assert sentence in text


@pytest.mark.parametrize("error", [DatabaseError("the secret row"), OSError("/secret/path")])
def test_a_failed_write_is_reported_without_details(
    manager: PageClient, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def broken(_target: Any) -> None:
        raise error

    monkeypatch.setattr(services, "run_sync", broken)

    response = ask(manager)

    assert notices_of(parse_page(response)) == [
        "The sync could not be written down. Check that the database's disk has room and is writable."
    ]
    assert b"secret" not in response.content


def test_viewing_pages_never_calls_quo(manager: PageClient, quo: SandboxServer) -> None:
    number_id = quo.workspace.numbers[0]["id"]
    paths = [LIST, f"{LIST}?user=US1&q=a", "/numbers/teammates/?who=a", f"/numbers/{number_id}/", "/status/", "/", SYNC]

    for _ in ("before the first sync", "after it"):
        for path in paths:
            for headers in ({}, HTMX):
                manager.get(path, headers=headers)
        assert not quo.requests
        assert not Sync.objects.exists() or Sync.objects.count() == 1
        if not Sync.objects.exists():
            sync_all(number(number_id, users=[user("US1")]))


@pytest.mark.django_db
def test_only_a_signed_in_user_can_sync(client: Client, quo: SandboxServer) -> None:
    assert client.post(SYNC).headers["Location"].startswith("/accounts/login/")
    assert not quo.requests
