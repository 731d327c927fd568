"""bin/test-pythons: which Pythons it finds and tests, and how it reports the others."""

import subprocess
import sys
from pathlib import Path

import pytest

from quo_admin import env
from tests.support.make import executable
from tests.support.processes import PATIENCE

OWN_VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
ONE, ANOTHER, *_ = OTHERS = [version for version in ("3.11", "3.12", "3.13", "3.14") if version != OWN_VERSION]
# Creates environments as copies of itself and records what they install. If its path has `failing`, tests fail.
FAKE_PYTHON = """PATH=/usr/bin:/bin
case "$*" in
    "-m venv "*) mkdir -p "$4/bin"; cp "$0" "$4/bin/python"; case "$0" in *failing*) touch "$4/fails";; esac;;
    *"pip install"*) echo "$*" >> asked;;
    "-m pytest"*) [ ! -e "${0%/bin/python}/fails" ];;
esac"""


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Return a folder with requirements, and without a Python on PATH or in pyenv."""
    for name in ("requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).touch()
    return tmp_path


def run(machine: Path) -> tuple[int, list[str]]:
    """Return the exit code and the last lines, which report on each Python."""
    answer = subprocess.run(
        [sys.executable, str(env.BASE_DIR / "bin" / "test-pythons")],
        cwd=machine,
        env={"PATH": str(machine / "bin"), "PYENV_ROOT": str(machine / "pyenv")},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert answer.stderr == ""
    return answer.returncode, answer.stdout.partition("\nResult:\n")[2].splitlines()


def test_it_says_if_there_is_no_other_python(machine: Path) -> None:
    code, lines = run(machine)
    assert code == 0
    assert lines[0] == f"Python {OWN_VERSION}: `make test` uses it"
    assert lines[1:-1] == [f"Python {version}: NOT TESTED, not on this machine" for version in OTHERS]
    assert lines[-1] == "No other Python was tested."


def test_pythons_on_path_and_in_pyenv_are_tested(machine: Path) -> None:
    executable(machine / "bin" / f"python{ONE}", FAKE_PYTHON)
    executable(machine / "pyenv" / "versions" / f"{ANOTHER}.7" / "bin" / "python", FAKE_PYTHON)
    code, lines = run(machine)
    assert code == 0
    assert lines[-2:] == [f"Python {ONE}: passed", f"Python {ANOTHER}: passed"]


def test_a_broken_shim_is_skipped(machine: Path) -> None:
    executable(machine / "bin" / f"python{ONE}", "exit 127")
    executable(machine / "pyenv" / "versions" / f"{ONE}.7" / "bin" / "python", FAKE_PYTHON)
    assert run(machine)[1][-1] == f"Python {ONE}: passed"


def test_if_one_python_fails_the_next_is_still_tested(machine: Path) -> None:
    executable(machine / "pyenv" / "versions" / f"{ONE}.7-failing" / "bin" / "python", FAKE_PYTHON)
    executable(machine / "bin" / f"python{ANOTHER}", FAKE_PYTHON)
    code, lines = run(machine)
    assert code == 1
    assert lines[-2:] == [f"Python {ONE}: FAILED", f"Python {ANOTHER}: passed"]


def test_the_pinned_packages_are_installed_once_by_their_hashes(machine: Path) -> None:
    executable(machine / "bin" / f"python{ONE}", FAKE_PYTHON)
    run(machine)
    run(machine)
    asked = (machine / "asked").read_text().splitlines()
    assert [line.split()[-1] for line in asked] == ["requirements.txt", "requirements-dev.txt"]
    assert all({"--require-hashes", "--only-binary=:all:"} <= set(line.split()) for line in asked)


def test_every_test_that_it_names_exists() -> None:
    text = (env.BASE_DIR / "bin" / "test-pythons").read_text()
    named = [part for part in text.split('"') if part.startswith("tests/")]
    assert len(named) > 5
    assert [name for name in named if not (env.BASE_DIR / name).exists()] == []
