"""The whole bench, as `make bench` runs it, at a size that is measured in seconds: every line is there."""

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from quo_admin import env
from tests.project import conftest as installation
from tests.project.processes import environment, started

project = installation.project

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


@pytest.fixture(scope="module")
def lines(project: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], dict[str, Any]]:
    """The lines of one run, by group and name."""
    for name in ("bench", "tests"):
        shutil.copytree(env.BASE_DIR / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    folder = tmp_path_factory.mktemp("bench")
    command = [sys.executable, "-m", "bench", "60", "--rounds", "2", "--no-browser", "--into", str(folder / "into")]
    variables = environment(folder, BENCH_REQUESTS="8", TMPDIR=str(folder))
    with started(command, project, variables, folder / "log") as run:
        assert run.popen.wait(PATIENCE) == 0, run.printed
        with pytest.raises(ProcessLookupError):  # nothing that it started goes on
            os.killpg(run.popen.pid, 0)
    (file,) = (folder / "into").glob("*.json")
    written = json.loads(file.read_text(encoding="utf-8"))["lines"]
    assert all(line["name"] in run.printed for line in written)
    assert list(folder.glob("quo-admin-bench-*")) == []
    return {(line["group"], line["name"]): line for line in written}


def test_every_line_is_there(lines: dict[tuple[str, str], dict[str, Any]]) -> None:
    found = {group: [name for other, name in lines if other == group] for group, _ in lines}
    assert {group: sorted(names) for group, names in found.items()} == {
        group: sorted(names) for group, names in NAMES.items()
    }


def test_every_line_has_a_figure_that_counts(lines: dict[tuple[str, str], dict[str, Any]]) -> None:
    assert {key for key, line in lines.items() if line["value"] is None} == set()


def test_the_first_sync_changed_every_number_and_the_next_ones_none_and_a_hundredth(
    lines: dict[tuple[str, str], dict[str, Any]],
) -> None:
    changed = [lines["syncs, against json.loads", name]["figures"]["changed"] for name in SYNCS[2:]]
    assert changed == [60, 0, 1]


def test_the_list_stands_beside_the_plain_way(lines: dict[tuple[str, str], dict[str, Any]]) -> None:
    for name in (*LISTED, *CELLS, *SORTED):
        assert lines["pages", name]["figures"]["plain ×"] > 0
