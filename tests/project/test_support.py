"""Test modules share code only through tests/support/, so any of them can be moved, merged or run alone."""

import ast
import os
import subprocess
from pathlib import Path

from quo_admin import env
from tests.support.processes import processes_with, run_python

TESTS = env.BASE_DIR / "tests"


def imports_of(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names}
    return names


def test_no_module_imports_a_test_module_or_a_conftest() -> None:
    for file in TESTS.rglob("*.py"):
        for name in imports_of(file):
            parts = name.split(".")
            is_ours = parts[0] in {"tests", ""}
            assert not (is_ours and any(part.startswith("test_") or part == "conftest" for part in parts)), (file, name)


def test_test_modules_import_helpers_only_from_support() -> None:
    for file in TESTS.rglob("test_*.py"):
        if file.parent.name != "chaos":  # the fault table is a program, and its tests import it
            helpers = {name for name in imports_of(file) if name.split(".")[0] in {"tests", ""}}
            others = {name for name in helpers if not name.startswith(("tests.support.", "tests.chaos."))}
            assert not others, (file, others)


# Popen returns after exec, so the process already has the arguments by which the test finds it.
LEAVES_A_PROCESS = """
import subprocess

left = []

def test_that_passes():
    left.append(subprocess.Popen(["sleep", "{seconds}"]))
"""


def run_that_leaves_a_process(folder: Path, seconds: float) -> subprocess.CompletedProcess[str]:
    (folder / "test_leaving.py").write_text(LEAVES_A_PROCESS.format(seconds=seconds))
    options = ("-q", "-p", "tests.support.leftovers", "-c", os.devnull, f"--rootdir={folder}")
    return run_python(env.BASE_DIR, folder, "-m", "pytest", *options, str(folder))


def test_a_run_may_leave_a_process_that_ends_by_itself_at_once(tmp_path: Path) -> None:
    run = run_that_leaves_a_process(tmp_path, seconds=0.5)

    assert (run.returncode, "Left behind" in run.stdout) == (0, False)


def test_a_run_that_leaves_a_process_behind_fails_and_ends_it(tmp_path: Path) -> None:
    run = run_that_leaves_a_process(tmp_path, seconds=300)

    assert "1 passed" in run.stdout
    assert "Left behind by the tests, and killed" in run.stdout
    assert run.returncode == 1
    assert processes_with(f"HOME={tmp_path}") == {}
