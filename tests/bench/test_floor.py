"""The floor returns the bytes of a page to a signed-in user and does nothing else."""

from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.roles import Role
from tests.support.pages import PageClient, client_with_role

PATH = "/bench/floor/list"


@pytest.fixture
def manager(db: None, settings: Settings, tmp_path: Path) -> PageClient:
    settings.ROOT_URLCONF = "bench.urls"
    settings.DATA_DIR = tmp_path
    (tmp_path / "floors").mkdir()
    (tmp_path / "floors" / "list").write_bytes(b"<p>as it was</p>")
    return client_with_role(Role.VIEWER)


def test_it_returns_the_bytes_of_the_page(manager: PageClient) -> None:
    assert manager.get(PATH).content == b"<p>as it was</p>"


def test_it_queries_only_the_session_and_the_user(manager: PageClient) -> None:
    manager.get(PATH)
    with CaptureQueriesContext(connection) as queries:
        manager.get(PATH)
    assert {word for query in queries for word in ("numbers_", "UPDATE") if word in query["sql"]} == set()
    assert any("session" in query["sql"] for query in queries)


@pytest.mark.usefixtures("manager")
def test_without_a_session_it_redirects_to_the_sign_in() -> None:
    assert Client().get(PATH).status_code == 302
