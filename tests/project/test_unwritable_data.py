"""With a data folder that cannot be used, every command ends with advice and no traceback, also for the demo."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from numbers.sandbox.server import SandboxServer
from numbers.sandbox.workspace import build
from quo_admin import env
from tests.chaos.disks import fill, protect, tmpfs, why_no_disks, why_no_flags
from tests.support.privileges import AS_ANYBODY, why_no_permissions
from tests.support.processes import environment, free_port, run
from tests.support.running import KEY

pytestmark = pytest.mark.skipif(bool(why_no_permissions()), reason=why_no_permissions())

DATABASES = ("demo.sqlite3", "quo-admin.sqlite3")
ALLOW = "may not be read and written by its owner"
COMMANDS = (
    ["manage.py", "verify"],
    ["manage.py", "rebuild"],
    ["manage.py", "backup", "made.sqlite3"],
    ["manage.py", "restore", "backup.sqlite3", "--yes"],
    ["manage.py", "migrate"],
    ["manage.py", "createsuperuser", "--noinput", "--email", "mara@example.com"],
)


@pytest.fixture
def folder(tmp_path: Path, empty_database: Path) -> Iterator[Path]:
    """Yield a folder with the data of an installation and a backup."""
    data = tmp_path / "data"
    (data / "cache").mkdir(parents=True)
    for name in (*DATABASES, "../backup.sqlite3"):
        shutil.copyfile(empty_database, data / name)
    (data / "secret-key").write_text("s" * 32)
    for name in ("run.lock", "quo-requests.lock", *(f"{name}.sync.lock" for name in DATABASES)):
        (data / name).touch()
    yield tmp_path
    for path in (tmp_path, data, *tmp_path.glob("data/*")):  # so that it can be deleted
        path.chmod(0o700)


def manage(folder: Path, arguments: list[str], **more: str) -> subprocess.CompletedProcess[str]:
    variables = environment(folder, PORT=str(free_port()), DJANGO_SUPERUSER_PASSWORD="correct-horse", **more)
    script = str(env.BASE_DIR / "manage.py")
    command = [script if argument == "manage.py" else argument for argument in arguments]
    return run([*AS_ANYBODY, sys.executable, *command], folder, variables | {"PYTHONPATH": str(env.BASE_DIR)})


def assert_advises(done: subprocess.CompletedProcess[str], *words: str) -> None:
    printed = done.stdout + done.stderr
    assert done.returncode == 1, printed
    assert "Traceback" not in printed
    assert all(word in printed for word in words), printed


def close_folder(data: Path) -> None:
    data.chmod(0o000)


def close_parent(data: Path) -> None:
    data.parent.chmod(0o600)


def replace_folder_by_file(data: Path) -> None:
    shutil.rmtree(data)
    data.touch()


def close(name: str) -> Callable[[Path], None]:
    def close_file(data: Path) -> None:
        for file in data.glob(name):
            file.chmod(0o000)

    return close_file


def leave_log_of_another_user(data: Path) -> None:
    for name in DATABASES:
        for end in ("-wal", "-shm"):
            data.joinpath(f"{name}{end}").write_bytes(b"")
            data.joinpath(f"{name}{end}").chmod(0o000)


KINDS: dict[str, tuple[Callable[[Path], None], str]] = {
    "a read-only folder": (lambda data: data.chmod(0o500), ALLOW),
    "a closed folder": (close_folder, ALLOW),
    "a closed parent": (close_parent, "may not enter"),
    "a file": (replace_folder_by_file, "is not a folder"),
    "a closed database": (close("*.sqlite3"), ALLOW),
    "a closed log": (leave_log_of_another_user, ALLOW),
    "a closed secret key": (close("secret-key"), ALLOW),
}


REAL = {"QUO_API_KEY": KEY, "QUO_API_URL": "http://127.0.0.1:1", "QUO_TIMEOUT": "1"}
STARTS: list[tuple[str, dict[str, str]]] = [("run", {"DEMO": "on"}), ("sync", REAL), ("doctor", REAL)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("command", "settings"), STARTS, ids=[command for command, _ in STARTS])
def test_a_start_says_what_to_do(folder: Path, command: str, settings: dict[str, str], kind: str) -> None:
    spoil, words = KINDS[kind]
    spoil(folder / "data")
    assert_advises(manage(folder, ["manage.py", command], **settings), words)


@pytest.mark.parametrize("arguments", [["manage.py", "migrate"], ["-m", "quo_admin.prepare"]])
def test_a_secret_key_that_cannot_be_read_is_not_to_be_deleted(folder: Path, arguments: list[str]) -> None:
    close("secret-key")(folder / "data")
    done = manage(folder, arguments, DEMO="on")
    assert_advises(done, f"{folder}/data/secret-key {ALLOW}", "`chmod -R u+rwX ")
    assert "delete" not in done.stderr


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: arguments[1])
def test_every_command_says_what_to_do_about_the_database(folder: Path, arguments: list[str]) -> None:
    close("*.sqlite3")(folder / "data")
    assert_advises(manage(folder, arguments, **REAL), ALLOW)


@pytest.mark.parametrize("name", ["run.lock", "cache"])
def test_the_start_names_what_a_request_could_not_use(folder: Path, name: str) -> None:
    close(name)(folder / "data")
    assert_advises(manage(folder, ["manage.py", "run"], DEMO="on"), f"{folder}/data/{name} {ALLOW}")
    assert_advises(manage(folder, ["manage.py", "doctor"], DEMO="on"), f"{folder}/data/{name} {ALLOW}")


@pytest.mark.parametrize("name", ["quo-admin.sqlite3.sync.lock", "quo-requests.lock"])
def test_a_sync_names_the_lock_that_it_could_not_use(folder: Path, name: str) -> None:
    close(name)(folder / "data")
    with SandboxServer(build(12), key=KEY) as quo:
        done = manage(folder, ["manage.py", "sync"], QUO_API_KEY=KEY, QUO_API_URL=quo.url)
    assert_advises(done, "DATA_DIR" if name.startswith("quo-requests") else f"{folder}/data/{name} {ALLOW}")


def test_a_restore_names_the_lock_that_it_could_not_use(folder: Path) -> None:
    close("*.sync.lock")(folder / "data")
    done = manage(folder, ["manage.py", "restore", "backup.sqlite3", "--yes"], DEMO="on")
    assert_advises(done, f"{folder}/data/demo.sqlite3.sync.lock {ALLOW}")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_folder_of_somebody_else_is_to_be_given(folder: Path) -> None:
    os.chown(folder / "data", 4711, 4711)
    (folder / "data").chmod(0o700)
    done = manage(folder, ["manage.py", "run"], DEMO="on")
    assert_advises(done, "belongs to user 4711, and this is root. Run this as user 4711, or give the folder to root: ")


@pytest.mark.skipif(bool(why_no_disks()), reason=why_no_disks())
@pytest.mark.parametrize("command", ["run", "sync", "doctor", "migrate"])
@pytest.mark.parametrize("state", ["is on a read-only disk", "is full"])
def test_a_disk_that_cannot_be_written_is_named(folder: Path, command: str, state: str) -> None:
    with tmpfs(folder) as disk:
        data = shutil.copytree(folder / "data", disk / "data")
        if state == "is full":
            fill(disk)
        else:
            subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        done = manage(folder, ["manage.py", command], DEMO="on", DATA_DIR=str(data))
        assert_advises(done, f"{data} {state}")


def test_a_secret_key_that_may_only_be_read_is_enough(folder: Path) -> None:
    (folder / "data" / "secret-key").chmod(0o400)
    assert "✓ data folder " in manage(folder, ["manage.py", "doctor"], DEMO="on").stdout


def test_a_developer_can_see_the_traceback(folder: Path) -> None:
    close("*.sqlite3")(folder / "data")
    assert "Traceback" in manage(folder, ["manage.py", "migrate", "--traceback"], DEMO="on").stderr


@pytest.mark.skipif(bool(why_no_flags()), reason=why_no_flags())
def test_a_file_that_is_protected_from_everybody_is_named(folder: Path) -> None:
    file = folder / "data" / "demo.sqlite3"
    protect(file, "+i")
    try:
        assert_advises(manage(folder, ["manage.py", "run"], DEMO="on"), f"{file} cannot be written, although ")
    finally:
        protect(file, "-i")
