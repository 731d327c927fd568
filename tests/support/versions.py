"""A git checkout of Quo Admin with several versions, and a `systemctl` that starts its server if asked for it last."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.support.make import executable
from tests.support.processes import environment, run

OLD, NEW, BROKEN = "v1.0.0", "v2.0.0", "v3.0.0"
_MIGRATION = """
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("numbers", "{last}")]
    operations = [migrations.RunSQL("CREATE TABLE numbers_later (id integer)")]
"""
_SYSTEMCTL = """
echo "$*" >> "$STATE/calls"
action=$1
for unit; do :; done
[ "$unit" = quo-admin ] || exit 0
if [ "$action" != start ] && [ -f "$STATE/pid" ]; then
    kill "$(cat "$STATE/pid")"
    while kill -0 "$(cat "$STATE/pid")" 2>/dev/null; do sleep 0.05; done
    rm "$STATE/pid"
fi
if [ "$action" != stop ]; then
    .venv/bin/python manage.py run >> "$STATE/server" 2>&1 </dev/null &
    echo $! > "$STATE/pid"
fi
"""


@dataclass(frozen=True)
class Checkout:
    """The code is in `folder`. `home` has the data and the state of `systemctl`."""

    folder: Path
    home: Path
    settings: dict[str, str]

    def run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        variables = environment(self.home, STATE=str(self.home), **self.settings)
        variables["PATH"] = f"{self.home / 'bin'}:{variables['PATH']}"
        for name in ("SUDO_USER", "SUDO_UID"):
            variables.pop(name, None)
        return run(list(command), self.folder, variables)

    def git(self, *arguments: str) -> str:
        who = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-c", "commit.gpgsign=false")
        done = self.run("git", *who, *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self, version: str) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", version)
        self.git("tag", version)

    def systemctl_calls(self) -> list[str]:
        return (self.home / "calls").read_text().splitlines()

    def add_systemctl(self) -> None:
        executable(self.home / "bin" / "systemctl", _SYSTEMCTL)

    def stop(self) -> None:
        if (self.home / "bin").exists():
            self.run(str(self.home / "bin" / "systemctl"), "stop", "quo-admin")


def make_checkout(project: Path, home: Path, settings: dict[str, str]) -> Checkout:
    """Commit a copy of the project as an old, a new and a broken version, and check out the old one."""
    folder = home / "quo admin"
    shutil.copytree(project, folder, symlinks=True)
    (folder / "deploy").mkdir()
    checkout = Checkout(folder, home, settings)
    checkout.git("init", "--quiet")
    (folder / ".git" / "info" / "exclude").write_text(".venv\nbuild\n__pycache__\n")
    checkout.commit(OLD)
    migrations = folder / "numbers" / "migrations"
    last = sorted(migrations.glob("0*.py"))[-1].stem
    (migrations / "9999_later.py").write_text(_MIGRATION.format(last=last))
    (folder / "deploy" / "unit").write_text("changed")
    checkout.commit(NEW)
    (folder / "Makefile").write_text("setup:\n\tfalse\n")
    checkout.commit(BROKEN)
    checkout.git("checkout", "--quiet", OLD)
    return checkout
