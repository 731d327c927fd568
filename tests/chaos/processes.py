"""Processes that die, come in crowds, or are restarted while people read."""

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress

import requests

from numbers.sandbox.answers import render
from tests.chaos.checks import Asking, check, wait_until
from tests.chaos.door import answer, says_after, stalls
from tests.chaos.office import Office
from tests.chaos.trial import Case, Place, Row, begin, recover, see

KILLED, CROWDS, SERVER = "killed in a sync", "several at once", "the web server"
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


def _killed(moment: str) -> Callable[[Place, Row], None]:
    def run(place: Place, row: Row) -> None:
        own = place.office
        before = begin(own, row)
        code, printed = own.finish(own.start("-m", "tests.support.killed_sync", moment))
        check(code == -signal.SIGKILL, f"it was not killed: exit {code}: {printed}")
        during = own.memory()
        row.during = str(during)
        row.saw = see(own, during, [], is_failure=False)
        check(during == (place.calm if moment == AFTER else before), "the memory is neither as before nor as after")
        recover(own, place.calm, row)

    return run


def _killed_while_asking(place: Place, row: Row) -> None:
    own = place.office
    before = begin(own, row)
    own.door.script = stalls()
    asked = own.door.asked
    sync = own.start("manage.py", "sync", QUO_TIMEOUT="600")
    wait_until(lambda: own.door.asked > asked, "a question")
    own.look()
    sync.kill()
    own.finish(sync)
    during = own.memory()
    row.during = str(during)
    row.saw = see(own, during, [], is_failure=False)
    check(during == before, "the memory changed")
    recover(own, place.calm, row)


# Several at once


def _syncs_at_once(count: int) -> Callable[[Place, Row], None]:
    """While the first one waits for Quo, the others come and have to go again."""

    def run(place: Place, row: Row) -> None:
        own = place.office
        begin(own, row)
        asked, may_answer = own.door.asked, threading.Event()
        own.door.script = says_after(may_answer, answer(render({"data": own.quo.second.numbers})))
        first = own.start("manage.py", "sync", QUO_TIMEOUT="60")
        wait_until(lambda: own.door.asked > asked, "a question")
        others = [own.start("manage.py", "sync") for _ in range(count - 1)]
        own.look()
        ends = [own.finish(sync) for sync in others]
        check(all(code == 1 and BUSY in printed for code, printed in ends), f"the others ended so: {ends}")
        may_answer.set()
        code, printed = own.finish(first)
        check(code == 0, f"the first ended so: exit {code}: {printed}")
        _equals_calm(own, place, row, f"1 synced, {count - 1}: {BUSY}")

    return run


def _presses_at_once(place: Place, row: Row) -> None:
    own = place.office
    begin(own, row)
    presses = [Asking(own.check_now) for _ in range(10)]
    own.look()
    for press in presses:
        press.wait()
    _equals_calm(own, place, row, "ten pages that answered")


def _equals_calm(own: Office, place: Place, row: Row, saw: str) -> None:
    during = own.memory()
    row.during = str(during)
    see(own, during, [], is_failure=False)
    row.saw = saw
    check(during == place.calm, "the memory is not that of one sync")
    recover(own, place.calm, row)


# The web server


def _worker_killed(place: Place, row: Row) -> None:
    """Every worker at once, while one of them asks Quo for somebody."""
    own = place.office
    before = begin(own, row)
    own.door.script = stalls()
    asked = own.door.asked
    lost: list[BaseException] = []

    def press() -> None:
        try:
            own.check_now()
        except requests.ConnectionError as error:
            lost.append(error)

    asking = Asking(press)
    wait_until(lambda: own.door.asked > asked, "a question")
    workers = own.workers()
    check(workers, "there are no workers")
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    asking.wait()
    check(lost, "the request was answered though its worker was killed")
    wait_until(lambda: len(set(own.workers()) - set(workers)) == len(workers), "new workers")
    during = own.memory()
    row.during = str(during)
    row.saw = see(own, during, [], is_failure=False)
    check(during == before, "the memory changed")
    recover(own, place.calm, row)


def _restarted(place: Place, row: Row) -> None:
    """Stopped and started again on the same port, while four people read and one asks Quo."""
    with place.own_office(QUO_TIMEOUT="600") as own:
        before = begin(own, row)
        own.door.script = stalls()
        asked = own.door.asked
        answers: Counter[str] = Counter()
        is_over = threading.Event()
        readers = [Asking(lambda: _read(own, answers, is_over)) for _ in range(READERS)]

        def press() -> None:
            with suppress(requests.ConnectionError):
                own.check_now()

        asking = Asking(press)
        wait_until(lambda: own.door.asked > asked, "a question")
        wait_until(lambda: answers["200"] > READERS, "readers")
        code = own.process.signal_group(signal.SIGTERM)
        check(code == 0, f"manage.py run ended with {code}")
        served = answers["200"]
        with own.served("log-of-the-second"):
            wait_until(lambda: answers["200"] > served + READERS, "readers of the second one")
            is_over.set()
            for one in (*readers, asking):
                one.wait()
            during = own.memory()
            row.during = str(during)
            row.saw = see(own, during, [], is_failure=False)
            check(set(answers) <= {"200", "nobody there"}, f"the readers got {dict(answers)}")
            check(during == before, "the memory changed")
            recover(own, place.calm, row)


def _read(own: Office, answers: "Counter[str]", is_over: threading.Event) -> None:
    """Open the list again and again; a whole page counts as such, and no connection as nobody being there."""
    with requests.Session() as reader:
        reader.trust_env = False
        reader.cookies.update(own.browser.cookies)
        while not is_over.wait(0.02):
            try:
                answer = reader.get(f"{own.url}/numbers/", allow_redirects=False, timeout=60)
            except requests.ConnectionError:
                answers["nobody there"] += 1
                continue
            is_whole = "</html>" in answer.text
            answers[str(answer.status_code) if is_whole else f"{answer.status_code}, half a page"] += 1


def cases() -> Iterator[Case]:
    for moment in MOMENTS:
        yield Case(KILLED, moment, _killed(moment))
    yield Case(KILLED, "while asking", _killed_while_asking)
    yield Case(CROWDS, "two syncs", _syncs_at_once(2))
    yield Case(CROWDS, "ten syncs", _syncs_at_once(10))
    yield Case(CROWDS, "ten presses of Check now", _presses_at_once)
    yield Case(SERVER, "workers killed in a request", _worker_killed)
    yield Case(SERVER, "restarted while people read", _restarted)
