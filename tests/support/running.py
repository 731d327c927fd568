"""Runs an installed Quo Admin, and signs in over HTTP."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from numbers.sandbox.server import SandboxServer
from quo_admin import env
from quo_admin.prepare import prepare
from tests.support.processes import PATIENCE, READY_LINE, Process, environment, free_port, running_process

EMAIL = "admin@example.com"
KEY = "kE9-the-key-itself"


@dataclass(frozen=True)
class Site:
    """A running Quo Admin."""

    process: Process
    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def greeting(self) -> str:
        """Return the greeting that a demo must print."""
        return (
            f"\nQuo Admin is at {self.url}\n"
            "Demo data: an invented company. Set QUO_API_KEY in .env to see your own workspace.\n"
            f"Sign in as {EMAIL} with the password {self.password}\n"
            f"{READY_LINE}\n"
        )

    @property
    def password(self) -> str:
        found = re.search(rf"Sign in as {EMAIL} with the password (\S+)", self.process.printed)
        assert found, self.process.printed
        return found[1]

    def session(self) -> requests.Session:
        """Sign in as a browser does."""
        browser = requests.Session()
        browser.trust_env = False
        page = browser.get(f"{self.url}/accounts/login/", timeout=PATIENCE).text
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token, page
        form = {"csrfmiddlewaretoken": token[1], "login": EMAIL, "password": self.password}
        browser.post(f"{self.url}/accounts/login/", form, headers={"Referer": self.url}, timeout=PATIENCE)
        return browser

    def list_page(self) -> str:
        with self.session() as browser:
            answer = browser.get(f"{self.url}/numbers/", timeout=PATIENCE)
        assert answer.status_code == 200
        return answer.text


@contextmanager
def running_site(project: Path, folder: Path, *, until: str = READY_LINE, **more: str) -> Iterator[Site]:
    """Run the project on a free port until the end of the block, after it printed `until`."""
    port = int(more.setdefault("PORT", str(free_port())))
    variables = environment(folder, **more)
    prepare(env.read(variables, env.dotenv_path(variables)))
    command = [str(project / ".venv" / "bin" / "python"), str(project / "manage.py"), "run"]
    with running_process(command, folder, variables, folder / f"{port}.log") as process:
        process.wait_for(until)
        yield Site(process, folder, port)


def workspace_settings(quo: SandboxServer) -> dict[str, str]:
    return {"QUO_API_KEY": KEY, "QUO_API_URL": quo.url}
