"""A reader that stops early, such as `head`, causes no traceback."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from quo_admin import env
from tests.support.processes import environment, free_port, wait_until


@pytest.mark.parametrize("arguments", [["--help"], ["doctor"], ["showmigrations"]])
def test_a_command_whose_reader_has_stopped_ends_quietly(tmp_path: Path, arguments: list[str]) -> None:
    variables = environment(tmp_path, SECRET_KEY="s" * 32)
    with subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=env.BASE_DIR,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as command:
        assert command.stdout
        assert command.stderr
        command.stdout.close()

        assert (command.stderr.read(), command.wait(60)) == (b"", 1)


def test_a_server_whose_reader_has_stopped_serves_on(project: Path, tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "data").mkdir()
    variables = environment(tmp_path, SECRET_KEY="s" * 32, PORT=str(port), QUO_API_KEY="the-key")
    with subprocess.Popen(
        [sys.executable, "manage.py", "run"],
        cwd=project,
        env=variables | {"QUO_API_URL": "http://127.0.0.1:1", "QUO_TIMEOUT": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as server:
        assert server.stdout
        assert server.stderr
        server.stdout.close()

        def answers() -> bool:
            with suppress(requests.ConnectionError):
                return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5).ok
            return False

        wait_until(answers)
        server.terminate()

        assert (server.stderr.read(), server.wait(60)) == (b"", 0)


@pytest.mark.parametrize("arguments", [["doctor"], ["showmigrations"]])
def test_a_command_without_an_output_causes_no_traceback(tmp_path: Path, arguments: list[str]) -> None:
    """Some programs start others with a closed output."""
    command = [sys.executable, "manage.py", *arguments]
    run = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *command],
        cwd=env.BASE_DIR,
        env=environment(tmp_path, SECRET_KEY="s" * 32),
        stderr=subprocess.PIPE,
        check=False,
    )

    assert b"Traceback" not in run.stderr


def test_a_question_without_an_answer_ends_a_command_quietly(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    variables = environment(tmp_path, SECRET_KEY="s" * 32)
    for arguments in (["migrate"], ["createsuperuser", "--noinput", "--email", "ann@example.com"]):
        subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=env.BASE_DIR, env=variables, check=True, capture_output=True
        )

    run = subprocess.run(
        [sys.executable, "manage.py", "changepassword", "ann@example.com"],
        cwd=env.BASE_DIR,
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        start_new_session=True,
        check=False,
    )

    assert "Traceback" not in run.stderr
    assert run.stderr.endswith("The input ended before the answer.\n")
