"""The lines for cron in the documents do what the documents say, run by a shell as cron runs them."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from quo_admin import env
from tests.support.processes import PATIENCE

DOCUMENTS = [env.BASE_DIR / "README.md", *sorted((env.BASE_DIR / "docs").glob("*.md"))]
SCHEDULED = re.compile(r"^    (?:[\d*/,-]+ ){5}(.+)$", re.MULTILINE)
LINES: list[str] = [
    command for document in DOCUMENTS for command in SCHEDULED.findall(document.read_text(encoding="utf-8"))
]


@pytest.fixture
def server(tmp_path: Path) -> Path:
    """A server after the installation by the document, with programs that note their calls."""
    for folder in ("opt/.venv/bin", "var/backups", "bin"):
        (tmp_path / folder).mkdir(parents=True)
    note = f'#!/bin/sh\necho "${{0##*/}} $*" >> {tmp_path}/calls\n'
    for program, does in [("opt/.venv/bin/python", "echo printed\n"), ("bin/logger", "cat > /dev/null\n")]:
        (tmp_path / program).write_text(note + does)
        (tmp_path / program).chmod(0o755)
    for age, name in [(0, "old"), (None, "new")]:
        for file in (
            f"var/before-restore-{name}.sqlite3",
            f"var/backups/quo-admin-{name}-before-upgrade.sqlite3",
            f"var/backups/quo-admin-{name}.sqlite3",
            f"var/{name}",
        ):
            (tmp_path / file).touch()
            os.utime(tmp_path / file, None if age is None else (age, age))
    return tmp_path


def run_as_cron(line: str, server: Path) -> str:
    """Return what cron would send by mail."""
    here = line.replace("/opt/quo-admin", f"{server}/opt").replace("/var/lib/quo-admin", f"{server}/var")
    run = subprocess.run(
        ["/bin/sh", "-c", here],
        cwd=server,
        env={"PATH": f"{server}/bin:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    return run.stdout + run.stderr


def line_with(command: str) -> str:
    (line,) = [line for line in LINES if f"manage.py {command}" in line]
    return line


@pytest.mark.parametrize("command", ["sync", "backup", "verify"])
def test_a_line_for_cron_works_after_the_installation_by_the_document(command: str, server: Path) -> None:
    mail = run_as_cron(line_with(command), server)

    assert mail == ""
    assert f"python manage.py {command}" in (server / "calls").read_text()


def test_every_line_for_cron_is_tried() -> None:
    assert sorted(re.findall(r"manage\.py (\w+)", "".join(line.partition("||")[0] for line in LINES))) == [
        *("backup", "sync", "verify")
    ]


def test_the_line_for_backups_removes_every_kind_after_thirty_days_and_nothing_else(server: Path) -> None:
    run_as_cron(line_with("backup"), server)

    left = {file.name for file in (server / "var").rglob("*") if file.is_file()}
    assert left == {
        "before-restore-new.sqlite3",
        "quo-admin-new-before-upgrade.sqlite3",
        "quo-admin-new.sqlite3",
        "old",
        "new",
    }
