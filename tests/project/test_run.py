"""`manage.py run` with real processes, signals and HTTP: what it serves and what remains after it stops."""

import os
import shutil
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from numbers.sandbox.server import SandboxServer
from numbers.sandbox.workspace import build
from tests.support.processes import PATIENCE, free_port, is_free, processes_of, run_python, wait_until
from tests.support.running import KEY, Site, running_site, workspace_settings

FIRST_LINE = "Reading the workspace for the first time ...\n"


@dataclass(frozen=True)
class UsedDemo:
    """The data of a demo that has run once, and what it printed."""

    data: Path
    printed: str
    greeting: str
    password: str


@pytest.fixture(scope="module")
def used_demo(project: Path, tmp_path_factory: pytest.TempPathFactory) -> UsedDemo:
    folder = tmp_path_factory.mktemp("used")
    with running_site(project, folder) as site:
        pass
    return UsedDemo(folder / "data", site.process.printed, site.greeting, site.password)


@pytest.fixture
def folder(used_demo: UsedDemo, tmp_path: Path) -> Path:
    """Return a folder with a copy of that data."""
    shutil.copytree(used_demo.data, tmp_path / "data")
    return tmp_path


@pytest.fixture(scope="module")
def demo(project: Path, used_demo: UsedDemo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Yield a demo on that data, for tests that do not stop it."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(used_demo.data, folder / "data")
    with running_site(project, folder) as site:
        yield site


@pytest.fixture
def quo() -> Iterator[SandboxServer]:
    """Yield a Quo with twelve numbers that accepts our key."""
    with SandboxServer(build(12), key=KEY) as sandbox:
        yield sandbox


# Output and pages


def test_the_first_run_says_where_it_is_and_how_to_sign_in_and_nothing_else(used_demo: UsedDemo) -> None:
    assert used_demo.printed == FIRST_LINE + used_demo.greeting


def test_the_next_run_keeps_the_password_and_the_data(used_demo: UsedDemo, demo: Site) -> None:
    assert demo.password == used_demo.password
    assert demo.process.printed.startswith(demo.greeting)  # no first sync
    assert (demo.folder / "data" / "secret-key").read_text() == (used_demo.data / "secret-key").read_text()


def test_a_signed_in_user_sees_the_demo_numbers_and_the_banner(demo: Site) -> None:
    page = demo.list_page()
    assert 'data-total="60"' in page
    assert "Demo data" in page


def test_it_leaves_nothing_in_the_home_folder(used_demo: UsedDemo) -> None:
    assert {path.name for path in used_demo.data.parent.iterdir() if path.suffix != ".log"} == {"data"}


def test_the_health_check_answers_for_any_host(demo: Site) -> None:
    answer = requests.get(f"{demo.url}/healthz", headers={"Host": "evil.example"}, timeout=PATIENCE)
    assert answer.status_code == 200


def test_bad_requests_print_nothing(demo: Site) -> None:
    before = demo.process.printed
    with demo.session() as browser:
        assert browser.get(f"{demo.url}/nowhere/", timeout=PATIENCE).status_code == 404
    assert demo.process.printed == before


def test_a_request_to_another_address_is_explained_and_logged(demo: Site) -> None:
    answer = requests.get(f"{demo.url}/", headers={"Host": "192.168.1.5:8000"}, timeout=PATIENCE)

    assert answer.status_code == 400
    assert f"A request came to 192.168.1.5:8000, but Quo Admin is at {demo.url}." in answer.text
    demo.process.wait_for("A request came to 192.168.1.5:8000")


def test_a_port_in_use_is_one_sentence(demo: Site, project: Path) -> None:
    run = run_python(project, demo.folder, "manage.py", "run", PORT=str(demo.port))
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == (
        f"CommandError: Port {demo.port} on 127.0.0.1 is in use by another program. "
        "Choose another: PORT=8080 make run\n"
    )


def test_the_data_is_private_to_the_account_that_runs_it(demo: Site) -> None:
    found = {path: path.stat().st_mode & 0o077 for path in (demo.folder / "data").rglob("*") if not path.is_socket()}
    assert any(path.suffix == ".sqlite3" for path in found)
    assert not any(found.values()), found


def test_the_doctor_finds_the_running_demo(demo: Site, project: Path) -> None:
    run = run_python(project, demo.folder, "manage.py", "doctor", PORT=str(demo.port))
    assert run.returncode == 0, run.stdout
    assert "✓ Quo's address  the demo workspace answers\n" in run.stdout


def test_a_worker_that_dies_is_replaced(demo: Site, project: Path) -> None:
    workers = {pid for pid, command in processes_of(demo.folder).items() if "manage.py run" in command}
    workers.remove(demo.process.popen.pid)
    assert len(workers) == 2
    for worker in workers:
        os.kill(worker, signal.SIGTERM)
    wait_until(lambda: not workers & processes_of(demo.folder).keys())
    assert 'data-total="60"' in demo.list_page()
    run = run_python(project, demo.folder, "manage.py", "sync", PORT=str(demo.port))
    assert run.returncode == 0, run.stderr


def test_a_second_copy_on_the_same_data_does_not_stop_the_first(demo: Site, project: Path) -> None:
    with running_site(project, demo.folder) as second:
        assert second.process.signal_group(signal.SIGTERM) == 0
    assert 'data-total="60"' in demo.list_page()
    run = run_python(project, demo.folder, "manage.py", "sync", PORT=str(demo.port))
    assert run.returncode == 0, run.stderr


def test_two_copies_can_start_together_on_new_data(project: Path, tmp_path: Path) -> None:
    with ExitStack() as both, ThreadPoolExecutor(2) as pool:
        sites = list(pool.map(lambda _: both.enter_context(running_site(project, tmp_path)), range(2)))
        assert sites[0].password == sites[1].password
        assert ['data-total="60"' in site.list_page() for site in sites] == [True, True]


def test_in_systemds_journal_it_prints_the_file_of_the_password_instead_of_the_password(
    project: Path, folder: Path
) -> None:
    port = free_port()
    kept, log = folder / "data" / "first-password-demo", folder / f"{port}.log"
    log.touch()
    journal = f"{log.stat().st_dev}:{log.stat().st_ino}"
    with running_site(project, folder, PORT=str(port), JOURNAL_STREAM=journal) as site:
        pass
    assert f"Sign in as admin@example.com with the password that is kept in {kept}\n" in site.process.printed
    assert kept.read_text() not in site.process.printed


def test_a_terminal_gets_the_password_even_if_journal_stream_is_set(project: Path, folder: Path) -> None:
    with running_site(project, folder, JOURNAL_STREAM="8:4711") as site:
        pass
    assert site.process.printed == site.greeting


def test_with_company_sign_in_only_no_password_is_printed(project: Path, folder: Path) -> None:
    company = {"ISSUER": "http://127.0.0.1:1", "CLIENT_ID": "quo-admin", "CLIENT_SECRET": "secret", "NAME": "Okta"}
    settings = {f"OIDC_{name}": value for name, value in company.items()}
    with running_site(project, folder, OIDC_ONLY="on", **settings) as site:
        pass
    assert "Sign in with Okta.\n" in site.process.printed
    assert "password" not in site.process.printed


# Stopping


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_stop_signal_ends_everything_quietly(project: Path, folder: Path, number: signal.Signals) -> None:
    with running_site(project, folder) as site:
        assert len(processes_of(folder)) == 4  # the main process, two workers, the sandbox
        assert site.process.signal_group(number) == 0
    assert site.process.printed == site.greeting
    assert processes_of(folder) == {}
    assert is_free(site.port)
    assert list((folder / "data").glob("demo-*.json")) == []


def test_killing_the_main_process_ends_the_others(project: Path, folder: Path) -> None:
    with running_site(project, folder) as site:
        site.process.popen.kill()
        site.process.popen.wait(PATIENCE)
        wait_until(lambda: not processes_of(folder), lambda: str(processes_of(folder)))
    assert is_free(site.port)


def test_a_signal_during_the_preparation_ends_everything_quietly(
    project: Path, tmp_path: Path, quo: SandboxServer
) -> None:
    quo.fault = "stalled"
    with running_site(project, tmp_path, until=FIRST_LINE, QUO_TIMEOUT="3600", **workspace_settings(quo)) as site:
        wait_until(lambda: quo.requests)
        assert site.process.signal_group(signal.SIGTERM) == 130
    assert site.process.printed == FIRST_LINE
    wait_until(lambda: not processes_of(tmp_path))
    assert is_free(site.port)


def test_ctrl_c_does_not_wait_for_a_sync(project: Path, tmp_path: Path, quo: SandboxServer) -> None:
    with (
        running_site(project, tmp_path, **workspace_settings(quo)) as site,
        site.session() as browser,
        ThreadPoolExecutor(1) as pool,
    ):
        before = site.process.printed
        quo.fault, asked = "stalled", len(quo.requests)
        answer = pool.submit(
            browser.post,
            f"{site.url}/sync/",
            headers={"X-CSRFToken": str(browser.cookies.get(f"csrftoken_{site.port}"))},
            timeout=PATIENCE,
        )
        wait_until(lambda: len(quo.requests) > asked)
        assert site.process.signal_group(signal.SIGINT) == 0
        assert isinstance(answer.exception(), requests.ConnectionError)
    assert site.process.printed == before
    assert processes_of(tmp_path) == {}


def test_workers_that_get_a_second_stop_signal_end_at_once(project: Path, folder: Path) -> None:
    with running_site(project, folder) as site:
        workers = [pid for pid, command in processes_of(folder).items() if "manage.py run" in command]
        workers.remove(site.process.popen.pid)
        for worker in workers * 200:
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGQUIT)
        assert site.process.signal_group(signal.SIGINT) == 0
    assert site.process.printed == site.greeting


# The real workspace


def test_with_a_key_it_shows_the_real_workspace_and_no_demo(project: Path, folder: Path, quo: SandboxServer) -> None:
    with running_site(project, folder, **workspace_settings(quo)) as site:
        page = site.list_page()
        assert len(processes_of(folder)) == 3  # no sandbox
    assert 'data-total="12"' in page
    assert "Demo data" not in page + site.process.printed


def test_without_quo_it_starts_and_the_page_says_why_it_is_empty(project: Path, tmp_path: Path) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    with running_site(project, tmp_path, QUO_API_KEY=KEY, QUO_API_URL=nowhere, QUO_TIMEOUT="1") as site:
        page = site.list_page()
    assert "That did not work, and will be tried again. Quo could not be reached" in site.process.printed
    assert "Quo could not be reached" in page
    assert KEY not in page + site.process.printed


# Other environments


def test_https_works_behind_a_trusted_proxy(project: Path, folder: Path) -> None:
    public = {"DEMO": "on", "SITE_URL": "https://phones.example.com"}
    with running_site(project, folder, **public) as site, requests.Session() as proxy:
        proxy.headers["Host"] = "phones.example.com"
        page = f"{site.url}/accounts/login/"
        plain = proxy.get(page, allow_redirects=False, timeout=PATIENCE)
        secure = proxy.get(page, headers={"X-Forwarded-Proto": "https"}, allow_redirects=False, timeout=PATIENCE)
        health = requests.get(f"{site.url}/healthz", allow_redirects=False, timeout=PATIENCE)
    assert (plain.status_code, plain.headers["Location"]) == (301, "https://phones.example.com/accounts/login/")
    assert (secure.status_code, secure.headers["Strict-Transport-Security"]) == (200, "max-age=31536000")
    assert health.status_code == 200
    assert f"Quo Admin is at https://phones.example.com\nIt listens on 127.0.0.1:{site.port}\n" in site.process.printed


def test_it_runs_with_debug_on(project: Path, folder: Path) -> None:
    with running_site(project, folder, DEBUG="on") as site:
        assert 'data-total="60"' in site.list_page()


def test_a_database_that_is_down_is_one_sentence(project: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    url = f"postgres://mara:hunter2@127.0.0.1:{free_port()}/quo"
    run = run_python(
        *(project, tmp_path, "manage.py", "run"),
        SECRET_KEY="s" * 32,
        DATABASE_URL=url,
        DEMO="on",
        PORT=str(free_port()),
    )
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == "CommandError: The database does not answer. `manage.py doctor` looks at it.\n"
    assert processes_of(tmp_path) == {}


def test_it_runs_in_an_ascii_terminal(project: Path, tmp_path: Path) -> None:
    run = run_python(project, tmp_path, "manage.py", "sync", "--help", SECRET_KEY="s" * 32, PYTHONIOENCODING="ascii")
    assert (run.returncode, run.stderr) == (0, "")
    assert "US\\u2026" in run.stdout
