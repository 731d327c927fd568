"""A reader that stops early, such as `head`, causes no traceback."""

import subprocess
import sys
from pathlib import Path

import pytest

from quo_admin import env
from tests.support.processes import environment


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
