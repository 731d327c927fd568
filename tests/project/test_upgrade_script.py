"""`bin/upgrade` between two versions of a git checkout, and the way back that it prints."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.support.installation import Installation
from tests.support.processes import PATIENCE, free_port, wait_until
from tests.support.versions import BROKEN, NEW, OLD, Checkout, make_checkout


@pytest.fixture
def checkout(project: Path, installation: Installation, tmp_path: Path) -> Iterator[Checkout]:
    assert installation.sync().returncode == 0
    installation.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    settings = {
        "DATABASE_URL": f"sqlite:///{installation.file}",
        "DATA_DIR": str(tmp_path),
        "QUO_API_KEY": "the-key",
        "QUO_API_URL": installation.sandbox.url,
        "PORT": str(free_port()),
        "SECRET_KEY": "s" * 32,
    }
    made = make_checkout(project, tmp_path, settings)
    yield made
    made.stop()


def is_ready(checkout: Checkout) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{checkout.settings['PORT']}/readyz", timeout=PATIENCE).ok
    except requests.ConnectionError:
        return False


def tables(installation: Installation) -> set[str]:
    return {name for (name,) in installation.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}


def way_back(output: str) -> str:
    """Return the commands that were printed last."""
    return "\n".join(re.findall(r"^    (.*)$", output, re.MULTILINE))


def test_an_upgrade_is_ready_and_the_printed_way_back_leads_to_the_old_version_and_its_data(
    checkout: Checkout, installation: Installation
) -> None:
    checkout.add_systemctl()
    before = installation.memory()

    up = checkout.run("bin/upgrade", NEW)

    assert (up.returncode, up.stderr) == (0, "")
    assert f"Upgraded from {OLD} to {NEW}, and ready." in up.stdout
    assert f"git diff {OLD} {NEW} -- deploy" in up.stdout
    timers = "quo-admin-sync.timer quo-admin-backup.timer"
    calls = [call for call in checkout.systemctl_calls() if not call.startswith(("cat", "is-active"))]
    assert calls == [f"stop {timers}", "restart quo-admin", f"start {timers}"]
    assert is_ready(checkout)
    assert "numbers_later" in tables(installation)
    installation.rows("DELETE FROM numbers_assignment")

    back = checkout.run("sh", "-ec", way_back(up.stdout))

    assert back.returncode == 0, back.stderr
    assert checkout.git("describe", "--tags") == OLD
    assert "numbers_later" not in tables(installation)
    assert installation.memory() == before
    wait_until(lambda: is_ready(checkout))


def test_a_failed_step_is_named_and_the_way_back_does_not_touch_the_database(
    checkout: Checkout, installation: Installation
) -> None:
    checkout.add_systemctl()
    up = checkout.run("bin/upgrade", BROKEN)

    assert up.returncode == 1
    assert "Stopped: make setup did not succeed." in up.stderr
    assert "restore" not in up.stderr
    assert list(installation.folder.glob("backups/quo-admin-*-before-upgrade.sqlite3"))
    back = checkout.run("sh", "-ec", way_back(up.stderr))
    assert back.returncode == 0, back.stderr
    assert checkout.git("describe", "--tags") == OLD
    assert checkout.systemctl_calls()[-1] == "start quo-admin-sync.timer quo-admin-backup.timer"
    assert "restart quo-admin" not in checkout.systemctl_calls()


@pytest.fixture(scope="module")
def refused(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A checkout without data, for tests that change nothing but files that git tracks."""
    home = tmp_path_factory.mktemp("refused")
    return make_checkout(project, home, {"DATA_DIR": str(home), "SECRET_KEY": "s" * 32})


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("bin/upgrade", "Name one version: bin/upgrade v0.2.0."),
        ("bin/upgrade v9.0.0", "There is no version v9.0.0."),
        ("cd .. && 'quo admin/bin/upgrade' v2.0.0", "This is not a git checkout of Quo Admin."),
        ("mv .venv hidden; bin/upgrade v2.0.0; mv hidden .venv", "Quo Admin is not set up here yet: make setup"),
        ("echo >> manage.py; bin/upgrade v2.0.0", "Files were changed here, and an upgrade would lose that."),
        ("git checkout --quiet v2.0.0; bin/upgrade v1.0.0", "v1.0.0 is not newer than what is here."),
        ("PORT=many bin/upgrade v2.0.0", "must be a port number"),
        ("bin/upgrade v2.0.0", "Stopped: the backup did not succeed.\nNothing was changed."),
    ],
)
def test_an_upgrade_that_cannot_work_is_refused_with_a_sentence(refused: Checkout, command: str, sentence: str) -> None:
    refused.git("checkout", "--force", "--quiet", OLD)
    done = refused.run("sh", "-c", command)
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert refused.git("describe", "--tags") == (NEW if command.startswith("git") else OLD)
    assert not list(refused.home.glob("backups/*"))
