"""Every way of starting stops at an invalid setting, with one sentence and nothing else."""

from pathlib import Path

import pytest

from quo_admin import env
from tests.support.processes import run_python

SENTENCE = "DATABASE_URL (environment) must look like postgres://user:password@host/name or sqlite:////path/to/file."
BAD = {"SECRET_KEY": "s" * 32, "DATABASE_URL": "postgres://mara:hunter2@db:port/quo"}


@pytest.mark.parametrize("arguments", [[], ["help"], ["run"], ["sync", "--json"], ["migrate"], ["no-such-command"]])
def test_manage_py_stops_with_the_sentence(tmp_path: Path, arguments: list[str]) -> None:
    run = run_python(env.BASE_DIR, tmp_path, "manage.py", *arguments, **BAD)
    assert (run.returncode, run.stdout, run.stderr) == (1, "", f"{SENTENCE}\n")


def test_the_doctor_reports_it_in_one_line(tmp_path: Path) -> None:
    run = run_python(env.BASE_DIR, tmp_path, "manage.py", "doctor", **BAD)
    assert (run.returncode, run.stdout, run.stderr) == (1, "", f"✗ settings       {SENTENCE}\n")


def test_the_doctor_reports_a_guessable_key(tmp_path: Path) -> None:
    run = run_python(env.BASE_DIR, tmp_path, "manage.py", "doctor", SECRET_KEY="guess")
    sentence = "SECRET_KEY (environment) must be at least 32 characters; leave it out, and `make setup` makes one."
    assert (run.returncode, run.stdout, run.stderr) == (1, "", f"✗ settings       {sentence}\n")


def test_gunicorn_stops_with_the_sentence_instead_of_restarting_workers(tmp_path: Path) -> None:
    run = run_python(
        env.BASE_DIR,
        tmp_path,
        *("-m", "gunicorn", "--no-control-socket", "--log-level", "critical", "--bind", "127.0.0.1:0"),
        "quo_admin.wsgi",
        **BAD,
    )
    assert (run.returncode, run.stdout, run.stderr) == (4, "", f"{SENTENCE}\n")


def test_without_a_set_up_the_sentence_says_to_run_it(tmp_path: Path) -> None:
    run = run_python(env.BASE_DIR, tmp_path, "manage.py", "migrate")
    assert (run.returncode, run.stderr) == (
        1,
        f"There is no SECRET_KEY that can be read in {tmp_path}/data: run `make setup`, which makes one, or set it.\n",
    )


def test_without_django_the_sentence_says_to_install_it(tmp_path: Path) -> None:
    run = run_python(env.BASE_DIR, tmp_path, "-I", "-S", "manage.py", "run")
    assert (run.returncode, run.stderr) == (
        1,
        "Quo Admin is not installed here. `make setup` installs it, then use .venv/bin/python.\n",
    )
