"""The floor: the bytes of a page, to whoever may see the page, and nothing else done."""

from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.roles import Role
from bench.floor import FOLDER
from tests.support.pages import Office, of_role

PATH = "/bench/floor/first-page"


@pytest.fixture
def office(db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Office:
    settings.ROOT_URLCONF = "bench.urls"
    monkeypatch.setenv(FOLDER, str(tmp_path))
    (tmp_path / "first-page").write_bytes(b"<p>as it was</p>")
    return of_role(Role.VIEWER)


def test_it_answers_with_the_bytes_that_were_kept(office: Office) -> None:
    assert office.get(PATH).content == b"<p>as it was</p>"


def test_it_asks_the_database_only_who_is_there(office: Office) -> None:
    office.get(PATH)
    with CaptureQueriesContext(connection) as queries:
        office.get(PATH)
    assert {word for query in queries for word in ("numbers_", "UPDATE") if word in query["sql"]} == set()
    assert any("session" in query["sql"] for query in queries)


@pytest.mark.usefixtures("office")
def test_who_is_not_signed_in_is_sent_away() -> None:
    assert Client().get(PATH).status_code == 302
