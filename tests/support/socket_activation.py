"""Serves on an open socket, as systemd passes it."""

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from quo_admin import env
from quo_admin.prepare import prepare
from tests.support.processes import READY_LINE, Process, environment, running_process

# What systemd does after opening the socket.
HAND_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=sys.argv[2])
os.execv(sys.executable, [sys.executable, *sys.argv[3:]])
"""


@pytest.fixture
def address() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        yield listener


def url_of(address: socket.socket) -> str:
    return f"http://127.0.0.1:{address.getsockname()[1]}"


@contextmanager
def serving_on_socket(project: Path, folder: Path, address: socket.socket, name: str) -> Iterator[Process]:
    """Run Quo Admin on an inherited socket."""
    handle = address.fileno()
    variables = environment(folder, SITE_URL=url_of(address), PORT="1")
    prepare(env.read(variables, env.dotenv_path(variables)))
    command = [sys.executable, "-c", HAND_OVER, str(handle), "1", str(project / "manage.py"), "run"]
    with running_process(command, project, variables, folder / name, keeps=[handle]) as process:
        process.wait_for(READY_LINE)
        yield process
