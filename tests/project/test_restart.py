"""A restart under systemd, simulated by the test: it keeps the socket and passes it to one process after another."""

import os
import socket
from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Event

import requests

from tests.support.processes import PATIENCE, run_python, wait_until
from tests.support.socket_activation import HAND_OVER, serving_on_socket, url_of


def request_until(over: Event, url: str, statuses: list[int]) -> None:
    """Send requests repeatedly and record the statuses. A failed request raises."""
    with requests.Session() as session:
        session.headers["Connection"] = "close"
        while not over.is_set():
            statuses.append(session.get(f"{url}/accounts/login/", timeout=PATIENCE).status_code)


def wait_for_more(statuses: list[int], asking: Collection[Future[None]]) -> None:
    enough = len(statuses) + 20
    wait_until(lambda: len(statuses) >= enough or any(one.done() for one in asking))


def test_a_socket_from_systemd_is_served(project: Path, tmp_path: Path, address: socket.socket) -> None:
    with serving_on_socket(project, tmp_path, address, "log") as process:
        assert requests.get(f"{url_of(address)}/readyz", timeout=PATIENCE).status_code == 200
        assert f"Quo Admin is at {url_of(address)}" in process.printed


def test_the_start_says_that_systemd_decides_on_the_address(
    project: Path, tmp_path: Path, address: socket.socket
) -> None:
    with serving_on_socket(project, tmp_path, address, "log") as process:
        actual = url_of(address).removeprefix("http://")
        warning = f"quo-admin.socket listens on {actual}, so HOST and PORT (127.0.0.1:1) have no effect."
        assert warning in process.printed


def test_no_request_is_lost_in_a_restart(project: Path, tmp_path: Path, address: socket.socket) -> None:
    over, statuses = Event(), list[int]()
    with ThreadPoolExecutor(4) as pool, ExitStack() as at_last:
        at_last.callback(over.set)
        with serving_on_socket(project, tmp_path, address, "first"):
            asking = [pool.submit(request_until, over, url_of(address), statuses) for _ in range(4)]
            wait_for_more(statuses, asking)
        with serving_on_socket(project, tmp_path, address, "second"):
            wait_for_more(statuses, asking)
        with serving_on_socket(project, tmp_path, address, "third"):
            wait_for_more(statuses, asking)
            over.set()
            for one in asking:
                one.result()
    assert set(statuses) == {200}


def test_more_than_one_socket_is_refused_in_a_sentence(project: Path, tmp_path: Path) -> None:
    run = run_python(project, tmp_path, "-c", HAND_OVER, "0", "2", "manage.py", "run", SECRET_KEY="s" * 32)

    assert run.returncode == 1
    assert run.stderr == (
        "CommandError: systemd hands over more than one address; Quo Admin serves one. See quo-admin.socket.\n"
    )


def test_a_socket_for_another_process_is_not_used(project: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        elsewhere = {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
        run = run_python(project, tmp_path, "manage.py", "run", SECRET_KEY="s" * 32, PORT=port, **elsewhere)

    assert f"Port {port} on 127.0.0.1 is in use" in run.stderr
