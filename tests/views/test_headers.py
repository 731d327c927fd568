"""What every answer tells the browser not to do."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from quo_admin.headers import HEADERS, PERMISSIONS, HeadersMiddleware
from tests.support.pages import LIST, Office

EVERYBODY = ["/accounts/login/", "/no-such-page/", "/healthz", "/static/css/base.css"]
INSIDE = [LIST, "/", "/status/", "/audit/", "/teammates/", "/numbers/PN0/", "/saved/", "/accounts/password/change/"]


@pytest.fixture
def stranger(db: None) -> Office:
    return Office()


@pytest.mark.parametrize("path", EVERYBODY)
def test_every_answer_to_strangers_says_what_the_browser_may_not_do(stranger: Office, path: str) -> None:
    headers = {**stranger.get(path).headers}

    assert HEADERS.items() - {("Cache-Control", "private, no-store")} <= headers.items()
    assert headers["Permissions-Policy"] == PERMISSIONS


def sent(kind: str) -> dict[str, str]:
    """The headers of an answer of that kind."""
    answer = HeadersMiddleware(lambda _request: HttpResponse(content_type=kind))(RequestFactory().get("/static/a"))
    return {**answer.headers}


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "image/svg+xml", "application/json", ""])
def test_whatever_may_be_shown_as_a_page_has_no_use_of_sensors_and_devices(kind: str) -> None:
    assert sent(kind)["Permissions-Policy"] == PERMISSIONS


@pytest.mark.parametrize("kind", ['text/css; charset="utf-8"', "text/javascript"])
def test_styles_and_scripts_leave_out_what_is_asked_of_pages_only(kind: str) -> None:
    assert "Permissions-Policy" not in sent(kind)
    assert sent(kind).items() >= HEADERS.items()


@pytest.mark.parametrize("path", INSIDE)
def test_every_page_says_what_the_browser_may_not_do(office: Office, path: str) -> None:
    headers = office.get(path).headers

    assert "camera=()" in headers["Permissions-Policy"]
    assert "publickey-credentials-get=(self)" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("path", INSIDE)
def test_a_page_takes_nothing_from_elsewhere_and_shows_in_nobodys_frame(office: Office, path: str) -> None:
    headers = office.get(path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))

    assert "unsafe" not in headers["Content-Security-Policy"]
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert policy["trusted-types"] == "default"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("path", INSIDE)
def test_no_cache_keeps_a_page_of_somebody(office: Office, path: str) -> None:
    assert office.get(path).headers["Cache-Control"] == "private, no-store"


def test_what_an_answer_says_for_itself_stays() -> None:
    for_good = {"Cache-Control": "max-age=315360000, public, immutable"}
    answer = HeadersMiddleware(lambda _request: HttpResponse(headers=for_good))(RequestFactory().get("/static/a.css"))

    assert for_good.items() <= {**answer.headers}.items()
