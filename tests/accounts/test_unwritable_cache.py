"""Attempts that cannot be counted are refused: the rate limits never fail open."""

import errno
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client

from accounts.models import User
from tests.support.accounts import PASSWORD, is_signed_in, sign_in
from tests.support.second_steps import AGAIN, SECURITY, STEP, code_of

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM])
def error(request: pytest.FixtureRequest) -> OSError:
    return OSError(request.param, "secret")


def break_cache(monkeypatch: pytest.MonkeyPatch, error: OSError) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(type(caches["default"]), "set", refuse)


def assert_refused(response: Any) -> None:
    assert response.status_code == 503
    assert b"<h1>The disk cannot be written</h1>" in response.content
    assert b"secret" not in response.content


def test_a_password_is_refused_if_the_attempt_cannot_be_counted(
    client: Client, user: User, error: OSError, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.raise_request_exception = False
    break_cache(monkeypatch, error)

    assert_refused(sign_in(client))
    assert not is_signed_in(client)


def test_a_code_is_refused_if_the_attempt_cannot_be_counted(
    client: Client, secret: str, error: OSError, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.raise_request_exception = False
    assert sign_in(client).headers["Location"] == STEP
    break_cache(monkeypatch, error)

    assert_refused(client.post(STEP, {"code": code_of(secret)}))
    assert not is_signed_in(client)


def test_reauthentication_is_refused_if_the_attempt_cannot_be_counted(
    client: Client, user: User, error: OSError, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client)
    client.raise_request_exception = False
    break_cache(monkeypatch, error)

    assert_refused(client.post(AGAIN, {"password": PASSWORD}))
    assert client.get(f"{SECURITY}app/add/").headers["Location"].startswith(AGAIN)
