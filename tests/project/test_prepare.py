"""The data folder and the secret key that `make setup` prepares."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from quo_admin import env, prepare
from tests.support.processes import run_python


def values(folder: Path, **environ: str) -> env.Values:
    return env.read({"DATA_DIR": str(folder), **environ}, Path("/nowhere/.env"))


def permissions(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "new" / "data"


def test_the_folder_and_the_key_are_private_to_their_owner(folder: Path) -> None:
    prepare.prepare(values(folder))
    assert permissions(folder) == 0o700
    assert permissions(folder / "secret-key") == 0o600


def test_a_folder_and_files_that_existed_before_become_private(folder: Path) -> None:
    folder.mkdir(parents=True, mode=0o755)
    for name in ("quo-admin.sqlite3", "quo-admin.sqlite3-wal", "secret-key"):
        (folder / name).write_text("k" * 50)
        (folder / name).chmod(0o664)
    (folder / "cache").mkdir(mode=0o755)

    prepare.prepare(values(folder))

    assert permissions(folder) == permissions(folder / "cache") == 0o700
    assert {permissions(file) for file in folder.iterdir() if file.is_file()} == {0o600}


def test_nothing_outside_the_folder_becomes_private_through_a_link(folder: Path, tmp_path: Path) -> None:
    folder.mkdir(parents=True)
    (tmp_path / "elsewhere").write_text("public")
    (tmp_path / "elsewhere").chmod(0o644)
    (folder / "link").symlink_to(tmp_path / "elsewhere")

    prepare.prepare(values(folder))

    assert permissions(tmp_path / "elsewhere") == 0o644


@pytest.mark.parametrize("is_home", [True, False])
def test_a_folder_that_others_need_stays_as_it_is(folder: Path, monkeypatch: pytest.MonkeyPatch, is_home: bool) -> None:
    folder.mkdir(parents=True)
    folder.chmod(0o755 if is_home else 0o1777)
    if is_home:
        monkeypatch.setenv("HOME", str(folder))
    before = permissions(folder)

    prepare.prepare(values(folder))

    assert permissions(folder) == before


def test_the_key_is_long_and_different_in_every_installation(folder: Path, tmp_path: Path) -> None:
    prepare.prepare(values(folder))
    prepare.prepare(values(tmp_path / "other"))
    keys = [(one / "secret-key").read_text() for one in (folder, tmp_path / "other")]
    assert len(keys[0]) >= 50
    assert keys[0] != keys[1]


def test_the_key_stays_the_same(folder: Path) -> None:
    prepare.prepare(values(folder))
    key = (folder / "secret-key").read_text()
    prepare.prepare(values(folder))
    assert (folder / "secret-key").read_text() == key


def test_no_key_is_created_if_one_is_set(folder: Path) -> None:
    prepare.prepare(values(folder, SECRET_KEY="s" * 32))
    assert list(folder.iterdir()) == []


def test_concurrent_calls_agree_on_one_key(tmp_path: Path) -> None:
    path = tmp_path / "secret-key"
    with ThreadPoolExecutor(16) as pool:
        answers = set(pool.map(lambda number: prepare.keep_once(path, f"key {number}"), range(64)))
    assert answers == {path.read_text()}
    assert [file.name for file in tmp_path.iterdir()] == ["secret-key"]


def test_concurrent_processes_agree_on_one_key(folder: Path, tmp_path: Path) -> None:
    show = f"from quo_admin import prepare as p; p.main(); print(p.kept(p.Path({str(folder / 'secret-key')!r})))"
    with ThreadPoolExecutor(3) as pool:
        runs = list(pool.map(lambda _: run_python(env.BASE_DIR, tmp_path, "-c", show, DATA_DIR=str(folder)), range(3)))
    assert {run.stdout for run in runs} == {(folder / "secret-key").read_text() + "\n"}


@pytest.mark.parametrize("content", [b"", b"\xff"])
def test_a_key_file_without_a_key_is_a_sentence(folder: Path, tmp_path: Path, content: bytes) -> None:
    folder.mkdir(parents=True)
    (folder / "secret-key").write_bytes(content)
    run = run_python(env.BASE_DIR, tmp_path, "-m", "quo_admin.prepare", DATA_DIR=str(folder))
    assert (run.returncode, run.stderr) == (
        1,
        f"{folder / 'secret-key'} holds no secret key that can be read: delete it, then start again.\n",
    )


def test_a_folder_that_cannot_be_created_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    run = run_python(env.BASE_DIR, tmp_path, "-m", "quo_admin.prepare", DATA_DIR=str(tmp_path / "file" / "data"))
    sentence = f"{tmp_path / 'file'} is not a folder. Move it away, or name another place in DATA_DIR.\n"
    assert (run.returncode, run.stderr) == (1, sentence)


def test_a_bad_setting_is_a_sentence(tmp_path: Path) -> None:
    run = run_python(env.BASE_DIR, tmp_path, "-m", "quo_admin.prepare", PORT="none")
    assert (run.returncode, run.stderr) == (1, "PORT (environment) must be a port number from 1 to 65535.\n")
