"""`make run` as a user starts and stops it in a terminal, and the set-up."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from quo_admin import env
from tests.support.make import executable, make
from tests.support.processes import PATIENCE, READY_LINE, environment, free_port, is_free, processes_of, running_process


def make_venv(folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", str(env.BASE_DIR / "bin" / "make-venv")],
        cwd=folder,
        env=more,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


# Running


def test_make_run_serves_until_ctrl_c_stops_every_process(project: Path, tmp_path: Path) -> None:
    port = free_port()
    with running_process(["make", "run", f"PORT={port}"], project, environment(tmp_path), tmp_path / "log") as process:
        process.wait_for(READY_LINE)
        assert f"Quo Admin is at http://127.0.0.1:{port}\n" in process.printed
        process.signal_group(signal.SIGINT)  # so make's exit code is that of the signal
    assert process.printed.endswith(f"{READY_LINE}\n")
    assert "Traceback" not in process.printed
    assert processes_of(tmp_path) == {}
    assert is_free(port)


@pytest.mark.parametrize("way", ["environment", "argument"])
def test_the_port_can_be_given_before_or_after_make(project: Path, tmp_path: Path, way: str) -> None:
    answer = make(
        project,
        tmp_path,
        *(["run", "PORT=none"] if way == "argument" else ["run"]),
        **({"PORT": "none"} if way == "environment" else {}),
    )
    assert answer.returncode != 0
    assert answer.stdout == ""
    assert answer.stderr.startswith("PORT (environment) must be a port number from 1 to 65535.\nmake: ")


def test_without_a_given_port_the_settings_file_applies(project: Path, tmp_path: Path) -> None:
    (tmp_path / "settings").write_text("PORT=none\n")
    answer = make(project, tmp_path, "run", ENV_FILE=str(tmp_path / "settings"))
    assert answer.stderr.startswith("PORT (settings) must be a port number from 1 to 65535.\n")


def test_a_folder_that_is_set_up_is_not_set_up_again(project: Path, tmp_path: Path) -> None:
    answer = make(project, tmp_path, "setup")
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


# Setting up


@pytest.fixture
def bare(project: Path, tmp_path: Path) -> Path:
    """Return a folder with only the Makefile and its scripts, and a Python that only records its arguments."""
    folder = tmp_path / "new one"
    shutil.copytree(project / "bin", folder / "bin")
    shutil.copy2(project / "Makefile", folder)
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-audit.txt"):
        (folder / name).touch()
    executable(
        folder / "python",
        'if [ "$2" = venv ]; then rm -rf .venv; mkdir -p .venv/bin; cp "$0" .venv/bin/python; fi\n'
        'echo "$*" >> asked\n'
        'case "$*" in *"pip install"*) [ ! -e broken ];; esac',
    )
    return folder


FAILING_PIP = """
if [ "$2" = venv ]; then rm -rf .venv; mkdir -p .venv/bin; cp "$0" .venv/bin/python; fi
case "$*" in *"pip install"*) cat >&2 <<'SAYS'
{says}
SAYS
exit 1;; esac
"""


def pip_calls(folder: Path) -> list[str]:
    return [line for line in (folder / "asked").read_text().splitlines() if not line.startswith("-c")]


def test_a_new_folder_gets_an_environment_and_the_pinned_packages(bare: Path, tmp_path: Path) -> None:
    answer = make(bare, tmp_path, ".venv/installed", PYTHON=str(bare / "python"))
    assert answer.returncode == 0, answer.stderr
    assert [line.split(" -r ")[-1] for line in pip_calls(bare)] == ["-m venv --clear .venv", "requirements.txt"]


def test_an_interrupted_installation_is_resumed(bare: Path, tmp_path: Path) -> None:
    (bare / "broken").touch()
    assert make(bare, tmp_path, ".venv/installed", PYTHON=str(bare / "python")).returncode != 0
    (bare / "broken").unlink()
    answer = make(bare, tmp_path, ".venv/installed", PYTHON=str(bare / "python"))
    assert answer.returncode == 0, answer.stderr
    assert [line.split(" -r ")[-1] for line in pip_calls(bare)][-2:] == ["requirements.txt", "requirements.txt"]


@pytest.mark.parametrize("target", ["", "-dev", "-audit"])
def test_packages_are_installed_by_their_hashes_and_never_built(bare: Path, tmp_path: Path, target: str) -> None:
    answer = make(bare, tmp_path, f".venv/installed{target}", PYTHON=str(bare / "python"))
    assert answer.returncode == 0, answer.stderr
    options, _, file = pip_calls(bare)[-1].partition(" -r ")
    assert file == f"requirements{target}.txt"
    assert {"--require-hashes", "--only-binary=:all:"} <= set(options.split())


def test_make_requirements_compiles_every_file_with_the_given_upgrade(bare: Path, tmp_path: Path) -> None:
    answer = make(bare, tmp_path, "requirements", "ARGS=--upgrade-package django", PYTHON=str(bare / "python"))
    assert answer.returncode == 0, answer.stderr
    compiled = [line for line in pip_calls(bare) if line.startswith("-m uv pip compile ")]
    files = ["requirements.in", "requirements-dev.in", "requirements-audit.in"]
    assert [line.split()[-1] for line in compiled] == files
    assert all({"--generate-hashes", "--upgrade-package"} <= set(line.split()) for line in compiled)


def test_changed_requirements_are_installed(bare: Path, tmp_path: Path) -> None:
    make(bare, tmp_path, ".venv/installed", PYTHON=str(bare / "python"))
    later = (bare / ".venv" / "installed").stat().st_mtime + 5
    os.utime(bare / "requirements.txt", (later, later))
    (bare / "asked").unlink()
    make(bare, tmp_path, ".venv/installed", PYTHON=str(bare / "python"))
    assert [line.split(" -r ")[-1] for line in pip_calls(bare)] == ["requirements.txt"]


PIP_SAYS = "ERROR: No matching distribution found for django==5.2"


def test_without_internet_one_sentence_says_which_folder_lacks_a_package(bare: Path, tmp_path: Path) -> None:
    says = "ERROR: No matching distribution found for xlsxwriter==3.3.1"
    executable(bare / "python", FAILING_PIP.format(says=says))
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/opt/packages"}
    answer = make(bare, tmp_path, ".venv/installed", PYTHON=str(bare / "python"), **offline)

    assert answer.stderr.startswith(
        "A package is missing in /opt/packages, or is for another Python than the one here ("
    )
    assert "docs/offline.md" in answer.stderr.split("\n")[0]


@pytest.mark.parametrize(
    ("cause", "advice"),
    [
        (
            "WARNING: Retrying after connection broken by 'NewConnectionError: Network is unreachable'",
            "check the network",
        ),
        ("WARNING: Retrying after connection broken by 'ProxyError: Cannot connect to proxy.'", "(HTTPS_PROXY=http://"),
        ("ERROR: HTTPSConnectionPool(host='mirror.example.com', port=443): Read timed out.", "(PIP_INDEX_URL=https://"),
        ("ERROR: Missing dependencies for SOCKS support.", "(HTTPS_PROXY=http://"),
        ("ERROR: Proxy URL had unsupported scheme ftp, should use http:// or https://", "(HTTPS_PROXY=http://"),
        # Without retries, or with a sign-in page of a hotel, pip does not say why it found nothing.
        ("ERROR: Could not find a version that satisfies the requirement django==5.2 (from versions: none)", "mirror"),
        ("ERROR: Could not find a suitable TLS CA certificate bundle, invalid path: /nowhere.pem", "with PIP_CERT=/"),
        ("WARNING: connection broken by 'SSLError(... CERTIFICATE_VERIFY_FAILED ...)'", "with PIP_CERT=/"),
    ],
)
def test_without_a_network_one_sentence_says_what_to_check(bare: Path, tmp_path: Path, cause: str, advice: str) -> None:
    executable(bare / "python", FAILING_PIP.format(says=f"{cause}\n{PIP_SAYS}"))
    answer = make(bare, tmp_path, ".venv/installed", PYTHON=str(bare / "python"))
    sentence, end = answer.stderr.split("\n", 1)
    assert sentence.startswith("The packages cannot be downloaded")
    assert advice in sentence
    assert end.startswith("make: ")


def test_any_other_failure_of_pip_is_shown_as_it_is(bare: Path, tmp_path: Path) -> None:
    executable(bare / "python", FAILING_PIP.format(says=PIP_SAYS))
    answer = make(bare, tmp_path, ".venv/installed", PYTHON=str(bare / "python"))
    assert answer.stderr.startswith(f"{PIP_SAYS}\nmake: ")


def test_an_environment_whose_python_is_missing_is_created_again(bare: Path, tmp_path: Path) -> None:
    make(bare, tmp_path, ".venv/installed", PYTHON=str(bare / "python"))
    (bare / ".venv" / "bin" / "python").unlink()
    (bare / ".venv" / "bin" / "python").symlink_to(tmp_path / "gone")
    (bare / "asked").unlink()
    answer = make(bare, tmp_path, ".venv/installed", PYTHON=str(bare / "python"))
    assert answer.returncode == 0, answer.stderr
    assert [line.split(" -r ")[-1] for line in pip_calls(bare)] == ["-m venv --clear .venv", "requirements.txt"]


def test_without_a_python_one_sentence_says_what_to_do(tmp_path: Path) -> None:
    run = make_venv(tmp_path, PATH=str(tmp_path))
    assert run.returncode == 1
    assert run.stderr == (
        "Quo Admin needs Python 3.11 or newer, and none was found that can be used. "
        "Install it from https://www.python.org/downloads/, or name one: make setup PYTHON=/path/to/python3\n"
    )


def test_an_old_python_is_skipped_for_a_newer_one(tmp_path: Path) -> None:
    executable(tmp_path / "python3", "exit 1")
    executable(tmp_path / "python3.13", 'case "$1" in -c) ;; *) echo "made by 3.13";; esac')
    assert make_venv(tmp_path, PATH=str(tmp_path)).stdout.endswith("made by 3.13\n")


def test_a_python_without_venv_says_what_to_install(tmp_path: Path) -> None:
    executable(tmp_path / "python3", 'case "$2" in *ensurepip*) exit 1;; esac')
    run = make_venv(tmp_path, PATH=str(tmp_path))
    assert (run.returncode, "sudo apt install python3-venv" in run.stderr) == (1, True)


def test_only_the_named_python_is_tried(tmp_path: Path) -> None:
    executable(tmp_path / "python3", "exit 0")
    run = make_venv(tmp_path, PATH=str(tmp_path), PYTHON="/no/such python")
    assert (run.returncode, " as /no/such python. " in run.stderr) == (1, True)


def test_a_complete_environment_is_not_changed(tmp_path: Path) -> None:
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    run = make_venv(tmp_path, PATH=str(tmp_path))
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


# Linting

NODE_MODULES = env.BASE_DIR / "node_modules"
needs_biome = pytest.mark.skipif(not NODE_MODULES.is_dir(), reason="`make lint` has not installed Biome here")


@pytest.fixture
def unlinted(project: Path, tmp_path: Path) -> Path:
    """Return a folder with the linters and their settings, but no files to lint."""
    folder = tmp_path / "unlinted"
    folder.mkdir()
    for name in ("Makefile", "biome.jsonc", "package.json", "pyproject.toml"):
        shutil.copy2(env.BASE_DIR / name, folder)
    (folder / ".venv").symlink_to(project / ".venv")
    (folder / "node_modules").symlink_to(NODE_MODULES)
    return folder


def lint(folder: Path, linter: str, name: str, text: str) -> tuple[bool, str]:
    """Return whether the linter accepts the file, and its output."""
    (folder / name).parent.mkdir(parents=True)
    (folder / name).write_text(text)
    installed = (".venv/installed-dev", "node_modules/.package-lock.json")
    run = make(folder, folder, *(f"--assume-old={one}" for one in installed), linter)
    return run.returncode == 0, run.stdout + run.stderr


@needs_biome
def test_a_misspelled_variable_in_a_script_fails_the_linter(unlinted: Path) -> None:
    accepted, output = lint(unlinted, "lint-static", "static/js/one.js", '"use strict";\n\nwindow.focus(misspelled);\n')
    assert not accepted
    assert "noUndeclaredVariables" in output


@needs_biome
def test_an_unused_variable_in_a_script_fails_the_linter(unlinted: Path) -> None:
    script = '"use strict";\n\ndocument.addEventListener("click", () => {\n  const unused = 1;\n});\n'
    accepted, output = lint(unlinted, "lint-static", "static/js/one.js", script)
    assert not accepted
    assert "noUnusedVariables" in output


@needs_biome
def test_an_unknown_property_in_a_stylesheet_fails_the_linter(unlinted: Path) -> None:
    accepted, output = lint(unlinted, "lint-static", "static/css/one.css", "p {\n  colour: red;\n}\n")
    assert not accepted
    assert "noUnknownProperty" in output


@needs_biome
def test_a_correct_script_passes_the_linter(unlinted: Path) -> None:
    accepted, output = lint(unlinted, "lint-static", "static/js/one.js", '"use strict";\n\nwindow.focus();\n')
    assert accepted, output


@pytest.mark.parametrize("template", ["<div><p>One</p>\n", "{% if one %}<p>One</p>\n"])
def test_an_unclosed_tag_in_a_template_fails_the_linter(unlinted: Path, template: str) -> None:
    accepted, output = lint(unlinted, "lint-templates", "templates/one.html", template)
    assert not accepted
    assert re.search(r"H025|T038", output), output


def test_a_correct_template_passes_the_linter(unlinted: Path) -> None:
    accepted, output = lint(unlinted, "lint-templates", "templates/one.html", "<div><p>One</p></div>\n")
    assert accepted, output


def test_linting_without_npm_fails_and_says_what_to_install(tmp_path: Path) -> None:
    shutil.copy2(env.BASE_DIR / "Makefile", tmp_path)
    for name in (".npmrc", "package.json", "package-lock.json"):
        (tmp_path / name).touch()
    (tmp_path / "path").mkdir()
    for tool in ("find", "make", "sh"):
        (tmp_path / "path" / tool).symlink_to(str(shutil.which(tool)))
    run = make(tmp_path, tmp_path, "lint-static", PATH=str(tmp_path / "path"))
    assert run.returncode != 0
    assert run.stderr.startswith(
        "Linting JavaScript and CSS needs npm, which comes with Node.js: https://nodejs.org/\nmake: "
    )


def test_a_linter_that_fails_does_not_stop_the_others(bare: Path, tmp_path: Path) -> None:
    for name in (".npmrc", "package.json", "package-lock.json"):
        (bare / name).touch()
    executable(bare / ".venv" / "bin" / "python", 'echo "$*" >> asked; [ "$2" != ruff ]')
    executable(bare / "node_modules" / ".bin" / "biome", 'echo "biome $*" >> asked')
    for name in (".venv/installed", ".venv/installed-dev", "node_modules/.package-lock.json"):
        (bare / name).touch()
    run = make(bare, tmp_path, "lint")
    assert run.returncode != 0
    assert sorted(re.findall(r"\blint-\w+(?=\] Error)", run.stderr)) == ["lint-format", "lint-python"]
    assert sorted(line.split()[1] for line in pip_calls(bare)) == ["check", "djlint", "mypy", "ruff", "ruff"]
