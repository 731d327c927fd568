"""The log never contains personal data or secrets, for any request, answer or error."""

from itertools import cycle
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings as live
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings

from numbers import services
from numbers.pages import numbers as number_pages
from numbers.quo.errors import Unauthorized
from numbers.sandbox.server import SandboxServer
from tests.support.logs import Log
from tests.support.outages import database_is_down
from tests.support.pages import HTMX, LIST, PageClient, sync_all, sync_failure, sync_raw
from tests.support.quo_answers import number, user

# Inputs and names, each spelled differently, so that a leak shows its source.
QUERY, PATH, EMAIL, PASSWORD = "Zuleika-query", "Zuleika-path", "zuleika@mail.example", "Zuleika-password"
NAME, DIGITS, SAID, RAISED = "Zuleika-name", "5550199", "Zuleika-said", "Zuleika-raised"
KEY, TOKEN = "quo-key-that-nobody-sees", "metrics-token-that-nobody-sees"
PRIVATE = ("zuleika", DIGITS, "mail.example", KEY, TOKEN, live.SECRET_KEY, "ann@example.com", "10.9.8.7")
HOSTILE = ("\nERROR forged", "\x1b[2J", "\u202e", "\x00", "{{7*7}}", "${jndi:ldap://x}")

QUERIES = [f"q={QUERY}", f"user=US{QUERY}", "page=-1", *(f"q={QUERY}{quote(text)}" for text in HOSTILE)]
PATHS = [
    *("/", LIST, "/teammates/", "/audit/", "/status/", "/saved/", "/numbers/teammates/"),
    *("/numbers.csv", "/numbers.json", "/teammates.csv", "/audit.csv", "/accounts/login/", "/admin/", "/metrics"),
    *("/numbers/PN1/", f"/numbers/PN{PATH}/", f"/teammates/US{PATH}/", f"/saved/{PATH}/", f"/{PATH}", f"/admin/{PATH}"),
    *(f"/numbers/PN{quote(text)}{PATH}/" for text in HOSTILE),
]
FAULTS = ("401", "429", "500", "html", "reset")

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize("log", ["plain", "json"], indirect=True),
]


@pytest.fixture(autouse=True)
def nothing_private(log: Log, settings: Settings) -> Any:
    """Check after each test that nothing in the log is private or forged."""
    settings.METRICS_TOKEN = TOKEN
    yield
    found = [one for one in PRIVATE if one.lower() in log.text.lower()]
    assert not found, log.text
    assert not [line for line in log.lines if line.startswith("ERROR")]
    assert all(character.isprintable() for line in log.lines for character in line)


@pytest.fixture
def memory(db: None) -> None:
    person = user("US1", firstName=NAME, lastName=HOSTILE[0], email=EMAIL)
    sync_raw(f'{{"id": "PN9", "name": "{NAME}"}}')
    sync_all(number("PN1", name=NAME + HOSTILE[0], number=f"+1555{DIGITS}", users=[person]))
    sync_failure(Unauthorized("No.", status=401, message=SAID, code=SAID, trace=f"{SAID} {EMAIL}"))


def test_browsing_logs_nothing_private(log: Log, admin: PageClient, memory: None) -> None:
    for path, query in [*zip(PATHS, cycle(QUERIES), strict=False), *((LIST, query) for query in QUERIES)]:
        for headers in (HTMX, {"Referer": f"http://testserver/?{query}", "User-Agent": QUERY}):
            response: Any = Client.get(admin, f"{path}?{query}", headers=headers)
            if response.streaming:
                list(response.streaming_content)


def test_failed_sign_ins_log_nothing_private(log: Log, client: Client, memory: None) -> None:
    for name in (EMAIL, f"{EMAIL}\nERROR forged", NAME, ""):
        for _ in range(6):  # until the rate limit
            client.post("/accounts/login/", {"login": name, "password": PASSWORD}, REMOTE_ADDR="10.9.8.7")


def test_cross_site_forms_log_nothing_private(log: Log, memory: None) -> None:
    strict = Client(enforce_csrf_checks=True)
    for headers in (
        {"Origin": f"https://{EMAIL.replace('@', '.')}"},
        {"Referer": f"https://evil.example/?q={QUERY}"},
        {"Host": f"{PATH}.example"},
        {"Cookie": f"sessionid_8000={QUERY}; csrftoken_8000={QUERY}"},
    ):
        strict.post(f"/accounts/login/?q={QUERY}", {"login": EMAIL, "password": PASSWORD}, headers=headers)
        strict.post(f"/accounts/login/?q={QUERY}", {"login": EMAIL}, headers=headers, secure=True)
    strict.post("/sync/", {f"{QUERY}{count}": "" for count in range(2000)})  # more fields than Django accepts


@pytest.mark.parametrize("fault", FAULTS)
def test_failures_of_quo_log_nothing_private(
    log: Log, admin: PageClient, quo: SandboxServer, settings: Settings, fault: str
) -> None:
    settings.QUO_API_KEY = KEY
    quo.fault = fault
    for form in ({}, {"user": f"US{PATH}"}, {"number": f"PN{PATH}"}):
        admin.post(f"/sync/?q={QUERY}", form, headers={"Referer": f"http://testserver/?q={QUERY}"})

    assert "sync failed" in log.text


@pytest.mark.parametrize("error", [RuntimeError(f"{RAISED} {EMAIL}"), OperationalError(f"DETAIL: {RAISED}")])
def test_internal_errors_log_nothing_private(
    log: Log, admin: PageClient, memory: None, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def break_down(*_: Any, **__: Any) -> Any:
        local = f"{RAISED} {EMAIL}"
        raise error from ValueError(local)

    monkeypatch.setattr(number_pages, "number_list", break_down)
    monkeypatch.setattr("numbers.views.numbers.number_page", break_down)
    for name in ("freshness", "run_sync"):
        monkeypatch.setattr(services, name, break_down)
    admin.raise_request_exception = False
    for path in (LIST, "/numbers/PN1/", f"/numbers/PN{PATH}/", "/status/"):
        assert Client.get(admin, f"{path}?q={QUERY}").status_code in {500, 503}
    admin.post(f"/sync/?q={QUERY}")

    assert f"{type(error).__name__}" in log.text
    assert "break_down" in log.text


def test_database_errors_log_nothing_private(log: Log, admin: PageClient, memory: None) -> None:
    admin.raise_request_exception = False
    with database_is_down(OperationalError(f"{RAISED} {EMAIL}")):
        for path in PATHS:
            Client.get(admin, f"{path}?q={QUERY}")
        admin.post("/sync/")

    assert "OperationalError" in log.text


def test_template_errors_log_nothing_private(
    log: Log, admin: PageClient, memory: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: Any, **__: Any) -> Any:
        raise KeyError(f"{RAISED} {EMAIL}")

    monkeypatch.setattr("numbers.templatetags.numbers_tags.number_url", break_down, raising=False)
    monkeypatch.setattr("numbers.views.context.theme_of", break_down)
    admin.raise_request_exception = False
    Client.get(admin, f"{LIST}?q={QUERY}")

    assert "KeyError" in log.text


def test_wrong_metrics_tokens_log_nothing_private(log: Log, client: Client, memory: None) -> None:
    for token in (TOKEN, TOKEN[:-1], QUERY):
        client.get(f"/metrics?token={TOKEN}", headers={"Authorization": f"Bearer {token}"})
