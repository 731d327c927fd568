"""A copy of the project, set up as `make setup` does it, in a folder with a space in its path."""

import shutil
import sys
from pathlib import Path

import pytest

from quo_admin import env
from tests.support.processes import python

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
    """The copy; it borrows the packages of the environment that runs the tests, so that nothing is fetched."""
    copy = tmp_path_factory.mktemp("a folder") / "quo admin"
    copy.mkdir()
    for name in _NEEDED:
        original = env.BASE_DIR / name
        if original.is_dir():
            shutil.copytree(original, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(original, copy / name)
    _borrow_environment(copy / ".venv")
    collected = python(copy, copy, "manage.py", "collectstatic", "--no-input", "--verbosity", "0", SECRET_KEY="s" * 32)
    assert collected.returncode == 0, collected.stderr
    (copy / "build" / "collected").touch()
    return copy


def _borrow_environment(borrowed: Path) -> None:
    lent = Path(sys.prefix)
    (borrowed / "bin").mkdir(parents=True)
    (borrowed / "bin" / "python").symlink_to(lent / "bin" / "python")
    (borrowed / "lib").symlink_to(lent / "lib")
    shutil.copy2(lent / "pyvenv.cfg", borrowed / "pyvenv.cfg")
    (borrowed / "installed").touch()
