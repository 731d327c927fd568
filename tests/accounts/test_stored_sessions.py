"""Who gets a session, and whose it is."""

import importlib
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.core import context
from allauth.mfa.webauthn.internal.auth import STATE_SESSION_KEY
from django.contrib.sessions.backends import db
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from pytest_django.asserts import assertNumQueries

from accounts.mfa import challenge
from accounts.models import AccountSession, User
from accounts.session_store import SessionStore
from accounts.sessions import end_sessions
from tests.support.accounts import sign_in
from tests.support.addresses import path_for, routes
from tests.support.second_steps import ANSWER, PASSKEY

JSON = {"accept": "application/json"}
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/numbers/?q=a"}
FORMS: list[dict[str, str]] = [
    {},
    {"login": "ann@example.com", "password": "wrong"},
    {"credential": json.dumps(ANSWER)},
]


# Visitors


@pytest.mark.parametrize("headers", [{}, JSON, HTMX])
def test_no_request_of_a_visitor_stores_a_session(db: None, headers: dict[str, str]) -> None:
    for route in routes():
        path = path_for(route, None)
        Client().get(path, headers=headers)
        Client().head(path, headers=headers)
        for form in FORMS:
            Client().post(path, form, headers=headers)

        assert not AccountSession.objects.exists(), route


def test_a_visitor_who_asks_for_a_challenge_repeatedly_must_wait(client: Client, db: None) -> None:
    statuses = [client.get(PASSKEY, headers=JSON).status_code for _ in range(61)]

    assert statuses == [200] * 60 + [429]
    assert int(client.get(PASSKEY, headers=JSON).headers["Retry-After"]) > 0


def test_a_challenge_is_accepted_once(settings: Settings) -> None:
    response, request = HttpResponse(), HttpRequest()
    challenge.give(response, {"challenge": "abc"})
    request.COOKIES = {name: cookie.value for name, cookie in response.cookies.items()}

    assert challenge.take(request) == {"challenge": "abc"}
    assert challenge.take(request) is None


@pytest.mark.parametrize("cookie", ["", "x", "a:b:c", "é"])
def test_an_invented_challenge_is_not_accepted(settings: Settings, cookie: str) -> None:
    request = HttpRequest()
    request.COOKIES = {settings.PASSKEY_COOKIE_NAME: cookie}

    assert challenge.take(request) is None


def test_the_challenge_that_was_sent_is_the_one_that_is_checked(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[Any] = []

    def look(_form: Any) -> None:
        checked.append(context.request.session.get(STATE_SESSION_KEY)["challenge"])

    monkeypatch.setattr("accounts.mfa.forms.PasskeySignInForm.clean", look)
    options = client.get(PASSKEY, headers=JSON).json()["request_options"]["publicKey"]
    client.post(PASSKEY, {"credential": json.dumps(ANSWER)})

    assert checked == [options["challenge"]]


# The account of a session


def test_a_session_is_stored_with_its_account(client: Client, user: User) -> None:
    sign_in(client)

    assert [session.user_id for session in AccountSession.objects.all()] == [user.pk]


def test_a_sign_in_that_waits_for_its_second_step_is_stored_with_its_account(
    client: Client, user: User, secret: str
) -> None:
    sign_in(client)

    assert [session.user_id for session in AccountSession.objects.all()] == [user.pk]


def test_ending_the_sessions_of_one_person_reads_none_of_the_others(user: User) -> None:
    later = timezone.now() + timedelta(days=1)
    for index, owner in enumerate((user.pk, user.pk, user.pk + 1, None)):
        AccountSession.objects.create(
            session_key=f"s{index}", session_data="unreadable", expire_date=later, user_id=owner
        )

    with assertNumQueries(1):
        assert end_sessions(user, except_key="s1") == 1

    assert set(AccountSession.objects.values_list("pk", flat=True)) == {"s1", "s2", "s3"}


def test_the_session_of_a_visitor_is_stored_for_an_hour(db: None) -> None:
    session = SessionStore()
    session["state"] = 1
    session.save()

    assert AccountSession.objects.get().expire_date - timezone.now() <= timedelta(hours=1)


# The upgrade


@pytest.fixture
def before_the_table(transactional_db: None) -> Iterator[Any]:
    """Migrate to the version before sessions had a table with accounts, and forward at the end."""
    MigrationExecutor(connection).migrate([("accounts", "0004_access_log_never_replaced")])
    yield importlib.import_module("django.contrib.sessions.models").Session.objects
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def upgrade() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_an_upgrade_keeps_people_signed_in(before_the_table: Any) -> None:
    long = {"_auth_user_id": "7", "text": "repeated " * 1000}  # is stored compressed
    later = timezone.now() + timedelta(days=1)
    contents: dict[str, dict[str, Any]] = {
        "ann's session": {"_auth_user_id": "5", "a": "é"},
        "half a session": {"waiting": "6"},
        "a long session": long,
        "a visitor": {"a": 1},
    }
    encoded = {name: db.SessionStore().encode(content) for name, content in contents.items()}
    for name, data in encoded.items():
        before_the_table.create(pk=name, session_data=data, expire_date=later)
    before_the_table.create(pk="expired", session_data=encoded["ann's session"], expire_date=timezone.now())
    for index, odd in enumerate(("", "x", "🙂", ".AAAA:1:2", "bnVsbA:1:2", "W10:1:2")):
        before_the_table.create(pk=f"odd{index}", session_data=odd, expire_date=later)

    upgrade()

    assert dict(AccountSession.objects.values_list("pk", "user_id")) == {
        "ann's session": 5,
        "half a session": 6,
        "a long session": 7,
    }
    assert SessionStore("ann's session")["a"] == "é"
    assert SessionStore("a long session")["text"] == long["text"]
    assert not before_the_table.exists()
