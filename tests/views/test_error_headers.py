"""Error pages and monitoring endpoints send the security headers of all other pages, whichever middleware made them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings

from numbers.exports.slots import take_slot
from numbers.pages import numbers as number_pages
from quo_admin.headers import HEADERS, PAGE_HEADERS
from quo_admin.request_limits import MAX_BODY
from tests.support.accounts import LOGIN
from tests.support.outages import database_is_down
from tests.support.pages import LIST, PageClient

SITE = "https://phones.example.com"
FORM = "application/x-www-form-urlencoded"
LARGE = "x" * (MAX_BODY + 1)


@pytest.fixture
def https_site(settings: Settings) -> Settings:
    settings.SITE_URL, settings.ALLOWED_HOSTS, settings.CSRF_TRUSTED_ORIGINS = SITE, ["phones.example.com"], [SITE]
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 60
    return settings


class Visitor:
    """Sends requests through a proxy that says https."""

    def __init__(self, client: Client) -> None:
        client.raise_request_exception = False
        client.handler.enforce_csrf_checks = True
        self._client = client
        self._headers = {"host": "phones.example.com", "x-forwarded-proto": "https"}

    def get(self, path: str, **headers: str) -> Any:
        return self._client.get(path, headers=self._headers | headers)

    def post(self, path: str, form: str = "", **headers: str) -> Any:
        return self._client.post(path, form, FORM, headers=self._headers | headers)


def without_the_database(visitor: Visitor) -> Any:
    with database_is_down(OperationalError("x")):
        return visitor.get(LIST)


def with_a_broken_view(visitor: Visitor) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(number_pages, "number_list", _fail)
        return visitor.get(LIST)


def _fail(*_arguments: object) -> None:
    raise RuntimeError


@contextmanager
def all_downloads_running() -> Iterator[None]:
    slots = [take_slot(person) for person in (-1, -1, -2, -2)]
    yield
    for slot in slots:
        slot.release()


def with_too_many_downloads(visitor: Visitor) -> Any:
    with all_downloads_running():
        return visitor.get("/numbers.csv")


Ask = Callable[[Visitor], Any]

RESPONSES: dict[str, tuple[int, Ask]] = {
    "a request too large": (413, lambda visitor: visitor.post(LOGIN, LARGE)),
    "a request of unknown length": (413, lambda visitor: visitor.get(LOGIN, **{"transfer-encoding": "chunked"})),
    "a monitor's request too large": (413, lambda visitor: visitor.post("/healthz", LARGE)),
    "an address that is not ours": (400, lambda visitor: visitor.get(LOGIN, host="192.168.1.5")),
    "a host that is none": (400, lambda visitor: visitor.get(LOGIN, host="a b")),
    "no sign of https": (400, lambda visitor: visitor.get(LOGIN, **{"x-forwarded-proto": "https,http"})),
    "too many fields": (400, lambda visitor: visitor.get(f"{LIST}?{'a=&' * 2_000}")),
    "a form of another site": (403, lambda visitor: visitor.post(LOGIN, origin="https://evil.example")),
    "no such page": (404, lambda visitor: visitor.get("/no-such-page/")),
    "no such number": (404, lambda visitor: visitor.get("/numbers/PN404/")),
    "no such file": (404, lambda visitor: visitor.get("/static/no-such-file.css")),
    "a method that is not allowed": (405, lambda visitor: visitor.get("/accounts/security/sessions/end/")),
    "too many downloads": (429, with_too_many_downloads),
    "a failure": (500, with_a_broken_view),
    "no database": (503, without_the_database),
    "life": (200, lambda visitor: visitor.get("/healthz")),
    "readiness": (200, lambda visitor: visitor.get("/readyz")),
    "metrics that are switched off": (404, lambda visitor: visitor.get("/metrics")),
    "a monitor's method that is not allowed": (405, lambda visitor: visitor.post("/readyz")),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "ask"), RESPONSES.values(), ids=RESPONSES.keys())
def test_a_response_has_all_security_headers(https_site: Settings, manager: PageClient, status: int, ask: Ask) -> None:
    response = ask(Visitor(manager))

    headers = {**response.headers}
    assert response.status_code == status
    assert headers["Strict-Transport-Security"] == "max-age=60"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] in {"'none'", "'self'"}
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert (HEADERS.items() - {("Cache-Control", "private, no-store")}) <= headers.items()
    assert PAGE_HEADERS.items() <= headers.items()
