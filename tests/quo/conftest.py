"""Fixtures for clients and sessions with a server that stands for Quo."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import responses

from numbers.quo.client import QuoClient
from numbers.quo.transport import KeyAuth, Session
from tests.support.quo_answers import KEY
from tests.support.quo_clients import QUO, Connect, Time
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


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def connect(time: Time) -> Iterator[Connect]:
    clients: list[QuoClient] = []

    def connected(**changes: Any) -> QuoClient:
        settings: dict[str, Any] = {
            "api_key": KEY,
            "base_url": QUO,
            "throttle": lambda: None,
            "version": "1.2.3",
            "sleep": time.sleep,
            "clock": time,
        }
        clients.append(QuoClient(**{**settings, **changes}))
        return clients[-1]

    yield connected
    for client in clients:
        client.close()


@pytest.fixture
def quo() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as announced:
        yield announced
