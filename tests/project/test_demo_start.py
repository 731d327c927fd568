"""Nothing starts on a database that does not fit the settings, and nothing is written to it."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from pytest_django import DjangoDbBlocker

from numbers.models import Sync
from numbers.operations.backups.files import opened
from numbers.syncing.mixing import NO_KEY
from tests.support.processes import PATIENCE, environment, free_port, processes_of, run, run_python
from tests.support.records import NINE
from tests.support.running import running_site

GUNICORN = (
    *("-m", "gunicorn", "--no-control-socket", "--log-level", "critical", "--bind", "127.0.0.1:0"),
    "quo_admin.wsgi",
)
START = {"run": (("manage.py", "run"), 1, "CommandError: "), "gunicorn": (GUNICORN, 4, "")}
PutDatabase = Callable[[Path, str], None]
starts = pytest.mark.parametrize("start", START)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path


def assert_refused(project: Path, folder: Path, start: str, sentence: str, **more: str) -> None:
    command, code, prefix = START[start]
    done = run_python(project, folder, *command, SECRET_KEY="s" * 32, PORT=str(free_port()), **more)
    assert (done.returncode, done.stdout, done.stderr) == (code, "", f"{prefix}{sentence}\n")
    assert processes_of(folder) == {}


@pytest.fixture
def put_database(empty_database: Path, django_db_blocker: DjangoDbBlocker) -> PutDatabase:
    """Return a function that creates a database with a successful sync of each kind: d (demo), r (real)."""

    def put(file: Path, kinds: str) -> None:
        shutil.copyfile(empty_database, file)
        with django_db_blocker.unblock(), opened(file):
            for kind in kinds:
                Sync.objects.create(
                    scope="workspace",
                    outcome="succeeded",
                    demo=kind == "d",
                    **dict.fromkeys(("started_at", "observed_at", "ended_at"), NINE),
                )

    return put


@starts
@pytest.mark.parametrize("public", [{"SITE_URL": "https://phones.example.com"}, {"HOST": "0.0.0.0"}, {"DEMO": "off"}])  # noqa: S104 - a value of the setting
def test_without_a_key_it_does_not_start_unless_the_demo_is_meant(
    project: Path, folder: Path, start: str, public: dict[str, str]
) -> None:
    assert_refused(project, folder, start, NO_KEY, **public)
    assert not list((folder / "data").glob("*.sqlite3"))


@starts
def test_without_a_key_the_demo_is_not_written_to_the_offices_database(project: Path, folder: Path, start: str) -> None:
    assert_refused(project, folder, start, NO_KEY, DATABASE_URL=f"sqlite:///{folder}/office.sqlite3")
    assert not (folder / "office.sqlite3").exists()


@starts
@pytest.mark.parametrize(
    ("kinds", "setting", "sentence"),
    [
        ("d", "QUO_API_KEY=k", "The database holds the demo workspace, not your own: set DATABASE_URL to another, "),
        ("r", "DEMO=on", "The database holds a real workspace, not the demo: set QUO_API_KEY instead of DEMO, or "),
        ("dr", "QUO_API_KEY=k", "The database holds the demo and a real workspace together: restore an older backup, "),
        ("rd", "DEMO=on", "The database holds the demo and a real workspace together: restore an older backup, "),
    ],
)
def test_a_database_that_does_not_fit_is_refused_and_not_touched(
    project: Path,
    folder: Path,
    put_database: PutDatabase,
    *,
    start: str,
    kinds: str,
    setting: str,
    sentence: str,
) -> None:
    file = folder / "office.sqlite3"
    put_database(file, kinds)
    before = file.read_bytes()
    command, code, _ = START[start]
    more = dict([setting.split("=")]) | {"PORT": str(free_port()), "DATABASE_URL": f"sqlite:///{file}"}
    done = run([sys.executable, *command], project, environment(folder, SECRET_KEY="s" * 32, **more))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (code, "", 1)
    assert sentence in done.stderr
    assert file.read_bytes() == before
    assert not list((folder / "data").glob("first-password*"))


def test_the_sentence_for_a_file_works(project: Path, folder: Path, put_database: PutDatabase) -> None:
    file = folder / "data" / "quo-admin.sqlite3"
    put_database(file, "d")
    sentence = "The database holds the demo workspace, not your own: move quo-admin.sqlite3* out of DATA_DIR"
    assert_refused(project, folder, "run", f"{sentence} and start again.", QUO_API_KEY="k")
    for part in file.parent.glob("quo-admin.sqlite3*"):
        part.rename(folder / part.name)
    nowhere = f"http://127.0.0.1:{free_port()}"
    with running_site(project, folder, QUO_API_KEY="k", QUO_API_URL=nowhere, QUO_TIMEOUT="1") as site:
        ready = requests.get(f"{site.url}/readyz", timeout=PATIENCE)
    assert ready.status_code == 200, ready.text


def test_with_demo_on_a_public_address_shows_the_demo_with_a_banner(project: Path, folder: Path) -> None:
    with running_site(project, folder, DEMO="on", SITE_URL="http://phones.example.com") as site:
        login = f"{site.url}/accounts/login/"
        page = requests.get(login, headers={"Host": "phones.example.com"}, timeout=PATIENCE).text
    assert 'class="demo-banner"' in page


def test_with_demo_on_the_demo_is_written_to_the_named_database(project: Path, folder: Path) -> None:
    office = f"sqlite:///{folder}/office.sqlite3"
    with running_site(project, folder, DEMO="on", DATABASE_URL=office) as site:
        page = site.list_page()
    assert 'class="demo-banner"' in page
    assert 'data-total="60"' in page
    more = {"QUO_API_KEY": "k", "QUO_API_URL": f"http://127.0.0.1:{free_port()}", "DATABASE_URL": office}
    more["QUO_TIMEOUT"] = "1"  # nothing answers there
    doctor = run([sys.executable, "manage.py", "doctor"], project, environment(folder, SECRET_KEY="s" * 32, **more))
    assert "✗ workspace      The database holds the demo workspace, not your own: set DATABASE_URL" in doctor.stdout


def test_demo_and_key_together_are_refused(project: Path, folder: Path) -> None:
    more = {"DEMO": "on", "QUO_API_KEY": "k"}
    done = run([sys.executable, "manage.py", "run"], project, environment(folder, SECRET_KEY="s" * 32, **more))
    sentence = "DEMO is on and QUO_API_KEY is set: remove DEMO to see your own workspace.\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", sentence)
