"""bin/find-chromium: which browser it finds, and what it prints if there is none."""

import shutil
import subprocess
from pathlib import Path

import pytest

from quo_admin import env
from tests.support.make import executable, make
from tests.support.processes import PATIENCE

FIND = env.BASE_DIR / "bin" / "find-chromium"
INSTALLING = "Installing a Chromium for the tests (some minutes, once) ...\n"
WORKING_CHROMIUM = 'test "$1" = --version && echo Chromium 156'


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """Return the folder of a machine that has only a shell and a user without privileges."""
    executable(tmp_path / "bin" / "id", "echo 1000")
    executable(tmp_path / ".venv" / "bin" / "python", "exit 1")
    return tmp_path


def find(machine: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", str(FIND)],
        cwd=machine,
        env={"PATH": str(machine / "bin"), **more},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_the_named_browser_is_used(bare: Path) -> None:
    executable(bare / "bin" / "chromium", WORKING_CHROMIUM)
    executable(bare / "my own" / "chrome", WORKING_CHROMIUM)
    found = find(bare, CHROMIUM=str(bare / "my own" / "chrome"))
    assert (found.returncode, found.stdout, found.stderr) == (0, f"{bare}/my own/chrome\n", "")


def test_a_named_browser_that_does_not_run_is_an_error(bare: Path) -> None:
    executable(bare / "bin" / "chromium", WORKING_CHROMIUM)
    found = find(bare, CHROMIUM="/no/such/chrome")
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr == (
        "CHROMIUM names /no/such/chrome, which is no Chromium that runs here. Name another one, or unset it.\n"
    )


NAMES = ("chromium-headless-shell", "chrome-headless-shell", "chromium", "chromium-browser", "google-chrome")


@pytest.mark.parametrize("name", [*NAMES, "google-chrome-stable"])
def test_an_installed_browser_is_found_without_output(bare: Path, name: str) -> None:
    executable(bare / "bin" / name, f"echo noise >&2; {WORKING_CHROMIUM}")
    found = find(bare)
    assert (found.returncode, found.stdout, found.stderr) == (0, f"{bare}/bin/{name}\n", "")


def test_a_headless_browser_is_preferred(bare: Path) -> None:
    executable(bare / "bin" / "chromium", WORKING_CHROMIUM)
    executable(bare / "bin" / "chromium-headless-shell", WORKING_CHROMIUM)
    assert find(bare).stdout == f"{bare}/bin/chromium-headless-shell\n"


def test_a_browser_that_does_not_run_is_skipped(bare: Path) -> None:
    executable(bare / "bin" / "chromium", "exit 1")
    executable(bare / "bin" / "google-chrome", WORKING_CHROMIUM)
    assert find(bare).stdout == f"{bare}/bin/google-chrome\n"


@pytest.mark.parametrize("package", ["chromium-headless-shell", "chromium"])
def test_root_installs_the_systems_package(bare: Path, package: str) -> None:
    executable(bare / "bin" / "id", "echo 0")
    shutil.copy2(shutil.which("cp") or "", bare / "bin" / "cp")
    executable(bare / "packaged", WORKING_CHROMIUM)
    executable(
        bare / "bin" / "apt-get",
        'echo "from where it comes $*"\n'
        f'case "$*" in update) ;; *" {package}") cp packaged bin/{package};; *) exit 1;; esac',
    )
    found = find(bare)
    assert (found.returncode, found.stdout, found.stderr) == (0, f"{bare}/bin/{package}\n", INSTALLING)


def test_without_root_it_installs_playwrights_browser(bare: Path) -> None:
    executable(bare / "bin" / "apt-get", "exec false; echo asked > apt")
    executable(bare / "downloaded", WORKING_CHROMIUM)
    executable(
        bare / ".venv" / "bin" / "python",
        'case "$*" in\n'
        '"-m playwright install --no-shell chromium") echo from where it comes; : > "${0%/*}/done";;\n'
        '-c*) [ -e "${0%/*}/done" ] && echo "$PWD/downloaded";;\n'
        "*) exit 2;;\n"
        "esac",
    )
    found = find(bare)
    assert (found.returncode, found.stdout, found.stderr) == (0, f"{bare}/downloaded\n", INSTALLING)
    assert not (bare / "apt").exists()
    assert find(bare).stderr == ""  # now it is installed


def test_if_nothing_works_one_sentence_says_what_to_do(bare: Path) -> None:
    found = find(bare)
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr == INSTALLING + (
        "The tests need Chromium or Chrome, and none was found or could be installed. Install one, or name it: "
        "make test CHROMIUM=/path/to/chromium\n"
    )


@pytest.fixture
def copy(bare: Path, project: Path) -> Path:
    """Return a set-up copy in a folder with a space in its name. Its pytest prints the Chromium that it gets."""
    folder = bare / "a copy"
    shutil.copytree(project / "bin", folder / "bin")
    shutil.copy2(project / "Makefile", folder)
    executable(folder / ".venv" / "bin" / "python", 'case "$*" in "-m pytest"*) echo "$CHROMIUM | $*";; esac')
    (folder / "build").mkdir()
    installed = (".venv/installed", ".venv/installed-dev", "build/collected")
    for name in ("requirements.txt", "requirements-dev.txt", *installed):
        (folder / name).touch()
    return folder


def test_make_test_passes_the_browser_to_the_tests(copy: Path, bare: Path) -> None:
    executable(bare / "my own" / "chrome", WORKING_CHROMIUM)
    answer = make(copy, bare, "test", "ARGS=tests/pages -q", CHROMIUM=str(bare / "my own" / "chrome"))
    options = "-n auto --durations=20 --durations-min=0.1 tests/pages -q"
    assert (answer.stdout, answer.stderr) == (f"{bare}/my own/chrome | -m pytest {options}\n", "")


def test_make_test_fails_with_the_sentence_without_a_browser(copy: Path, bare: Path) -> None:
    answer = make(copy, bare, "test", CHROMIUM="/no/such/chrome")
    assert answer.returncode != 0
    assert (answer.stdout, answer.stderr.splitlines()[0]) == (
        "",
        "CHROMIUM names /no/such/chrome, which is no Chromium that runs here. Name another one, or unset it.",
    )
