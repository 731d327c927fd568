"""Every page and file shows that the database holds demo data, even if the settings say otherwise."""

import json
from io import BytesIO

import pytest
from django.db import OperationalError
from django.test import Client
from openpyxl import load_workbook
from pytest_django import Settings

from accounts.roles import Role
from numbers.models import Sync
from tests.support.outages import database_is_down
from tests.support.pages import HTMX, PageClient, client_with_role, find_one, parse_page, sync_all, text_of
from tests.support.quo_answers import number, user

PAGES = (
    *("/", "/numbers/", "/numbers/PN1/", "/teammates/", "/teammates/US1/", "/audit/", "/status/", "/saved/"),
    *("/status/access/", "/admin/", "/accounts/password/change/"),
)
FILES = [f"/{name}.{ending}" for name in ("numbers", "teammates", "audit") for ending in ("csv", "xlsx", "json")]
SET_KEY = "Demo data. An invented company. Set QUO_API_KEY to see your own workspace."
NOT_YOURS = "Demo data. An invented company, not your own workspace: manage.py doctor says what to do."
MIXED = "Demo data. Numbers of an invented company are among your own: manage.py doctor says what to do."

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> PageClient:
    return client_with_role(Role.ADMINISTRATOR, "boss@example.com")


def hold(held: str) -> None:
    for _ in {"none": "", "mixed": "12"}.get(held, "1"):
        sync_all(number("PN1", users=[user("US1")]))
    if held in {"demo", "mixed"}:
        Sync.objects.filter(pk=Sync.objects.earliest("pk").pk).update(demo=True)


def banner(response: object) -> str:
    page = parse_page(response)
    return text_of(find_one(page, ".demo-banner")) if page.css(".demo-banner") else ""


@pytest.mark.parametrize(
    ("held", "demo", "text"),
    [
        ("none", False, ""),
        ("none", True, SET_KEY),  # the first sync fills the open page
        ("real", False, ""),
        ("real", True, ""),
        ("demo", True, SET_KEY),
        ("demo", False, NOT_YOURS),
        ("mixed", False, MIXED),
        ("mixed", True, MIXED),
    ],
)
def test_the_banner_depends_on_what_the_database_holds(
    boss: PageClient, settings: Settings, held: str, demo: bool, text: str
) -> None:
    hold(held)
    settings.DEMO = demo
    assert banner(boss.get("/numbers/")) == text
    assert banner(Client().get("/accounts/login/")) == text


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_it(boss: PageClient, path: str) -> None:
    hold("demo")
    assert banner(boss.get(path, follow=True)) == NOT_YOURS


def test_a_page_that_does_not_exist_has_it(boss: PageClient) -> None:
    hold("demo")
    assert b'class="demo-banner"' in boss.get("/nowhere/").content


def test_a_fragment_does_not_have_it(boss: PageClient) -> None:
    hold("demo")
    assert b"demo-banner" not in boss.get("/numbers/", headers=HTMX).content


def test_a_page_that_needs_no_database_works_without_it(settings: Settings) -> None:
    with database_is_down(OperationalError("down")):
        assert banner(Client().get("/accounts/login/")) == ""
        settings.DEMO = True
        assert banner(Client().get("/accounts/login/")) == SET_KEY


@pytest.mark.parametrize(("held", "is_marked"), [("real", False), ("demo", True), ("mixed", True)])
@pytest.mark.parametrize("path", FILES)
def test_every_file_says_so(boss: PageClient, path: str, held: str, is_marked: bool) -> None:
    hold(held)
    response = boss.get(path)
    content = b"".join(response.streaming_content)
    assert response["Content-Disposition"].startswith('attachment; filename="demo-') is is_marked
    if path.endswith("json"):
        assert json.loads(content).get("demo", False) is is_marked
    if path.endswith("xlsx"):
        about = load_workbook(BytesIO(content)).worksheets[1]
        assert ("Demo data" in {cell.value for cell in about["A"]}) is is_marked
