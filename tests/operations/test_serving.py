"""How the server listens and prepares its processes."""

import gc
import socket
from typing import Any

import pytest

from numbers.operations.serving import Server, listen
from tests.support.processes import free_port


@pytest.mark.parametrize(("host", "asked"), [("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("::", "127.0.0.1")])
def test_it_listens_on_ipv4_and_ipv6(settings: Any, host: str, asked: str) -> None:
    settings.HOST, settings.PORT = host, free_port()
    with listen(), socket.create_connection((asked, settings.PORT), timeout=5) as connection:
        assert connection.getpeername()[1] == settings.PORT


def test_a_port_in_use_raises(settings: Any) -> None:
    settings.HOST, settings.PORT = "127.0.0.1", free_port()
    with listen(), pytest.raises(OSError, match="Address already in use"):
        listen()


def test_garbage_collection_skips_preloaded_objects() -> None:
    assert gc.get_freeze_count() == 0
    try:
        Server({}).load()
        assert gc.get_freeze_count() > 10_000
    finally:
        gc.unfreeze()
