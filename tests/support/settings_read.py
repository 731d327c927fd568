"""Evaluates the settings with other environment variables."""

import os
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quo_admin import env

Evaluate = Callable[..., dict[str, Any]]


@pytest.fixture
def evaluate(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Evaluate:
    """Return a function that evaluates settings.py with only the given variables and a secret key."""

    def evaluate(**environ: str) -> dict[str, Any]:
        for setting in env.SETTINGS:
            monkeypatch.delenv(setting.name, raising=False)
        usual = {"SECRET_KEY": "s" * 32, "DATA_DIR": str(tmp_path), "ENV_FILE": os.devnull}
        for name, value in (usual | environ).items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(env.BASE_DIR / "quo_admin" / "settings.py"))

    return evaluate
