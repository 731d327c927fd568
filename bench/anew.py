"""The same pages, each asked for once right after a sync that changed something: nothing of them is at hand then."""

from collections.abc import Iterator

from bench.asking import Times
from bench.lines import Line, figures
from bench.office import Office, Server
from bench.pages import floor_for, pages_of
from bench.workspaces import change
from numbers.sandbox.workspace import Workspace

ROUNDS = 5
GROUP = "pages right after a change"


def measure(office: Office, server: Server, workspace: Workspace) -> Iterator[Line]:
    """Sync a change of one number, ask each page and its floor once; so several times. No bar is meant for it."""
    own: dict[str, Times] = {}
    floors: dict[str, Times] = {}
    with server.browser() as browser:
        asked = pages_of(workspace, browser)
        floor_of = {page.name: floor_for(server, f"{page.name} anew", browser.page(page.path)) for page in asked}
        for _ in range(ROUNDS):
            change(workspace, 1 / len(workspace.numbers))
            office.sandbox.prepare()
            office.measured("bench.syncing")
            for page in asked:
                own.setdefault(page.name, Times()).seconds.append(browser.ask(page.path).seconds)
                floors.setdefault(page.name, Times()).seconds.append(browser.ask(floor_of[page.name]).seconds)
    for name, times in own.items():
        found = figures(median_ms=times.median * 1000, floor_ms=floors[name].median * 1000)
        yield Line(GROUP, name, found | {"ratio ×": times.over(floors[name])}, "ratio ×")
