"""`make dev` serves the demo and reloads changed files. The tests change a copy of the project."""

import re
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from quo_admin import __version__
from tests.support.processes import (
    PATIENCE,
    Process,
    environment,
    free_port,
    is_free,
    processes_of,
    run_python,
    running_process,
    wait_until,
)

EMAIL = "admin@example.com"


@dataclass(frozen=True)
class Dev:
    """A running `make dev` in a copy of the project, and a signed-in browser."""

    process: Process
    folder: Path
    url: str
    browser: requests.Session

    def page(self, path: str) -> requests.Response:
        """Return the page. If the server is restarting, wait for it."""
        answers: list[requests.Response] = []

        def answered() -> bool:
            with suppress(requests.ConnectionError):
                answers.append(self.browser.get(f"{self.url}{path}", timeout=PATIENCE))
            return bool(answers)

        wait_until(answered, lambda: self.process.printed)
        return answers[0]

    def shows(self, text: str, path: str) -> bool:
        return text in self.page(path).text

    def change(self, path: str, old: str, new: str) -> None:
        file = self.folder / path
        content = file.read_text()
        assert old in content
        file.write_text(content.replace(old, new))


@contextmanager
def make_dev(project: Path, home: Path) -> Iterator[tuple[Process, str]]:
    """Run `make dev` in `project` with its data in `home` until the block ends."""
    port = free_port()
    variables = environment(home, PORT=str(port))
    del variables["ENV_FILE"]  # make dev itself must ignore the developer's .env
    with running_process(["make", "dev"], project, variables, home / "log") as process:
        process.wait_for("Starting development server at")
        yield process, f"http://127.0.0.1:{port}"


def signed_in(url: str, printed: str) -> requests.Session:
    browser = requests.Session()
    browser.trust_env = False
    page = browser.get(f"{url}/accounts/login/", timeout=PATIENCE).text
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    password = re.search(rf"Sign in as {EMAIL} with the password (\S+)", printed)
    assert token, page
    assert password, printed
    form = {"csrfmiddlewaretoken": token[1], "login": EMAIL, "password": password[1]}
    browser.post(f"{url}/accounts/login/", form, headers={"Referer": url}, timeout=PATIENCE)
    return browser


@pytest.fixture(scope="module")
def copy(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the project without collected static files and with a .env for a real workspace."""
    folder = tmp_path_factory.mktemp("dev") / "copy"
    shutil.copytree(project, folder, symlinks=True, ignore=shutil.ignore_patterns("build", "__pycache__"))
    (folder / ".env").write_text("QUO_API_KEY=a-key\nDEBUG=off\nPORT=none\n")
    return folder


@pytest.fixture(scope="module")
def dev(copy: Path) -> Iterator[Dev]:
    with make_dev(copy, copy) as (process, url), signed_in(url, process.printed) as browser:
        yield Dev(process, copy, url, browser)


def test_it_serves_the_demo_and_ignores_the_settings_file(dev: Dev) -> None:
    page = dev.page("/numbers/").text
    assert 'data-total="60"' in page
    assert "Demo data" in page


def test_styles_and_scripts_are_served_without_collecting(dev: Dev) -> None:
    named = re.findall(r'(?:href|src)="(/static/[^"]+)"', dev.page("/numbers/").text)
    assert len(named) > 5
    assert {dev.page(path).status_code for path in named} == {200}
    assert not (dev.folder / "build").exists()


def test_pages_have_the_content_security_policy_of_a_real_server(dev: Dev) -> None:
    policy = dev.page("/numbers/").headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'"} <= set(policy)


def test_a_changed_template_shows_at_the_next_request(dev: Dev) -> None:
    assert dev.shows("<h1>Status</h1>", "/status/")
    dev.change("templates/status/status.html", "<h1>Status</h1>", "<h1>Changed status</h1>")
    assert dev.shows("<h1>Changed status</h1>", "/status/")


def test_a_changed_python_file_restarts_the_server(dev: Dev) -> None:
    assert dev.shows(f"Quo Admin {__version__}", "/status/")
    dev.change("quo_admin/__init__.py", __version__, "77.0.1")
    changed = time.monotonic()

    def is_shown() -> bool:
        """Change the file repeatedly, because the reloader misses changes before its first scan."""
        nonlocal changed
        if time.monotonic() - changed > 3:
            (dev.folder / "quo_admin" / "__init__.py").touch()
            changed = time.monotonic()
        return dev.shows("Quo Admin 77.0.1", "/status/")

    wait_until(is_shown, lambda: dev.process.printed)


def test_ctrl_c_stops_every_process(copy: Path, tmp_path: Path) -> None:
    with make_dev(copy, tmp_path) as (process, url):
        assert any("sandbox" in command for command in processes_of(tmp_path).values())
        process.signal_group(signal.SIGINT)
        wait_until(lambda: not processes_of(tmp_path), lambda: str(processes_of(tmp_path)))
    assert "Traceback" not in process.printed
    assert is_free(int(url.rpartition(":")[2]))


@pytest.mark.parametrize("settings", [{"DEBUG": "off"}, {"DEBUG": "on", "QUO_API_KEY": "the-key"}])
def test_it_refuses_the_settings_of_a_real_server(project: Path, tmp_path: Path, settings: dict[str, str]) -> None:
    run = run_python(project, tmp_path, "manage.py", "dev", SECRET_KEY="s" * 32, **settings)
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith("CommandError: This needs DEBUG=on and the demo.")
