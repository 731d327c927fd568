"""Runs `manage.py` in a separate process, with a data folder of the test."""

import os
import subprocess
import sys
from pathlib import Path

from quo_admin import env


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Return environment variables for a process that ignores the developer's settings."""
    ours = {setting.name for setting in env.SETTINGS} | {f"{setting.name}_FILE" for setting in env.SETTINGS}
    inherited = {name: value for name, value in os.environ.items() if name not in ours}
    return inherited | {
        "DJANGO_SETTINGS_MODULE": "quo_admin.settings",
        "PYTHONPATH": str(env.BASE_DIR),
        "ENV_FILE": os.devnull,
        "SECRET_KEY": "only-for-tests" * 3,
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'test.sqlite3'}",
        **more,
    }


def manage(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(env.BASE_DIR / "manage.py"), *arguments],
        env=environment(folder, **more),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
