"""Results as files, and the one that a later run is held against."""

import json
from pathlib import Path

from bench.kept import keep, last_kept
from bench.lines import Line
from bench.machine import Machine
from bench.options import read

HERE = Machine(cpus=2, memory_gb=24)
LINE = Line("pages", "first page", {"median ms": 12.0, "ratio ×": 1.5}, "ratio ×", 2, where="1,000 numbers on SQLite")


def kept(folder: Path, machine: Machine, ratio: float, name: str, where: str = "here") -> None:
    line = Line("pages", "first page", {"ratio ×": ratio}, "ratio ×", where=where)
    keep(folder, [line], machine, read([], {})).rename(folder / name)


def test_a_run_is_written_with_all_that_it_found(tmp_path: Path) -> None:
    run = json.loads(keep(tmp_path / "new", [LINE], HERE, read(["1000"], {})).read_text())
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


def test_the_newest_run_of_a_machine_of_the_same_size_is_the_last(tmp_path: Path) -> None:
    kept(tmp_path, HERE, 1.0, "2026-01-01.json")
    kept(tmp_path, HERE, 2.0, "2026-01-02.json")
    kept(tmp_path, Machine(cpus=64, memory_gb=24), 3.0, "2026-01-03.json")
    assert last_kept(tmp_path, HERE) == {"here: pages: first page": 2.0}


def test_a_run_of_another_size_leaves_what_was_found_before(tmp_path: Path) -> None:
    kept(tmp_path, HERE, 1.0, "2026-01-01.json")
    kept(tmp_path, HERE, 2.0, "2026-01-02.json", where="there")
    assert last_kept(tmp_path, HERE) == {"here: pages: first page": 1.0, "there: pages: first page": 2.0}


def test_without_a_run_there_is_nothing_to_be_held_against(tmp_path: Path) -> None:
    assert last_kept(tmp_path / "none", HERE) == {}


def test_what_was_not_measured_is_nothing_to_be_held_against(tmp_path: Path) -> None:
    keep(tmp_path, [Line("pages", "first page", note="not measured")], HERE, read([], {}))
    assert last_kept(tmp_path, HERE) == {}
