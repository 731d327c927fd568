"""The advice about a file or folder that cannot be used fits its cause."""

import errno
import os
from pathlib import Path

import pytest

from quo_admin.folders import advice, refusal

CAUSES = {
    errno.ENOSPC: "{} is full. Make room on it.",
    errno.EDQUOT: "{} is full. Make room on it.",
    errno.EROFS: "{} is on a read-only disk. Mount it so that it can be written, or name another place in DATA_DIR.",
    errno.ENOENT: "{} is not there. Run `make setup`.",
    errno.EIO: "{} cannot be used: Input/output error. Look for errors of its disk, or name another place in DATA_DIR.",
    errno.EACCES: "{} cannot be written, although {me} may. Something else forbids it: `chattr`, SELinux or a service.",
}


def failed(number: int) -> OSError:
    return OSError(number, os.strerror(number))


@pytest.mark.parametrize("number", CAUSES, ids=errno.errorcode.get)
def test_each_cause_has_its_advice(tmp_path: Path, number: int) -> None:
    me = tmp_path.owner()
    assert advice(tmp_path, failed(number)).endswith(CAUSES[number].format(tmp_path, me=me))


def test_a_missing_folder_of_a_database_elsewhere_names_its_setting(tmp_path: Path) -> None:
    told = advice(tmp_path / "none", failed(errno.ENOENT), "DATABASE_URL")
    assert told == f"{tmp_path}/none is not there. Make it, or name another place in DATABASE_URL."


@pytest.mark.parametrize("place", ["file", "file/data", "file/data/deeper"])
def test_a_file_in_the_place_of_a_folder_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    told = advice(tmp_path / place, failed(errno.ENOTDIR))
    assert told == f"{tmp_path}/file is not a folder. Move it away, or name another place in DATA_DIR."


def test_a_folder_of_somebody_else_is_to_be_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    owner = folder.owner()
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    run_as = "Give" if owner == "root" else f"Run this as {owner}, or give"
    for path in (folder, folder / "file"):
        path.touch() if path != folder else None
        assert advice(path, failed(errno.EACCES)) == (
            f"{path} belongs to {owner}, and this is user 4711. "
            f"{run_as} the folder to user 4711: `sudo chown -R 4711 '{folder}'`."
        )


def test_a_folder_that_cannot_be_made_is_to_be_made_by_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    told = advice(tmp_path / "new" / "data", failed(errno.EACCES))
    assert told.endswith(f"Make the folder: `sudo install -d -o 4711 -m 700 {tmp_path}/new/data`.")


def test_what_can_be_used_is_not_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path) is None
    assert refusal(tmp_path / "none") is None
