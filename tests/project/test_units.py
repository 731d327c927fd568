"""deploy/systemd: systemd accepts the units, and the commands in them exist."""

import os
import re
import shlex
import shutil
import subprocess
import textwrap
from pathlib import Path
from typing import Any

import pytest
from django.core.management import get_commands

from numbers.operations.listening import ignored_address
from quo_admin import env

UNITS = sorted((env.BASE_DIR / "deploy" / "systemd").iterdir())
FAILED = env.BASE_DIR / "deploy" / "systemd" / "quo-admin-failed@.service"
SERVICES = [unit for unit in UNITS if unit.suffix == ".service" and unit != FAILED]
ANALYZE = shutil.which("systemd-analyze")


def test_every_command_that_a_unit_calls_exists() -> None:
    called = {name for unit in UNITS for name in re.findall(r"manage\.py ([a-z]+)", unit.read_text())}

    assert called == {"run", "sync", "backup", "verify"}
    assert called <= set(get_commands())


def test_every_service_has_the_same_restrictions() -> None:
    mark = "# It may only write its own data and never gain privileges.\n"
    held = [unit.read_text().partition(mark)[2].partition("\n\n")[0].strip() for unit in SERVICES]

    assert len(held) == 4
    assert len(set(held)) == 1
    assert "ProtectSystem=strict" in held[0]
    assert {"MemoryMax", "TasksMax"} <= {line.partition("=")[0] for line in held[0].splitlines()}


def test_a_failure_of_each_timers_service_tells_somebody() -> None:
    timed = [unit for unit in SERVICES if unit.with_suffix(".timer") in UNITS]
    told = [re.findall(r"OnFailure=(.*)", unit.read_text()) for unit in timed]

    assert told == [["quo-admin-failed@%p.service"]] * 3
    assert FAILED in UNITS


@pytest.mark.parametrize("example", ["mail", "curl"])
def test_an_example_in_the_document_tells_the_name_of_the_unit(tmp_path: Path, example: str) -> None:
    document = (env.BASE_DIR / "docs" / "deployment.md").read_text()
    (path,) = re.findall(r"ExecStart=(\S+) %i", FAILED.read_text())
    scripts = re.findall(rf"^    sudo install .* {path} <<'END'\n((?:    .*\n)+?)    END$", document, re.MULTILINE)
    (script,) = [textwrap.dedent(script) for script in scripts if f"{example} -" in script]
    for program in ("journalctl", "mail", "curl"):
        (tmp_path / program).write_text(f'#!/bin/sh\necho "{program} $*" >> {tmp_path}/calls\n')
        (tmp_path / program).chmod(0o755)

    command = ["/bin/sh", "-c", script, path, "quo-admin-backup"]
    subprocess.run(command, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, check=True)

    (call,) = [line for line in (tmp_path / "calls").read_text().splitlines() if line.startswith(example)]
    assert "quo-admin-backup failed on " in call


def test_the_documents_start_every_unit_that_must_be_started() -> None:
    documents = [(env.BASE_DIR / "docs" / name).read_text() for name in ("deployment.md", "backups.md")]
    started = {unit.name for unit in UNITS if "[Install]" in unit.read_text()}

    enabled = [name for line in re.findall(r"enable --now (.*)", "".join(documents)) for name in line.split()]
    assert sorted(enabled) == sorted(started)


def test_the_socket_of_several_machines_listens_on_the_address_in_their_settings(settings: Any) -> None:
    document = (env.BASE_DIR / "docs" / "deployment.md").read_text()
    section = document.partition("## Several machines")[2].partition("\n## ")[0]
    settings.PORT, (settings.HOST,) = 8000, re.findall(r"^    HOST=(.+)$", section, re.MULTILINE)

    first, second = re.findall(r"^    ListenStream=(.*)$", section, re.MULTILINE)
    assert first == ""  # forgets the address in the unit, otherwise there would be two
    assert ignored_address(second) == ""


def test_the_socket_of_one_machine_listens_on_the_default_address(settings: Any) -> None:
    (address,) = re.findall(r"ListenStream=(.*)", (env.BASE_DIR / "deploy/systemd/quo-admin.socket").read_text())
    defaults = {setting.name: setting.default for setting in env.SETTINGS}
    settings.HOST, settings.PORT = defaults["HOST"], int(defaults["PORT"])

    assert ignored_address(address) == ""


def test_in_the_document_no_timer_runs_before_the_database_is_up_to_date() -> None:
    document = (env.BASE_DIR / "docs" / "deployment.md").read_text()
    timers = "quo-admin-sync.timer quo-admin-backup.timer"

    assert (
        0 < document.find("enable --now quo-admin.socket quo-admin.service\n") < document.find(f"enable --now {timers}")
    )


def test_a_timers_service_waits_until_quo_admin_has_started() -> None:
    for unit in UNITS:
        if unit.with_suffix(".timer") in UNITS:
            (after,) = re.findall(r"After=(.*)", unit.with_suffix(".service").read_text())
            assert "quo-admin.service" in after.split(), unit.name


def test_each_night_removes_backups_of_every_kind_after_thirty_days_and_nothing_else(tmp_path: Path) -> None:
    backups = tmp_path / "backups"
    backups.mkdir()
    old = [
        backups / "quo-admin-old.sqlite3",
        tmp_path / "before-restore-old.sqlite3",
        backups / "quo-admin-old-before-upgrade.sqlite3",
    ]
    others = [backups / "quo-admin-new.sqlite3", tmp_path / "before-restore-new.sqlite3"]
    old_others = [tmp_path / "quo-admin.sqlite3", tmp_path / "secret-key", backups / "other.sqlite3"]
    for file in [*old, *others, *old_others]:
        file.touch()
    for file in [*old, *old_others]:
        os.utime(file, (0, 0))

    unit = (env.BASE_DIR / "deploy/systemd/quo-admin-backup.service").read_text()
    for line in re.findall(r"^ExecStart=(/usr/bin/find .*)$", unit, re.MULTILINE):
        subprocess.run(shlex.split(line.replace("/var/lib/quo-admin", str(tmp_path))), check=True)

    assert {file for file in tmp_path.rglob("*") if file.is_file()} == {*others, *old_others}


def test_the_timer_for_backups_and_the_document_name_the_same_folder() -> None:
    unit = (env.BASE_DIR / "deploy/systemd/quo-admin-backup.service").read_text()
    document = (env.BASE_DIR / "docs" / "backups.md").read_text()

    named = set(re.findall(r"manage\.py backup (\S+)/(?:$|\s)", unit + document, re.MULTILINE))
    assert named == {"/var/lib/quo-admin/backups"}


def test_a_timers_sync_that_finds_another_one_running_has_not_failed() -> None:
    (unit,) = [unit for unit in UNITS if unit.name == "quo-admin-sync.service"]

    assert f"SuccessExitStatus={os.EX_TEMPFAIL}\n" in unit.read_text()


@pytest.mark.skipif(ANALYZE is None, reason="there is no systemd here")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        here = unit.read_text().replace("/opt/quo-admin", str(env.BASE_DIR))
        here = re.sub("/etc/quo-admin/when-failed|/usr/bin/restic", "/bin/true", here)
        (tmp_path / unit.name).write_text(re.sub("(User|Group)=quo-admin", r"\1=root", here))

    judged = subprocess.run(
        [str(ANALYZE), "verify", *(str(tmp_path / unit.name) for unit in UNITS)],
        env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
        capture_output=True,
        text=True,
        check=False,
    )

    ours = [line for line in judged.stderr.splitlines() if "quo-admin" in line]
    assert (judged.returncode, ours) == (0, []), judged.stderr
