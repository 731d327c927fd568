"""What systemd says about quo-admin.socket, for processes that did not get the socket from it."""

import subprocess
from contextlib import suppress
from pathlib import Path

from quo_admin import env

_COMMAND = (
    *("systemctl", "show", "--property=ActiveState,Listen,WorkingDirectory"),
    *("quo-admin.socket", "quo-admin.service"),
)
_TIMEOUT = 5.0  # seconds


def open_address() -> str:
    """Return the address on which systemd listens for the Quo Admin in this folder, or "" if it does not."""
    with suppress(OSError, subprocess.SubprocessError):
        shown = subprocess.run(  # noqa: S603 - a constant
            _COMMAND, capture_output=True, text=True, timeout=_TIMEOUT, check=True
        )
        return _address(shown.stdout)
    return ""


def _address(shown: str) -> str:
    properties = dict(line.split("=", 1) for line in reversed(shown.splitlines()) if "=" in line)  # the socket's win
    folder = Path(properties.get("WorkingDirectory") or "/")
    if properties.get("ActiveState") != "active" or folder.resolve() != env.BASE_DIR.resolve():
        return ""
    return properties.get("Listen", "").removesuffix(" (Stream)")
