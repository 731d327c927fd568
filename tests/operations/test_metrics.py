"""`/metrics`, parsed like Prometheus does: access, content and cost."""

from collections.abc import Iterator
from datetime import timedelta
from math import inf
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.models import Count
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from numbers.memory.freshness import ended_syncs
from numbers.memory.sync_target import WORKSPACE, SyncTarget
from numbers.models import LastRun, Sync
from numbers.operations import metrics, readiness
from numbers.operations.metrics import FAILURE_KINDS
from numbers.quo.errors import NotFound, RateLimited, Unavailable
from quo_admin import __version__
from tests.support.outages import database_is_down
from tests.support.pages import PageClient, sync_all, sync_failure, sync_raw
from tests.support.query_plans import plan_of
from tests.support.quo_answers import number, user

METRICS = "/metrics"
TOKEN = "a-token-of-the-tests"
AUTHORIZATION = {"Authorization": f"Bearer {TOKEN}"}

pytestmark = pytest.mark.django_db

Values = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture
def monitor(settings: Settings) -> Client:
    """Return a client that sends the token."""
    settings.METRICS_TOKEN = TOKEN
    return Client(headers=AUTHORIZATION)


def read_metrics(monitor: Client) -> Values:
    """Return every sample by name and labels, parsed by Prometheus' own reader."""
    text = monitor.get(METRICS).content.decode()
    families = list(text_string_to_metric_families(text))
    assert all(family.documentation for family in families)
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def value(monitor: Client, name: str, **labels: str) -> float | None:
    return read_metrics(monitor).get((f"quo_admin_{name}", frozenset(labels.items())))


# Access


def test_without_a_token_setting_there_are_no_metrics(client: Client, manager: PageClient, admin: PageClient) -> None:
    for one in (client, manager, admin):
        for headers in ({}, AUTHORIZATION, {"Authorization": "Bearer "}):
            assert Client.get(one, METRICS, headers=headers).status_code == 404


@pytest.mark.parametrize(
    "shown",
    [
        "",
        TOKEN,
        "Bearer",
        "Bearer ",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"Basic {TOKEN}",
        f"Bearer {TOKEN.upper()}",
        "Bearer \xe9",
        f"Bearer {TOKEN} {TOKEN}",
    ],
)
def test_a_wrong_token_is_refused_in_a_sentence(client: Client, settings: Settings, shown: str) -> None:
    settings.METRICS_TOKEN = TOKEN

    response = client.get(METRICS, headers={"Authorization": shown})

    assert response.status_code == 401
    assert response.content.decode() == "Show METRICS_TOKEN to read the metrics: Authorization: Bearer …\n"
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert response.headers["Cache-Control"] == "no-store"


def test_a_signed_in_user_needs_the_token_too(admin: PageClient, settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN

    assert Client.get(admin, METRICS).status_code == 401


def test_the_token_gives_access_to_the_metrics(monitor: Client) -> None:
    response = monitor.get(METRICS)

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in response.headers
    assert TOKEN not in response.content.decode()


def test_the_metrics_answer_under_any_host_and_without_https(monitor: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True

    assert monitor.get(METRICS, headers={"host": "10.0.0.7:8000"}).status_code == 200


def test_only_get_and_head_are_allowed(monitor: Client) -> None:
    response = monitor.post(METRICS)

    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD")


def test_a_database_that_does_not_answer_is_a_sentence(monitor: Client) -> None:
    with database_is_down(OperationalError("secret")):
        response = monitor.get(METRICS)

    assert (response.status_code, response.content) == (503, b"The database does not answer.\n")


# Content


def test_an_empty_memory_has_metrics_too(monitor: Client) -> None:
    found = read_metrics(monitor)

    assert value(monitor, "freshness", state="never") == 1
    assert value(monitor, "build_info", version=__version__) == 1
    assert not {"quo_admin_last_good_sync_age_seconds", "quo_admin_last_sync_seconds"} & {name for name, _ in found}
    kinds = {dict(labels)["kind"] for name, labels in found if name == "quo_admin_failures_remembered"}
    assert kinds == set(FAILURE_KINDS) >= {"unauthorized", "rate_limited", "unavailable", "memory"}


def test_syncs_are_counted_by_scope_and_outcome_and_failures_by_kind(monitor: Client) -> None:
    sync_all(number("PN1"))
    sync_all(number("PN1"))
    sync_failure(RateLimited("x"))
    sync_failure(Unavailable("timeout"))
    sync_failure(NotFound("x"), SyncTarget(Sync.Scope.NUMBER, "PN1"))

    assert value(monitor, "syncs_remembered", scope="workspace", outcome="succeeded") == 2
    assert value(monitor, "syncs_remembered", scope="workspace", outcome="failed") == 2
    assert value(monitor, "syncs_remembered", scope="number", outcome="failed") == 1
    assert value(monitor, "syncs_remembered", scope="teammate", outcome="succeeded") == 0
    assert value(monitor, "failures_remembered", kind="rate_limited") == 1
    assert value(monitor, "failures_remembered", kind="unauthorized") == 0
    assert value(monitor, "failures_since_last_good_sync") == 2


def test_failures_before_the_last_good_sync_do_not_count(monitor: Client) -> None:
    sync_failure(RateLimited("x"))
    assert value(monitor, "failures_since_last_good_sync") == 1
    sync_all(number("PN1"))

    assert value(monitor, "failures_since_last_good_sync") == 0


def test_the_counter_does_not_drop_when_rows_are_deleted(monitor: Client) -> None:
    sync_all(number("PN1"))
    last = sync_failure(RateLimited("x"))
    Sync.objects.exclude(pk=last.pk).delete()

    assert value(monitor, "syncs_begun_total") == last.pk
    assert value(monitor, "syncs_remembered", scope="workspace", outcome="succeeded") == 0


@pytest.mark.parametrize(
    ("minutes", "state"), [(0, "fresh"), (4, "fresh"), (6, "late"), (29, "late"), (31, "stale"), (9999, "stale")]
)
def test_freshness_is_one_of_four(monitor: Client, minutes: int, state: str) -> None:
    sync_all(number("PN1"), ago=timedelta(minutes=minutes))

    states = {
        dict(labels)["state"]: one
        for (name, labels), one in read_metrics(monitor).items()
        if name == "quo_admin_freshness"
    }
    assert states == {"fresh": 0.0, "late": 0.0, "stale": 0.0, "never": 0.0} | {state: 1.0}
    age = value(monitor, "last_good_sync_age_seconds")
    assert age is not None
    assert 0 <= age - minutes * 60 < 30


def test_a_failure_leaves_the_age_of_the_last_good_sync(monitor: Client) -> None:
    sync_all(number("PN1"), ago=timedelta(hours=2))
    sync_failure(RateLimited("x"))

    age = value(monitor, "last_good_sync_age_seconds")
    assert age is not None
    assert age > 7000


def test_the_durations_of_syncs_are_reported(monitor: Client) -> None:
    now = timezone.now()
    for seconds in (1, 2, 3, 4, 5, 6, 7, 8, 30, 9):
        Sync.objects.create(
            scope=Sync.Scope.WORKSPACE, started_at=now, ended_at=now + timedelta(seconds=seconds), outcome="succeeded"
        )
    Sync.objects.create(scope=Sync.Scope.WORKSPACE, started_at=now)
    Sync.objects.create(
        scope=Sync.Scope.NUMBER, subject="PN1", started_at=now, ended_at=now + timedelta(days=1), outcome="succeeded"
    )

    assert value(monitor, "last_sync_seconds") == 9
    assert [value(monitor, "recent_sync_seconds", percentile=name) for name in ("50", "90", "100")] == [5, 9, 30]


def test_a_copy_of_unknown_age_is_never_young_enough_for_an_alert(monitor: Client) -> None:
    now = timezone.now() + timedelta(hours=1)
    Sync.objects.create(
        scope=Sync.Scope.WORKSPACE,
        started_at=now,
        observed_at=now,
        ended_at=now - timedelta(seconds=1),
        outcome="succeeded",
    )

    assert value(monitor, "last_sync_seconds") == 0
    assert value(monitor, "last_good_sync_age_seconds") == inf
    assert value(monitor, "freshness", state="stale") == 1


def test_current_numbers_and_teammates_are_counted(monitor: Client) -> None:
    sync_all(number("PN1", users=[user("US1"), user("US2")]), number("PN2", users=[]), number("PN3", users=[]))
    sync_all(number("PN1", users=[user("US1")]), number("PN2", users=[]))

    assert value(monitor, "numbers") == 2
    assert value(monitor, "teammates") in {1, 2}  # a teammate without numbers may still be known


def test_unreadable_records_are_counted(monitor: Client) -> None:
    sync_raw('{"name": "Front desk"}', '{"id": "PN9"}')

    assert value(monitor, "records_set_aside") == 1
    assert value(monitor, "numbers") == 1


def test_numbers_that_quo_describes_in_a_new_way_are_counted(monitor: Client) -> None:
    sync_all(number("PN1", users=[user(role="manager")]), number("PN2", name=5), number("PN3"))
    assert value(monitor, "numbers_unusual") == 2

    sync_all(number("PN1"), number("PN2"), number("PN3"))
    assert value(monitor, "numbers_unusual") == 0


def test_mismatches_in_the_last_answer_about_each_teammate_are_counted(monitor: Client) -> None:
    sync_all(number("PN1", users=[user("US1")]), number("PN2", users=[user("US2")]))
    now = timezone.now()
    for subject, mismatches in (("US1", 3), ("US1", 2), ("US2", 1), ("USgone", 5)):
        Sync.objects.create(
            scope=Sync.Scope.TEAMMATE,
            subject=subject,
            started_at=now,
            ended_at=now,
            outcome="succeeded",
            mismatches=[{"sentence": "x", "numbers": []}] * mismatches,
        )

    assert value(monitor, "mismatches") == 3


@pytest.fixture
def night() -> LastRun:
    """Return a backup that failed an hour ago and succeeded a day before."""
    now = timezone.now()
    return LastRun.objects.create(
        command=LastRun.Command.BACKUP,
        ended_at=now - timedelta(hours=1),
        failure="The disk is full.",
        succeeded_at=now - timedelta(hours=25),
    )


def test_a_failed_run_of_a_timer_is_reported_with_its_age_and_the_last_good_one(
    monitor: Client, night: LastRun
) -> None:
    assert value(monitor, "last_run_failed", command="backup") == 1
    assert value(monitor, "last_run_age_seconds", command="backup") == pytest.approx(3600, abs=60)
    assert value(monitor, "last_good_run_age_seconds", command="backup") == pytest.approx(25 * 3600, abs=60)


def test_a_good_run_of_a_timer_has_not_failed(monitor: Client, night: LastRun) -> None:
    LastRun.objects.update(failure="", succeeded_at=night.ended_at)

    assert value(monitor, "last_run_failed", command="backup") == 0
    assert value(monitor, "last_good_run_age_seconds", command="backup") == pytest.approx(3600, abs=60)


@pytest.mark.parametrize("command", LastRun.Command)
def test_what_never_ran_has_not_failed_and_has_no_age(monitor: Client, command: str) -> None:
    assert value(monitor, "last_run_failed", command=command) == 0
    assert value(monitor, "last_run_age_seconds", command=command) is None
    assert value(monitor, "last_good_run_age_seconds", command=command) is None


def test_a_run_that_never_succeeded_has_no_good_age(monitor: Client, night: LastRun) -> None:
    LastRun.objects.update(succeeded_at=None)

    assert value(monitor, "last_run_failed", command="backup") == 1
    assert value(monitor, "last_good_run_age_seconds", command="backup") is None


def test_a_run_in_the_future_is_infinitely_old(monitor: Client, night: LastRun) -> None:
    LastRun.objects.update(succeeded_at=timezone.now() + timedelta(hours=1))

    assert value(monitor, "last_good_run_age_seconds", command="backup") == inf


def test_the_free_space_is_that_of_the_fuller_disk(
    monitor: Client, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = {settings.DATA_DIR: 2_000, tmp_path: 1_000}
    monkeypatch.setattr(metrics, "disk_usage", lambda folder: SimpleNamespace(free=room[folder]))
    monkeypatch.setattr(readiness, "live_file", lambda: tmp_path / "database.sqlite3")

    assert value(monitor, "disk_free_bytes") == 1_000


def test_a_missing_data_folder_does_not_affect_other_metrics(
    monitor: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path / "gone"

    assert value(monitor, "disk_free_bytes") is None
    assert value(monitor, "numbers") == 0


# Cost and privacy


def _memory(syncs: int) -> None:
    now = timezone.now()
    Sync.objects.bulk_create(
        Sync(scope="workspace", started_at=now, ended_at=now, observed_at=now, outcome="succeeded")
        for _ in range(syncs)
    )
    sync_failure(RateLimited("x"))


def test_demo_data_is_counted_whatever_the_settings_say(monitor: Client) -> None:
    sync_all(number("PN1"))
    assert value(monitor, "demo_data") == 0
    sync_all(number("PN1"))
    Sync.objects.filter(pk=Sync.objects.earliest("pk").pk).update(demo=True)
    assert value(monitor, "demo_data") == 1


@pytest.mark.parametrize("syncs", [1, 500])
def test_the_number_of_queries_is_fixed(monitor: Client, django_assert_num_queries: Any, syncs: int) -> None:
    _memory(syncs)

    with django_assert_num_queries(12):
        monitor.get(METRICS)


@pytest.fixture
def personal(db: None) -> Iterator[list[str]]:
    sync_all(number("PN1", name="Zuleika's desk", users=[user("US1", email="zuleika@example.com")]))
    sync_failure(RateLimited("x", message="Zuleika", trace="zuleika-trace", code="zuleika-code"))
    yield ["uleika", "example.com", "PN1", "US1", "5550123"]


def test_the_metrics_contain_nothing_personal(monitor: Client, personal: list[str]) -> None:
    text = monitor.get(METRICS).content.decode()

    assert not [one for one in personal if one in text]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="of SQLite's plans")
def test_the_last_sync_is_found_with_an_index_and_without_sorting() -> None:
    newest = ended_syncs(WORKSPACE)
    good = newest.filter(outcome=Sync.Outcome.SUCCEEDED)
    endings = Sync.objects.order_by().values_list("scope", "outcome", "error_kind").annotate(Count("pk"))

    for plan in (plan_of(newest), plan_of(good), plan_of(endings)):
        assert plan.scans_no_table, plan
        assert plan.never_sorts, plan
