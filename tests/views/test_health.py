"""The liveness and readiness endpoints for load balancers and monitors."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection, connections
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from numbers.models import Sync
from numbers.operations import readiness
from numbers.operations.backups import files
from numbers.operations.readiness import Check
from numbers.views import health
from quo_admin.prepare import KEY_FILE
from tests.support.outages import database_is_down

HEALTH = "/healthz"
READY = "/readyz"
CHECKS = "/checkz"
ALL_WELL = (
    "ok: database answers\nok: migrations all done\nok: workspace fits the settings\n"
    "ok: secret key there\nok: disk can be written\n"
)
DIFFERENT = [({True}, False), ({False}, True), ({True, False}, True), ({True, False}, False)]  # held, and asked for


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_process_is_live_without_its_database(client: Client, method: str) -> None:
    response = getattr(client, method)(HEALTH)  # this test has no database

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in response.headers


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("path", [READY, CHECKS])
def test_all_checks_pass_when_everything_works(client: Client, method: str, path: str) -> None:
    response = getattr(client, method)(path)

    assert response.status_code == 200
    assert response.content.decode() == (ALL_WELL if method == "get" else "")
    assert response.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in response.headers


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OperationalError("secret"), InterfaceError("secret")])
def test_it_is_not_ready_when_the_database_does_not_answer(client: Client, error: Exception) -> None:
    with database_is_down(error):
        response = client.get(READY)

    assert response.status_code == 503
    assert response.content.decode() == (
        "FAILED: database does not answer, or is empty\nFAILED: migrations cannot be read\n"
        "FAILED: workspace cannot be read\n"
        "ok: secret key there\nok: disk can be written\n"
    )


def test_it_is_not_ready_when_the_database_cannot_even_be_opened(
    client: Client, monkeypatch: pytest.MonkeyPatch, django_db_blocker: Any
) -> None:
    def refuse() -> None:
        raise OperationalError("secret")

    monkeypatch.setattr(connection, "ensure_connection", refuse)
    with django_db_blocker.unblock():
        assert client.get(READY).status_code == 503


@pytest.mark.skipif(connection.vendor != "sqlite", reason="of a database in a file")
def test_it_is_not_ready_when_the_databases_file_is_empty(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, django_db_blocker: Any
) -> None:
    with django_db_blocker.unblock():
        empty = connections.create_connection("default")
        empty.settings_dict = {**connection.settings_dict, "NAME": str(tmp_path / "empty.sqlite3")}
        monkeypatch.setattr(connections["default"], "cursor", empty.cursor)
        try:
            response = client.get(READY)
            assert response.status_code == 503
            assert b"FAILED: database" in response.content
        finally:
            empty.close()


@pytest.mark.django_db
def test_it_is_not_ready_until_the_database_is_migrated(client: Client) -> None:
    recorder = MigrationRecorder(connection)
    recorder.migration_qs.filter(app="numbers").latest("pk").delete()

    response = client.get(READY)

    assert response.status_code == 503
    assert b"FAILED: migrations 1 to do\n" in response.content


@pytest.mark.django_db
@pytest.mark.parametrize(("app", "is_ready"), [("numbers", False), ("accounts", False), ("auth", True)])
def test_it_is_not_ready_with_the_database_of_a_newer_version(client: Client, app: str, is_ready: bool) -> None:
    """Other packages may remove old migrations."""
    MigrationRecorder(connection).record_applied(app, "9999_later")

    content = client.get(READY).content.decode()

    sentence = f"written by a newer version of Quo Admin (it has {app} 9999_later): install that version first."
    assert (sentence in content) != is_ready


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("held", "demo"), [({True}, False), ({False}, True), ({True, False}, True), ({True, False}, False)]
)
def test_it_is_not_ready_when_the_database_holds_another_workspace(
    client: Client, settings: Settings, held: set[bool], demo: bool
) -> None:
    now = timezone.now()
    for kind in held:
        Sync.objects.create(scope="workspace", demo=kind, outcome="succeeded", started_at=now, ended_at=now)
    settings.DEMO = demo
    response = client.get(READY)

    assert response.status_code == 503
    (line,) = [line for line in response.content.decode().splitlines() if line.startswith("FAILED")]
    assert line.startswith("FAILED: workspace The database holds ")
    assert line.endswith(" and start again.")
    assert str(settings.DATA_DIR) not in line


@pytest.mark.django_db
def test_it_is_not_ready_without_a_key(client: Client, settings: Settings) -> None:
    settings.QUO_API_KEY = ""

    response = client.get(READY)

    assert response.status_code == 503
    assert b"FAILED: workspace QUO_API_KEY is not set: " in response.content


@pytest.mark.django_db
def test_something_is_wrong_when_the_secret_key_is_no_longer_stored(client: Client, settings: Settings) -> None:
    values = {**settings.ENVIRONMENT.values, "SECRET_KEY": ""}
    settings.ENVIRONMENT = type(settings.ENVIRONMENT)(values, settings.ENVIRONMENT.sources)
    missing = client.get(CHECKS)
    settings.DATA_DIR.joinpath(KEY_FILE).write_text(settings.SECRET_KEY)
    try:
        there = client.get(CHECKS)
    finally:
        settings.DATA_DIR.joinpath(KEY_FILE).unlink()

    assert (missing.status_code, there.status_code) == (503, 200)
    assert b"FAILED: secret key is no longer in DATA_DIR\n" in missing.content
    assert settings.SECRET_KEY.encode() not in missing.content


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["cache", "secret key", "disk"])
def test_what_leaves_pages_readable_is_a_warning_to_a_load_balancer(
    client: Client, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(health, "readiness", lambda: (Check("database", True, "answers"), Check(name, False, "fails")))
    ready, checks = client.get(READY), client.get(CHECKS)
    assert (ready.status_code, ready.content) == (200, f"ok: database answers\nwarning: {name} fails\n".encode())
    assert (checks.status_code, checks.content) == (503, f"ok: database answers\nFAILED: {name} fails\n".encode())


@pytest.mark.django_db
def test_files_of_a_newer_version_beside_a_running_process_change_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get(READY).status_code == 200
    monkeypatch.setattr(files, "MigrationLoader", None)  # it is not asked again
    assert client.get(READY).status_code == 200


@pytest.fixture
def untried_disk() -> Iterator[None]:
    """Clear the cached disk check before and after the test."""
    readiness.disk.cache_clear()
    yield
    readiness.disk.cache_clear()


@pytest.mark.django_db
@pytest.mark.usefixtures("untried_disk")
def test_something_is_wrong_when_the_data_folder_cannot_be_written(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path / "gone"
    response = client.get(CHECKS)

    assert response.status_code == 503
    assert response.content.decode() == ALL_WELL.replace("ok: disk can", "FAILED: disk cannot")


@pytest.mark.django_db
@pytest.mark.usefixtures("untried_disk")
def test_something_is_wrong_when_the_databases_folder_cannot_be_written(
    client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(readiness, "live_file", lambda: tmp_path / "gone" / "database.sqlite3")

    assert b"FAILED: disk cannot be written\n" in client.get(CHECKS).content


@pytest.mark.django_db
@pytest.mark.usefixtures("untried_disk")
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_something_is_wrong_when_the_disk_is_full(client: Client, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refuse(_: int) -> None:
        raise OSError(number, "no room")

    monkeypatch.setattr(os, "fsync", refuse)
    response = client.get(CHECKS)

    assert response.status_code == 503
    assert b"FAILED: disk is full\n" in response.content


@pytest.mark.django_db
@pytest.mark.usefixtures("untried_disk")
def test_the_disk_check_runs_every_few_seconds_and_leaves_no_file(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tried: list[int] = []
    monkeypatch.setattr(readiness, "live_file", lambda: None)
    monkeypatch.setattr(os, "fsync", tried.append)
    settings.DATA_DIR = tmp_path
    found: Any = readiness.disk.cache
    with found.timer as now:  # a frozen clock
        for seconds, times in ((0.0, 1), (4.9, 1), (5.0, 2)):
            found.expire(now + seconds)
            assert client.get(READY).content.decode() == ALL_WELL
            assert len(tried) == times, seconds

    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", [HEALTH, READY])
def test_a_monitor_may_use_any_host_name(client: Client, path: str) -> None:
    assert client.get(path, headers={"host": "10.0.0.7:8000"}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("path", [HEALTH, READY])
def test_a_monitor_is_not_redirected_to_https(client: Client, settings: Any, path: str) -> None:
    settings.SECURE_SSL_REDIRECT = True

    assert client.get(path).status_code == 200
    assert client.get("/numbers/").status_code == 301


@pytest.mark.django_db
@pytest.mark.parametrize("path", [HEALTH, READY])
def test_other_methods_are_refused(client: Client, path: str) -> None:
    response = client.post(path)

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/checkz", "/metrics"])
def test_monitoring_endpoints_send_the_security_headers(
    client: Client, db: None, settings: Settings, path: str
) -> None:
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 60, True

    headers = client.get(path).headers

    assert headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert headers["Strict-Transport-Security"] == "max-age=60; includeSubDomains"
