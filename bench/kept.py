"""Results as files: each run is written, and held against what was kept last on a machine of this size."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bench.lines import Line
from bench.machine import Machine, described
from bench.options import Options


def keep(folder: Path, lines: Iterable[Line], machine: Machine, options: Options) -> Path:
    """Write a run into `folder`; return the file."""
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


def last_kept(folder: Path, machine: Machine) -> dict[str, float]:
    """Return the figures that count, by the lines' keys: of each line that of the newest run of such a machine.

    So a run of few sizes does not hide what an earlier one found at others.
    """
    found: dict[str, float] = {}
    for file in sorted(folder.glob("*.json")):
        run = json.loads(file.read_text(encoding="utf-8"))
        if {name: run["machine"].get(name) for name in asdict(machine)} == asdict(machine):
            found |= {line["key"]: line["value"] for line in run["lines"] if line["value"] is not None}
    return found


def _described(line: Line) -> dict[str, object]:
    """A line with what follows from it, for readers that are no Python."""
    return {"key": line.key, **asdict(line), "value": line.value, "is_met": line.is_met}
