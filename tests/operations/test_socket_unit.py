"""The address that systemd reports for quo-admin.socket, from a `systemctl` made by the test."""

from pathlib import Path
from typing import Any

import pytest

from numbers.operations.doctor import diagnose
from numbers.operations.socket_unit import open_address
from quo_admin import env

SHOWN = "Listen={address}\nActiveState={state}\n\nWorkingDirectory={folder}\nActiveState=active\n"


@pytest.fixture
def systemctl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that prints what the test writes into the file beside it."""
    program = tmp_path / "systemctl"
    program.write_text(f"#!/bin/sh\nexec /bin/cat '{tmp_path}/shown'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path / "shown"


@pytest.mark.parametrize("address", ["127.0.0.1:8000", "[::]:8000", "/run/quo-admin.sock"])
def test_the_address_of_an_open_socket_is_known(systemctl: Path, address: str) -> None:
    systemctl.write_text(SHOWN.format(address=f"{address} (Stream)", state="active", folder=env.BASE_DIR))

    assert open_address() == address


@pytest.mark.parametrize(
    ("state", "folder"), [("inactive", str(env.BASE_DIR)), ("active", "/opt/another"), ("active", "")]
)
def test_a_closed_socket_or_one_of_another_installation_does_not_count(
    systemctl: Path, state: str, folder: str
) -> None:
    systemctl.write_text(SHOWN.format(address="127.0.0.1:8000 (Stream)", state=state, folder=folder))

    assert open_address() == ""


def test_without_systemd_there_is_no_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert open_address() == ""


def test_a_systemctl_that_fails_or_knows_no_unit_gives_no_address(systemctl: Path) -> None:
    assert open_address() == ""  # there is no file, so it exits with 1
    systemctl.write_text("ActiveState=inactive\n\nActiveState=inactive\n")
    assert open_address() == ""


@pytest.mark.django_db
def test_the_doctor_says_that_host_has_no_effect(systemctl: Path, settings: Any) -> None:
    settings.HOST, settings.PORT, settings.DEMO, settings.QUO_API_KEY = "192.0.2.7", 8000, False, ""
    systemctl.write_text(SHOWN.format(address="127.0.0.1:8000 (Stream)", state="active", folder=env.BASE_DIR))

    (check,) = [check for check in diagnose() if check.subject == "socket"]
    assert not check.ok
    assert check.text.startswith("quo-admin.socket listens on 127.0.0.1:8000, so HOST and PORT (192.0.2.7:8000)")
