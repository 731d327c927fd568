"""Rules for every page: no inline script or style, and no secret."""

import re

import pytest
from django.conf import settings as live
from django.db import connection
from django.test import Client
from pytest_django import Settings
from selectolax.lexbor import LexborHTMLParser

from numbers.quo.errors import from_answer
from tests.support.pages import (
    HTMX,
    PageClient,
    assert_no_inline_code,
    attribute,
    find_one,
    parse_page,
    sync_all,
    sync_failure,
    sync_number,
    text_of,
)
from tests.support.quo_answers import number, user

OURS = [
    "/",
    "/?x=1",
    "/teammates/",
    "/teammates/?q=zebra&role=x&page=9",
    "/teammates/US1/",
    "/teammates/USnobody/",
    "/audit/",
    "/audit/?by=teammate&calling_us=allowed&x=1",
    "/saved/",
    "/numbers/",
    "/numbers/?q=desk&user=US1&sort=-name",
    "/numbers/?q=zebra&sort=x&page=9&y=1",
    "/numbers/?user=USnobody&who=a",
    "/numbers/teammates/?who=a",
    "/numbers/PN1/",
    "/numbers/PNgone/",
    "/numbers/PNnew/",
    "/status/",
    "/no-such-page/",
    "/accounts/password/change/",
    "/accounts/logout/",
    "/accounts/reauthenticate/",
]
ADMINISTRATION = [
    "/admin/",
    "/admin/accounts/user/",
    "/admin/accounts/user/add/",
]
EVERYBODYS = ["/accounts/login/", "/accounts/signup/", "/accounts/inactive/", "/no-such-page/"]


@pytest.fixture
def memory(db: None) -> None:
    sync_all(number("PNgone"), number("PN1"))
    sync_all(number("PN1", users=[user(f"US{place}", firstName="Ann") for place in range(20)]), number("PN2", name=42))
    sync_number(number("PN3", users=[]))
    sync_failure(from_answer(500, b'{"message": "Oh", "trace": "tr-1", "code": "0401500"}', resource="list"))


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_no_page_has_inline_scripts_styles_or_handlers(
    admin: PageClient, memory: None, headers: dict[str, str]
) -> None:
    for path in [*OURS, *ADMINISTRATION]:
        response = admin.get(path, headers=headers)
        assert response.status_code in {200, 404}, path
        assert_no_inline_code(response.content.decode())


def test_no_public_page_has_inline_scripts_styles_or_handlers(client: Client, memory: None) -> None:
    for path in EVERYBODYS:
        assert_no_inline_code(client.get(path).content.decode())


def test_no_sync_response_has_inline_scripts_styles_or_handlers(manager: PageClient, memory: None) -> None:
    response = manager.post("/sync/", {"auto": "1"}, headers=HTMX)

    assert response.status_code == 200
    assert_no_inline_code(response.content.decode())


def test_every_page_has_a_strict_content_security_policy(admin: PageClient, memory: None) -> None:
    for path in [*OURS, *ADMINISTRATION, "/sync/"]:
        headers = admin.get(path).headers
        policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'none'", path
        assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'", path
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'", path
        assert headers["X-Frame-Options"] == "DENY", path
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Referrer-Policy"] == "same-origin", path


def test_every_public_page_has_a_strict_content_security_policy(client: Client, memory: None) -> None:
    for path in EVERYBODYS:
        assert "default-src 'none'" in client.get(path).headers["Content-Security-Policy"], path


@pytest.fixture
def whole_pages(admin: PageClient, memory: None) -> dict[str, LexborHTMLParser]:
    responses = {path: admin.get(path) for path in OURS if "/teammates/" not in path}
    return {path: parse_page(response, response.status_code) for path, response in responses.items()}


def test_every_page_has_a_title_a_language_and_one_heading(whole_pages: dict[str, LexborHTMLParser]) -> None:
    for path, page in whole_pages.items():
        assert attribute(find_one(page, "html"), "lang") == "en", path
        assert text_of(find_one(page, "head title")), path
        assert text_of(find_one(page, "main h1")), path


def test_ids_are_unique_on_every_page(whole_pages: dict[str, LexborHTMLParser]) -> None:
    for path, page in whole_pages.items():
        ids = [attribute(node, "id") for node in page.css("[id]")]
        assert sorted(ids) == sorted(set(ids)), path


def test_references_between_elements_are_valid(whole_pages: dict[str, LexborHTMLParser]) -> None:
    for path, page in whole_pages.items():
        ids = {attribute(node, "id") for node in page.css("[id]")}
        for name in ("aria-labelledby", "aria-describedby", "for", "form"):
            for node in page.css(f"[{name}]"):
                assert set(attribute(node, name).split()) <= ids, (path, node.html)


def test_every_part_of_a_table_has_its_role(admin: PageClient, memory: None) -> None:
    """Rows become cards on narrow screens, and some browsers then drop the table's semantics unless roles are set."""
    roles = {"table": "table", "thead, tbody": "rowgroup", "tr": "row", "td": "cell"}
    roles |= {"th[scope^=col]": "columnheader", "th[scope^=row]": "rowheader", "th:not([scope])": "none of ours"}
    tables = 0
    for path in OURS:
        page = LexborHTMLParser(admin.get(path).content.decode())
        tables += len(page.css("table"))
        for selector, role in roles.items():
            assert {part.attributes.get("role") for part in page.css(selector)} <= {role}, (path, selector)
    assert tables > 8


def test_rendering_waits_for_the_freshness_only_if_the_page_has_it(
    whole_pages: dict[str, LexborHTMLParser],
) -> None:
    for path, page in whole_pages.items():
        awaited = [attribute(link, "href") for link in page.css("link[rel=expect]")]
        assert awaited == ["#freshness-end"] * len(page.css("#freshness")), path
        assert len(page.css("#freshness #freshness-end")) == len(awaited), path


KEY, SECRET, PASSWORD = "quo-key-that-nobody-sees", "signing-secret-that-nobody-sees", "database-password"


@pytest.fixture
def secrets(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    values = {**live.ENVIRONMENT.values, "QUO_API_KEY": KEY, "SECRET_KEY": SECRET}
    environment = type(live.ENVIRONMENT)(values, live.ENVIRONMENT.sources)
    settings.ENVIRONMENT, settings.QUO_API_KEY = environment, KEY
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", PASSWORD)
    return [KEY, SECRET, PASSWORD, live.SECRET_KEY]


def test_no_secret_is_on_any_page(admin: PageClient, memory: None, secrets: list[str]) -> None:
    for path in [*OURS, *ADMINISTRATION, "/healthz"]:
        text = admin.get(path).content.decode()
        assert not [secret for secret in secrets if secret in text], path


def test_no_secret_is_in_a_failed_sync(
    manager: PageClient, memory: None, secrets: list[str], settings: Settings
) -> None:
    settings.QUO_API_URL = "http://127.0.0.1:9"  # nothing listens here
    settings.QUO_TIMEOUT = 1

    for headers in ({}, HTMX):
        text = manager.post("/sync/", headers=headers, follow=True).content.decode()
        assert "Quo could not be reached" in text
        assert not [secret for secret in secrets if secret in text]


def test_no_page_depends_on_another_site(admin: PageClient, memory: None) -> None:
    for path in OURS:
        text = admin.get(path).content.decode()
        assert not re.search(r"""(?:src|href|action)=["']?(?:https?:)?//""", text), path
