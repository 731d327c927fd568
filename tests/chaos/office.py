"""An installation of Quo Admin as people have it: a data folder, `manage.py run`, its commands, somebody signed in."""

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
from tests.chaos.checks import PATIENCE, Verifier, Wrong, check, wait_until
from tests.chaos.door import Door
from tests.chaos.memory import Memory, Record, copy_database, memory_of
from tests.support.installation import move_on
from tests.support.processes import LAST_WORDS, environment, is_free, started

KEY = "the-key-of-this-office-7d41c09b"
EMAIL = "admin@example.com"
# Seconds: two attempts fit in, the second with a second to spare, and nobody waits long for what never ends.
QUO_TIMEOUT = 3
MAX_ANSWER_MB = 2
NUMBERS = 61  # so that half of them is not enough to be believed
TIMING = Timing(slow_seconds=0.5, bomb_bytes=8 << 20)


@dataclass(frozen=True)
class Seen:
    """What a signed-in person reads: of each page the age of the copy and every notice, and what the pages show."""

    told: tuple[str, ...]
    total: int
    name: str


class Quo:
    """The workspace before and after the office moved on; between two syncs something of everything changes."""

    def __init__(self) -> None:
        self.first = build(NUMBERS)
        self.second = build(NUMBERS)
        move_on(self.second)

    def sandbox(self) -> SandboxServer:
        return SandboxServer(Workspace(self.first.numbers, self.first.users), key=KEY, timing=TIMING)


class Office:
    """A running installation. `door` is the way to its Quo; at `elsewhere` nobody may ever knock.

    Whatever it says or writes is kept in `outputs`, for a look whether the API key is in it.
    """

    def __init__(
        self, folder: Path, data: Path, *, quo: Quo, door: Door, elsewhere: Door, more: dict[str, str]
    ) -> None:
        self.folder = folder
        self.data = data
        self.quo = quo
        self.door = door
        self.elsewhere = elsewhere
        self.file = data / "quo-admin.sqlite3"
        self.kept = folder / "as-it-began.sqlite3"
        self.port = int(more.setdefault("PORT", str(own_port())))
        self.url = f"http://127.0.0.1:{self.port}"
        self.variables = environment(folder, **(_OURS | {"QUO_API_URL": door.url, "DATA_DIR": str(data)} | more))
        self.log = folder / "log"
        self.outputs: list[str] = []
        self.browser = requests.Session()
        self.browser.trust_env = False
        self.browser.headers["Connection"] = "close"  # one kept alive may be closed just as the next page is opened
        self._message = self.browser.cookies
        self._verifier: Verifier | None = None

    @contextmanager
    def served(self, log: str = "log") -> Iterator[None]:
        """Run `manage.py run` until the end of the block."""
        prepare(env.read(self.variables, env.dotenv_path(self.variables)))
        command = [sys.executable, str(env.BASE_DIR / "manage.py"), "run"]
        self.log = self.folder / log
        with started(command, self.folder, self.variables, self.log) as process:
            self.process = process
            wait_until(lambda: LAST_WORDS in process.printed or process.popen.poll() is not None, process.printed)
            check(LAST_WORDS in process.printed, process.printed)
            yield

    def sign_in(self) -> None:
        password = re.search(rf"Sign in as {EMAIL} with the password (\S+)", self.process.printed)
        check(password, self.process.printed)
        page = self._get("/accounts/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        form = {"csrfmiddlewaretoken": token and token[1], "login": EMAIL, "password": password and password[1]}
        self.browser.post(f"{self.url}/accounts/login/", form, headers={"Referer": self.url}, timeout=PATIENCE)

    def as_it_began(self, folder: Path) -> Path:
        """Make a data folder like this one's; return it."""
        folder.mkdir(mode=0o700)
        for file in self.data.glob("*-*"):
            if file.is_file() and ".sqlite3" not in file.name:  # the secret key, the first password
                shutil.copy2(file, folder / file.name)
        copy_database(self.kept, folder / self.file.name)
        return folder

    def close(self) -> None:
        if self._verifier:
            self._verifier.close()
        self.browser.close()

    def reset(self) -> None:
        """Let the memory be as it was before the office moved on, and Quo as it is after that, and well."""
        self.door.heal()
        copy_database(self.kept, self.file)
        self.quo_says(self.quo.second)
        self.outputs.clear()

    def quo_says(self, workspace: Workspace) -> None:
        self.door.sandbox.workspace.numbers = workspace.numbers
        self.door.sandbox.workspace.users = workspace.users
        self.door.sandbox.workspace.refresh()

    # What people do

    def check_now(self) -> None:
        """Press "Check now"; return when it sends back to the page."""
        token = str(self.browser.cookies.get(f"csrftoken_{self.port}"))
        with requests.Session() as tab:  # as in a window of its own: the first one goes on reading meanwhile
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

    def go_back(self) -> None:
        """Take what the last "Check now" had to tell to the next page that is opened."""
        self.browser.cookies.update(self._message)

    def look(self) -> Seen:
        """Open the list, a number, the overview and the page of the syncs."""
        page = LexborHTMLParser(self._get("/numbers/"))
        shown = self._any_number
        number = LexborHTMLParser(self._get(f"/numbers/{shown['id']}/"))
        others = [LexborHTMLParser(self._get(path)) for path in ("/", "/status/")]
        told = tuple(_told(one) for one in (page, number, *others))
        check(all("with Quo" in words for words in told), f"a page does not say how old it is: {told}")
        results = page.css_first("#results")
        heading = number.css_first("h1")
        check(results and heading, "a page without its content")
        total = int(results.attributes["data-total"] or -1) if results else -1
        return Seen(told, total, " ".join(heading.text().split()) if heading else "")

    def look_at_the_list(self) -> str:
        """Open the list; return how old it says to be, and every notice beside that."""
        return _told(LexborHTMLParser(self._get("/numbers/")))

    @property
    def _any_number(self) -> Record:
        return self.quo.first.numbers[0]

    def shown_name(self, memory: Memory) -> str:
        """The name that the page of the looked at number has to show."""
        return next(
            " ".join(str(row[6]).split()) for row in memory.states if row[0] == self._any_number["id"] and row[1]
        )

    def _get(self, path: str) -> str:
        answer = self.browser.get(f"{self.url}{path}", allow_redirects=False, timeout=PATIENCE)
        self.outputs.append(answer.text)
        check(answer.status_code == 200, f"{path} answered {answer.status_code}: {_title(answer.text)}")
        return answer.text

    # What happens in a terminal

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
            raise Wrong("a command did not end") from None
        self.outputs.append(printed)
        return process.returncode, printed.strip()

    def sync(self, **more: str) -> tuple[int, str]:
        """Run `manage.py sync` to its end; return its exit code and what it printed."""
        return self.finish(self.start("manage.py", "sync", **more))

    def verify(self) -> None:
        """Have `manage.py verify` look through the memory; one process does so for all cases of this office."""
        self._verifier = self._verifier or Verifier(_PATH | self.variables)
        found = self._verifier.verdict()
        check(found == "holds", f"manage.py verify: {found}")

    def memory(self) -> Memory:
        return memory_of(self.file)

    def check_outputs(self) -> None:
        """Nothing that was shown, printed or written down holds the key or a stack trace; nobody else was asked."""
        check(not self.elsewhere.asked, "the question, and the key with it, was sent to another address")
        self.outputs += [log.read_text(errors="replace") for log in self.folder.glob("log*")]
        for text in self.outputs:
            check("Traceback" not in text, f"a stack trace: {text[text.find('Traceback') :][:600]}")
            check(KEY not in text, f"the API key: {text[max(0, text.find(KEY) - 100) :][:200]!r}")
        for file in self.data.glob("*.sqlite3*"):
            check(KEY.encode() not in file.read_bytes(), f"the API key is in {file.name}")

    def workers(self) -> list[int]:
        """The processes that answer; Quo Admin's first process only watches over them."""
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


def own_port() -> int:
    """A free port that no connection of somebody else's will take in the next moment: those get higher ones."""
    return next(port for port in _ports if is_free(port))


_ports = itertools.count(random.randrange(16_000, 30_000))


def _told(page: LexborHTMLParser) -> str:
    """The freshness line, and the notices of a page, as text."""
    age = page.css_first("#freshness .checked")
    texts = [age.text() if age else "", *(notice.text(separator=" ") for notice in page.css(".notice"))]
    return " ".join(" ".join(texts).split())


def _title(page: str) -> str:
    found = re.search(r"<title>\s*(.*?)\s*</title>", page, re.DOTALL)
    return found[1] if found else page[:200]


@contextmanager
def open_office(folder: Path, quo: Quo, like: Path | None = None, **more: str) -> Iterator[Office]:
    """A new installation that has heard what Quo said first and serves its pages to somebody signed in.

    `like` is the data folder of another one to begin from: it need not make its tables and read the workspace again.
    """
    data = Path(more.pop("DATA_DIR", str(folder / "data")))
    if like:
        shutil.copytree(like, data, dirs_exist_ok=True)
    with quo.sandbox() as sandbox:
        door, elsewhere = Door(sandbox), Door(sandbox)
        place = Office(folder, data, quo=quo, door=door, elsewhere=elsewhere, more=more)
        try:
            with place.served():
                place.sign_in()
                place.look()
                copy_database(place.file, place.kept)
                yield place
        finally:
            place.close()
            door.close()
            elsewhere.close()
