"""The floor returns the bytes of a page to a signed-in user and does nothing else."""

from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.roles import Role
from tests.support.pages import Office, of_role

PATH = "/bench/floor/list"


@pytest.fixture
def office(db: None, settings: Settings, tmp_path: Path) -> Office:
    settings.ROOT_URLCONF = "bench.urls"
    settings.DATA_DIR = tmp_path
    (tmp_path / "floors").mkdir()
    (tmp_path / "floors" / "list").write_bytes(b"<p>as it was</p>")
    return of_role(Role.VIEWER)


def test_it_returns_the_bytes_of_the_page(office: Office) -> None:
    assert office.get(PATH).content == b"<p>as it was</p>"


def test_it_queries_only_the_session_and_the_user(office: Office) -> None:
    office.get(PATH)
    with CaptureQueriesContext(connection) as queries:
        office.get(PATH)
    assert {word for query in queries for word in ("numbers_", "UPDATE") if word in query["sql"]} == set()
    assert any("session" in query["sql"] for query in queries)


@pytest.mark.usefixtures("office")
def test_without_a_session_it_redirects_to_the_sign_in() -> None:
    assert Client().get(PATH).status_code == 302
