"""How long requests wait for a PostgreSQL that hangs."""

import os
import signal
import socket
import time
from collections.abc import Iterator

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import Client

from numbers.database import patience
from numbers.database.postgresql import base
from numbers.database.postgresql.base import Connection
from tests.support.databases import only_postgresql


@pytest.fixture(autouse=True)
def hanging(monkeypatch: pytest.MonkeyPatch) -> patience.Hanging:
    """Know of no server that hangs."""
    fresh = patience.Hanging()
    monkeypatch.setattr(base, "hanging", fresh)
    return fresh


@pytest.fixture
def silent_server() -> Iterator[dict[str, object]]:
    """Accept connections and never answer; yield how to connect."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host, port = listener.getsockname()
        yield {"host": host, "port": port, "user": "quo", "sslmode": "disable", "connect_timeout": 2}


def seconds_of_a_try(server: dict[str, object]) -> float:
    began = time.monotonic()
    with pytest.raises(psycopg.OperationalError):
        Connection.connect(**server)
    return time.monotonic() - began


def test_only_the_first_request_waits_for_a_server_that_does_not_accept_anybody(
    silent_server: dict[str, object],
) -> None:
    with patience.at_most(patience.PAGE):
        assert seconds_of_a_try(silent_server) > 1
        assert seconds_of_a_try(silent_server) < 1


def test_of_many_requests_one_at_a_time_tries_again(hanging: patience.Hanging, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "TRY_AGAIN", -1)  # the time has passed
    hanging.note()
    monkeypatch.setattr(patience, "TRY_AGAIN", 60)
    assert [hanging.may_try() for _ in range(3)] == [True, False, False]


def test_after_an_answer_everybody_may_ask(hanging: patience.Hanging) -> None:
    hanging.note()
    hanging.forget()
    assert hanging.may_try()


def test_a_request_limits_its_queries(client: Client, db: None) -> None:
    patience.seconds.set(None)
    client.get("/healthz")
    assert patience.seconds.get() == patience.PAGE


def test_the_shorter_limit_holds_and_ends() -> None:
    patience.seconds.set(patience.PAGE)
    with patience.at_most(1), patience.at_most(patience.SYNC):
        assert patience.seconds.get() == 1
    assert patience.seconds.get() == patience.PAGE


@pytest.fixture
def own_connection(db: None, hanging: patience.Hanging) -> Iterator[None]:
    """Open a new connection, and end it on the server after the test."""
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    yield
    connection.close()
    hanging.forget()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])


@only_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_query_without_an_answer_fails_and_closes_its_connection(
    own_connection: None, hanging: patience.Hanging
) -> None:
    with patience.at_most(0.2), pytest.raises(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(30)")
    assert connection.connection.closed
    assert hanging.may_try()  # a slow query alone says nothing of the server


@only_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_server_that_does_not_even_answer_the_simplest_query_hangs(
    own_connection: None, hanging: patience.Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "TRIVIAL", 0.2)
    pid = connection.connection.info.backend_pid
    os.kill(pid, signal.SIGSTOP)  # as on a disk that does not answer
    try:
        assert not connection.is_usable()
    finally:
        os.kill(pid, signal.SIGCONT)
    assert not hanging.may_try()


@only_postgresql
@pytest.mark.django_db(transaction=True)
def test_the_server_ends_queries_of_pages_that_nobody_waits_for() -> None:
    connection.close()
    with patience.at_most(patience.PAGE), connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("2min",)
    connection.close()
