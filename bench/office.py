"""An installation with many numbers, served as `manage.py run` serves it, with the floors beside its pages."""

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

from bench.asking import Browser
from bench.floor import FOLDER
from bench.machine import workers_of
from numbers.sandbox.server import SandboxServer
from numbers.sandbox.workspace import Workspace
from quo_admin import env

WORKERS = 2
LAST_WORDS = "Ctrl-C stops it."  # of `manage.py run`, once all of it answers
PATIENCE = 120  # seconds until then
LONGEST = 3600  # seconds that one command may take
MOST_MB = 4096  # of an answer: the largest that the setting takes


@dataclass(frozen=True)
class Server:
    """A running Quo Admin, the cookie of somebody signed in to it, and the processes that answer (on Linux)."""

    url: str
    cookie: str
    workers: list[int]
    floors: Path

    def browser(self) -> Browser:
        return Browser(self.url, self.cookie)

    def floor_of(self, name: str, body: bytes) -> str:
        """Have `body` answered as a constant; return the path. A name is for one body only: each process keeps it."""
        (self.floors / name).write_bytes(body)
        return f"/bench/floor/{name}"


@dataclass(frozen=True)
class Office:
    """Its data in `folder`, its Quo in `sandbox`."""

    folder: Path
    sandbox: SandboxServer
    variables: dict[str, str]
    port: int

    @property
    def floors(self) -> Path:
        return self.folder / "floors"

    def measured(self, module: str, *arguments: str, **variables: str) -> dict[str, Any]:
        """Run a module of the bench in a process of its own; return the JSON that it prints."""
        cost: dict[str, Any] = json.loads(self._python("-m", module, *arguments, **variables))
        return cost

    def prepare(self) -> None:
        self.floors.mkdir(parents=True)
        self._python("-m", "quo_admin.prepare")
        self._python("manage.py", "migrate", "--verbosity", "0")

    @contextmanager
    def served(self) -> Iterator[Server]:
        """Serve until the end of the block, to somebody who is signed in."""
        cookie = self._python("-m", "bench.signed_in").strip()
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
            workers = workers_of(process.pid)
            if len(workers) not in {0, WORKERS}:
                raise RuntimeError(f"{len(workers)} workers answer, and not {WORKERS}")
            yield Server(f"http://127.0.0.1:{self.port}", cookie, workers, self.floors)
        finally:
            process.terminate()
            process.wait()

    def _wait(self, process: "subprocess.Popen[bytes]") -> None:
        """Wait until every worker answers, which it says itself."""
        log, deadline = self.folder / "log", time.monotonic() + PATIENCE
        while LAST_WORDS not in log.read_text():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Quo Admin did not start: {log.read_text()}")
            time.sleep(0.1)

    def _python(self, *arguments: str, **variables: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=env.BASE_DIR,
            env=self.variables | variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)}: {done.stderr}")
        return done.stdout


@contextmanager
def open_office(folder: Path, workspace: Workspace, database_url: str = "") -> Iterator[Office]:
    """A new installation whose Quo is `workspace`, on SQLite unless `database_url` names an empty database."""
    key = secrets.token_urlsafe()
    ours = {setting.name for setting in env.SETTINGS}
    inherited = {name: value for name, value in os.environ.items() if name.removesuffix("_FILE") not in ours}
    port = _free_port()
    with SandboxServer(workspace, key=key) as sandbox:
        variables = inherited | {
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "ENV_FILE": os.devnull,
            "DATA_DIR": str(folder / "data"),
            "DATABASE_URL": database_url,
            "PORT": str(port),
            "QUO_API_KEY": key,
            "QUO_API_URL": sandbox.url,
            "QUO_TIMEOUT": str(LONGEST),
            "QUO_MAX_ANSWER_MB": str(MOST_MB),
            "WEB_CONCURRENCY": str(WORKERS),
            FOLDER: str(folder / "floors"),
        }
        office = Office(folder, sandbox, {name: value for name, value in variables.items() if value}, port)
        office.prepare()
        yield office


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
