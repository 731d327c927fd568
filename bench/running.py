"""Runs the bench: each size on each database, from an empty installation to what a browser shows of it."""

import gc
import os
import tempfile
from collections.abc import Generator, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from bench import anew, chromium, exports, load, options, pages, postgres, syncs
from bench.kept import keep, last_kept, this_run, write
from bench.lines import Line
from bench.machine import this_machine
from bench.office import open_office
from bench.options import LARGE, SIZES, Options
from bench.table import Table, say
from bench.workspaces import workspace_of
from numbers.sandbox.workspace import Workspace

SQLITE, POSTGRES = "SQLite", "PostgreSQL"
BOUND = SIZES[-1]  # numbers, for which the bars are meant, on SQLite
GROWTH = 1.3


def main(arguments: Sequence[str]) -> int:
    """Print the table and write it; return the exit code."""
    asked = options.read(arguments, os.environ)
    if asked.database_url:
        try:
            postgres.check(asked.database_url)
        except postgres.NotLent as refusal:
            say(str(refusal))
            return 2
    machine = this_machine()
    table, lines = Table(last_kept(options.RESULTS, machine)), []
    say("Of the figures only the ratios mean much: pages in medians of their floor, syncs in json.loads of the answer.")
    say(f"Bars are meant on SQLite, at {BOUND:,} numbers unless a line says otherwise; elsewhere they only tell.")
    try:
        with closing(measure(asked)) as found:
            for line in found:
                table.write(line)
                lines.append(line)
    except KeyboardInterrupt:
        say("\nStopped; nothing is written.")
        return 130
    is_well = table.end()
    say(f"Written to {write(asked.into, lines, machine, asked)}")
    if asked.keeps:
        say(f"Kept in {keep(options.RESULTS, lines, machine, this_run())}")
    return 0 if is_well or not asked.strict else 1


@dataclass(frozen=True)
class Scene:
    """A size on a database: SQLite where `database_url` is empty."""

    size: int
    database_url: str = ""

    @property
    def database(self) -> str:
        return POSTGRES if self.database_url else SQLITE

    def here(self, line: Line) -> Line:
        binds = self.database == SQLITE and self.size == BOUND
        return replace(line, where=f"{self.size:,} numbers on {self.database}", binds=binds)


def measure(asked: Options) -> Generator[Line]:
    firsts: dict[str, dict[int, float]] = {}
    for size in asked.sizes:
        workspace = workspace_of(size)
        for url in ("", asked.database_url) if asked.database_url else ("",):
            scene = Scene(size, url)
            with (
                postgres.emptied_afterwards(url) if url else nullcontext(),
                closing(measure_scene(scene, workspace, asked)) as found,
            ):
                for line in found:
                    if (line.group, line.name) == ("pages", pages.FIRST):
                        firsts.setdefault(scene.database, {})[size] = line.figures["median ms"]
                    yield scene.here(line)
    for database, medians in firsts.items():
        yield from _growth(database, medians)


def measure_scene(scene: Scene, workspace: Workspace, asked: Options) -> Generator[Line]:
    """Everything that is measured at one size on one database."""
    with (
        tempfile.TemporaryDirectory(prefix="quo-admin-bench-") as folder,
        open_office(Path(folder), workspace, scene.database_url) as office,
    ):
        office.sandbox.prepare()
        _leave_to_itself()
        yield from syncs.measure(office, workspace)
        if scene.database_url:
            postgres.settle(scene.database_url)
        with office.served() as server:
            yield from pages.measure(server, workspace, asked.rounds)
            yield from anew.measure(office, server, workspace)
            yield from load.measure(server, asked.requests)
            yield from exports.measure(server, scene.size)
            if asked.with_browser:
                yield from chromium.measure(server, workspace)


def _leave_to_itself() -> None:
    """Have Python not look through the workspace for garbage while it asks: that takes longer than a page."""
    gc.collect()
    gc.freeze()


def _growth(database: str, medians: dict[int, float]) -> Generator[Line]:
    """The first page of the most numbers against that of the fewest."""
    few, many = min(medians), max(medians)
    if few == many:
        return
    name = f"{many:,} numbers against {few:,}"
    binds = database == SQLITE and (few, many) == (SIZES[0], LARGE)
    found = {"ratio ×": medians[many] / medians[few]}
    yield Line("first page", name, found, "ratio ×", GROWTH, where=f"all sizes on {database}", binds=binds)
