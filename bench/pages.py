"""The pages that are measured: each beside its floor, the list's also beside the plain way."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from time import monotonic

from bench.asking import Browser, Reply, Times
from bench.lines import Line, figures
from bench.office import Server
from bench.workspaces import from_the_middle, middle
from numbers.sandbox.workspace import Workspace

LIST = "/numbers/"
PLAIN = "/bench/plain/"
FIRST = "first page"
CELLS = [f"{channel} {region}" for channel in ("calling", "messaging") for region in ("us", "ca", "intl")]
WARM_UP = 4  # rounds
LEAST_ROUNDS = 5
ENOUGH = 60.0  # seconds for one page: a slow one is asked less often, and the table says how often
PLAIN_SHARE = 4  # the plain way is asked in every so manieth round
FEW = range(1, 10)
TRIES = 200  # names to try until one finds few
ETAG_BAR = 1.2


@dataclass(frozen=True)
class Page:
    """`bar` is the most that its median may be, in medians of its floor."""

    name: str
    path: str
    bar: float

    @property
    def plain(self) -> str:
        """Where the plain way shows the same; empty where it does not."""
        path, _, query = self.path.partition("?")
        return f"{PLAIN}?{query}" if path == LIST else ""


def pages_of(workspace: Workspace, browser: Browser) -> list[Page]:
    """Return the pages to ask for; whom and what they name is taken from the workspace."""
    number = middle(workspace)
    user = number["users"][0]["id"]
    return [
        Page(FIRST, LIST, 2),
        Page("a teammate's filter", f"{LIST}?user={user}", 2),
        *(Page(f"{cell} filter", f"{LIST}?{cell.replace(' ', '_')}=restricted", 2) for cell in CELLS),
        Page("search with few matches", f"{LIST}?q={_few(workspace, browser)}", 3),
        Page("search with none", f"{LIST}?q=no+number+is+called+so", 3),
        Page("last page", _last(browser), 3),
        Page("sorted by number", f"{LIST}?sort=-number", 2),
        Page("sorted by teammates", f"{LIST}?sort=-teammates", 2),
        Page("a number", f"{LIST}{number['id']}/", 2),
        Page("a teammate", f"/teammates/{user}/", 3),
        Page("overview", "/", 3),
        Page("audit", "/audit/", 3),
    ]


def measure(server: Server, workspace: Workspace, rounds: int) -> Iterator[Line]:
    """Ask each page in turn with its floor, then tell of each again with its ETag, where it has one."""
    again = []
    with server.browser() as browser:
        for page in pages_of(workspace, browser):
            line, with_tag = _measured(server, browser, page, rounds)
            again += with_tag
            yield line
    yield from again


def floor_for(server: Server, name: str, reply: Reply) -> str:
    """Return the path that answers a page's bytes as a constant; `name` is for this page alone."""
    return server.floor_of(re.sub(r"[^a-z]", "-", name.lower()), reply.body)


def _measured(server: Server, browser: Browser, page: Page, rounds: int) -> tuple[Line, list[Line]]:
    first = browser.page(page.path)
    floor_path = floor_for(server, page.name, first)
    for _ in range(min(WARM_UP, rounds)):
        browser.ask(page.path)
        browser.ask(floor_path)
    own, floor, again, plain = Times(), Times(), Times(), Times()
    began = monotonic()
    for turn in range(rounds):
        if turn >= LEAST_ROUNDS and monotonic() - began > ENOUGH:
            break
        whole = browser.ask(page.path)
        own.seconds.append(whole.seconds)
        floor.seconds.append(browser.ask(floor_path).seconds)
        if tag := whole.headers.get("etag"):
            again.seconds.append(browser.ask(page.path, **{"If-None-Match": tag}).seconds)
        if page.plain and turn % PLAIN_SHARE == 0:
            plain.seconds.append(browser.ask(page.plain).seconds)
    found = figures(
        rounds=len(own.seconds),
        median_ms=own.median * 1000,
        p95_ms=own.p95 * 1000,
        floor_ms=floor.median * 1000,
        kB=len(first.body) / 1000,
        plain_x=plain.median / floor.median if plain.seconds else None,
        etag_x=again.over(floor) if again.seconds else None,
        ratio_x=own.over(floor),
    )
    return Line("pages", page.name, found, "ratio ×", page.bar), _again(page, again, floor)


def _again(page: Page, again: Times, floor: Times) -> list[Line]:
    if not again.seconds:
        return []
    found = figures(median_ms=again.median * 1000, p95_ms=again.p95 * 1000, ratio_x=again.over(floor))
    return [Line("again, with the ETag", page.name, found, "ratio ×", ETAG_BAR)]


def _last(browser: Browser) -> str:
    found = re.search(r'id="last-page"[^>]*href="([^"]+)"', browser.page(LIST).body.decode())
    return found[1].replace("&amp;", "&") if found else LIST


def _few(workspace: Workspace, browser: Browser) -> str:
    """Return a search that finds few numbers: a name that few share, as the product itself counts."""
    named = (record["name"] for record in from_the_middle(workspace))
    for words in islice((re.findall(r"[A-Za-z0-9]{3,}", name) for name in named), TRIES):
        query = "+".join(words[:4])
        if query and _total(browser, query) in FEW:
            return query
    raise RuntimeError("No name of the workspace finds few numbers.")


def _total(browser: Browser, query: str) -> int:
    found = re.search(r'data-total="(\d+)"', browser.page(f"{LIST}?q={query}").body.decode())
    return int(found[1]) if found else 0
