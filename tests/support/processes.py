"""Runs the project's commands in separate processes."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from quo_admin import env

PATIENCE = 60.0  # seconds, for a busy machine
READY_LINE = "Ctrl-C stops it."

_OURS = {setting.name for setting in env.SETTINGS} | {f"{setting.name}_FILE" for setting in env.SETTINGS}
_NOT_INHERITED = _OURS | {
    "DJANGO_SETTINGS_MODULE",
    "PYTHONDONTWRITEBYTECODE",
    "MAKEFLAGS",
    "MAKELEVEL",
    "MFLAGS",
    "XDG_RUNTIME_DIR",
}


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Return environment variables for a process that ignores the developer's settings and uses `folder`."""
    inherited = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
    return inherited | {"ENV_FILE": os.devnull, "DATA_DIR": str(folder / "data"), "HOME": str(folder)} | more


def run(command: list[str], folder: Path, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder and wait for it."""
    return subprocess.run(
        command,
        cwd=folder,
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def run_python(project: Path, folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the project's folder and wait for it."""
    return run([sys.executable, *arguments], project, environment(folder, **more))


_reserved: list[socket.socket] = []


def free_port() -> int:
    """Return a free port of 127.0.0.1 for a server of this test.

    On Linux a bound socket that does not listen reserves the port: the kernel does not give it to other processes, but
    a server can still listen on it with SO_REUSEADDR.
    """
    reservation = socket.socket()
    reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    reservation.bind(("127.0.0.1", 0))
    port = int(reservation.getsockname()[1])
    if sys.platform == "linux":
        _reserved.append(reservation)
    else:
        reservation.close()
    return port


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def wait_until(condition: Callable[[], object], complaint: Callable[[], str] = lambda: "") -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"timed out: {complaint()}")
        time.sleep(0.02)


class Process:
    """A process in its own process group, and its output."""

    def __init__(
        self, command: list[str], project: Path, variables: dict[str, str], log: Path, keeps: Collection[int] = ()
    ) -> None:
        self._log = log
        with log.open("wb") as output:
            self.popen = subprocess.Popen(
                command,
                cwd=project,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=keeps,
            )

    @property
    def printed(self) -> str:
        return self._log.read_text(errors="replace")

    def wait_for(self, text: str) -> None:
        wait_until(lambda: text in self.printed or self.popen.poll() is not None, lambda: self.printed)
        assert text in self.printed, self.printed

    def signal_group(self, number: signal.Signals) -> int:
        """Send a signal to the whole process group, as a terminal does; return the exit code."""
        os.killpg(self.popen.pid, number)
        return self.popen.wait(PATIENCE)


@contextmanager
def running_process(
    command: list[str], project: Path, variables: dict[str, str], log: Path, keeps: Collection[int] = ()
) -> Iterator[Process]:
    """Run a command, which inherits the files `keeps`, until the end of the block."""
    process = Process(command, project, variables, log, keeps)
    try:
        yield process
    finally:
        if process.popen.poll() is None:
            process.signal_group(signal.SIGTERM)


def processes_of(folder: Path) -> dict[int, str]:
    """Return the running processes that use this folder's data: command lines by process ID."""
    return processes_with(f"DATA_DIR={folder / 'data'}")


def processes_with(variable: str) -> dict[int, str]:
    """Return the other running processes that have `NAME=value` in their environment: command lines by process ID."""
    if not Path("/proc/self/environ").exists():
        listed = subprocess.run(["ps", "-axEww", "-o", "pid=,command="], capture_output=True, text=True, check=True)
        lines = (line.split(maxsplit=1) for line in listed.stdout.splitlines() if variable in line)
        return {int(pid): command for pid, command in lines if int(pid) != os.getpid()}
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # another user's, or already ended
            if variable in (process / "environ").read_text(errors="replace").split("\0"):
                found[int(process.name)] = (process / "cmdline").read_text(errors="replace").replace("\0", " ")
    return found
