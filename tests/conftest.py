"""Fixtures for all tests. Connections are allowed only to this machine."""

import ipaddress
import os
import signal
import socket
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.support.caches import clear_caches
from tests.support.project_copy import project

__all__ = ["project"]

# A busy machine must not fail tests. In CI these are Hypothesis's defaults.
settings.register_profile("busy", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")

pytest_plugins = ["tests.support.selection", "tests.support.leftovers", "tests.support.installations"]


def pytest_xdist_auto_num_workers() -> int:
    """Run one worker more than there are processors: tests of browsers and processes often wait."""
    return (os.cpu_count() or 1) + 1


def pytest_configure() -> None:
    """Handle SIGHUP if nohup ignores it, because child processes would inherit that."""
    if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
        signal.signal(signal.SIGHUP, lambda *_: None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Escape lone surrogates in captured output, which a worker of pytest-xdist cannot send."""
    report = yield
    report.sections = [(name, text.encode(errors="backslashreplace").decode()) for name, text in report.sections]
    return report


class UnannouncedRequest(Exception):
    """A test tried to connect to another machine."""


def _is_here(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True  # a Unix socket
    try:
        return ipaddress.ip_address(str(address[0])).is_loopback
    except ValueError:
        return bool(address[0] == "localhost")


@pytest.fixture(autouse=True)
def _only_this_machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Refuse connections to other machines, and fail the test even if the code hides the error."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo
    refused: list[str] = []

    def connect_here(self: socket.socket, address: Any) -> None:
        if not _is_here(address):
            refused.append(repr(address))
            raise UnannouncedRequest(repr(address))
        connect(self, address)

    def look_up_here(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host is not None and not _is_here((host,)):
            refused.append(repr(host))
            raise UnannouncedRequest(repr(host))
        return look_up(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", connect_here)
    monkeypatch.setattr(socket, "getaddrinfo", look_up_here)
    yield
    assert not refused, f"connections to other machines: {refused}"


@pytest.fixture(autouse=True)
def _empty_caches() -> Iterator[None]:
    """Empty the caches after each test, because keys and moments repeat between tests."""
    yield
    clear_caches()
