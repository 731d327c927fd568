"""The address that `manage.py run` takes before it starts anything."""

import gc
import socket
from typing import Any

import pytest

from numbers.operations.serving import Server, listen
from tests.support.processes import free_port


@pytest.mark.parametrize(("host", "asked"), [("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("::", "127.0.0.1")])
def test_an_address_is_taken_in_either_protocol(settings: Any, host: str, asked: str) -> None:
    settings.HOST, settings.PORT = host, free_port()
    with listen(), socket.create_connection((asked, settings.PORT), timeout=5) as connection:
        assert connection.getpeername()[1] == settings.PORT


def test_an_address_that_is_taken_is_refused(settings: Any) -> None:
    settings.HOST, settings.PORT = "127.0.0.1", free_port()
    with listen(), pytest.raises(OSError, match="Address already in use"):
        listen()


def test_what_every_process_has_loaded_is_not_looked_through_for_garbage() -> None:
    assert gc.get_freeze_count() == 0
    try:
        Server({}).load()
        assert gc.get_freeze_count() > 10_000
    finally:
        gc.unfreeze()
