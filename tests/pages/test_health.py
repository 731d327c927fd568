from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection, connections
from django.test import Client

HEALTH = "/healthz"


@contextmanager
def database_is_down(error: Exception) -> Iterator[None]:
    def refuse(*_: Any) -> Any:
        raise error

    with connection.execute_wrapper(refuse):
        yield


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "head"])
def test_it_is_well_while_the_database_answers(client: Client, method: str) -> None:
    response = getattr(client, method)(HEALTH)

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in response.headers


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OperationalError("secret"), InterfaceError("secret")])
def test_it_is_ill_when_the_database_does_not_answer(client: Client, error: Exception) -> None:
    with database_is_down(error):
        response = client.get(HEALTH)

    assert response.status_code == 503
    assert response.content == b"The database does not answer.\n"


def test_it_is_ill_when_the_database_cannot_even_be_opened(
    client: Client, monkeypatch: pytest.MonkeyPatch, django_db_blocker: Any
) -> None:
    def refuse() -> None:
        raise OperationalError("secret")

    monkeypatch.setattr(connection, "ensure_connection", refuse)
    with django_db_blocker.unblock():
        assert client.get(HEALTH).status_code == 503


@pytest.mark.skipif(connection.vendor != "sqlite", reason="of a database in a file")
def test_it_is_ill_when_the_databases_file_is_empty(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, django_db_blocker: Any
) -> None:
    with django_db_blocker.unblock():
        empty = connections.create_connection("default")
        empty.settings_dict = {**connection.settings_dict, "NAME": str(tmp_path / "empty.sqlite3")}
        monkeypatch.setattr(connections["default"], "cursor", empty.cursor)
        try:
            assert client.get(HEALTH).status_code == 503
        finally:
            empty.close()


@pytest.mark.django_db
def test_a_monitor_may_ask_by_any_name(client: Client) -> None:
    assert client.get(HEALTH, headers={"host": "10.0.0.7:8000"}).status_code == 200


@pytest.mark.django_db
def test_a_monitor_is_not_sent_to_https(client: Client, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True

    assert client.get(HEALTH).status_code == 200
    assert client.get("/numbers/").status_code == 301


@pytest.mark.django_db
def test_it_is_only_looked_at(client: Client) -> None:
    response = client.post(HEALTH)

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"
