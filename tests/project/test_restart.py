"""A restart under systemd, which is played here: it holds the address, and hands it to one process after another."""

import os
import socket
from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Event

import requests

from tests.support.processes import PATIENCE, python, wait_until
from tests.support.socket_activation import HAND_OVER, serving, url_of


def ask_until(over: Event, url: str, statuses: list[int]) -> None:
    """Ask again and again, as people do, and note what is answered; a request that fails raises."""
    with requests.Session() as session:
        session.headers["Connection"] = "close"
        while not over.is_set():
            statuses.append(session.get(f"{url}/accounts/login/", timeout=PATIENCE).status_code)


def wait_for_more(statuses: list[int], asking: Collection[Future[None]]) -> None:
    enough = len(statuses) + 20
    wait_until(lambda: len(statuses) >= enough or any(one.done() for one in asking))


def test_an_address_that_is_handed_over_is_served(project: Path, tmp_path: Path, address: socket.socket) -> None:
    with serving(project, tmp_path, address, "log") as process:
        assert requests.get(f"{url_of(address)}/readyz", timeout=PATIENCE).status_code == 200
        assert f"Quo Admin is at {url_of(address)}" in process.printed


def test_no_request_is_lost_in_a_restart(project: Path, tmp_path: Path, address: socket.socket) -> None:
    over, statuses = Event(), list[int]()
    with ThreadPoolExecutor(4) as pool, ExitStack() as at_last:
        at_last.callback(over.set)
        with serving(project, tmp_path, address, "first"):
            asking = [pool.submit(ask_until, over, url_of(address), statuses) for _ in range(4)]
            wait_for_more(statuses, asking)
        with serving(project, tmp_path, address, "second"):
            wait_for_more(statuses, asking)
        with serving(project, tmp_path, address, "third"):
            wait_for_more(statuses, asking)
            over.set()
            for one in asking:
                one.result()
    assert set(statuses) == {200}


def test_more_than_one_address_is_refused_in_a_sentence(project: Path, tmp_path: Path) -> None:
    run = python(project, tmp_path, "-c", HAND_OVER, "0", "2", "manage.py", "run", SECRET_KEY="s" * 32)

    assert run.returncode == 1
    assert run.stderr == (
        "CommandError: systemd hands over more than one address; Quo Admin serves one. See quo-admin.socket.\n"
    )


def test_what_was_handed_to_another_process_is_not_taken(project: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        elsewhere = {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
        run = python(project, tmp_path, "manage.py", "run", SECRET_KEY="s" * 32, PORT=port, **elsewhere)

    assert f"Port {port} on 127.0.0.1 cannot be used" in run.stderr
