"""A complete run of `make bench` at a size that takes seconds."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from bench.exports import FILES
from bench.pages import pages_of
from numbers.sandbox.workspace import build
from quo_admin import env
from tests.support.processes import environment, running_process

TIMEOUT = 180  # seconds
NAMES = ["first sync", "unchanged sync", *pages_of(build(60)), "8 clients", *FILES, "verify, all renamed"]


@pytest.fixture(scope="module")
def output(project: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the table of one run in a copy of the project."""
    folder = tmp_path_factory.mktemp("bench")
    for name in ("bench", "tests"):
        shutil.copytree(env.BASE_DIR / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-m", "bench", "60", "--rounds", "2", "--no-browser"]
    with running_process(command, project, environment(folder, TMPDIR=str(folder)), folder / "log") as run:
        assert run.popen.wait(TIMEOUT) == 0, run.printed
        with pytest.raises(ProcessLookupError):  # every process that it started has ended
            os.killpg(run.popen.pid, 0)
    assert list(folder.glob("quo-admin-bench-*")) == []
    return run.printed


def test_everything_is_measured(output: str) -> None:
    rows = [line.strip() for line in output.splitlines()]
    assert [name for name in NAMES if not any(row.startswith(f"{name}  ") for row in rows)] == []


def test_the_first_sync_changes_every_number_and_the_next_one_none(output: str) -> None:
    changed = {line[:28].strip(): line[28:].split()[0] for line in output.splitlines() if " sync  " in line}
    assert changed == {"first sync": "60", "unchanged sync": "0"}
