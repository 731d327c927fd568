"""Processes that are killed, run in parallel, or restart while people read."""

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress

import requests

from numbers.sandbox.answers import render
from tests.chaos.case import Case, Lane, Row, begin, check_pages, recover
from tests.chaos.checks import BackgroundCall, check, wait_until
from tests.chaos.fake_quo import answer, sends_after, stalls
from tests.chaos.office import Office

KILLED, PARALLEL, SERVER = "killed in a sync", "several at once", "the web server"
BUSY = "Another sync is running right now"
READERS = 4
AFTER = "just after the commit"
MOMENTS = (
    "before asking",
    "with the answer in hand",
    "with some numbers recorded",
    "with some numbers and their teammates recorded",
    "with the removals recorded",
    "just before the commit",
    AFTER,
)


# kill -9


def _killed(moment: str) -> Callable[[Lane, Row], None]:
    def run(lane: Lane, row: Row) -> None:
        office = lane.office
        before = begin(office, row)
        code, printed = office.finish(office.start("-m", "tests.support.killed_sync", moment))
        check(code == -signal.SIGKILL, f"the process was not killed: exit {code}: {printed}")
        during = office.memory()
        row.during = str(during)
        row.saw = check_pages(office, during, [], is_failure=False)
        check(during == (lane.reference if moment == AFTER else before), "the memory is neither old nor new")
        recover(office, lane.reference, row)

    return run


def _killed_during_request(lane: Lane, row: Row) -> None:
    office = lane.office
    before = begin(office, row)
    office.fake_quo.script = stalls()
    asked = office.fake_quo.connections
    sync = office.start("manage.py", "sync", QUO_TIMEOUT="600")
    wait_until(lambda: office.fake_quo.connections > asked, "a question")
    office.open_pages()
    sync.kill()
    office.finish(sync)
    during = office.memory()
    row.during = str(during)
    row.saw = check_pages(office, during, [], is_failure=False)
    check(during == before, "the memory changed")
    recover(office, lane.reference, row)


# Several at once


def _syncs_at_once(count: int) -> Callable[[Lane, Row], None]:
    """While the first sync waits for Quo, the others must end at once."""

    def run(lane: Lane, row: Row) -> None:
        office = lane.office
        begin(office, row)
        asked, may_answer = office.fake_quo.connections, threading.Event()
        office.fake_quo.script = sends_after(may_answer, answer(render({"data": office.workspaces.second.numbers})))
        first = office.start("manage.py", "sync", QUO_TIMEOUT="60")
        wait_until(lambda: office.fake_quo.connections > asked, "a question")
        others = [office.start("manage.py", "sync") for _ in range(count - 1)]
        office.open_pages()
        ends = [office.finish(sync) for sync in others]
        is_busy = all(code == os.EX_TEMPFAIL and BUSY in printed for code, printed in ends)
        check(is_busy, f"the other syncs ended like this: {ends}")
        may_answer.set()
        code, printed = office.finish(first)
        check(code == 0, f"the first sync ended with exit {code}: {printed}")
        _matches_reference(office, lane, row, f"1 synced, {count - 1}: {BUSY}")

    return run


def _clicks_at_once(lane: Lane, row: Row) -> None:
    office = lane.office
    begin(office, row)
    clicks = [BackgroundCall(office.check_now) for _ in range(10)]
    office.open_pages()
    for click in clicks:
        click.wait()
    _matches_reference(office, lane, row, "ten answers")


def _matches_reference(office: Office, lane: Lane, row: Row, saw: str) -> None:
    during = office.memory()
    row.during = str(during)
    check_pages(office, during, [], is_failure=False)
    row.saw = saw
    check(during == lane.reference, "the memory is not that of one sync")
    recover(office, lane.reference, row)


# The web server


def _worker_killed(lane: Lane, row: Row) -> None:
    """Kill all workers at once while one of them asks Quo."""
    office = lane.office
    before = begin(office, row)
    office.fake_quo.script = stalls()
    asked = office.fake_quo.connections
    lost: list[BaseException] = []

    def click() -> None:
        try:
            office.check_now()
        except requests.ConnectionError as error:
            lost.append(error)

    call = BackgroundCall(click)
    wait_until(lambda: office.fake_quo.connections > asked, "a question")
    workers = office.workers()
    check(workers, "there are no workers")
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    call.wait()
    check(lost, "the request was answered though its worker was killed")
    wait_until(lambda: len(set(office.workers()) - set(workers)) == len(workers), "new workers")
    during = office.memory()
    row.during = str(during)
    row.saw = check_pages(office, during, [], is_failure=False)
    check(during == before, "the memory changed")
    recover(office, lane.reference, row)


def _restarted(lane: Lane, row: Row) -> None:
    """Restart on the same port while four people read and one asks Quo."""
    with lane.new_office(QUO_TIMEOUT="600") as office:
        before = begin(office, row)
        office.fake_quo.script = stalls()
        asked = office.fake_quo.connections
        answers: Counter[str] = Counter()
        is_over = threading.Event()
        readers = [BackgroundCall(lambda: _read(office, answers, is_over)) for _ in range(READERS)]

        def click() -> None:
            with suppress(requests.ConnectionError):
                office.check_now()

        call = BackgroundCall(click)
        wait_until(lambda: office.fake_quo.connections > asked, "a question")
        wait_until(lambda: answers["200"] > READERS, "readers")
        code = office.process.signal_group(signal.SIGTERM)
        check(code == 0, f"manage.py run ended with {code}")
        served = answers["200"]
        with office.serve("log-of-the-second"):
            wait_until(lambda: answers["200"] > served + READERS, "readers after the restart")
            is_over.set()
            for one in (*readers, call):
                one.wait()
            during = office.memory()
            row.during = str(during)
            row.saw = check_pages(office, during, [], is_failure=False)
            check(set(answers) <= {"200", "refused"}, f"the readers got {dict(answers)}")
            check(during == before, "the memory changed")
            recover(office, lane.reference, row)


def _read(office: Office, answers: "Counter[str]", is_over: threading.Event) -> None:
    """Open the list repeatedly and count the statuses, incomplete pages and refused connections."""
    with requests.Session() as reader:
        reader.trust_env = False
        reader.cookies.update(office.browser.cookies)
        while not is_over.wait(0.02):
            try:
                answer = reader.get(f"{office.url}/numbers/", allow_redirects=False, timeout=60)
            except requests.ConnectionError:
                answers["refused"] += 1
                continue
            is_whole = "</html>" in answer.text
            answers[str(answer.status_code) if is_whole else f"{answer.status_code}, incomplete"] += 1


def cases() -> Iterator[Case]:
    for moment in MOMENTS:
        yield Case(KILLED, moment, _killed(moment))
    yield Case(KILLED, "while asking", _killed_during_request)
    yield Case(PARALLEL, "two syncs", _syncs_at_once(2))
    yield Case(PARALLEL, "ten syncs", _syncs_at_once(10))
    yield Case(PARALLEL, "ten presses of Check now", _clicks_at_once)
    yield Case(SERVER, "workers killed in a request", _worker_killed)
    yield Case(SERVER, "restarted while people read", _restarted)
