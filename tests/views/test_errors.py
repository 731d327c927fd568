import errno
from typing import Any

import pytest
from django.conf import settings as live
from django.contrib.staticfiles import finders
from django.db import DatabaseError, InterfaceError, OperationalError
from selectolax.lexbor import LexborHTMLParser

from numbers.pages import numbers as number_pages
from tests.support.outages import database_is_down
from tests.support.pages import HTMX, LIST, PageClient, attribute, find_one, parse_page, text_of

PATHS = [LIST, "/numbers/PN1/", "/numbers/teammates/", "/status/"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("error", [OperationalError("secret"), InterfaceError("secret")])
def test_an_unreachable_database_is_explained_in_a_sentence(manager: PageClient, path: str, error: Exception) -> None:
    manager.raise_request_exception = False
    with database_is_down(error):
        response = manager.get(path)

    page = parse_page(response, 503)
    assert text_of(find_one(page, "h1")) == "The database does not answer"
    assert "Wait a minute and try again." in text_of(page)
    assert b"secret" not in response.content
    assert b"Traceback" not in response.content


def test_a_database_failure_while_rendering_is_explained(manager: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise DatabaseError("secret")

    monkeypatch.setattr(number_pages, "number_list", fail)
    manager.raise_request_exception = False

    assert manager.get(LIST).status_code == 503


def test_a_database_failure_in_a_sync_is_explained(manager: PageClient) -> None:
    manager.raise_request_exception = False
    with database_is_down(OperationalError("secret")):
        response = manager.post("/sync/", headers=HTMX)

    assert response.status_code == 503


DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM)


@pytest.mark.parametrize("number", DISK_ERRORS)
def test_an_unwritable_disk_is_explained_in_a_sentence(
    manager: PageClient, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def fail(*_: Any) -> Any:
        raise OSError(number, "secret")

    monkeypatch.setattr(number_pages, "number_list", fail)
    manager.raise_request_exception = False

    response = manager.get(LIST)

    page = parse_page(response, 503)
    assert text_of(find_one(page, "h1")) == "The disk cannot be written"
    assert "Wait a minute and try again." in text_of(page)
    assert b"secret" not in response.content


def test_a_missing_file_is_not_reported_as_a_disk_failure(manager: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Any:
        raise FileNotFoundError(errno.ENOENT, "secret")

    monkeypatch.setattr(number_pages, "number_list", fail)
    manager.raise_request_exception = False

    assert manager.get(LIST).status_code == 500


def test_any_other_error_shows_a_page_without_details(manager: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Any:
        raise RuntimeError("secret")

    monkeypatch.setattr(number_pages, "number_list", fail)
    manager.raise_request_exception = False

    response = manager.get(LIST)

    assert text_of(find_one(parse_page(response, 500), "h1")) == "Something went wrong in Quo Admin"
    assert b"secret" not in response.content


def test_an_error_page_has_the_same_headers(manager: PageClient) -> None:
    manager.raise_request_exception = False
    with database_is_down(OperationalError("x")):
        response = manager.get(LIST)

    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("name", ["503.html", "503-disk.html", "503-cache.html"])
def test_the_outage_page_is_static(name: str) -> None:
    text = (live.BASE_DIR / "templates" / name).read_text()

    assert "{" not in text
    styles = [attribute(link, "href") for link in LexborHTMLParser(text).css("link[rel=stylesheet]")]
    assert styles
    assert all(finders.find(style.removeprefix("/static/")) for style in styles)
