"""The security headers of every response."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from quo_admin.headers import HEADERS, PAGE_HEADERS, HeadersMiddleware
from tests.support.pages import LIST, PageClient

EVERYBODY = ["/accounts/login/", "/no-such-page/", "/healthz", "/static/css/base.css"]
INSIDE = [LIST, "/", "/status/", "/audit/", "/teammates/", "/numbers/PN0/", "/saved/", "/accounts/password/change/"]


@pytest.fixture
def stranger(db: None) -> PageClient:
    return PageClient()


@pytest.mark.parametrize("path", EVERYBODY)
def test_every_public_response_has_the_security_headers(stranger: PageClient, path: str) -> None:
    headers = {**stranger.get(path).headers}

    assert HEADERS.items() - {("Cache-Control", "private, no-store")} <= headers.items()
    assert PAGE_HEADERS.items() <= headers.items()


def headers_of(kind: str) -> dict[str, str]:
    """Return the headers of a response with this content type."""
    answer = HeadersMiddleware(lambda _request: HttpResponse(content_type=kind))(RequestFactory().get("/static/a"))
    return {**answer.headers}


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "image/svg+xml", "application/json", ""])
def test_documents_disable_sensors_and_devices(kind: str) -> None:
    assert headers_of(kind).items() >= PAGE_HEADERS.items()


@pytest.mark.parametrize("kind", ['text/css; charset="utf-8"', "text/javascript"])
def test_styles_and_scripts_omit_the_document_headers(kind: str) -> None:
    assert not headers_of(kind).keys() & PAGE_HEADERS.keys()
    assert headers_of(kind).items() >= HEADERS.items()


@pytest.mark.parametrize("path", INSIDE)
def test_every_page_has_the_security_headers(manager: PageClient, path: str) -> None:
    headers = manager.get(path).headers

    assert "camera=()" in headers["Permissions-Policy"]
    assert "publickey-credentials-get=(self)" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("path", INSIDE)
def test_a_page_loads_nothing_external_and_cannot_be_framed(manager: PageClient, path: str) -> None:
    headers = manager.get(path).headers
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
def test_no_cache_stores_a_users_page(manager: PageClient, path: str) -> None:
    assert manager.get(path).headers["Cache-Control"] == "private, no-store"


def test_a_header_set_by_the_view_is_kept() -> None:
    for_good = {"Cache-Control": "max-age=315360000, public, immutable"}
    answer = HeadersMiddleware(lambda _request: HttpResponse(headers=for_good))(RequestFactory().get("/static/a.css"))

    assert for_good.items() <= {**answer.headers}.items()


def test_a_file_that_never_changes_has_nothing_to_validate_it_by() -> None:
    headers = {"Cache-Control": "max-age=315360000, public, immutable", "ETag": '"a"', "Last-Modified": "today"}
    answer = HeadersMiddleware(lambda _request: HttpResponse(headers=headers))(RequestFactory().get("/static/a.css"))

    assert not {"ETag", "Last-Modified"} & {*answer.headers}
