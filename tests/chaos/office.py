"""A running installation of Quo Admin: a data folder, `manage.py run`, commands, and a signed-in person."""

import itertools
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from selectolax.lexbor import LexborHTMLParser

from numbers.sandbox.faults import Timing
from numbers.sandbox.server import SandboxServer
from numbers.sandbox.workspace import Workspace, build
from quo_admin import env
from quo_admin.prepare import prepare
from tests.chaos.checks import PATIENCE, CheckFailed, Verifier, check, wait_until
from tests.chaos.fake_quo import FakeQuo
from tests.chaos.memory import Memory, Record, copy_database, memory_of
from tests.support.installation import move_on
from tests.support.processes import READY_LINE, environment, is_free, running_process

KEY = "the-key-of-this-office-7d41c09b"
EMAIL = "admin@example.com"
# Seconds. Two attempts fit in, with a second to spare, and endless faults still end soon.
QUO_TIMEOUT = 3
MAX_ANSWER_MB = 2
NUMBERS = 61  # odd, so that an answer with half of them is not accepted
TIMING = Timing(slow_seconds=0.5, bomb_bytes=8 << 20)


@dataclass(frozen=True)
class Pages:
    """What a signed-in person reads: the age and notices of each page, the total of the list, a number's name."""

    notices: tuple[str, ...]
    total: int
    name: str


class Workspaces:
    """Quo's workspace before and after changes of every kind."""

    def __init__(self) -> None:
        self.first = build(NUMBERS)
        self.second = build(NUMBERS)
        move_on(self.second)

    def sandbox(self) -> SandboxServer:
        return SandboxServer(Workspace(self.first.numbers, self.first.users), key=KEY, timing=TIMING)


class Office:
    """A running installation. It asks `fake_quo`; nothing may ever connect to `elsewhere`.

    `outputs` collects everything that it prints or shows, to check that the API key is not in it.
    """

    def __init__(
        self,
        folder: Path,
        data: Path,
        *,
        workspaces: Workspaces,
        fake_quo: FakeQuo,
        elsewhere: FakeQuo,
        more: dict[str, str],
    ) -> None:
        self.folder = folder
        self.data = data
        self.workspaces = workspaces
        self.fake_quo = fake_quo
        self.elsewhere = elsewhere
        self.file = data / "quo-admin.sqlite3"
        self.initial_database = folder / "as-it-began.sqlite3"
        self.port = int(more.setdefault("PORT", str(free_low_port())))
        self.url = f"http://127.0.0.1:{self.port}"
        self.variables = environment(folder, **(_OURS | {"QUO_API_URL": fake_quo.url, "DATA_DIR": str(data)} | more))
        self.log = folder / "log"
        self.outputs: list[str] = []
        self.browser = requests.Session()
        self.browser.trust_env = False
        self.browser.headers["Connection"] = "close"  # an idle connection could be closed during the next request
        self._message = self.browser.cookies
        self._verifier: Verifier | None = None

    @contextmanager
    def serve(self, log: str = "log") -> Iterator[None]:
        """Run `manage.py run` until the end of the block."""
        prepare(env.read(self.variables, env.dotenv_path(self.variables)))
        command = [sys.executable, str(env.BASE_DIR / "manage.py"), "run"]
        self.log = self.folder / log
        with running_process(command, self.folder, self.variables, self.log) as process:
            self.process = process
            wait_until(lambda: READY_LINE in process.printed or process.popen.poll() is not None, process.printed)
            check(READY_LINE in process.printed, process.printed)
            yield

    def sign_in(self) -> None:
        password = re.search(rf"Sign in as {EMAIL} with the password (\S+)", self.process.printed)
        check(password, self.process.printed)
        page = self._get("/accounts/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        form = {"csrfmiddlewaretoken": token and token[1], "login": EMAIL, "password": password and password[1]}
        self.browser.post(f"{self.url}/accounts/login/", form, headers={"Referer": self.url}, timeout=PATIENCE)

    def copy_initial_data(self, folder: Path) -> Path:
        """Copy the initial data to a new folder; return it."""
        folder.mkdir(mode=0o700)
        for file in self.data.glob("*-*"):
            if file.is_file() and ".sqlite3" not in file.name:  # the secret key, the first password
                shutil.copy2(file, folder / file.name)
        copy_database(self.initial_database, folder / self.file.name)
        return folder

    def close(self) -> None:
        if self._verifier:
            self._verifier.close()
        self.browser.close()

    def reset(self) -> None:
        """Restore the initial memory, end all faults, and let Quo have the second workspace."""
        self.fake_quo.end_faults()
        copy_database(self.initial_database, self.file)
        # Otherwise the table would soon reach the limit on what one person may ask.
        for counted in (self.file.parent / "cache").glob("*"):
            counted.unlink(missing_ok=True)
        self.set_workspace(self.workspaces.second)
        self.outputs.clear()

    def set_workspace(self, workspace: Workspace) -> None:
        self.fake_quo.sandbox.workspace.numbers = workspace.numbers
        self.fake_quo.sandbox.workspace.users = workspace.users
        self.fake_quo.sandbox.workspace.refresh()

    # On pages

    def check_now(self) -> None:
        """Click "Check now"; return when it redirects to the page."""
        token = str(self.browser.cookies.get(f"csrftoken_{self.port}"))
        with requests.Session() as tab:  # a separate session, because the first one opens pages meanwhile
            tab.trust_env = False
            tab.cookies.update(self.browser.cookies)
            answer = tab.post(
                f"{self.url}/sync/",
                {"csrfmiddlewaretoken": token, "next": "/numbers/"},
                headers={"Referer": self.url},
                allow_redirects=False,
                timeout=PATIENCE,
            )
        self.outputs.append(answer.text)
        check(answer.status_code == 302, f"Check now answered {answer.status_code}: {_title(answer.text)}")
        self._message = answer.cookies

    def use_message(self) -> None:
        """Show the message of the last "Check now" on the next page."""
        self.browser.cookies.update(self._message)

    def open_pages(self) -> Pages:
        """Open the list, a number, the overview and the status page."""
        page = LexborHTMLParser(self._get("/numbers/"))
        shown = self._sample_number
        number = LexborHTMLParser(self._get(f"/numbers/{shown['id']}/"))
        others = [LexborHTMLParser(self._get(path)) for path in ("/", "/status/")]
        notices = tuple(_notices(one) for one in (page, number, *others))
        check(all("with Quo" in words for words in notices), f"a page does not show its age: {notices}")
        results = page.css_first("#results")
        heading = number.css_first("h1")
        check(results and heading, "a page without its content")
        total = int(results.attributes["data-total"] or -1) if results else -1
        return Pages(notices, total, " ".join(heading.text().split()) if heading else "")

    def open_list(self) -> str:
        """Open the list; return its age and notices."""
        return _notices(LexborHTMLParser(self._get("/numbers/")))

    @property
    def _sample_number(self) -> Record:
        return self.workspaces.first.numbers[0]

    def expected_name(self, memory: Memory) -> str:
        """Return the name that the sample number's page must show."""
        names = [row[6] for row in memory.states if row[0] == self._sample_number["id"] and row[1]]
        return " ".join(names[0].split()) or "(no name)"

    def _get(self, path: str) -> str:
        answer = self.browser.get(f"{self.url}{path}", allow_redirects=False, timeout=PATIENCE)
        self.outputs.append(answer.text)
        check(answer.status_code == 200, f"{path} answered {answer.status_code}: {_title(answer.text)}")
        return answer.text

    # In a terminal

    def start(self, *command: str, **more: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, *command],
            env=_PATH | self.variables | more,
            cwd=env.BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def finish(self, process: "subprocess.Popen[str]") -> tuple[int, str]:
        try:
            printed, _ = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise CheckFailed("a command did not end") from None
        self.outputs.append(printed)
        return process.returncode, printed.strip()

    def sync(self, **more: str) -> tuple[int, str]:
        """Run `manage.py sync` to its end; return its exit code and what it printed."""
        return self.finish(self.start("manage.py", "sync", **more))

    def verify(self) -> None:
        """Run `manage.py verify`, in one process for all cases of this office."""
        self._verifier = self._verifier or Verifier(_PATH | self.variables)
        found = self._verifier.verdict()
        check(found == "holds", f"manage.py verify: {found}")

    def memory(self) -> Memory:
        return memory_of(self.file)

    def check_outputs(self) -> None:
        """Check that no output contains the key or a stack trace, and that no other host was asked."""
        check(not self.elsewhere.connections, "the request, with the API key, was sent to another address")
        self.outputs += [log.read_text(errors="replace") for log in self.folder.glob("log*")]
        for text in self.outputs:
            check("Traceback" not in text, f"a stack trace: {text[text.find('Traceback') :][:600]}")
            check(KEY not in text, f"the API key: {text[max(0, text.find(KEY) - 100) :][:200]!r}")
        for file in self.data.glob("*.sqlite3*"):
            check(KEY.encode() not in file.read_bytes(), f"the API key is in {file.name}")

    def workers(self) -> list[int]:
        """Return the IDs of the worker processes, without their parent."""
        listed = subprocess.run(
            ["pgrep", "-P", str(self.process.popen.pid)], capture_output=True, text=True, check=False
        )
        return [int(pid) for pid in listed.stdout.split()]


_PATH = {"DJANGO_SETTINGS_MODULE": "quo_admin.settings", "PYTHONPATH": str(env.BASE_DIR)}
_OURS = {
    "QUO_API_KEY": KEY,
    "QUO_TIMEOUT": str(QUO_TIMEOUT),
    "QUO_MAX_ANSWER_MB": str(MAX_ANSWER_MB),
    "NO_PROXY": "*",
    "no_proxy": "*",
}


def free_low_port() -> int:
    """Return a free port below those that the kernel gives to outgoing connections, so that it stays free."""
    return next(port for port in _ports if is_free(port))


_ports = itertools.count(random.randrange(16_000, 30_000))


def _notices(page: LexborHTMLParser) -> str:
    """Return the freshness line and the notices of a page as text."""
    age = page.css_first("#freshness .checked")
    texts = [age.text() if age else "", *(notice.text(separator=" ") for notice in page.css(".notice"))]
    return " ".join(" ".join(texts).split())


def _title(page: str) -> str:
    found = re.search(r"<title>\s*(.*?)\s*</title>", page, re.DOTALL)
    return found[1] if found else page[:200]


@contextmanager
def open_office(folder: Path, workspaces: Workspaces, template: Path | None = None, **more: str) -> Iterator[Office]:
    """Start a new installation that has synced the first workspace, and sign in.

    `template` is the data folder of another installation to copy, which saves migrations and the first sync.
    """
    data = Path(more.pop("DATA_DIR", str(folder / "data")))
    if template:
        shutil.copytree(template, data, dirs_exist_ok=True)
    with workspaces.sandbox() as sandbox:
        fake_quo, elsewhere = FakeQuo(sandbox), FakeQuo(sandbox)
        office = Office(folder, data, workspaces=workspaces, fake_quo=fake_quo, elsewhere=elsewhere, more=more)
        try:
            with office.serve():
                office.sign_in()
                office.open_pages()
                copy_database(office.file, office.initial_database)
                yield office
        finally:
            office.close()
            fake_quo.close()
            elsewhere.close()
