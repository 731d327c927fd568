"""Running installations for browser tests: the demo, and a site whose Quo the tests control."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any
from unittest.mock import patch

from playwright.sync_api import Browser, StorageState

from numbers.sandbox.answers import Response
from numbers.sandbox.server import SandboxServer
from numbers.sandbox.workspace import build
from quo_admin import env
from quo_admin.prepare import prepare
from tests.support.processes import PATIENCE, READY_LINE, environment, free_port, running_process

EMAIL = "admin@example.com"
KEY = "key-of-the-office"
NUMBERS = 60


@dataclass(frozen=True)
class Site:
    """A running Quo Admin, the first account's password, and the cookies of a signed-in browser."""

    url: str
    data: Path
    password: str
    cookies: StorageState


@contextmanager
def serving(project: Path, folder: Path, host: str = "127.0.0.1", **more: str) -> Iterator[tuple[str, str]]:
    """Run `project` on a free port with its data in `folder`; yield the URL and the first password."""
    port = free_port()
    url = f"http://{host}:{port}"
    variables = environment(folder, PORT=str(port), SITE_URL=url, **more)
    prepare(env.read(variables, env.dotenv_path(variables)))
    command = [str(project / ".venv" / "bin" / "python"), str(project / "manage.py"), "run"]
    with running_process(command, folder, variables, folder / "log") as process:
        process.wait_for(READY_LINE)
        password = re.search(rf"Sign in as {EMAIL} with the password (\S+)", process.printed)
        assert password, process.printed
        yield url, password[1]


def signed_in(browser: Browser, url: str, password: str, data: Path) -> Site:
    """Sign in to the first account, only once because the site limits sign-ins."""
    context = browser.new_context(base_url=url)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("navigation", name="Pages").wait_for()
    cookies = context.storage_state()
    context.close()
    return Site(url, data, password, cookies)


class Office:
    """A site that has synced 60 numbers, and the sandbox that it asks.

    Tests may change the faults and the workspace of `quo`; `reset` restores both and the database.
    """

    def __init__(self, site: Site, quo: SandboxServer) -> None:
        self.site = site
        self.quo = quo
        self._database = site.data / "quo-admin.sqlite3"
        self._kept = site.data / "as-it-began.sqlite3"
        self._healthy = quo.timing
        self._copy(self._database, self._kept)

    def reset(self) -> None:
        self.quo.fault, self.quo.timing = None, self._healthy
        self.quo.next_faults.clear()
        self.has(NUMBERS)
        self._copy(self._kept, self._database)

    def has(self, numbers: int) -> None:
        """Give Quo a workspace with this many numbers; the site learns of it with its next sync."""
        self.quo.workspace.numbers = build(numbers).numbers
        self.quo.workspace.refresh()

    def forget(self) -> None:
        """Empty the tables of numbers, as before the first sync."""
        tables = ("assignment", "numberstate", "teammatestate", "phonenumber", "teammate", "sync")
        self._execute(*(f"DELETE FROM numbers_{table}" for table in tables))  # noqa: S608 - our own words

    def grow_old(self, age: timedelta) -> None:
        """Move all syncs into the past by `age`."""
        shifted = ", ".join(
            f"{column} = strftime('%Y-%m-%d %H:%M:%f', {column}, '-{int(age.total_seconds())} seconds')"
            for column in ("started_at", "ended_at", "observed_at")
        )
        self._execute(f"UPDATE numbers_sync SET {shifted}")  # noqa: S608 - our own words

    @contextmanager
    def quo_takes_its_time(self) -> Iterator[Event]:
        """Delay Quo's answers until the event is set or the block ends."""
        may_answer, answer = Event(), self.quo.answer

        def answer_later(*args: Any) -> Response:
            may_answer.wait(PATIENCE)
            return answer(*args)

        with patch.object(self.quo, "answer", answer_later):
            try:
                yield may_answer
            finally:
                may_answer.set()

    def _execute(self, *statements: str) -> None:
        with closing(sqlite3.connect(self._database, timeout=PATIENCE)) as database, database:
            for statement in statements:
                database.execute(statement)

    @staticmethod
    def _copy(source: Path, target: Path) -> None:
        with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(target, timeout=PATIENCE)) as copy:
            original.backup(copy)
