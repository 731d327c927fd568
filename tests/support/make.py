"""Runs `make` in a separate process."""

import subprocess
from pathlib import Path

from tests.support.processes import environment, run


def make(folder: Path, home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return run(["make", *arguments], folder, environment(home, **more))


def executable(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
