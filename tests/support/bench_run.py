"""Runs the whole bench, as `make bench` does, at a size that is measured in seconds."""

import json
import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from quo_admin import env
from tests.support.processes import environment, started

PATIENCE = 180  # seconds
LISTED = ["first page", "a teammate's filter", "search with few matches", "search with none", "last page"]
CELLS = [f"{channel} {region} filter" for channel in ("calling", "messaging") for region in ("us", "ca", "intl")]
SORTED = ["sorted by number", "sorted by teammates"]
SYNCS = ["json.loads alone", "the plain way, first", "first", "unchanged", "1% changed"]
PAGES = [*LISTED, *CELLS, *SORTED, "a number", "a teammate", "overview", "audit"]
NAMES = {
    "syncs, against json.loads": SYNCS,
    "memory of a sync, by its answer": SYNCS,
    "pages": PAGES,
    "again, with the ETag": PAGES,
    "pages right after a change": PAGES,
    "8 clients": ["requests a second"],
    "memory of 2 workers": ["after 8 requests"],
    "exports of everything": ["csv", "xlsx", "json"],
    "memory of an export": ["csv", "xlsx", "json"],
}

Lines = dict[tuple[str, str], dict[str, Any]]  # by group and name


def whole_run(project: Path, folder: Path, **variables: str) -> dict[str, Lines]:
    """Run it in `project`, a copy of ours; return the lines that it wrote, by where they were measured."""
    for name in ("bench", "tests"):
        shutil.copytree(env.BASE_DIR / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-m", "bench", "60", "--rounds", "2", "--no-browser", "--into", str(folder / "into")]
    with started(
        command, project, environment(folder, BENCH_REQUESTS="8", TMPDIR=str(folder), **variables), folder / "log"
    ) as run:
        assert run.popen.wait(PATIENCE) == 0, run.printed
        with pytest.raises(ProcessLookupError):  # nothing that it started goes on
            os.killpg(run.popen.pid, 0)
    (file,) = (folder / "into").glob("*.json")
    written = json.loads(file.read_text(encoding="utf-8"))["lines"]
    assert all(line["name"] in run.printed for line in written)
    assert list(folder.glob("quo-admin-bench-*")) == []
    places = {line["where"] for line in written}
    return {
        place: {(line["group"], line["name"]): line for line in written if line["where"] == place} for place in places
    }


def names_in(lines: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the names of the lines of each group, sorted."""
    return {group: sorted(name for other, name in lines if other == group) for group, _ in lines}


EVERY_LINE = {group: sorted(names) for group, names in NAMES.items()}


def changed_by_syncs(lines: Lines) -> list[int]:
    """Return how many numbers each of our syncs changed."""
    return [lines["syncs, against json.loads", name]["figures"]["changed"] for name in SYNCS[2:]]
