"""An upgrade that changes static files while a server runs: what is collected and what users see."""

import re
import shutil
import signal
import socket
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Event

import pytest
import requests
from django.contrib.staticfiles.storage import ManifestFilesMixin

from numbers.management.commands.collect import MAX_COLLECTIONS
from quo_admin import collected
from tests.support.make import make
from tests.support.processes import PATIENCE, environment, run_python, running_process, wait_until
from tests.support.socket_activation import serving_on_socket, url_of

STYLE = Path("css", "base.css")
ERROR_PAGE_STYLE = f"/static/{STYLE.as_posix()}"  # error pages use names without a hash


@pytest.fixture
def own(project: Path, tmp_path: Path) -> Path:
    """Return a copy of the project to change, with static files collected like versions before `manage.py collect`."""
    copy = tmp_path / "own"
    shutil.copytree(project, copy, symlinks=True)
    assert names(copy) == ["static"]
    return copy


def change(own: Path, text: str) -> None:
    with (own / "static" / STYLE).open("a") as file:
        file.write(f"\n/* {text} */\n")


def collect(own: Path, folder: Path) -> Path:
    run = run_python(own, folder, "manage.py", "collect", SECRET_KEY="s" * 32)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    return collected.newest(own / "build")


def names(own: Path) -> list[str]:
    return [path.name for path in collected.folders(own / "build")]


def content(collection: Path) -> dict[str, bytes]:
    """Return the content of every file by name."""
    files = (path for path in collection.rglob("*") if path.is_file())
    return {path.relative_to(collection).as_posix(): path.read_bytes() for path in files}


# What users see


def static_files_in(page: str) -> set[str]:
    return set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))


def browse_until(over: Event, url: str, before: set[str], seen: list[tuple[str, int]]) -> None:
    """Repeatedly request the sign-in page, its static files, and those of a page that was open `before`."""
    with requests.Session() as session:
        session.headers["Connection"] = "close"
        while not over.is_set():
            page = session.get(f"{url}/accounts/login/", timeout=PATIENCE)
            paths = [*static_files_in(page.text), *before]
            seen += [(path, session.get(f"{url}{path}", timeout=PATIENCE).status_code) for path in paths]
            seen.append(("/accounts/login/", page.status_code))


def wait_for_more(seen: list[tuple[str, int]], looking: list[Future[None]]) -> None:
    enough = len(seen) + 100
    wait_until(lambda: len(seen) >= enough or any(one.done() for one in looking))


def test_no_request_fails_during_an_upgrade_that_changes_a_static_file(
    own: Path, tmp_path: Path, address: socket.socket
) -> None:
    over, seen, url = Event(), list[tuple[str, int]](), url_of(address)
    with ThreadPoolExecutor(3) as pool, ExitStack() as at_last:
        at_last.callback(over.set)
        with serving_on_socket(own, tmp_path, address, "first"):
            before = static_files_in(requests.get(f"{url}/accounts/login/", timeout=PATIENCE).text) | {ERROR_PAGE_STYLE}
            looking = [pool.submit(browse_until, over, url, before, seen) for _ in range(3)]
            for version in ("second", "third"):
                change(own, version * 100)
                assert make(own, tmp_path, "setup").returncode == 0
                wait_for_more(seen, looking)
        with serving_on_socket(own, tmp_path, address, "third"):
            wait_for_more(seen, looking)
            after = static_files_in(requests.get(f"{url}/accounts/login/", timeout=PATIENCE).text)
            over.set()
            for one in looking:
                one.result()
    assert {(path, status) for path, status in seen if status != 200} == set()
    assert len(after - before) == 1  # the file that was changed
    assert after - before <= {path for path, _ in seen}


def test_a_running_server_does_not_read_changed_files(own: Path, tmp_path: Path, address: socket.socket) -> None:
    with serving_on_socket(own, tmp_path, address, "first"):
        for file in [*(own / "templates").rglob("*.html"), *(own / "numbers" / "views").glob("*.py")]:
            file.write_text("{% of another version %}")
        page = requests.get(f"{url_of(address)}/accounts/login/", timeout=PATIENCE)
        missing = requests.get(f"{url_of(address)}/accounts/nowhere/", timeout=PATIENCE)

    assert (page.status_code, missing.status_code) == (200, 404)
    assert "another version" not in page.text + missing.text


# Collecting


def test_a_collection_in_use_does_not_change(own: Path, tmp_path: Path) -> None:
    first = collected.newest(own / "build")
    before = content(first)
    change(own, "second")

    second = collect(own, tmp_path)

    assert content(first) == before
    assert second != first


def test_files_of_open_pages_are_in_the_next_collection_with_their_compressed_forms(own: Path, tmp_path: Path) -> None:
    before = content(collected.newest(own / "build"))
    hashed = {name for name in before if re.fullmatch(r"css/base\.[0-9a-f]{12}\.css(\.gz)?", name)}
    assert len(hashed) == 2
    for version in ("second", "third"):
        change(own, version)
        after = content(collect(own, tmp_path))

    assert {name: after[name] for name in hashed} == {name: before[name] for name in hashed}
    assert after["css/base.css"] == (own / "static" / STYLE).read_bytes()
    assert len([name for name in after if re.fullmatch(r"css/base\.[0-9a-f]{12}\.css", name)]) == 3


def test_nothing_is_collected_if_nothing_has_changed(own: Path, tmp_path: Path) -> None:
    change(own, "second")
    collect(own, tmp_path)
    collect(own, tmp_path)

    assert names(own) == ["static", "static-1"]


def test_only_the_newest_collections_are_kept(own: Path, tmp_path: Path) -> None:
    for number in range(1, 31):
        (own / "build" / f"static-{number}").mkdir()
    change(own, "next")

    assert collect(own, tmp_path).name == "static-31"
    assert names(own) == [f"static-{number}" for number in range(32 - MAX_COLLECTIONS, 32)]


def test_a_killed_collect_leaves_the_old_collection_and_does_not_affect_the_next(own: Path, tmp_path: Path) -> None:
    before = collected.newest(own / "build")
    change(own, "second")
    draft = own / "build" / "collecting"
    command = [sys.executable, str(own / "manage.py"), "collect"]
    with running_process(command, own, environment(tmp_path, SECRET_KEY="s" * 32), tmp_path / "log") as process:
        wait_until(lambda: (draft / "css").exists() or process.popen.poll() is not None)
        process.signal_group(signal.SIGKILL)
    assert collected.newest(own / "build") == before
    (draft / "half.css").write_text("ha")

    after = content(collect(own, tmp_path))

    assert "half.css" not in after
    assert after["css/base.css"] == (own / "static" / STYLE).read_bytes()
    assert not draft.exists()


def test_an_incomplete_collection_is_followed_by_a_complete_one(own: Path, tmp_path: Path) -> None:
    (own / "build" / "static" / ManifestFilesMixin.manifest_name).write_text('{"paths": {"css/ba')

    assert content(collect(own, tmp_path))["css/base.css"] == (own / "static" / STYLE).read_bytes()
    assert names(own) == ["static", "static-1"]


def test_another_folder_next_to_the_collections_is_ignored(tmp_path: Path) -> None:
    for name in ("static", "static-1", "static-old", "static.bak"):
        (tmp_path / name).mkdir()

    assert collected.folders(tmp_path) == [tmp_path / "static", tmp_path / "static-1"]


def test_a_file_that_cannot_be_collected_leaves_the_old_collection(own: Path, tmp_path: Path) -> None:
    before = collected.newest(own / "build")
    change(own, '*/ a { background: url("nowhere.svg") } /*')

    run = run_python(own, tmp_path, "manage.py", "collect", SECRET_KEY="s" * 32)

    assert run.returncode != 0
    assert collected.newest(own / "build") == before


def test_two_concurrent_collects_make_one_collection(own: Path, tmp_path: Path) -> None:
    change(own, "second")
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda _: collect(own, tmp_path), range(2)))

    assert made == [own / "build" / "static-1"] * 2
    assert content(made[0])["css/base.css"] == (own / "static" / STYLE).read_bytes()


def test_a_folder_that_is_not_writable_is_a_sentence(own: Path, tmp_path: Path) -> None:
    shutil.rmtree(own / "build")
    (own / "build").write_text("")

    run = run_python(own, tmp_path, "manage.py", "collect", SECRET_KEY="s" * 32)

    assert run.returncode == 1
    assert run.stderr == f"CommandError: The static files cannot be collected in {own / 'build'}: File exists.\n"
