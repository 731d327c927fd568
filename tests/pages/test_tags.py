"""Who has a page as it would be drawn now is told so and nothing more; whatever would draw it otherwise, sends it."""

import itertools
import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as live
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from accounts.roles import Role, give_role
from numbers.quo.errors import from_answer
from tests.support.pages import HTMX, LIST, Office, doubt, fail, of_role, remember
from tests.support.quo_answers import number, user
from tests.support.teammates import remember_of

WITH_TAG = [LIST, f"{LIST}?q=desk&sort=-number", f"{LIST}?user=US1", "/numbers/PN1/", "/teammates/", "/teammates/US1/"]
WITH_TAG += ["/audit/", "/"]


@pytest.fixture(autouse=True)
def memory(office: Office) -> None:
    remember(number("PN1", name="Desk", users=[user("US1")]), number("PN2"), ago=timedelta(minutes=10))


def tag(client: Office, path: str = LIST) -> str:
    client.get(path)  # the first time, the browser is given what its forms need
    response = client.get(path)
    assert response.status_code == 200
    return str(response.headers["ETag"])


@pytest.mark.parametrize("path", WITH_TAG)
def test_who_has_the_page_gets_nothing_but_that_word(office: Office, path: str) -> None:
    response = office.get(path, headers={"If-None-Match": tag(office, path)})

    assert (response.status_code, response.content) == (304, b"")
    assert response.headers["ETag"] == tag(office, path)
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "Cookie" in response.headers["Vary"]


def test_who_has_another_page_gets_this_one(office: Office) -> None:
    assert office.get(LIST, headers={"If-None-Match": tag(office, "/audit/")}).status_code == 200


def test_no_two_pages_have_the_same_tag(office: Office) -> None:
    assert len({tag(office, path) for path in WITH_TAG}) == len(WITH_TAG)


def changed_in_quo() -> None:
    remember(number("PN1", name="Desk 2", users=[user("US1")]), number("PN2"))


def asked_again() -> None:
    remember(number("PN1", name="Desk", users=[user("US1")]), number("PN2"))


def failed() -> None:
    fail(from_answer(401, b"", asked="list"))


def not_believed() -> None:
    doubt()


def become_a_viewer() -> None:
    person = User.objects.get()
    person.groups.clear()
    give_role(person, Role.VIEWER)


def renamed() -> None:
    User.objects.update(name="Ann Other")


def become_staff() -> None:
    User.objects.update(is_staff=True)


@pytest.mark.parametrize("path", WITH_TAG)
@pytest.mark.parametrize(
    "happens", [changed_in_quo, asked_again, failed, not_believed, become_a_viewer, renamed, become_staff]
)
def test_what_happens_makes_it_another_page(office: Office, path: str, happens: Callable[[], None]) -> None:
    before = tag(office, path)

    happens()

    assert office.get(path, headers={"If-None-Match": before}).status_code == 200
    assert tag(office, path) != before


@pytest.mark.parametrize("path", WITH_TAG)
def test_an_older_page_is_another_page(office: Office, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before, then = tag(office, path), timezone.now() + timedelta(minutes=2)

    monkeypatch.setattr(timezone, "now", lambda: then)

    assert tag(office, path) != before


@pytest.mark.parametrize("path", WITH_TAG)
@pytest.mark.parametrize(("cookie", "value"), [("theme", "dark"), ("timezone", "Asia/Tokyo")])
def test_who_likes_it_otherwise_has_another_page(office: Office, path: str, cookie: str, value: str) -> None:
    before = tag(office, path)

    office.cookies[cookie] = value

    assert tag(office, path) != before


def test_other_columns_are_another_page(office: Office) -> None:
    before = tag(office)

    office.post("/numbers/columns/", {"column": ["number"]})

    assert tag(office) != before


def test_a_filter_that_somebody_shares_is_on_another_page(office: Office) -> None:
    before = tag(office)

    of_role(Role.MANAGER, "bo@example.com").post("/saved/", {"name": "No texts", "query": "q=a", "is_shared": "on"})

    assert tag(office) != before


def test_what_quo_contradicts_itself_about_is_on_another_page(office: Office) -> None:
    before = tag(office, "/teammates/US1/")

    remember_of("US1", number("PN2", users=[]), alone=[number("PN1", name="Desk", users=[user("US1")])])

    assert tag(office, "/teammates/US1/") != before


def test_nobody_has_the_page_of_somebody_else(office: Office) -> None:
    other = of_role(Role.MANAGER, "bo@example.com")
    User.objects.update(name="Both")

    assert tag(office) != tag(other)


def test_after_signing_in_again_the_page_is_another_one_with_the_forms_of_then(office: Office) -> None:
    before = tag(office)

    office.post("/accounts/logout/")
    office.force_login(User.objects.get())

    assert tag(office) != before


def test_with_other_templates_the_page_is_another_one(office: Office, settings: Settings, tmp_path: Path) -> None:
    before = tag(office)
    for copy, folder in itertools.product(("same", "other"), ("templates", "static", "numbers")):
        without_bytecode = shutil.ignore_patterns("__pycache__")
        shutil.copytree(live.BASE_DIR / folder, tmp_path / copy / folder, ignore=without_bytecode)
    os.utime(tmp_path / "other" / "templates" / "base.html")

    settings.BASE_DIR = tmp_path / "same"
    assert tag(office) == before
    settings.BASE_DIR = tmp_path / "other"
    assert tag(office) != before


def test_a_tag_lets_nobody_in(office: Office, client: Client) -> None:
    had = tag(office)
    office.post("/accounts/logout/")

    response = office.get(LIST, headers={"If-None-Match": had})

    assert response.status_code == 302
    assert "/accounts/login/" in response.headers["Location"]


def test_a_page_that_tells_something_once_is_always_sent(office: Office) -> None:
    had = tag(office)
    office.post("/saved/", {"name": "Desks", "query": "q=desk"})

    told = office.get(LIST, headers={"If-None-Match": had})

    assert "ETag" not in told.headers
    assert "Saved as" in told.content.decode()


@pytest.mark.parametrize("path", ["/numbers/PNnew/", "/teammates/USnew/"])
def test_a_page_of_what_is_not_known_has_no_tag(office: Office, path: str) -> None:
    assert "ETag" not in office.get(path).headers


@pytest.mark.parametrize("path", WITH_TAG)
def test_a_part_of_a_page_has_no_tag(office: Office, path: str) -> None:
    assert "ETag" not in office.get(path, headers=HTMX).headers


def test_while_templates_are_written_nothing_has_a_tag(office: Office, settings: Settings) -> None:
    settings.DEBUG = True

    assert "ETag" not in office.get(LIST).headers
