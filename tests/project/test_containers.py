"""Tests of Dockerfile and compose.yaml that need no container engine."""

import importlib.metadata
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from django.core.management import get_commands, load_command_class

from quo_admin import env
from tests.support.processes import (
    PATIENCE,
    READY_LINE,
    Process,
    environment,
    free_port,
    processes_of,
    run_python,
    running_process,
    wait_until,
)

DOCKERFILE = re.sub(r"\\\n\s*", "", (env.BASE_DIR / "Dockerfile").read_text(encoding="utf-8"))
COMPOSE = (env.BASE_DIR / "compose.yaml").read_text(encoding="utf-8")
SCRIPT = env.BASE_DIR / "deploy" / "container"
OURS = ("web", "sync", "backup")
PORT_INSIDE = "8000"


def instructions(name: str) -> list[str]:
    """Return the arguments of each instruction with this name in the Dockerfile."""
    return re.findall(rf"^{name} (.+)$", DOCKERFILE, re.MULTILINE)


def services(**variables: str) -> dict[str, dict[str, Any]]:
    """Return the services as Compose reads them with these variables."""
    found: dict[str, dict[str, Any]] = _substitute(yaml.safe_load(COMPOSE)["services"], variables)
    return found


def _substitute(value: Any, variables: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _substitute(part, variables) for key, part in value.items()}
    if isinstance(value, list):
        return [_substitute(part, variables) for part in value]
    while isinstance(value, str) and "${" in value:
        value = re.sub(
            r"\$\{(\w+):([-+])([^${}]*)\}", lambda found: _expansion(found[1], found[2], found[3], variables), value
        )
    return value


def _expansion(name: str, operator: str, word: str, variables: Mapping[str, str]) -> str:
    """Return the value of ${name:-word} or ${name:+word}."""
    value = variables.get(name, "")
    return (value or word) if operator == "-" else (value and word)


def is_in_image(path: str) -> bool:
    """Return whether Docker copies the file at this path. The last matching line of .dockerignore decides."""
    is_copied = True
    for line in (env.BASE_DIR / ".dockerignore").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#") and _matches(path.split("/"), line.removeprefix("!").split("/")):
            is_copied = line.startswith("!")
    return is_copied


def _included_names() -> list[str]:
    """Return the files and folders that .dockerignore includes."""
    return re.findall(r"^!(.+)$", (env.BASE_DIR / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)


def _copied_files() -> list[Path]:
    """Return the files that Docker copies."""
    named = [env.BASE_DIR / name for name in _included_names()]
    files = [file for path in named for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file()]
    return [path for path in (file.relative_to(env.BASE_DIR) for file in files) if is_in_image(path.as_posix())]


def _matches(parts: list[str], pattern: list[str]) -> bool:
    if not pattern:
        return True  # the file is in a folder that matches
    if pattern[0] == "**":
        return any(_matches(parts[start:], pattern[1:]) for start in range(len(parts)))
    return bool(parts) and fnmatchcase(parts[0], pattern[0]) and _matches(parts[1:], pattern[1:])


# The files


def test_every_service_exists() -> None:
    assert set(services()) == {*OURS, "postgres"}
    assert services()["postgres"]["profiles"] == ["postgres"]


def test_every_path_that_the_image_copies_exists() -> None:
    assert instructions("COPY") == ["requirements.txt .", ". ."]
    assert [name for name in _included_names() if not (env.BASE_DIR / name).exists()] == []


@pytest.mark.parametrize(
    "path",
    [
        *(".env", ".env.example", ".git/config", ".venv/bin/python", "build/static-1/style.css", "quo-api-key"),
        *("data/quo-admin.sqlite3", "data/secret-key", "docs/containers.md", "tests/conftest.py", "compose.yaml"),
        *("numbers/__pycache__/urls.pyc", "deploy/nginx.conf"),
    ],
)
def test_the_image_leaves_out_secrets_data_and_unneeded_files(path: str) -> None:
    assert not is_in_image(path)


def test_the_packages_are_installed_by_hash() -> None:
    assert "pip install --require-hashes --no-cache-dir -r requirements.txt" in instructions("RUN")


def test_the_image_is_pinned_to_a_minor_version_that_the_project_supports() -> None:
    (image,) = instructions("FROM")
    found = re.fullmatch(r"python:3\.(\d+)-slim", image)
    assert found
    assert int(found[1]) >= 11


def test_every_service_runs_a_command_of_the_script() -> None:
    (by_default,) = instructions("CMD")
    commands = {name: services()[name].get("command", yaml.safe_load(by_default)) for name in OURS}
    assert commands == {name: ["deploy/container", name] for name in OURS}
    assert re.findall(r"^(\w+)\)$", SCRIPT.read_text(), re.MULTILINE) == list(OURS)
    assert os.access(SCRIPT, os.X_OK)


def test_every_command_that_the_image_calls_exists_with_these_options() -> None:
    called = re.findall(r"python manage\.py ([^|&\n]+)", DOCKERFILE + SCRIPT.read_text())
    assert {line.split()[0] for line in called} == {"collect", "run", "sync", "backup", "verify"}
    for line in called:
        name, *arguments = shlex.split(line, comments=True)
        parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
        parser.parse_args(arguments)


def test_every_variable_of_a_service_is_a_setting() -> None:
    names = {setting.name for setting in env.SETTINGS}
    files = {f"{setting.name}_FILE" for setting in env.SETTINGS if setting.secret}
    for name in OURS:
        assert set(services()[name]["environment"]) <= names | files
    in_script = set(re.findall(r"\$\{?([A-Z][A-Z_]+)", SCRIPT.read_text()))
    assert in_script == {"QUO_API_KEY", "QUO_API_KEY_FILE", "SYNC_INTERVAL", "DATA_DIR"}
    (of_env,) = (setting.default for setting in env.SETTINGS if setting.name == "SYNC_INTERVAL")
    assert f"${{SYNC_INTERVAL:-{of_env}}}" in SCRIPT.read_text()


def test_no_service_runs_as_root_or_gains_a_privilege() -> None:
    assert instructions("USER") == ["quo-admin"]
    assert DOCKERFILE.index("\nUSER") > DOCKERFILE.rindex("\nRUN")
    assert services()["postgres"]["user"] == "postgres"
    for service in services().values():
        assert service.get("user") != "root"
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "cap_add" not in service
        assert "privileged" not in service


def test_only_volumes_and_tmp_are_writable() -> None:
    assert all(service["read_only"] is True for service in services().values())
    for name in OURS:
        service = services()[name]
        assert (service["volumes"], service["tmpfs"]) == (["data:/data"], ["/tmp"])  # noqa: S108 - the container's
        assert service["environment"]["DATA_DIR"] == "/data"
    assert instructions("ENV") == ["SQLITE_TMPDIR=/data"]
    assert set(yaml.safe_load(COMPOSE)["volumes"]) == {"data", "postgres"}


def test_the_port_is_only_published_on_this_machine() -> None:
    assert services(PORT="9000")["web"]["ports"] == ["127.0.0.1:9000:8000"]
    assert not any("ports" in service for name, service in services().items() if name != "web")


def test_without_settings_it_is_at_localhost() -> None:
    expected = {
        "HOST": "0.0.0.0",  # noqa: S104 - the container's
        "PORT": PORT_INSIDE,
        "DATA_DIR": "/data",
        "SITE_URL": "http://localhost:8000",
        "QUO_API_KEY_FILE": "",
    }
    assert all(services()[name]["environment"] == expected for name in OURS)


def test_the_key_comes_from_the_named_file() -> None:
    for name in OURS:
        service = services(QUO_API_KEY_FILE="./quo-api-key")[name]
        assert service["secrets"] == ["quo-api-key"]
        assert service["environment"]["QUO_API_KEY_FILE"] == "/run/secrets/quo-api-key"


def test_sync_and_backup_wait_until_the_database_is_up_to_date() -> None:
    assert "/readyz" in health_check(PORT_INSIDE)[-1]
    for name in ("sync", "backup"):
        assert services()[name]["depends_on"] == {"web": {"condition": "service_healthy"}}


# Running


def health_check(port: str) -> list[str]:
    how, *command = services()["web"]["healthcheck"]["test"]
    assert how == "CMD"
    return [part.replace(PORT_INSIDE, port) for part in command]


@pytest.fixture(scope="module")
def on_path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a PATH on which `python` is the one that runs the tests, like the image's in a container."""
    folder = tmp_path_factory.mktemp("path")
    (folder / "python").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    (folder / "python").chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


@dataclass(frozen=True)
class Container:
    """The web service of a copy with the files of the image. `written` are the files that have changed since."""

    process: Process
    app: Path
    home: Path
    port: str
    on_path: str
    before: dict[Path, int]

    @property
    def written(self) -> set[Path]:
        after = _files(self.app)
        return {path for path in after.keys() | self.before.keys() if after.get(path) != self.before.get(path)}


def _files(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


@pytest.fixture(scope="module")
def container(tmp_path_factory: pytest.TempPathFactory, on_path: str) -> Iterator[Container]:
    home, app = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("image") / "app"
    for file in _copied_files():
        (app / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(env.BASE_DIR / file, app / file)
    (prepared,) = (line for line in instructions("RUN") if "collect" in line)
    subprocess.run(prepared, shell=True, cwd=app, env=environment(home, PATH=on_path), check=True)  # noqa: S602 - our own command

    port = str(free_port())
    own = {"PORT": port, "DATA_DIR": str(home / "data"), "DEMO": "on", "TRUSTED_PROXIES": "172.16.0.0/12"}
    variables = services(PORT=port)["web"]["environment"] | own
    before = _files(app)
    command = yaml.safe_load(instructions("CMD")[0])
    with running_process(command, app, environment(home, PATH=on_path, **variables), home / "log") as process:
        process.wait_for(READY_LINE)
        yield Container(process, app, home, port, on_path, before)
    wait_until(lambda: not processes_of(home), lambda: str(processes_of(home)))


def test_the_health_check_succeeds_only_where_the_server_runs(container: Container) -> None:
    def returns(port: str) -> int:
        variables = environment(container.home, PATH=container.on_path)
        return subprocess.run(
            health_check(port), env=variables, capture_output=True, timeout=PATIENCE, check=False
        ).returncode

    assert returns(container.port) == 0
    assert returns(str(free_port())) != 0


def test_the_password_in_the_log_signs_in_at_localhost(container: Container) -> None:
    site = f"http://localhost:{container.port}"
    assert f"Quo Admin is at {site}\n" in container.process.printed
    found = re.search(r"Sign in as (\S+) with the password (\S+)", container.process.printed)
    assert found
    with requests.Session() as browser:
        browser.trust_env = False
        page = browser.get(f"{site}/accounts/login/", timeout=PATIENCE).text
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token
        form = {"csrfmiddlewaretoken": token[1], "login": found[1], "password": found[2]}
        browser.post(f"{site}/accounts/login/", form, headers={"Origin": site}, timeout=PATIENCE)
        assert browser.get(f"{site}/numbers/", allow_redirects=False, timeout=PATIENCE).status_code == 200


def test_serving_writes_nothing_next_to_the_code(container: Container) -> None:
    assert container.before
    assert container.written == set()


# The script, with a `python` that only records its arguments


@pytest.fixture
def fake(tmp_path: Path) -> dict[str, str]:
    """Return variables with which `python` and `sleep` write their arguments to `calls`. `sleep` ends the script."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "python").write_text(
        '#!/bin/sh\necho "$*" >> "$HOME/calls"\ncase "$*" in *"${FAILS:-nothing}"*) exit 1; esac\n'
    )
    (folder / "sleep").write_text('#!/bin/sh\necho "sleep $*" >> "$HOME/calls"\nexit 1\n')
    for name in ("python", "sleep"):
        (folder / name).chmod(0o755)
    return environment(tmp_path, PATH=f"{folder}:{os.environ['PATH']}")


def run_script(service: str, variables: Mapping[str, str]) -> list[str]:
    """Run the script until its first pause and return its calls in order."""
    subprocess.run([str(SCRIPT), service], env=variables, capture_output=True, timeout=PATIENCE, check=False)
    return Path(variables["HOME"], "calls").read_text().splitlines()


def test_sync_runs_and_then_waits_for_the_rest_of_the_interval(fake: dict[str, str]) -> None:
    called = run_script("sync", fake | {"QUO_API_KEY": "k", "SYNC_INTERVAL": "60"})
    assert sorted(called) == ["manage.py sync --json", "sleep 60"]


def test_sync_continues_after_a_failure(fake: dict[str, str]) -> None:
    called = run_script("sync", fake | {"QUO_API_KEY_FILE": "k", "FAILS": "sync"})
    assert sorted(called) == ["manage.py sync --json", "sleep 300"]


def test_sync_does_nothing_for_the_demo(fake: dict[str, str]) -> None:
    assert run_script("sync", fake) == ["sleep infinity"]


def test_backup_keeps_thirty_days_and_touches_no_other_file(fake: dict[str, str], tmp_path: Path) -> None:
    backups = backups_of(tmp_path)
    replaced = [backups.parent / f"before-restore-{age}.sqlite3" for age in ("old", "young")]
    for file in replaced:
        file.touch()
    os.utime(replaced[0], (0, 0))
    saved, verified, pause = run_script("backup", fake)
    assert (saved, verified) == (f"manage.py backup {backups}/", "manage.py verify")
    assert 0 < int(pause.removeprefix("sleep ")) <= 86400
    assert {path.name for path in backups.iterdir()} == {"quo-admin-young.sqlite3", "other-old.sqlite3"}
    assert [file.exists() for file in replaced] == [False, True]


def test_backup_removes_none_without_a_new_one(fake: dict[str, str], tmp_path: Path) -> None:
    backups = backups_of(tmp_path)
    run_script("backup", fake | {"FAILS": "manage.py backup"})
    assert len(list(backups.iterdir())) == 3


def test_backup_removes_old_ones_even_if_the_data_has_a_problem(fake: dict[str, str], tmp_path: Path) -> None:
    backups = backups_of(tmp_path)
    run_script("backup", fake | {"FAILS": "manage.py verify"})
    assert len(list(backups.iterdir())) == 2


def backups_of(folder: Path) -> Path:
    """Create backups that are 30 and 31 days old, and an old file that is not a backup."""
    backups = folder / "data" / "backups"
    backups.mkdir(parents=True)
    for name, days in (("quo-admin-young", 30), ("quo-admin-old", 31), ("other-old", 31)):
        path = backups / f"{name}.sqlite3"
        path.touch()
        moment = path.stat().st_mtime - days * 86400
        os.utime(path, (moment, moment))
    return backups


# The packages

IMPORT_EVERYTHING = """
import sys
at_start = set(sys.modules)
import importlib, os
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "quo_admin.settings"
django.setup()
for name in sys.argv[1:]:
    importlib.import_module(name)
print(*sorted({name.partition(".")[0] for name in sys.modules.keys() - at_start}))
"""


def test_the_program_imports_no_development_package(tmp_path: Path) -> None:
    modules = [
        ".".join(path.relative_to(env.BASE_DIR).with_suffix("").parts).removesuffix(".__init__")
        for room in ("accounts", "numbers", "quo_admin")
        for path in sorted((env.BASE_DIR / room).rglob("*.py"))
    ]
    imported = run_python(env.BASE_DIR, tmp_path, "-c", IMPORT_EVERYTHING, *modules, SECRET_KEY="s" * 32)
    assert imported.returncode == 0, imported.stderr
    owners = importlib.metadata.packages_distributions()
    found = {_normalized(owner) for name in imported.stdout.split() for owner in owners.get(name, ())}

    text = (env.BASE_DIR / "requirements.txt").read_text(encoding="utf-8")
    installed = {_normalized(name) for name in re.findall(r"^([A-Za-z0-9._-]+)(?:\[.*\])?==", text, re.MULTILINE)}
    assert {"django", "gunicorn", "requests"} <= found
    assert found - installed == set()


def _normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
