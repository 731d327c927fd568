"""The app has the same name as Python's standard module `numbers`. Both must work everywhere."""

import importlib
from pathlib import Path

import pytest

import numbers
import numbers.models
from quo_admin import env
from tests.support.processes import run_python

BOTH = (
    "import decimal, numbers, numbers.models; "
    "assert isinstance(decimal.Decimal(1), numbers.Number); "
    "print(numbers.models.__file__)"
)


def test_both_names_work_under_pytest() -> None:
    assert isinstance(1, numbers.Number)
    assert Path(numbers.models.__file__) == env.BASE_DIR / "numbers" / "models" / "__init__.py"


def test_the_folder_has_no_init_file() -> None:
    """With one it would shadow Python's module, and nothing would start."""
    assert not (env.BASE_DIR / "numbers" / "__init__.py").exists()
    assert Path(str(importlib.import_module("numbers").__file__)).parent != env.BASE_DIR


@pytest.mark.parametrize("elsewhere", [False, True])
def test_both_names_work_under_manage_py(tmp_path: Path, elsewhere: bool) -> None:
    run = run_python(
        tmp_path if elsewhere else env.BASE_DIR,
        tmp_path,
        str(env.BASE_DIR / "manage.py"),
        *("shell", "--no-imports", "--command", BOTH),
        SECRET_KEY="s" * 32,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == str(env.BASE_DIR / "numbers" / "models" / "__init__.py")


def test_both_names_work_under_gunicorn(tmp_path: Path) -> None:
    hook = f"def on_starting(server):\n    server.app.wsgi()\n    {BOTH}\n    raise SystemExit(0)\n"
    (tmp_path / "gunicorn.conf.py").write_text(hook)
    run = run_python(
        env.BASE_DIR,
        tmp_path,
        *("-m", "gunicorn", "--config", str(tmp_path / "gunicorn.conf.py"), "--bind", "127.0.0.1:0", "quo_admin.wsgi"),
        SECRET_KEY="s" * 32,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == str(env.BASE_DIR / "numbers" / "models" / "__init__.py")
