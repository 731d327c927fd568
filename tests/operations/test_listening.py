"""The address on which the server listens, and the sentence for one that cannot be used."""

import errno
import os
import socket
from pathlib import Path
from typing import Any

import pytest
from django.core.management.base import CommandError

from numbers.operations.listening import address_of, exposure, ignored_address, listen
from quo_admin.proxies import networks
from tests.support.processes import free_port


@pytest.mark.parametrize(("host", "asked"), [("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("::", "127.0.0.1")])
def test_it_listens_on_ipv4_and_ipv6(settings: Any, host: str, asked: str) -> None:
    settings.HOST, settings.PORT = host, free_port()
    with listen("run"), socket.create_connection((asked, settings.PORT), timeout=5) as connection:
        assert connection.getpeername()[1] == settings.PORT


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_for_a_port_in_use_another_is_proposed(settings: Any, host: str) -> None:
    settings.HOST, settings.PORT = host, free_port()
    with listen("run"), pytest.raises(CommandError) as refused:
        listen("run")
    assert str(refused.value) == (
        f"Port {settings.PORT} on {host} is in use by another program. Choose another: PORT=8080 make run"
    )


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "fe80::dead", "no-such-host.invalid"])
def test_for_an_address_of_another_machine_another_host_is_proposed(settings: Any, host: str) -> None:
    settings.HOST, settings.PORT = host, free_port()
    with pytest.raises(CommandError) as refused:
        listen("dev")
    assert str(refused.value) == (f"{host} is not an address of this machine. Set HOST to one: HOST=127.0.0.1 make dev")


@pytest.mark.parametrize(
    ("number", "port", "sentence"),
    [
        (
            errno.EACCES,
            80,
            "may not be used by this account; ports below 1024 often belong to root. Choose another: PORT=8080",
        ),
        (errno.EADDRINUSE, 8080, "is in use by another program. Choose another: PORT=8081"),
        (errno.EMFILE, 8000, "cannot be used (Too many open files). Choose another: PORT=8080"),
    ],
)
def test_every_other_reason_is_a_sentence_that_proposes_a_port(
    settings: Any, monkeypatch: pytest.MonkeyPatch, number: int, port: int, sentence: str
) -> None:
    settings.HOST, settings.PORT = "127.0.0.1", port

    def refuse(*_arguments: object, **_named: object) -> None:
        raise OSError(number, f"{os.strerror(number)} (while attempting to bind on address)")

    monkeypatch.setattr(socket, "create_server", refuse)
    with pytest.raises(CommandError) as refused:
        listen("run")
    assert str(refused.value) == f"Port {port} on 127.0.0.1 {sentence} make run"


@pytest.mark.parametrize(("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]"), ("0.0.0.0", "0.0.0.0")])  # noqa: S104 - closed at once
def test_the_address_in_words_is_the_one_it_listens_on(settings: Any, host: str, shown: str) -> None:
    settings.HOST, settings.PORT = host, free_port()
    with listen("run") as listener:
        assert address_of(listener) == f"{shown}:{settings.PORT}"


def test_the_address_of_a_socket_in_the_file_system_is_its_path(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        assert address_of(listener) == str(tmp_path / "s")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "phones.example.com"])  # noqa: S104 - the point of the test
@pytest.mark.parametrize(("proxies", "is_exposed"), [("127.0.0.1, ::1", True), ("", True), ("10.0.0.5", False)])
def test_an_address_for_other_machines_needs_a_proxy(
    settings: Any, monkeypatch: pytest.MonkeyPatch, host: str, proxies: str, *, is_exposed: bool
) -> None:
    monkeypatch.setattr(socket, "gethostbyname", lambda name: "192.0.2.7" if name == "phones.example.com" else name)
    settings.HOST, settings.TRUSTED_PROXIES = host, networks(proxies)

    assert exposure().startswith(f"HOST is {host}, so other machines reach Quo Admin directly") == is_exposed


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.1.2.3"])
def test_an_address_of_this_machine_needs_no_proxy(settings: Any, host: str) -> None:
    settings.HOST = host

    assert exposure() == ""


def test_a_name_that_only_this_machine_can_reach_needs_no_proxy(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian gives the name of a machine the address 127.0.1.1."""
    monkeypatch.setattr(socket, "gethostbyname", lambda _name: "127.0.1.1")
    settings.HOST = "office"

    assert exposure() == ""


@pytest.mark.parametrize(
    ("host", "actual"),
    [
        ("127.0.0.1", "127.0.0.1:8000"),
        ("localhost", "127.0.0.1:8000"),
        ("::1", "[::1]:8000"),
        ("0:0:0:0:0:0:0:1", "[::1]:8000"),
        ("0.0.0.0", "0.0.0.0:8000"),  # noqa: S104 - nothing listens
        ("0.0.0.0", "[::]:8000"),  # noqa: S104 - nothing listens
        ("::", "[::]:8000"),
        ("127.0.0.1", "/run/quo-admin.sock"),
    ],
)
def test_a_socket_of_systemd_with_the_address_in_the_settings_is_right(settings: Any, host: str, actual: str) -> None:
    settings.HOST, settings.PORT = host, 8000

    assert ignored_address(actual) == ""


@pytest.mark.parametrize(
    ("host", "actual", "wanted"),
    [
        ("0.0.0.0", "127.0.0.1:8000", "0.0.0.0:8000"),  # noqa: S104 - nothing listens
        ("127.0.0.1", "0.0.0.0:8000", "127.0.0.1:8000"),
        ("127.0.0.1", "[::]:8000", "127.0.0.1:8000"),
        ("127.0.0.1", "127.0.0.1:9000", "127.0.0.1:8000"),
        ("::", "[::1]:8000", "[::]:8000"),
        ("192.0.2.7", "/run/quo-admin.sock", "192.0.2.7:8000"),
    ],
)
def test_for_a_socket_of_systemd_with_another_address_there_is_a_warning(
    settings: Any, host: str, actual: str, wanted: str
) -> None:
    settings.HOST, settings.PORT = host, 8000

    assert ignored_address(actual).startswith(
        f"quo-admin.socket listens on {actual}, so HOST and PORT ({wanted}) have no effect."
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::1", "::", "localhost"])  # noqa: S104 - closed at once
def test_an_address_that_quo_admin_opened_itself_gives_no_warning(settings: Any, host: str) -> None:
    settings.HOST, settings.PORT = host, free_port()
    with listen("run") as listener:
        assert ignored_address(address_of(listener)) == ""
