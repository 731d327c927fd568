"""Results as files: each run is written whole, and the figures that count are kept for later runs on such a machine."""

import json
import subprocess
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bench.lines import Line
from bench.machine import Machine, described
from bench.options import Options
from quo_admin import env

DIGITS = 4  # of a figure; runs differ by much more
HEAD = """\
# The figure that counts of each line of `make bench`. A run with --keep replaces what it measured and leaves the rest.
# Machine: {machine.cpus} CPUs, {machine.memory_gb} GB of memory
# Last run: {run}
"""


def write(folder: Path, lines: Iterable[Line], machine: Machine, options: Options) -> Path:
    """Write all that a run found into `folder`; return the file."""
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    file = folder / f"{now:%Y-%m-%d-%H%M%S}-{machine.name}.json"
    run = {
        "at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "machine": {**asdict(machine), **described()},
        "asked": {"sizes": options.sizes, "rounds": options.rounds, "requests": options.requests},
        "lines": [_described(line) for line in lines],
    }
    file.write_text(json.dumps(run, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return file


def keep(folder: Path, lines: Iterable[Line], machine: Machine, run: str) -> Path:
    """Put the figures that count over those kept before on such a machine; return the file. `run` is for people."""
    folder.mkdir(parents=True, exist_ok=True)
    file = _file(folder, machine)
    figures = _read(file) | {
        line.key: f"{_rounded(line.value)} {line.unit}" for line in lines if line.value is not None
    }
    text = "".join(f"{key}: {figure}\n" for key, figure in figures.items())
    file.write_text(f"{HEAD.format(machine=machine, run=run)}\n{text}", encoding="utf-8")
    return file


def last_kept(folder: Path, machine: Machine) -> dict[str, float]:
    """Return the figures that were kept on such a machine, by the lines' keys."""
    return {key: float(figure.partition(" ")[0]) for key, figure in _read(_file(folder, machine)).items()}


def this_run() -> str:
    """Return the date, commit, system and Python of this run."""
    about = described()
    made_with = f"{about['system']} {about['processor']}, Python {about['python']}"
    return f"{datetime.now(UTC):%Y-%m-%d}, commit {_commit()}, {made_with}"


def _commit() -> str:
    asked = ["git", "describe", "--always", "--dirty"]
    try:
        found = subprocess.run(asked, cwd=env.BASE_DIR, capture_output=True, text=True, check=False)
    except OSError:  # no git
        return "unknown"
    return found.stdout.strip() or "unknown"


def _file(folder: Path, machine: Machine) -> Path:
    return folder / f"{machine.name}.txt"


def _read(file: Path) -> dict[str, str]:
    """Return each figure with its unit, as it is written, by the lines' keys."""
    if not file.exists():
        return {}
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return {key: figure for key, _, figure in (line.rpartition(": ") for line in lines)}


def _rounded(value: float) -> str:
    """Write a figure with few digits and without an exponent."""
    return f"{float(f'{value:.{DIGITS}g}'):f}".rstrip("0").rstrip(".")


def _described(line: Line) -> dict[str, object]:
    """A line with what follows from it, for readers that are no Python."""
    return {"key": line.key, **asdict(line), "value": line.value, "is_met": line.is_met}
