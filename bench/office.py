"""An installation with many numbers, served by `manage.py run`, with a floor for each page."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.client import Browser
from numbers.sandbox.answers import healthy
from numbers.sandbox.server import SandboxServer
from numbers.sandbox.workspace import Workspace
from quo_admin import env

WORKERS = 2
ANSWER = "answer.json"  # Quo's whole answer, for `json.loads`
READY_LINE = "Ctrl-C stops it."  # `manage.py run` prints this when every worker answers


@dataclass(frozen=True)
class Server:
    """A running Quo Admin and the session cookie of a signed-in user."""

    url: str
    cookie: str
    floors: Path

    def browser(self) -> Browser:
        return Browser(self.url, self.cookie)

    def floor_of(self, name: str, body: bytes) -> str:
        """Serve `body` as a constant and return its path. Workers cache it, so use each name for one body only."""
        (self.floors / name).write_bytes(body)
        return f"/bench/floor/{name}"


@dataclass(frozen=True)
class Office:
    """An installation with its data in `folder` and `sandbox` as its Quo."""

    folder: Path
    sandbox: SandboxServer
    variables: dict[str, str]

    def sync(self) -> dict[str, Any]:
        """Sync in a separate process and return the cost."""
        cost: dict[str, Any] = json.loads(self.run("-m", "bench.syncing", str(self.folder / ANSWER)))
        return cost

    @contextmanager
    def served(self) -> Iterator[Server]:
        """Serve until the end of the block. The yielded server has the cookie of a signed-in user."""
        cookie = self.run("-m", "bench.signed_in").strip()
        with (self.folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "manage.py", "run"],
                cwd=env.BASE_DIR,
                env=self.variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait(process)
            yield Server(f"http://127.0.0.1:{self.variables['PORT']}", cookie, self.folder / "data" / "floors")
        finally:
            process.terminate()
            process.wait()

    def _wait(self, process: "subprocess.Popen[bytes]") -> None:
        """Wait until every worker answers."""
        log = self.folder / "log"
        while READY_LINE not in log.read_text():
            if process.poll() is not None:
                raise RuntimeError(f"Quo Admin did not start: {log.read_text()}")
            time.sleep(0.1)

    def run(self, *arguments: str) -> str:
        """Run Python with these arguments and return its output. Raises CalledProcessError."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=env.BASE_DIR,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout


@contextmanager
def open_office(folder: Path, workspace: Workspace) -> Iterator[Office]:
    """Create an installation on SQLite whose Quo is `workspace`."""
    key = secrets.token_urlsafe()
    our_names = {setting.name for setting in env.SETTINGS}
    inherited = {name: value for name, value in os.environ.items() if name.removesuffix("_FILE") not in our_names}
    with SandboxServer(workspace, key=key) as sandbox:
        sandbox.prepare()
        variables = inherited | {
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "ENV_FILE": os.devnull,
            "DATA_DIR": str(folder / "data"),
            "PORT": str(_free_port()),
            "QUO_API_KEY": key,
            "QUO_API_URL": sandbox.url,
            "WEB_CONCURRENCY": str(WORKERS),
        }
        (folder / ANSWER).write_bytes(healthy(workspace.numbers).body)
        office = Office(folder, sandbox, variables)
        office.run("-m", "quo_admin.prepare")
        office.run("manage.py", "migrate", "--verbosity", "0")
        (folder / "data" / "floors").mkdir()
        yield office


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
