"""Two machines with one PostgreSQL and, if redis-server exists, one Redis. Each has its own data folder."""

import os
import re
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import requests

from numbers.sandbox.server import SandboxServer
from numbers.sandbox.workspace import build
from tests.support.accounts import FAILURES_PER_ACCOUNT
from tests.support.processes import PATIENCE, free_port, wait_until
from tests.support.redis_server import REDIS, needs_redis, redis, url
from tests.support.running import EMAIL, KEY, Site, running_site, workspace_settings

SERVER = os.environ.get("TEST_DATABASE_URL", "")
BUSY_TEXT = "Another sync is running right now"
REQUESTS_FOR_ALL_PROCESSES = 6  # enough sequential requests to reach both processes of a machine

pytestmark = pytest.mark.skipif(not SERVER, reason="there is no PostgreSQL here")


@dataclass(frozen=True)
class Machines:
    """Both machines as a load balancer reaches them, and their Quo."""

    first: Site
    second: Site
    database: str
    quo: SandboxServer

    def browser(self) -> requests.Session:
        """Return a session that is signed in on the first machine, with cookies for both addresses."""
        # The machine that created the first account has printed its password.
        password = re.findall(
            rf"{EMAIL} with the password (\S+)", self.first.process.printed + self.second.process.printed
        )
        browser = requests.Session()
        browser.trust_env = False
        answer = sign_in(browser, self.first, EMAIL, password[0])
        assert answer.status_code == 302, answer.text
        return browser

    def syncs(self) -> list[str]:
        with psycopg.connect(self.database) as connection:
            return [outcome for (outcome,) in connection.execute("SELECT outcome FROM numbers_sync ORDER BY id")]


def sign_in(browser: requests.Session, site: Site, email: str, password: str, **headers: str) -> requests.Response:
    page = browser.get(f"{site.url}/accounts/login/", timeout=PATIENCE)
    token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[0]
    form = {"csrfmiddlewaretoken": token, "login": email, "password": password}
    return browser.post(page.url, form, headers=headers, allow_redirects=False, timeout=PATIENCE)


def sync(browser: requests.Session, site: Site) -> requests.Response:
    token = next(cookie.value for cookie in browser.cookies if cookie.name.startswith("csrftoken"))
    return browser.post(f"{site.url}/sync/", headers={"X-CSRFToken": str(token)}, timeout=PATIENCE)


def page(browser: requests.Session, site: Site, path: str = "/numbers/") -> str:
    answer = browser.get(f"{site.url}{path}", allow_redirects=False, timeout=PATIENCE)
    assert answer.status_code == 200
    return answer.text


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """Yield the URL of an empty database."""
    name = f"machines_{secrets.token_hex(4)}"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        yield urlsplit(SERVER)._replace(path=f"/{name}").geturl()
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def machines(project: Path, database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """Yield two machines that started at the same time on an empty database."""
    with ExitStack() as stack, ThreadPoolExecutor(2) as pool:
        quo = stack.enter_context(SandboxServer(build(12), key=KEY))
        same = {"SECRET_KEY": "s" * 50, "DATABASE_URL": database, "SITE_URL": "http://localhost", "QUO_TIMEOUT": "5"}
        if REDIS:
            port = free_port()
            stack.enter_context(redis(tmp_path_factory.mktemp("redis"), port))
            same["CACHE_URL"] = url(port)
        folders = [tmp_path_factory.mktemp(name) for name in ("first", "second")]
        first, second = pool.map(
            lambda folder: stack.enter_context(running_site(project, folder, **same, **workspace_settings(quo))),
            folders,
        )
        yield Machines(first, second, database, quo)


def test_two_machines_can_start_together_on_an_empty_database(machines: Machines) -> None:
    for site in (machines.first, machines.second):
        assert requests.get(f"{site.url}/readyz", timeout=PATIENCE).status_code == 200
        assert "CommandError" not in site.process.printed


def test_a_session_is_valid_on_both_machines_until_sign_out(machines: Machines) -> None:
    with machines.browser() as browser:
        assert "data-total=" in page(browser, machines.second)
        token = next(cookie.value for cookie in browser.cookies if cookie.name.startswith("csrftoken"))
        browser.post(f"{machines.second.url}/accounts/logout/", headers={"X-CSRFToken": str(token)}, timeout=PATIENCE)
        left = browser.get(f"{machines.first.url}/numbers/", allow_redirects=False, timeout=PATIENCE)
    assert left.status_code == 302


@needs_redis
def test_concurrent_sign_in_attempts_are_counted_across_machines(machines: Machines) -> None:
    def attempt(number: int) -> int:
        site = (machines.first, machines.second)[number % 2]
        with requests.Session() as browser:
            visitor = {"X-Forwarded-For": f"203.0.113.{number}"}  # so that only the limit per account applies
            return sign_in(browser, site, "somebody@example.com", "wrong", **visitor).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(attempt, range(4 * FAILURES_PER_ACCOUNT)))
    assert answers == [200] * FAILURES_PER_ACCOUNT + [429] * (3 * FAILURES_PER_ACCOUNT)


def test_of_two_concurrent_syncs_one_runs_and_the_other_is_refused(machines: Machines) -> None:
    with machines.browser() as browser, machines.browser() as other, ThreadPoolExecutor(1) as pool:
        before, asked = len(machines.syncs()), len(machines.quo.requests)
        machines.quo.next_faults = ["stalled"]
        running_one = pool.submit(sync, browser, machines.first)
        wait_until(lambda: len(machines.quo.requests) > asked)
        page = sync(other, machines.second).text
        assert (machines.syncs()[before:], BUSY_TEXT in page) == (["running"], True)
        assert BUSY_TEXT not in running_one.result().text
        assert BUSY_TEXT not in sync(other, machines.second).text
    assert len(machines.syncs()) == before + 2
    assert machines.syncs()[-1] == "succeeded"


def test_a_sync_on_one_machine_is_visible_on_the_other_at_once(machines: Machines) -> None:
    numbers = machines.quo.workspace.numbers
    with machines.browser() as browser:
        for name in ("Lobby of the moon", "Lobby of the sun"):
            for _ in range(REQUESTS_FOR_ALL_PROCESSES):
                assert name not in page(browser, machines.second)
                assert f'data-numbers="{len(numbers)}"' in page(browser, machines.second, "/")
            numbers.append(numbers[0] | {"id": f"{numbers[-1]['id']}2", "name": name})
            machines.quo.workspace.refresh()
            sync(browser, machines.first)
            for _ in range(REQUESTS_FOR_ALL_PROCESSES):
                assert name in page(browser, machines.second)
                assert f'data-numbers="{len(numbers)}"' in page(browser, machines.second, "/")
