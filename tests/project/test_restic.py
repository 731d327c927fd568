"""The unit that copies backups and the restore in the document, with a real restic and a folder as another machine."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from quo_admin import env
from tests.support.processes import PATIENCE

RESTIC = shutil.which("restic", path="/usr/local/bin:/usr/bin")
BACKUP = "var/backups/quo-admin-2026-11-22-021500.sqlite3"

pytestmark = pytest.mark.skipif(RESTIC is None, reason="there is no restic here")


@pytest.fixture
def server(tmp_path: Path) -> Path:
    for name in (BACKUP, "var/secret-key", "opt/.env"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"the text of {name}")
    (tmp_path / "password").write_text("the-password")
    restic(tmp_path, "init")
    return tmp_path


def restic(server: Path, command: str) -> str:
    variables = {"RESTIC_REPOSITORY": f"{server}/other", "RESTIC_PASSWORD_FILE": f"{server}/password"}
    run = subprocess.run(
        [str(RESTIC), *shlex.split(command)],
        env={"HOME": str(server), "PATH": "/usr/bin:/bin", **variables},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def here(line: str, server: Path) -> str:
    """Return the line with the folders of the test."""
    return line.replace("/opt/quo-admin", f"{server}/opt").replace("/var/lib/quo-admin", f"{server}/var")


def copy(server: Path) -> None:
    unit = (env.BASE_DIR / "deploy/systemd/quo-admin-copy.service").read_text()
    for line in re.findall(r"^ExecStart=/usr/bin/restic (.*)$", unit, re.MULTILINE):
        restic(server, here(line, server))


def test_what_the_document_restores_is_what_the_unit_copied(server: Path) -> None:
    document = (env.BASE_DIR / "docs/backups.md").read_text()
    (command,) = re.findall(r"\) restic (restore .*)$", document, re.MULTILINE)
    copy(server)

    restic(server, here(command, server))

    target = Path(f"{server}/var/copy{server}")
    for name in (BACKUP, "var/secret-key", "opt/.env"):
        assert (target / name).read_text() == f"the text of {name}"


def test_of_the_copies_of_one_day_the_last_one_is_kept(server: Path) -> None:
    copy(server)
    (server / BACKUP).rename(server / "var/backups/quo-admin-2026-11-23-021500.sqlite3")
    copy(server)

    listed = restic(server, "ls latest")
    assert restic(server, "snapshots --compact").count("quo-admin") == 1
    assert "2026-11-23" in listed
    assert "2026-11-22" not in listed
