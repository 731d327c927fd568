"""Visitors and users who mean harm: slow readers, floods, large uploads, invented ids, hostile searches.

While they go on, `/healthz` must answer within a second and the pages must stay true.
"""

import socket
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import quote, urlsplit

import requests

from numbers.sandbox.workspace import build
from quo_admin.request_limits import MAX_BODY
from tests.chaos.case import Case, Lane, Row, begin, check_pages, recover
from tests.chaos.checks import check
from tests.chaos.office import Office

GROUP = "attackers"

MANY = 8_000  # numbers: their files are larger than what sockets buffer
AT_ONCE = 40
VISITORS = 300
SEARCHES = 300
TOO_LONG = 1.0  # seconds
TOO_MUCH = 100_000_000  # bytes
PATIENCE = 60  # seconds

Attack = Callable[[Office, ExitStack], str]  # returns what it saw; sockets stay open until the stack closes


def _with_many_numbers(attack: Attack) -> Callable[[Lane, Row], None]:
    def run(lane: Lane, row: Row) -> None:
        with lane.new_office(QUO_MAX_ANSWER_MB="50") as office, ExitStack() as opened:
            office.set_workspace(build(MANY))
            code, printed = office.finish(office.start("manage.py", "sync", "--accept-removals"))
            check(code == 0, printed)
            before = office.memory()
            row.before = str(before)
            saw = attack(office, opened)
            row.saw = f"{saw}; /healthz answers within {_slowest_health(office):.2f} s"
            row.during = row.after = str(office.memory())
            check(office.memory() == before, "the memory changed")
            office.verify()
            office.check_outputs()

    return run


def _in_the_shared_office(attack: Attack) -> Callable[[Lane, Row], None]:
    def run(lane: Lane, row: Row) -> None:
        office = lane.office
        before = begin(office, row)
        with ExitStack() as opened:
            saw = attack(office, opened)
            _slowest_health(office)
        during = office.memory()
        row.during = str(during)
        check(during == before, "the memory changed")
        check_pages(office, during, [], is_failure=False)
        row.saw = saw
        recover(office, lane.reference, row)

    return run


def _slowest_health(office: Office) -> float:
    """Return the seconds of the slowest of five health checks."""
    slowest = 0.0
    for _ in range(5):
        began = time.monotonic()
        answer = requests.get(f"{office.url}/healthz", timeout=PATIENCE, headers={"Connection": "close"})
        check(answer.status_code == 200, f"/healthz answered {answer.status_code}")
        slowest = max(slowest, time.monotonic() - began)
    check(slowest < TOO_LONG, f"/healthz took {slowest:.1f} s")
    return slowest


def _send(office: Office, opened: ExitStack, text: str) -> socket.socket:
    """Send the text on a new connection that takes hardly anything of the answer."""
    there = urlsplit(office.url)
    slow = opened.enter_context(socket.socket())
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    slow.settimeout(PATIENCE)
    slow.connect((there.hostname, there.port))
    slow.sendall(text.encode())
    return slow


def _request(office: Office, path: str) -> str:
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in office.browser.cookies)
    return f"GET {path} HTTP/1.1\r\nHost: {urlsplit(office.url).netloc}\r\nCookie: {cookies}\r\n\r\n"


def _slow_readers(office: Office, opened: ExitStack) -> str:
    statuses: Counter[str] = Counter()
    for _ in range(AT_ONCE):
        reader = _send(office, opened, _request(office, "/numbers.json"))
        statuses[reader.recv(12).decode()[-3:]] += 1
    check(statuses["200"] and statuses["429"], f"the readers got {dict(statuses)}")
    return f"{statuses['200']} of {AT_ONCE} slow readers get the file, the others are told to wait"


def _exports_at_once(office: Office, _opened: ExitStack) -> str:
    def export(_: int) -> int:
        return requests.get(
            f"{office.url}/numbers.xlsx", cookies=office.browser.cookies.get_dict(), timeout=PATIENCE
        ).status_code

    with ThreadPoolExecutor(10) as people:
        running = people.map(export, range(10))
        _slowest_health(office)
        statuses = Counter(running)
    check(set(statuses) == {200, 429}, f"the exports got {dict(statuses)}")
    return f"{statuses[200]} of 10 exports at once succeed, the others are told to wait"


def _visitors(office: Office, _opened: ExitStack) -> str:
    before = _sessions(office)
    for _ in range(VISITORS):
        for path in ("/accounts/passkey/", "/accounts/login/", "/numbers/"):
            requests.get(f"{office.url}{path}", timeout=PATIENCE, headers={"Accept": "application/json"})
    check(_sessions(office) == before, f"{_sessions(office) - before} sessions were stored")
    return f"{3 * VISITORS} requests of visitors store no session"


def _sessions(office: Office) -> int:
    with closing(sqlite3.connect(office.file)) as database:
        (count,) = database.execute("SELECT count(*) FROM accounts_accountsession").fetchone()
    return int(count)


def _upload(office: Office, opened: ExitStack) -> str:
    head = f"POST /accounts/login/ HTTP/1.1\r\nHost: {urlsplit(office.url).netloc}\r\nContent-Length: 300000000\r\n\r\n"
    sender = _send(office, opened, head)
    status = sender.recv(12).decode()[-3:]
    check(status == "413", f"the upload got {status!r}")
    return f"413 after the first line: at most {MAX_BODY // 1024} kB"


def _invented_ids(office: Office, _opened: ExitStack) -> str:
    asked = office.fake_quo.connections
    token = office.browser.cookies.get(f"csrftoken_{office.port}")
    for index in range(AT_ONCE):
        office.browser.post(
            f"{office.url}/sync/",
            {"csrfmiddlewaretoken": token, "number": f"PNinvented{index}"},
            headers={"Referer": office.url, "HX-Request": "true"},
            timeout=PATIENCE,
        )
    asked = office.fake_quo.connections - asked
    check(asked < AT_ONCE, f"Quo was asked {asked} times")
    return f"{AT_ONCE} invented ids ask Quo {asked} times"


def _hostile_searches(office: Office, _opened: ExitStack) -> str:
    before = _memory(office)
    for index in range(SEARCHES):
        for text in ("'" * 7_000, "\N{PILE OF POO}" * 600, "a b " * 1_700):
            office.browser.get(f"{office.url}/numbers/?q={quote(f'{text}{index}')}"[:8_000], timeout=PATIENCE)
    grown = _memory(office) - before
    check(grown < TOO_MUCH, f"the workers grew by {grown // 1_000_000} MB")
    return f"{3 * SEARCHES} hostile searches: the workers grow by less than {TOO_MUCH // 1_000_000} MB"


def _memory(office: Office) -> int:
    """Return how many bytes all workers use together, without what they share."""
    rollups = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in office.workers()]
    lines = [line for rollup in rollups for line in rollup.splitlines() if line.startswith("Private_")]
    return sum(int(line.split()[1]) * 1024 for line in lines)


def cases() -> Iterator[Case]:
    yield Case(GROUP, "slow readers of a file", _with_many_numbers(_slow_readers))
    yield Case(GROUP, "exports at once", _with_many_numbers(_exports_at_once))
    yield Case(GROUP, "a flood of visitors", _in_the_shared_office(_visitors))
    yield Case(GROUP, "an upload of 300 MB", _in_the_shared_office(_upload))
    yield Case(GROUP, "invented ids", _in_the_shared_office(_invented_ids))
    has_proc = Path("/proc/self/smaps_rollup").exists()
    yield Case(
        GROUP,
        "hostile searches",
        _in_the_shared_office(_hostile_searches),
        "" if has_proc else "needs /proc, to see the memory",
    )
