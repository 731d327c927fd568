"""An installation with many numbers, served by `manage.py run`, with a floor for each page."""

import json
import subprocess
import sys
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
from tests.support.processes import environment
from tests.support.running import KEY, running_site, workspace_settings

ANSWER = "answer.json"  # Quo's whole answer, for `json.loads`


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
        cost: dict[str, Any] = json.loads(self.run("-m", "bench.syncs", str(self.folder / ANSWER)))
        return cost

    @contextmanager
    def served(self) -> Iterator[Server]:
        """Serve until the end of the block. The yielded server has the cookie of a signed-in user."""
        with running_site(env.BASE_DIR, self.folder, **self.variables) as site:
            with site.session() as browser:
                cookies = browser.cookies.get_dict()
            name = next(name for name in cookies if name.startswith("sessionid"))
            yield Server(site.url, f"{name}={cookies[name]}", self.folder / "data" / "floors")

    def run(self, *arguments: str) -> str:
        """Run Python with these arguments and return its output. Raises CalledProcessError."""
        command, variables = [sys.executable, *arguments], environment(self.folder, **self.variables)
        return subprocess.check_output(command, cwd=env.BASE_DIR, env=variables, stdin=subprocess.DEVNULL, text=True)


@contextmanager
def open_office(folder: Path, workspace: Workspace) -> Iterator[Office]:
    """Create an installation on SQLite whose Quo is `workspace`."""
    with SandboxServer(workspace, key=KEY) as sandbox:
        sandbox.prepare()
        (folder / ANSWER).write_bytes(healthy(workspace.numbers).body)
        office = Office(folder, sandbox, {"DJANGO_SETTINGS_MODULE": "bench.settings", **workspace_settings(sandbox)})
        office.run("-m", "quo_admin.prepare")
        office.run("manage.py", "migrate", "--verbosity", "0")
        (folder / "data" / "floors").mkdir()
        yield office
