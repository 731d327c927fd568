"""Results as files, and the one that a later run is held against."""

import json
from pathlib import Path

import pytest

from bench.kept import keep, last_kept, this_run, write
from bench.lines import Line
from bench.machine import Machine
from bench.options import read

HERE = Machine(cpus=2, memory_gb=24)
LINE = Line("pages", "first page", {"median ms": 12.0, "ratio ×": 1.5}, "ratio ×", 2, where="1,000 numbers on SQLite")


def line(ratio: float, where: str = "here") -> Line:
    return Line("pages", "first page", {"ratio ×": ratio}, "ratio ×", where=where)


def kept(folder: Path, *lines: Line, machine: Machine = HERE) -> Path:
    return keep(folder, lines, machine, "some day")


def test_a_run_is_written_with_all_that_it_found(tmp_path: Path) -> None:
    run = json.loads(write(tmp_path / "new", [LINE], HERE, read(["1000"], {})).read_text())
    assert (run["machine"]["cpus"], run["asked"]["sizes"]) == (2, [1000])
    assert run["lines"] == [
        {
            "key": "1,000 numbers on SQLite: pages: first page",
            "group": "pages",
            "name": "first page",
            "figures": {"median ms": 12.0, "ratio ×": 1.5},
            "counts": "ratio ×",
            "bar": 2,
            "at_least": False,
            "note": "",
            "where": "1,000 numbers on SQLite",
            "binds": False,
            "value": 1.5,
            "is_met": True,
        }
    ]


def test_of_each_line_the_figure_that_counts_is_kept_and_no_other(tmp_path: Path) -> None:
    text = kept(tmp_path, LINE).read_text()
    assert [row for row in text.splitlines() if row and not row.startswith("#")] == [
        "1,000 numbers on SQLite: pages: first page: 1.5 ×"
    ]


def test_the_head_says_on_which_machine_and_by_which_run(tmp_path: Path) -> None:
    head = kept(tmp_path, LINE).read_text().partition("\n\n")[0]
    assert "# Machine: 2 CPUs, 24 GB of memory\n# Last run: some day" in head


def test_a_run_says_its_commit_and_its_python() -> None:
    assert " commit " in this_run()
    assert " Python 3." in this_run()


def test_a_newer_run_replaces_the_figures_of_the_same_lines(tmp_path: Path) -> None:
    kept(tmp_path, line(1.0))
    kept(tmp_path, line(2.0))
    assert last_kept(tmp_path, HERE) == {"here: pages: first page": 2.0}


def test_machines_of_another_size_keep_their_own_figures(tmp_path: Path) -> None:
    kept(tmp_path, line(1.0))
    kept(tmp_path, line(3.0), machine=Machine(cpus=64, memory_gb=24))
    assert last_kept(tmp_path, HERE) == {"here: pages: first page": 1.0}


def test_a_run_of_another_size_leaves_what_was_found_before(tmp_path: Path) -> None:
    kept(tmp_path, line(1.0))
    kept(tmp_path, line(2.0, where="there"))
    assert last_kept(tmp_path, HERE) == {"here: pages: first page": 1.0, "there: pages: first page": 2.0}


@pytest.mark.parametrize(
    ("found", "written"), [(0.000123456, "0.000123"), (1.23456, "1.235"), (7_654_321.0, "7654000")]
)
def test_figures_have_few_digits_and_no_exponent(tmp_path: Path, found: float, written: str) -> None:
    assert kept(tmp_path, line(found)).read_text().endswith(f": {written} ×\n")


def test_without_a_run_there_is_nothing_to_be_held_against(tmp_path: Path) -> None:
    assert last_kept(tmp_path / "none", HERE) == {}


def test_what_was_not_measured_leaves_what_was_kept(tmp_path: Path) -> None:
    kept(tmp_path, line(1.0))
    kept(tmp_path, Line("pages", "first page", where="here", note="not measured"))
    assert last_kept(tmp_path, HERE) == {"here: pages: first page": 1.0}
