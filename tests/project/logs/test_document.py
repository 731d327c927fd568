"""docs/monitoring.md describes the actual metrics and log lines."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from django.test import Client
from django.urls import resolve
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from numbers.memory.freshness import Level
from numbers.models import LastRun, Sync
from numbers.operations.metrics import exposition
from quo_admin import env
from quo_admin.logs import FIELDS, PlainFormatter
from tests.support.logs import Log
from tests.support.pages import sync_all
from tests.support.quo_answers import number

DOCUMENT = (env.BASE_DIR / "docs" / "monitoring.md").read_text(encoding="utf-8")


PROMTOOL = shutil.which("promtool")


def _blocks() -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", DOCUMENT, re.DOTALL)


@pytest.mark.django_db
def test_it_lists_exactly_the_metrics_and_their_labels() -> None:
    sync_all(number("PN1"))
    LastRun.objects.create(command=LastRun.Command.BACKUP, ended_at=timezone.now(), succeeded_at=timezone.now())
    samples = [one for family in text_string_to_metric_families(exposition().decode()) for one in family.samples]
    there = {sample.name: set(sample.labels) for sample in samples}

    named = re.findall(r"`(quo_admin_\w+)(?:\{([a-z,]+)\})?`", DOCUMENT)

    assert {name: set(filter(None, labels.split(","))) for name, labels in named} == there
    assert set(re.findall(r"\bquo_admin_\w+", DOCUMENT)) <= set(there)


def test_its_prometheus_configuration_is_valid() -> None:
    scrape, rules = (yaml.safe_load(block) for block in _blocks())

    assert scrape["scrape_configs"][0]["job_name"] == "quo-admin"
    alerts = [rule["alert"] for rule in rules["groups"][0]["rules"]]
    assert alerts == [
        *(
            "QuoAdminNoGoodSync",
            "QuoAdminSyncsFail",
            "QuoAdminRecordsUnread",
            "QuoAdminDiskFillsUp",
            "QuoAdminBackupFails",
            "QuoAdminTimerStopped",
            "QuoAdminCheckFails",
        )
    ]


@pytest.mark.skipif(PROMTOOL is None, reason="there is no promtool here")
def test_prometheus_accepts_its_configuration(tmp_path: Path) -> None:
    scrape, rules = _blocks()
    token = tmp_path / "token"
    token.touch()
    (tmp_path / "prometheus.yml").write_text(scrape.replace("/etc/prometheus/quo-admin-token", str(token)))
    (tmp_path / "rules.yml").write_text(rules)

    promtool("check", "config", str(tmp_path / "prometheus.yml"))
    promtool("check", "rules", str(tmp_path / "rules.yml"))


@pytest.mark.django_db
@pytest.mark.skipif(PROMTOOL is None, reason="there is no promtool here")
@pytest.mark.parametrize("is_empty", [True, False])
def test_prometheus_finds_nothing_to_criticize_in_the_metrics(*, is_empty: bool) -> None:
    if not is_empty:
        sync_all(number("PN1"))
        LastRun.objects.create(command=LastRun.Command.BACKUP, ended_at=timezone.now(), succeeded_at=timezone.now())

    promtool("check", "metrics", given=exposition())


def promtool(*arguments: str, given: bytes = b"") -> None:
    """Run promtool. It must accept its input without a warning."""
    done = subprocess.run([str(PROMTOOL), *arguments], input=given, capture_output=True, check=False)

    assert (done.returncode, done.stderr.decode()) == (0, "")


def test_it_lists_exactly_the_freshness_states() -> None:
    assert set(re.findall(r'state="(\w+)"', DOCUMENT)) <= set(Level)
    assert all(outcome in DOCUMENT for outcome in set(Sync.Outcome) - {Sync.Outcome.RUNNING})


@pytest.mark.django_db
def test_its_json_line_has_the_fields_of_a_real_line(client: Client, log: Log) -> None:
    (example,) = (json.loads(line) for line in DOCUMENT.splitlines() if line.startswith("    {"))
    client.get("/numbers/")

    (line,) = log.of(example["logger"])
    assert list(line) == list(example)
    assert line["message"] == example["message"]


def test_its_plain_line_has_existing_fields_in_order() -> None:
    (example,) = (line for line in DOCUMENT.splitlines() if line.startswith("    2026"))
    named = re.findall(r" (\w+)=", example)

    assert named == [name for name in FIELDS if name in named]
    assert PlainFormatter().usesTime()


def test_its_addresses_exist() -> None:
    for path in ("/healthz", "/readyz", "/checkz", "/metrics"):
        assert f"`{path}`" in DOCUMENT or f"GET {path}" in DOCUMENT
        assert resolve(path)
