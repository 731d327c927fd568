"""An installation with a database file, whose `manage.py` processes ask a sandbox."""

import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from numbers.sandbox.server import SandboxServer
from numbers.sandbox.workspace import Workspace
from quo_admin import env
from tests.support.account_commands import environment

KEY = "key-of-the-sandbox"
# Odd, so that the sandbox's fault that drops half of the numbers leaves too few to be accepted.
NUMBERS = 61
PATIENCE = 60  # seconds, for a busy machine


def move_on(workspace: Workspace) -> None:
    """Change the workspace in every possible way."""
    for record in workspace.numbers[::2]:
        record["name"] += " (new)"
    for record in workspace.numbers[1::3]:
        record["users"] = record["users"][1:] + workspace.users[:1]
    for user in workspace.users[::4]:
        user["firstName"] = "Renamed"
    del workspace.numbers[5:10]
    workspace.numbers += [record | {"id": f"{record['id']}2"} for record in workspace.numbers[:3]]
    workspace.refresh()


class Installation:
    """A data folder with a database file; its processes ask `sandbox`."""

    def __init__(self, folder: Path, sandbox: SandboxServer, database: Path) -> None:
        self.folder = folder
        self.sandbox = sandbox
        self.file = folder / "test.sqlite3"
        shutil.copyfile(database, self.file)

    def variables(self, **more: str) -> dict[str, str]:
        return environment(self.folder, **{"QUO_API_URL": self.sandbox.url, "QUO_API_KEY": KEY, **more})

    def start(self, *command: str, **more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *command],
            env=self.variables(**more),
            cwd=env.BASE_DIR,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def sync(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run `manage.py sync` to its end."""
        return finish(self.start("manage.py", "sync", *arguments, **more))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(self.file)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def outcomes(self) -> list[str]:
        return [outcome for (outcome,) in self.rows("SELECT outcome FROM numbers_sync ORDER BY id")]

    def memory(self) -> list[list[tuple[Any, ...]]]:
        """Return the whole memory without times: all states in order, and whether each has ended."""
        described = "name, number, forward, symbol, calling_us, calling_intl, messaging_us, messaging_intl, answer"
        return [
            self.rows("SELECT quo_id, gone_at IS NULL, seen_until IS NULL FROM numbers_phonenumber ORDER BY quo_id"),
            self.rows(
                f"SELECT quo_id, until IS NULL, {described} FROM numbers_numberstate "  # noqa: S608 - our own words
                "JOIN numbers_phonenumber n ON n.id = phone_number_id ORDER BY quo_id, since"
            ),
            self.rows(
                "SELECT quo_id, until IS NULL, email, first_name, last_name, role FROM numbers_teammatestate "
                "JOIN numbers_teammate t ON t.id = teammate_id ORDER BY quo_id, since"
            ),
            self.rows(
                "SELECT n.quo_id, t.quo_id, until IS NULL, role, group_id FROM numbers_assignment "
                "JOIN numbers_phonenumber n ON n.id = phone_number_id "
                "JOIN numbers_teammate t ON t.id = teammate_id ORDER BY n.quo_id, t.quo_id, since"
            ),
        ]


def finish(process: subprocess.Popen[str]) -> subprocess.CompletedProcess[str]:
    out, err = process.communicate(timeout=PATIENCE)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    assert finish(process).returncode == -signal.SIGKILL


def wait_until(happened: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, "timed out"
        time.sleep(0.01)
