"""Syncs, each in a process of its own, beside `json.loads` of the same answer and beside a plain `bulk_create`."""

import secrets
from collections.abc import Iterator
from typing import Any

from bench.lines import Line, figures
from bench.machine import MB
from bench.office import Office
from bench.workspaces import change
from numbers.sandbox.answers import healthy
from numbers.sandbox.workspace import Workspace

CHANGED = 0.01
FIRST, UNCHANGED = 20, 2  # times json.loads, at most
PEAK = 4  # times the answer's bytes, at most


def measure(office: Office, workspace: Workspace) -> Iterator[Line]:
    """Fill the office by its first sync, then sync twice more; tell the times, then the memory of each."""
    size = _keep_answer(office, workspace)
    loads = office.measured("bench.loading", str(office.folder / "answer.json"))
    memories = [_memory("json.loads alone", loads, size)]
    yield _time("json.loads alone", loads, loads["seconds"], len(workspace.numbers))
    plain = _plain(office)
    memories.append(_memory("the plain way, first", plain, size))
    yield _time("the plain way, first", plain, loads["seconds"], len(workspace.numbers))
    for name, bar in (("first", FIRST), ("unchanged", UNCHANGED), ("1% changed", None)):
        if bar is None:
            change(workspace, CHANGED)
            office.sandbox.prepare()
        cost = office.measured("bench.syncing")
        memories.append(_memory(name, cost, size, PEAK))
        yield _time(name, cost, loads["seconds"], len(workspace.numbers), bar)
    yield from memories


def _plain(office: Office) -> dict[str, Any]:
    """Sync the plain way, on SQLite into a file of its own."""
    folder = office.folder / "plain-data"
    folder.mkdir()
    return office.measured("bench.plain.syncing", DATA_DIR=str(folder), SECRET_KEY=secrets.token_urlsafe(32))


def _keep_answer(office: Office, workspace: Workspace) -> int:
    """Write what Quo will answer to a file; return its bytes."""
    return (office.folder / "answer.json").write_bytes(healthy(workspace.numbers).body)


def _time(name: str, cost: dict[str, Any], loads: float, size: int, bar: float | None = None) -> Line:
    found = figures(seconds_s=cost["seconds"], queries=cost["queries"], changed=cost["changed"])
    found |= {"numbers /s": size / cost["seconds"], "ratio ×": cost["seconds"] / loads}
    return Line("syncs, against json.loads", name, found, "ratio ×", bar)


def _memory(name: str, cost: dict[str, Any], size: int, bar: float | None = None) -> Line:
    group = "memory of a sync, by its answer"
    if cost["peak_bytes"] is None:
        return Line(group, name, note="not measured: there is no /proc here")
    found = figures(answer_MB=size / MB, peak_MB=cost["peak_bytes"] / MB, peak_x=cost["peak_bytes"] / size)
    return Line(group, name, found, "peak ×", bar)
