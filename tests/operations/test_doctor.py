"""`manage.py doctor` prints a line for each check, and how to fix what is wrong."""

import errno
import json
import platform
import re
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from inspect import getsource
from io import StringIO
from pathlib import Path
from typing import Any, NoReturn
from unittest.mock import Mock

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.utils import timezone

from numbers import services
from numbers.models import LastRun, Sync
from numbers.operations import doctor as doctor_checks
from numbers.operations import readiness
from numbers.operations.readiness import Check
from numbers.quo.client import QuoClient
from numbers.sandbox.server import SandboxServer
from numbers.sandbox.workspace import build
from numbers.syncing import demo
from quo_admin import __version__, env
from quo_admin.times import format_exact_time
from tests.support.oidc_provider import running
from tests.support.processes import free_port, run_python

KEY = "kE9-the-key-itself"
START = "Starting Quo Admin (`make run`, or `sudo systemctl start quo-admin` on a server)"

pytestmark = pytest.mark.django_db

Lines = dict[str, str]
DIFFERENT = [({True}, False), ({False}, True), ({True, False}, True), ({True, False}, False)]  # held, and asked for


@pytest.fixture(scope="module")
def running_quo() -> Iterator[SandboxServer]:
    with SandboxServer(build(12), key=KEY) as sandbox:
        yield sandbox


@pytest.fixture
def quo(running_quo: SandboxServer, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[SandboxServer]:
    """A Quo that accepts our key, and a client with short timeouts and without retries."""
    settings.QUO_API_KEY, settings.QUO_API_URL = KEY, running_quo.url

    def quick_client(**options: Any) -> QuoClient:
        return QuoClient(**options | {"sleep": lambda _seconds: None, "throttle": lambda: None})

    monkeypatch.setattr(services, "QuoClient", quick_client)
    yield running_quo
    running_quo.fault = None


@pytest.fixture
def active_account() -> None:
    get_user_model().objects.create_superuser("mara@example.com", "a password")


def doctor() -> tuple[int, Lines]:
    """Return the exit code and the lines by subject, each as its mark and text."""
    out = StringIO()
    code = 0
    try:
        call_command("doctor", stdout=out)
    except SystemExit as ended:
        code = int(str(ended.code))
    assert KEY not in out.getvalue()
    return code, {line[2:16].strip(): f"{line[0]} {line[17:]}" for line in out.getvalue().splitlines()}


def test_a_network_address_without_a_proxy_is_wrong(quo: SandboxServer, settings: Any) -> None:
    settings.HOST = "192.0.2.7"
    code, lines = doctor()
    assert (code, lines["reverse proxy"][:32]) == (1, "✗ HOST is 192.0.2.7, so other ma")


@pytest.mark.usefixtures("active_account")
def test_every_line_is_ok_when_all_is_well(quo: SandboxServer) -> None:
    code, lines = doctor()
    assert code == 0
    assert [text[0] for text in lines.values()] == ["✓"] * 7 + ["–"] * 3 + ["✓"] * 2
    assert list(lines) == [
        *("version", "settings", "data folder", "database", "migrations", "workspace", "accounts"),
        *("sync by timer", "last backup", "last verify", "Quo's address", "Quo's key"),
    ]
    assert lines["Quo's address"] == f"✓ {quo.url} answers"
    assert lines["Quo's key"] == "✓ accepted; Quo lists 12 numbers"


def test_the_first_line_is_the_version(quo: SandboxServer) -> None:
    _, lines = doctor()
    assert next(iter(lines.items())) == ("version", f"✓ Quo Admin {__version__}, Python {platform.python_version()}")


def test_debug_mode_is_wrong(quo: SandboxServer, settings: Any) -> None:
    settings.DEBUG = True
    code, lines = doctor()
    assert (code, lines["settings"][:14]) == (1, "✗ DEBUG is on,")
    assert lines["settings"].endswith("Set DEBUG=off.")


def test_what_never_ran_is_not_wrong(quo: SandboxServer) -> None:
    _, lines = doctor()
    assert lines["last backup"] == "– never ran. A timer should run it: see docs/deployment.md."


def test_a_failed_backup_is_wrong(quo: SandboxServer) -> None:
    run = LastRun.objects.create(command="backup", ended_at=timezone.now(), failure="The disk is full.")
    code, lines = doctor()
    failed = f"✗ failed at {format_exact_time(run.ended_at)}: The disk is full."
    assert (code, lines["last backup"]) == (1, f"{failed} None has succeeded yet.")

    run.succeeded_at = timezone.now() - timedelta(hours=1)
    run.save()
    good = f"The last good one ended at {format_exact_time(run.succeeded_at)}."
    assert doctor()[1]["last backup"] == f"{failed} {good}"


@pytest.mark.parametrize("command", LastRun.Command)
def test_a_timer_that_stopped_is_wrong(quo: SandboxServer, command: LastRun.Command) -> None:
    ended = timezone.now() - timedelta(days=3)
    LastRun.objects.create(command=command, ended_at=ended, succeeded_at=ended)
    code, lines = doctor()
    (line,) = [line for line in lines.values() if "overdue" in line]
    assert (code, line) == (
        1,
        f"✗ overdue. The last good one ended at {format_exact_time(ended)}. Look at its timer.",
    )


@pytest.mark.usefixtures("active_account")
def test_a_good_backup_is_right(quo: SandboxServer) -> None:
    ended = timezone.now()
    LastRun.objects.create(command="backup", ended_at=ended, succeeded_at=ended)
    code, lines = doctor()
    assert (code, lines["last backup"]) == (0, f"✓ succeeded at {format_exact_time(ended)}")


@pytest.mark.parametrize("site", ["http://phones.example.com", "http://192.168.1.5:8000"])
def test_an_address_without_https_is_wrong_on_a_network(quo: SandboxServer, settings: Any, site: str) -> None:
    settings.SITE_URL = site
    code, lines = doctor()
    assert (code, lines["settings"]) == (
        1,
        f"✗ people open {site}: without https, anyone on the network can read their passwords.",
    )


@pytest.mark.usefixtures("active_account")
@pytest.mark.parametrize("site", ["https://phones.example.com", "http://127.0.0.1:8000", "http://localhost:8000"])
def test_an_address_with_https_or_of_this_machine_is_right(quo: SandboxServer, settings: Any, site: str) -> None:
    settings.SITE_URL = site
    assert doctor()[1]["settings"] == f"✓ read; people open {site}"


def test_the_company_sign_in_provider_is_checked(quo: SandboxServer, settings: Any) -> None:
    with running() as provider:
        settings.OIDC_ISSUER = provider.url
        assert doctor()[1]["company"] == f"✓ {provider.url} answers"
    code, lines = doctor()
    assert (code, lines["company"]) == (
        1,
        f"✗ {provider.url}: The company's sign-in service does not answer. Check OIDC_ISSUER.",
    )


@pytest.mark.parametrize(
    ("name", "value"), [("HTTPS_PROXY", "http://127.0.0.1:1"), ("REQUESTS_CA_BUNDLE", "/nowhere.pem")]
)
def test_what_keeps_company_sign_in_from_its_provider_is_named(
    quo: SandboxServer, settings: Any, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    settings.OIDC_ISSUER = "https://provider.invalid"
    for other in ("https_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(name, value)

    assert doctor()[1]["company"].endswith(f"does not answer. Check OIDC_ISSUER and {name}. {name} is {value}.")


def test_certificates_that_redis_needs_are_named(
    quo: SandboxServer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere.pem")
    values = {**settings.ENVIRONMENT.values, "CACHE_URL": {"LOCATION": "rediss://127.0.0.1:1/0"}}
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, values=values)
    monkeypatch.setattr("numbers.operations.doctor.cache_answers", lambda: False)

    assert doctor()[1]["cache"].endswith("check REQUESTS_CA_BUNDLE. REQUESTS_CA_BUNDLE is /nowhere.pem.")


def test_a_missing_data_folder_is_wrong(quo: SandboxServer, settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "none"
    code, lines = doctor()
    assert (code, lines["data folder"]) == (1, f"✗ {tmp_path / 'none'} is not there. Run `make setup`.")


def test_a_data_folder_that_is_not_writable_is_wrong(
    quo: SandboxServer, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA_DIR = tmp_path
    refused = OSError(errno.EROFS, "Read-only file system")
    monkeypatch.setattr("numbers.operations.storage.tempfile.TemporaryFile", Mock(side_effect=refused))
    code, lines = doctor()
    assert code == 1
    assert lines["data folder"].startswith(f"✗ {tmp_path} is on a read-only disk. Mount it so that it can be written")


def test_having_no_active_account_is_wrong(quo: SandboxServer) -> None:
    get_user_model().objects.create_user("gone@example.com", "a password", is_active=False)
    code, lines = doctor()
    assert (code, lines["accounts"]) == (
        1,
        "✗ nobody can sign in. Run `.venv/bin/python manage.py createsuperuser`.",
    )


# Quo


@pytest.mark.usefixtures("active_account")
@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("401", "Quo did not accept the API key."),
        ("402", "Quo wants to be paid"),
        ("403", "Quo does not let this API key see phone numbers."),
    ],
)
def test_a_key_that_quo_refuses_is_wrong(quo: SandboxServer, fault: str, sentence: str) -> None:
    quo.fault = fault
    code, lines = doctor()
    assert code == 1
    assert lines["Quo's address"] == f"✓ {quo.url} answers"
    assert lines["Quo's key"].startswith(f"✗ {sentence}")
    assert "Quo's trace: " in lines["Quo's key"]


@pytest.mark.usefixtures("active_account")
def test_a_rate_limit_is_not_wrong(quo: SandboxServer) -> None:
    quo.fault = "429"
    code, lines = doctor()
    assert (code, lines["Quo's address"][0]) == (0, "✓")
    assert lines["Quo's key"].startswith("– Quo asks for fewer questions at a time. Wait a minute")


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("400", "Quo did not accept the question"),
        ("404", "There is no list of numbers at Quo's address."),
        ("500", "Quo itself is having trouble."),
        ("html", "A web page answered. Is this the right address, or is a network sign-in page in between?"),
        ("redirect", "Quo's address leads on to another one"),
        ("cut", "The connection to Quo broke off."),
    ],
)
def test_an_address_where_quo_does_not_answer_is_wrong(quo: SandboxServer, fault: str, sentence: str) -> None:
    quo.fault = fault
    code, lines = doctor()
    assert code == 1
    assert lines["Quo's address"].startswith(f"✗ {quo.url}: {sentence}")
    assert lines["Quo's key"] == "– set, but not checked: no answer to check it with."


def test_an_address_where_nothing_listens_is_wrong(quo: SandboxServer, settings: Any) -> None:
    settings.QUO_API_URL = f"http://127.0.0.1:{free_port()}"
    code, lines = doctor()
    assert (code, "Quo could not be reached" in lines["Quo's address"]) == (1, True)


def test_an_address_without_tls_is_wrong(quo: SandboxServer, settings: Any) -> None:
    settings.QUO_API_URL = quo.url.replace("http://", "https://")
    code, lines = doctor()
    assert (code, "The connection to Quo is not secure" in lines["Quo's address"]) == (1, True)


def test_a_host_name_that_cannot_be_resolved_is_wrong(
    quo: SandboxServer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: Any, **__: Any) -> NoReturn:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    settings.QUO_API_URL = "https://api.quo.example"
    code, lines = doctor()
    assert (code, "Quo's address could not be found" in lines["Quo's address"]) == (1, True)


@pytest.mark.usefixtures("active_account")
def test_the_doctor_does_not_print_a_key_that_quo_repeats(quo: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> None:
    body = {"message": f"no such key: {KEY}", "code": KEY, "trace": f"t-{KEY}"}
    monkeypatch.setattr("numbers.quo.client.errors.json.loads", lambda _body: body)
    quo.fault = "401"
    code, lines = doctor()  # asserts that the output has no key
    assert (code, "t-" in lines["Quo's key"]) == (1, True)


# The demo workspace


@pytest.mark.usefixtures("active_account")
def test_a_demo_that_is_not_running_is_not_wrong(settings: Any, tmp_path: Path) -> None:
    settings.DEMO, settings.DATA_DIR, settings.PORT = True, tmp_path, 9000
    code, lines = doctor()
    assert code == 0
    assert lines["Quo's key"].startswith("– QUO_API_KEY is not set: the demo workspace is shown.")
    assert lines["Quo's address"] == f"– the demo workspace is not running on port 9000; {START} starts it."


@pytest.mark.usefixtures("active_account")
def test_a_killed_demo_is_not_running(quo: SandboxServer, settings: Any, tmp_path: Path) -> None:
    settings.DEMO, settings.DATA_DIR = True, tmp_path
    demo.note_address(demo.DemoAddress(f"http://127.0.0.1:{free_port()}", "a key"))
    code, lines = doctor()
    assert (code, lines["Quo's address"][:36]) == (0, "– the demo workspace is not running ")


@pytest.mark.usefixtures("active_account")
def test_a_demo_that_is_running_is_right(quo: SandboxServer, settings: Any, tmp_path: Path) -> None:
    settings.DEMO, settings.DATA_DIR = True, tmp_path
    demo.note_address(demo.DemoAddress(quo.url, KEY))
    code, lines = doctor()
    assert (code, lines["Quo's address"]) == (0, "✓ the demo workspace answers")


@pytest.mark.parametrize(
    ("held", "demo"), [({True}, False), ({False}, True), ({True, False}, True), ({True, False}, False)]
)
def test_a_database_that_holds_another_workspace_is_wrong(
    quo: SandboxServer, settings: Any, held: set[bool], demo: bool
) -> None:
    settings.DEMO, settings.QUO_API_URL = demo, quo.url
    now = timezone.now()
    for kind in held:
        Sync.objects.create(scope="workspace", demo=kind, outcome="succeeded", started_at=now, ended_at=now)
    code, lines = doctor()
    assert (code, lines["workspace"][:21]) == (1, "✗ The database holds ")
    assert lines["workspace"].endswith(" and start again.")


@pytest.mark.usefixtures("active_account")
def test_no_key_and_no_demo_is_wrong(settings: Any) -> None:
    settings.DEMO, settings.QUO_API_KEY = False, ""
    code, lines = doctor()
    assert (code, lines["Quo's key"]) == (
        1,
        "✗ QUO_API_KEY is not set: set it to see your own workspace, or DEMO=on to see an invented one.",
    )
    assert "workspace" not in lines


# As a separate process, with broken databases


def test_a_missing_database_is_wrong_and_not_created(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    run = run_python(env.BASE_DIR, tmp_path, "manage.py", "doctor", SECRET_KEY="s" * 32)
    assert run.returncode == 1
    database = tmp_path / "data" / "demo.sqlite3"
    assert f"✗ database       {database} is not there yet. {START} makes it.\n" in run.stdout
    assert not database.exists()


def test_a_file_that_is_not_a_database_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a database, only a text of some length" * 100)
    run = run_python(
        env.BASE_DIR, tmp_path, "manage.py", "doctor", SECRET_KEY="s" * 32, DATABASE_URL=f"sqlite:///{tmp_path}/file"
    )
    assert run.returncode == 1
    assert f"✗ database       The database {tmp_path}/file is damaged: file is not a database. " in run.stdout


def test_a_database_server_that_is_down_is_wrong_and_its_password_is_not_printed(tmp_path: Path) -> None:
    url = f"postgres://mara:hunter2@127.0.0.1:{free_port()}/quo"
    run = run_python(env.BASE_DIR, tmp_path, "manage.py", "doctor", SECRET_KEY="s" * 32, DATABASE_URL=url)
    assert run.returncode == 1
    assert "✗ database       PostgreSQL does not answer. Check DATABASE_URL, " in run.stdout
    assert "hunter2" not in run.stdout + run.stderr


def test_pending_migrations_are_wrong(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with closing(sqlite3.connect(tmp_path / "data" / "demo.sqlite3")) as database:
        database.execute("PRAGMA journal_mode = WAL")
    run = run_python(env.BASE_DIR, tmp_path, "manage.py", "doctor", SECRET_KEY="s" * 32)
    assert run.returncode == 1
    assert " to do. Run `.venv/bin/python manage.py migrate`.\n" in run.stdout
    assert "accounts" not in run.stdout


def test_an_ascii_terminal_gets_words_instead_of_marks(tmp_path: Path) -> None:
    run = run_python(
        env.BASE_DIR, tmp_path, "manage.py", "doctor", SECRET_KEY="s" * 32, PYTHONIOENCODING="ascii", PYTHONUTF8="0"
    )
    assert "\nok    settings       read; " in run.stdout
    assert "\nWRONG data folder    " in run.stdout
    assert "\n-     Quo's key      QUO_API_KEY is not set" in run.stdout
    assert run.stderr == ""


# As JSON


def doctor_json() -> tuple[int, dict[str, Any]]:
    """Return the exit code and the document."""
    out = StringIO()
    code = 0
    try:
        call_command("doctor", "--json", stdout=out)
    except SystemExit as ended:
        code = int(str(ended.code))
    return code, json.loads(out.getvalue())


@pytest.mark.usefixtures("active_account")
def test_json_has_each_check_with_its_id_state_and_text(quo: SandboxServer) -> None:
    _, lines = doctor()
    code, document = doctor_json()
    assert (code, document["ok"], document["version"]) == (0, True, __version__)
    marks = {"ok": "✓", "failed": "✗", "unknown": "–"}
    assert [f"{marks[check['state']]} {check['text']}" for check in document["checks"]] == list(lines.values())
    assert [check["id"] for check in document["checks"]] == [
        *("version", "settings", "data-folder", "database", "migrations", "workspace", "accounts"),
        *("sync-by-timer", "last-backup", "last-verify", "quo-address", "quo-key"),
    ]


def test_json_ends_with_1_if_a_check_failed(quo: SandboxServer) -> None:
    code, document = doctor_json()
    assert (code, document["ok"]) == (1, False)
    assert [check["id"] for check in document["checks"] if check["state"] == "failed"] == ["accounts"]


def test_no_id_is_given_twice(quo: SandboxServer, settings: Any) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, notices=("One line has no effect.", "Another has none."))
    quo.fault = "unknown-values"
    ids = [check["id"] for check in doctor_json()[1]["checks"]]
    assert sorted(ids) == sorted(set(ids))
    assert {"settings-file", "quo-numbers"} <= set(ids)


def test_the_document_lists_every_id() -> None:
    sources = (doctor_checks, readiness.workspace)
    subjects = {name for source in sources for name in re.findall(r'Check\(\s*"([^"]+)"', getsource(source))}
    ids = {Check(name, None, "").id for name in (*subjects, *doctor_checks.RUNS.values())}
    document = (env.BASE_DIR / "docs" / "monitoring.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \|", document.partition("## The doctor")[2].partition("\n## ")[0], re.MULTILINE)
    assert sorted(rows) == sorted(ids)
