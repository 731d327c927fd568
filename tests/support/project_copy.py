"""A copy of the project, set up as by `make setup`, in a folder with a space in its path."""

import shutil
import sys
from pathlib import Path

import pytest

from quo_admin import env
from tests.support.processes import run_python

_NEEDED = (
    "Makefile",
    "accounts",
    "bin",
    "manage.py",
    "numbers",
    "quo_admin",
    "requirements.txt",
    "static",
    "templates",
)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The copy. It uses the packages of the tests' environment, so that nothing is downloaded."""
    copy = tmp_path_factory.mktemp("a folder") / "quo admin"
    copy.mkdir()
    for name in _NEEDED:
        original = env.BASE_DIR / name
        if original.is_dir():
            shutil.copytree(original, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(original, copy / name)
    _link_environment(copy / ".venv")
    collected = run_python(
        copy, copy, "manage.py", "collectstatic", "--no-input", "--verbosity", "0", SECRET_KEY="s" * 32
    )
    assert collected.returncode == 0, collected.stderr
    (copy / "build" / "collected").touch()
    return copy


def _link_environment(target: Path) -> None:
    source = Path(sys.prefix)
    (target / "bin").mkdir(parents=True)
    (target / "bin" / "python").symlink_to(source / "bin" / "python")
    (target / "lib").symlink_to(source / "lib")
    shutil.copy2(source / "pyvenv.cfg", target / "pyvenv.cfg")
    (target / "installed").touch()
