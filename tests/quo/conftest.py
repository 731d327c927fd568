"""Fixtures for sessions with a server that stands for Quo."""

import os
from collections.abc import Iterator

import pytest

from numbers.quo.transport import KeyAuth, Session
from tests.support.quo_answers import KEY
from tests.support.quo_sessions import Open, Turns


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture
def turns() -> Turns:
    return Turns()


@pytest.fixture
def open_session(turns: Turns) -> Iterator[Open]:
    sessions: list[Session] = []

    def opened(url: str) -> Session:
        sessions.append(Session(base_url=url, auth=KeyAuth(KEY), throttle=turns))
        return sessions[-1]

    yield opened
    for session in sessions:
        session.close()
