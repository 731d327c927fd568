"""Measures `manage.py verify`, also after a sync that changed every number: then all states begin at one moment."""

import time
from collections.abc import Iterator

from bench.office import Office
from bench.table import Line
from numbers.sandbox.workspace import Workspace


def measure(office: Office, workspace: Workspace) -> Iterator[Line]:
    before = _verify(office)
    yield Line("checks", "verify", {"verify s": before, "before ×": 1.0})
    for record in workspace.numbers:
        record["name"] += " (new)"
    workspace.refresh()
    office.sync()
    after = _verify(office)
    yield Line("checks", "verify, all renamed", {"verify s": after, "before ×": after / before})


def _verify(office: Office) -> float:
    began = time.perf_counter()
    office.run("manage.py", "verify")
    return time.perf_counter() - began
