"""Measures pages: warm, alternating with their floor, and right after a sync that changed a number."""

from collections.abc import Iterator
from statistics import median

from bench.client import Browser, p95, ratio
from bench.office import Office, Server
from bench.table import Line
from numbers.database.paging import PAGE_SIZE
from numbers.sandbox.workspace import Workspace

LIST = "/numbers/"
GROUPINGS = ("group", "kind", "teammate")
WARM_UP = 4  # rounds, so that both workers have loaded their templates
CHANGES = 5


def pages_of(workspace: Workspace) -> dict[str, str]:
    """Return the paths to request by name. The number and the teammate are from the middle of the workspace."""
    half = len(workspace.numbers) // 2
    number = next(record for record in workspace.numbers[half:] if record["users"])
    user = number["users"][0]
    return {
        "list": LIST,
        "list of a teammate": f"{LIST}?user={user['id']}",
        "list by a permission": f"{LIST}?calling_intl=restricted",
        "search by digits": f"{LIST}?q={number['number'][-7:]}",
        "search by email": f"{LIST}?q={user['email']}",
        "search by a letter": f"{LIST}?q=a",
        "search with no match": f"{LIST}?q=no+number+is+called+so",
        "last page of the list": f"{LIST}?page={-(-len(workspace.numbers) // PAGE_SIZE)}",
        "list sorted by number": f"{LIST}?sort=-number",
        "list sorted by teammates": f"{LIST}?sort=-teammates",
        "a number": f"{LIST}{number['id']}/",
        "teammates": "/teammates/",
        "a teammate": f"/teammates/{user['id']}/",
        "overview": "/",
        **{f"audit by {grouping}": f"/audit/?by={grouping}" for grouping in GROUPINGS},
        "status": "/status/",
    }


def measure(office: Office, server: Server, workspace: Workspace, rounds: int) -> Iterator[Line]:
    """Measure each page after several changes, then warm."""
    pages = pages_of(workspace)
    changed = _after_changes(office, server, workspace, list(pages.values()))
    with server.browser() as browser:
        for name, path in pages.items():
            floor_path = server.floor_of(name.replace(" ", "-"), browser.page(path))
            warm, floors = _warm(browser, path, floor_path, rounds)
            figures = {
                "floor ms": median(floors) * 1000,
                "warm ms": median(warm) * 1000,
                "p95 ms": p95(warm) * 1000,
                "ratio ×": ratio(warm, floors),
                "changed ms": median(changed[path][WARM_UP:]) * 1000,
            }
            yield Line("pages", name, figures)


def _after_changes(office: Office, server: Server, workspace: Workspace, paths: list[str]) -> dict[str, list[float]]:
    """Change a number's name, sync, and request each page once. Start with a different page each time."""
    seconds: dict[str, list[float]] = {path: [] for path in paths}
    for turn in range(WARM_UP + CHANGES):
        workspace.numbers[0]["name"] += " *"
        workspace.refresh()
        office.sandbox.prepare()
        office.sync()
        start = turn * len(paths) // (WARM_UP + CHANGES)
        with server.browser() as browser:
            for path in paths[start:] + paths[:start]:
                seconds[path].append(browser.seconds(path))
    return seconds


def _warm(browser: Browser, path: str, floor_path: str, rounds: int) -> tuple[list[float], list[float]]:
    """Return the seconds of a page and of its floor, requested alternately."""
    pairs = [(browser.seconds(path), browser.seconds(floor_path)) for _ in range(WARM_UP + rounds)][WARM_UP:]
    return [warm for warm, _ in pairs], [floor for _, floor in pairs]
