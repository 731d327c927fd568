"""Sessions end without use, and some time after sign-in."""

import sqlite3
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection, connections
from django.test import Client

from accounts import sessions
from accounts.busy_timeout import busy_timeout
from accounts.models import AccessEvent, AccountSession, User
from accounts.roles import Role, give_role
from accounts.session_store import SessionStore
from tests.support.accounts import EMAIL, PASSWORD, is_signed_in, sign_in

HOUR, DAY = 3600, 24 * 3600
AUTOMATIC = {"X-By-Itself": "1"}


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Return a function that freezes the clock of sessions at so many seconds from now."""
    start = time.time()

    def move(seconds: int) -> None:
        monkeypatch.setattr("accounts.sessions.time.time", lambda: start + seconds)

    move(0)
    return move


@pytest.fixture
def ann(client: Client, user: User, later: Callable[[int], None]) -> Client:
    """Return a browser in which Ann has just signed in, by the clock of `later`."""
    give_role(user, Role.VIEWER)
    sign_in(client)
    return client


def opens(client: Client, **more: Any) -> bool:
    return client.get("/status/", **more).status_code == 200


def test_an_idle_session_ends_and_the_page_says_why(ann: Client, later: Callable[[int], None]) -> None:
    later(settings.SESSION_IDLE_HOURS * HOUR)

    response = ann.get("/status/", follow=True)

    assert response.redirect_chain[-1][0] == "/accounts/login/?next=/status/"
    assert sessions.IDLE in response.content.decode()
    assert not is_signed_in(ann)


def test_the_access_log_says_that_a_session_ended_by_itself(ann: Client, later: Callable[[int], None]) -> None:
    later(settings.SESSION_IDLE_HOURS * HOUR)
    ann.get("/status/")

    line = AccessEvent.objects.latest("pk")
    assert (line.event, line.email, line.detail) == ("signed_out", EMAIL, "by itself")


def test_a_session_in_use_continues(ann: Client, later: Callable[[int], None]) -> None:
    idle = settings.SESSION_IDLE_HOURS * HOUR
    for step in (1, 2, 3):
        later(step * (idle - 1))
        assert opens(ann)


def test_a_session_in_use_continues_with_a_short_idle_limit(
    ann: Client, later: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "SESSION_IDLE_HOURS", 1)
    for minutes in (30, 85):
        later(minutes * 60)
        assert opens(ann)


def test_automatic_requests_do_not_keep_a_session_alive(ann: Client, later: Callable[[int], None]) -> None:
    idle = settings.SESSION_IDLE_HOURS * HOUR
    later(idle - 1)
    assert opens(ann, headers=AUTOMATIC)
    later(idle)

    assert not opens(ann, headers=AUTOMATIC)


def test_a_session_ends_after_its_longest_duration_even_if_in_use(ann: Client, later: Callable[[int], None]) -> None:
    for hours in range(0, settings.SESSION_MAX_DAYS * 24, settings.SESSION_IDLE_HOURS - 1):
        later(hours * HOUR)
        assert opens(ann)
    later(settings.SESSION_MAX_DAYS * DAY)

    assert sessions.OLD in ann.get("/status/", follow=True).content.decode()


def test_the_last_use_is_written_once_per_interval(
    ann: Client, later: Callable[[int], None], django_assert_num_queries: Any
) -> None:
    later(sessions.WRITE_INTERVAL - 1)
    before = ann.session[sessions.LAST_USED_AT]
    opens(ann)
    assert ann.session[sessions.LAST_USED_AT] == before
    later(sessions.WRITE_INTERVAL + 1)
    opens(ann)

    assert ann.session[sessions.LAST_USED_AT] > before


def test_a_session_from_an_older_version_starts_now(ann: Client) -> None:
    session = ann.session
    del session[sessions.STARTED_AT], session[sessions.LAST_USED_AT]
    session.save()

    assert opens(ann)
    assert ann.session[sessions.STARTED_AT] >= time.time() - 60


def test_a_changed_password_signs_out_everywhere_else(ann: Client) -> None:
    elsewhere = Client()
    sign_in(elsewhere)
    new = "quite another secret"

    ann.post("/accounts/reauthenticate/", {"password": PASSWORD})
    ann.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert is_signed_in(ann)
    assert not is_signed_in(elsewhere)


def test_a_password_set_by_an_administrator_signs_out_everywhere(ann: Client, user: User) -> None:
    user.set_password("quite another secret")
    user.save()

    assert not is_signed_in(ann)


def test_the_next_sign_in_starts_a_new_session(ann: Client, later: Callable[[int], None]) -> None:
    later(settings.SESSION_MAX_DAYS * DAY)
    opens(ann)
    sign_in(ann, EMAIL, PASSWORD)

    assert opens(ann)


def test_signing_in_deletes_expired_sessions(client: Client, user: User) -> None:
    expired = SessionStore()
    expired.set_expiry(-1)
    expired.save()
    valid = SessionStore()
    valid.save()

    sign_in(client)

    assert not AccountSession.objects.filter(pk=expired.session_key).exists()
    assert AccountSession.objects.filter(pk=valid.session_key).exists()


@pytest.mark.django_db(transaction=True)
def test_pages_open_if_the_database_cannot_be_written(
    client: Client, user: User, later: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    give_role(user, Role.VIEWER)
    sign_in(client)
    before = client.session[sessions.LAST_USED_AT]
    later(sessions.WRITE_INTERVAL + 1)

    def disk_full(*_arguments: Any, **_options: Any) -> None:
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(SessionStore, "save", disk_full)
        assert opens(client)
    assert client.session[sessions.LAST_USED_AT] == before
    assert opens(client)
    assert client.session[sessions.LAST_USED_AT] > before


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite has a busy timeout")
def test_the_busy_timeout_is_restored_after_the_block(db: None) -> None:
    def current_timeout() -> int:
        with connection.cursor() as cursor:
            return int(cursor.execute("PRAGMA busy_timeout").fetchone()[0])

    default = current_timeout()
    with busy_timeout(sessions.BUSY_TIMEOUT):
        assert current_timeout() == sessions.BUSY_TIMEOUT
    assert current_timeout() == default == 20_000


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite has a busy timeout")
def test_writing_the_last_use_has_a_short_busy_timeout(
    ann: Client, later: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    timeouts: list[int] = []

    def save(*_arguments: Any, **_options: Any) -> None:
        with connection.cursor() as cursor:
            timeouts.append(cursor.execute("PRAGMA busy_timeout").fetchone()[0])

    later(sessions.WRITE_INTERVAL + 1)
    monkeypatch.setattr(SessionStore, "save", save)
    opens(ann)

    assert timeouts == [sessions.BUSY_TIMEOUT]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite has a busy timeout")
def test_the_busy_timeout_survives_a_connection_closed_meanwhile(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    driver = sqlite3.connect(":memory:")

    with monkeypatch.context() as patch:
        patch.setattr(connections["default"], "connection", driver)
        with busy_timeout(sessions.BUSY_TIMEOUT):
            driver.close()
            patch.setattr(connections["default"], "connection", None)  # as Django does on close
