"""Each request has an id in its response, on its error page and in each of its log lines."""

import logging
import re
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from numbers.pages import numbers as number_pages
from quo_admin import request_id
from quo_admin.request_id import HEADER, RequestIdMiddleware
from tests.support.logs import Log
from tests.support.outages import database_is_down
from tests.support.pages import LIST, PageClient, find_one, parse_page, sync_all, text_of
from tests.support.quo_answers import number

FRESH = re.compile(r"(?:[2-9a-hjkmnp-tv-z]{4}-){2}[2-9a-hjkmnp-tv-z]{4}")
REQUESTS = "quo_admin.request_id"


def test_every_response_has_its_own_id(manager: PageClient) -> None:
    paths = [LIST, "/no/such/page", "/healthz", "/static/no-such-file"]

    ids = [Client.get(manager, path).headers[HEADER] for path in paths]

    assert all(FRESH.fullmatch(one) for one in ids)
    assert len(set(ids)) == len(ids)


def test_a_static_file_needs_no_id() -> None:
    """A page loads twenty of them, and nothing about them is logged."""
    answer = RequestIdMiddleware(lambda _request: HttpResponse())(RequestFactory().get("/static/css/base.css"))

    assert HEADER not in answer.headers


@pytest.mark.parametrize("given", ["a", "from-the-proxy_1", "A" * 64])
def test_a_proxys_id_is_used(client: Client, given: str) -> None:
    assert client.get("/healthz", headers={HEADER: given}).headers[HEADER] == given


@pytest.mark.parametrize("given", ["", "A" * 65, "a b", "a\nSet-Cookie: b", "ann@example.com", "é", "<b>", "a\n"])
def test_an_invalid_id_is_replaced(client: Client, given: str) -> None:
    assert FRESH.fullmatch(client.get("/healthz", headers={HEADER: given}).headers[HEADER])


def test_a_request_logs_one_line(manager: PageClient, log: Log) -> None:
    sync_all(number("PN1"))
    sent = manager.get("/numbers/PN1/?sort=name").headers[HEADER]

    (line,) = log.of(REQUESTS)
    assert line.pop("duration_ms") >= 0
    del line["time"]
    assert line == {
        "level": "INFO",
        "logger": REQUESTS,
        "message": "request",
        "request_id": sent,
        "method": "GET",
        "path": "/numbers/PN1/",
        "status": 200,
    }


def test_a_line_has_the_duration_in_milliseconds(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_id, "time", SimpleNamespace(monotonic=iter([10.0, 11.5]).__next__))

    RequestIdMiddleware(lambda _request: HttpResponse())(RequestFactory().get(LIST))

    assert [line["duration_ms"] for line in log.objects] == [1500]


def test_health_checks_metrics_and_static_files_log_nothing(manager: PageClient, log: Log, settings: Settings) -> None:
    settings.METRICS_TOKEN = "a-token-of-the-tests"
    for path in ("/healthz", "/readyz", "/checkz", "/metrics", "/static/no-such-file"):
        manager.get(path)
    with database_is_down(OperationalError("x")):
        assert manager.get("/readyz").status_code == 503

    assert log.text == ""


def test_a_line_logged_during_a_request_has_its_id(
    manager: PageClient, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = number_pages.number_list

    def logging_list(*args: Any) -> number_pages.NumberList:
        logging.getLogger("numbers").info("inside")
        return read(*args)

    monkeypatch.setattr(number_pages, "number_list", logging_list)
    sent = manager.get(LIST, headers={HEADER: "from-the-proxy"}).headers[HEADER]

    assert {line["request_id"] for line in log.objects} == {sent} == {"from-the-proxy"}
    assert [line["message"] for line in log.objects if line["logger"] == "numbers"] == ["inside"]


@pytest.mark.parametrize("log", ["plain", "json"], indirect=True)
def test_an_error_page_has_the_id_of_the_log(manager: PageClient, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Any:
        raise RuntimeError("Zuleika")

    monkeypatch.setattr(number_pages, "number_list", fail)
    manager.raise_request_exception = False

    response = manager.get(f"{LIST}?q=Zuleika")

    page = parse_page(response, 500)
    displayed = text_of(find_one(page, "code"))
    assert f"Tell the administrator this number, too: {displayed}" in text_of(page)
    assert FRESH.fullmatch(displayed)
    assert response.headers[HEADER] == displayed
    (line, *_) = [line for line in log.lines if displayed in line and "RuntimeError" in line]
    assert "Internal Server Error" in line
    assert "numbers/views/numbers.py:" in log.text
    assert "Zuleika" not in log.text


@pytest.mark.django_db
@pytest.mark.parametrize("log", ["plain", "json"], indirect=True)
@pytest.mark.parametrize(
    ("form", "exception"),
    [
        ({f"field{place}": "" for place in range(2000)}, "TooManyFieldsSent"),
    ],
)
def test_a_request_that_django_refuses_is_a_warning_in_one_line(
    client: Client, log: Log, form: dict[str, str], exception: str
) -> None:
    client.raise_request_exception = False
    assert client.post("/accounts/login/", urlencode(form), "application/x-www-form-urlencoded").status_code == 400

    (line,) = [line for line in log.lines if exception in line]
    assert "WARNING" in line
    assert "Bad Request" in line
    assert "ERROR" not in log.text
    assert ".py:" not in log.text


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/numbers/PNa1B2/", "/numbers/PNa1B2/"),
        ("/teammates/US1/", "/teammates/US1/"),
        ("/numbers/PN ann@example.com/", "/^numbers/(?P<number_id>PN.*)/$"),
        ("/numbers.csv", "/numbers.csv"),
        ("/saved/Zuleika/", "/saved/<slug:code>/"),
        ("/admin/accounts/user/12/change/", "/admin/accounts/user/12/change/"),
        ("/Zuleika/", "(no such page)"),
        ("/admin/Zuleika", "/admin/(?P<url>.*)$"),
    ],
)
def test_a_logged_path_holds_only_pages_and_ids(path: str, logged: str) -> None:
    assert request_id.logged_path(RequestFactory().get(path, {"q": "Zuleika"})) == logged


def test_an_unknown_method_is_not_logged(log: Log) -> None:
    RequestIdMiddleware(lambda _request: HttpResponse())(RequestFactory().generic("ZULEIKA", LIST))

    assert [line["method"] for line in log.objects] == ["other"]


def test_the_middleware_is_the_outermost(settings: Settings) -> None:
    assert settings.MIDDLEWARE[0] == "quo_admin.request_id.RequestIdMiddleware"


def test_ids_have_a_prefix_for_their_kind() -> None:
    assert re.fullmatch(rf"sync-{FRESH.pattern}", request_id.begin("sync"))
    assert request_id.begin() != request_id.begin()
