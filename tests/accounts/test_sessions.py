"""Sessions end by themselves."""

import sqlite3
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection, connections
from django.test import Client

from accounts import sessions
from accounts.models import AccessEvent, User
from accounts.patience import impatient
from accounts.roles import Role, give_role
from tests.support.accounts import EMAIL, PASSWORD, is_signed_in, sign_in

HOUR, DAY = 3600, 24 * 3600
ITSELF = {"X-By-Itself": "1"}


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Moves the clock of the limits to so many seconds after now, and stops it there."""
    start = time.time()

    def move(seconds: int) -> None:
        monkeypatch.setattr("accounts.sessions.time.time", lambda: start + seconds)

    move(0)
    return move


@pytest.fixture
def ann(client: Client, user: User, later: Callable[[int], None]) -> Client:
    """Somebody who signed in just now, by the clock that `later` moves."""
    give_role(user, Role.VIEWER)
    sign_in(client)
    return client


def opens(client: Client, **more: Any) -> bool:
    return client.get("/status/", **more).status_code == 200


def test_who_does_nothing_for_a_day_is_signed_out_and_told_why(ann: Client, later: Callable[[int], None]) -> None:
    later(settings.SESSION_IDLE_HOURS * HOUR)

    response = ann.get("/status/", follow=True)

    assert response.redirect_chain[-1][0] == "/accounts/login/?next=/status/"
    assert sessions.IDLE in response.content.decode()
    assert not is_signed_in(ann)


def test_a_session_that_ends_by_itself_is_written_as_such(ann: Client, later: Callable[[int], None]) -> None:
    later(settings.SESSION_IDLE_HOURS * HOUR)
    ann.get("/status/")

    line = AccessEvent.objects.latest("pk")
    assert (line.event, line.email, line.detail) == ("signed_out", EMAIL, "by itself")


def test_who_did_something_in_that_time_stays(ann: Client, later: Callable[[int], None]) -> None:
    idle = settings.SESSION_IDLE_HOURS * HOUR
    for step in (1, 2, 3):
        later(step * (idle - 1))
        assert opens(ann)


def test_so_does_who_did_something_where_an_hour_is_long(
    ann: Client, later: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "SESSION_IDLE_HOURS", 1)
    for minutes in (30, 85):
        later(minutes * 60)
        assert opens(ann)


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(ann: Client, later: Callable[[int], None]) -> None:
    idle = settings.SESSION_IDLE_HOURS * HOUR
    later(idle - 1)
    assert opens(ann, headers=ITSELF)
    later(idle)

    assert not opens(ann, headers=ITSELF)


def test_who_signed_in_long_ago_is_signed_out_whatever_they_do(ann: Client, later: Callable[[int], None]) -> None:
    for hours in range(0, settings.SESSION_MAX_DAYS * 24, settings.SESSION_IDLE_HOURS - 1):
        later(hours * HOUR)
        assert opens(ann)
    later(settings.SESSION_MAX_DAYS * DAY)

    assert sessions.OLD in ann.get("/status/", follow=True).content.decode()


def test_the_last_use_is_written_once_in_a_while(
    ann: Client, later: Callable[[int], None], django_assert_num_queries: Any
) -> None:
    later(sessions.NOTED_EVERY - 1)
    before = ann.session[sessions.USED]
    opens(ann)
    assert ann.session[sessions.USED] == before
    later(sessions.NOTED_EVERY + 1)
    opens(ann)

    assert ann.session[sessions.USED] > before


def test_a_session_of_an_older_version_begins_now(ann: Client) -> None:
    session = ann.session
    del session[sessions.BEGAN], session[sessions.USED]
    session.save()

    assert opens(ann)
    assert ann.session[sessions.BEGAN] >= time.time() - 60


def test_a_changed_password_signs_out_everywhere_else(ann: Client) -> None:
    elsewhere = Client()
    sign_in(elsewhere)
    new = "quite another secret"

    ann.post("/accounts/reauthenticate/", {"password": PASSWORD})
    ann.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert is_signed_in(ann)
    assert not is_signed_in(elsewhere)


def test_a_password_that_an_administrator_sets_signs_out_everywhere(ann: Client, user: User) -> None:
    user.set_password("quite another secret")
    user.save()

    assert not is_signed_in(ann)


def test_the_next_sign_in_begins_a_new_session(ann: Client, later: Callable[[int], None]) -> None:
    later(settings.SESSION_MAX_DAYS * DAY)
    opens(ann)
    sign_in(ann, EMAIL, PASSWORD)

    assert opens(ann)


def test_signing_in_clears_away_sessions_that_are_over(client: Client, user: User) -> None:
    over = SessionStore()
    over.set_expiry(-1)
    over.save()
    lasting = SessionStore()
    lasting.save()

    sign_in(client)

    assert not Session.objects.filter(pk=over.session_key).exists()
    assert Session.objects.filter(pk=lasting.session_key).exists()


@pytest.mark.django_db(transaction=True)
def test_a_database_that_takes_nothing_shows_its_pages_all_the_same(
    client: Client, user: User, later: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    give_role(user, Role.VIEWER)
    sign_in(client)
    before = client.session[sessions.USED]
    later(sessions.NOTED_EVERY + 1)

    def refuse(*_arguments: Any, **_options: Any) -> None:
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as full:
        full.setattr(SessionStore, "save", refuse)
        assert opens(client)
    assert client.session[sessions.USED] == before
    assert opens(client)
    assert client.session[sessions.USED] > before


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite waits for another writer")
def test_noting_the_use_waits_for_another_writer_a_moment_only(db: None) -> None:
    def patience() -> int:
        with connection.cursor() as cursor:
            return int(cursor.execute("PRAGMA busy_timeout").fetchone()[0])

    usual = patience()
    with impatient(sessions.MOMENT):
        assert patience() == sessions.MOMENT
    assert patience() == usual == 20_000


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite waits for another writer")
def test_a_page_waits_that_short_for_its_use_to_be_noted(
    ann: Client, later: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[int] = []

    def note(*_arguments: Any, **_options: Any) -> None:
        with connection.cursor() as cursor:
            waited.append(cursor.execute("PRAGMA busy_timeout").fetchone()[0])

    later(sessions.NOTED_EVERY + 1)
    monkeypatch.setattr(SessionStore, "save", note)
    opens(ann)

    assert waited == [sessions.MOMENT]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite waits for another writer")
def test_a_connection_that_was_closed_meanwhile_is_no_trouble(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    driver = sqlite3.connect(":memory:")

    with monkeypatch.context() as patch:
        patch.setattr(connections["default"], "connection", driver)
        with impatient(sessions.MOMENT):
            driver.close()
            patch.setattr(connections["default"], "connection", None)  # as Django does where it closes one
