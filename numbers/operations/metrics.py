"""The Prometheus metrics, read from the database and the disk on each request, so every process returns the same.

Row counts are gauges because old rows may be deleted one day. The only counter is the id of the last sync.
The number of queries is fixed, and indexes answer those about syncs, no matter how many syncs there were.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import product
from math import ceil, inf
from shutil import disk_usage

from django.conf import settings
from django.db.models import Count, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from numbers.memory.freshness import Freshness, Level, freshness_of
from numbers.memory.moment import NOW
from numbers.memory.numbers import described_unusually, numbers_at
from numbers.memory.sync_target import WORKSPACE
from numbers.memory.teammates import teammates_at
from numbers.memory.workspace import holds_demo
from numbers.models import LastRun, Sync
from numbers.operations.readiness import writable_folders
from numbers.quo.errors import QuoError
from quo_admin import __version__

RECENT = 100  # syncs
PERCENTILES = (50, 90, 100)
FAILURE_KINDS = (*sorted(kind.kind for kind in QuoError.__subclasses__()), "memory")

_OF_WORKSPACE = Q(scope=WORKSPACE.scope, subject=WORKSPACE.subject)


def exposition() -> bytes:
    """Return the metrics in Prometheus' text format. Raises django.db.Error."""
    return generate_latest(_Collector())


class _Collector(Collector):
    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("quo_admin_build", "The version that runs.", {"version": __version__})
        yield from _syncs()
        yield from _freshness()
        yield from _seconds()
        yield from _memory()
        yield from _runs()
        demo = float(holds_demo())
        yield GaugeMetricFamily("quo_admin_demo_data", "1 if the database holds demo data, else 0.", demo)
        yield from _disk()


def _labelled(name: str, text: str, labels: Sequence[str], values: Iterable[tuple[Sequence[str], float]]) -> Metric:
    """Return a gauge with a value for each combination of labels."""
    gauge = GaugeMetricFamily(name, text, labels=labels)
    for combination, value in values:
        gauge.add_metric(combination, value)
    return gauge


def _syncs() -> Iterator[Metric]:
    last = Sync.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    yield CounterMetricFamily("quo_admin_syncs_begun", "Syncs ever begun.", last)

    ended = Counter(dict.fromkeys(product(Sync.Scope.values, Sync.Outcome.values), 0))
    failed = Counter(dict.fromkeys(((kind,) for kind in FAILURE_KINDS), 0))
    rows = Sync.objects.order_by().values_list("scope", "outcome", "error_kind").annotate(Count("pk"))
    for scope, outcome, kind, count in rows:
        ended[scope, outcome] += count
        if kind:
            failed[(kind,)] += count
    text = "Syncs on record, by what was asked and how they ended."
    yield _labelled("quo_admin_syncs_remembered", text, ["scope", "outcome"], ended.items())
    yield _labelled(
        "quo_admin_failures_remembered", "Failed syncs on record, by what failed.", ["kind"], failed.items()
    )

    workspace = Sync.objects.filter(_OF_WORKSPACE).order_by("-pk")
    last_good = Subquery(workspace.filter(outcome=Sync.Outcome.SUCCEEDED).values("pk")[:1])
    since = workspace.filter(outcome=Sync.Outcome.FAILED, pk__gt=Coalesce(last_good, Value(0)))
    yield GaugeMetricFamily(
        "quo_admin_failures_since_last_good_sync",
        "Failed syncs of every number since the last good one.",
        since.count(),
    )


def _freshness() -> Iterator[Metric]:
    now = timezone.now()
    freshness: Freshness = freshness_of(WORKSPACE, now, timedelta(seconds=settings.SYNC_INTERVAL))
    if freshness.checked_at:
        # Of unknown age if the clock was set back: no alert may take it for fresh.
        age = inf if freshness.age is None else freshness.age.total_seconds()
        yield GaugeMetricFamily("quo_admin_last_good_sync_age_seconds", "Age of the copy of every number.", age)
    levels = [([level], float(level is freshness.level)) for level in Level]
    yield _labelled("quo_admin_freshness", "1 for what the copy is called, else 0.", ["state"], levels)
    yield GaugeMetricFamily(
        "quo_admin_records_set_aside", "Records of the last good answer that could not be read.", freshness.set_aside
    )
    yield GaugeMetricFamily(
        "quo_admin_numbers_held",
        "Numbers missing from the last good answer and kept, as too many were missing.",
        freshness.held.held if freshness.held else 0,
    )


def _seconds() -> Iterator[Metric]:
    """Yield how long the last whole-workspace syncs took, successful or not."""
    ended = Sync.objects.filter(_OF_WORKSPACE, outcome__in=[Sync.Outcome.SUCCEEDED, Sync.Outcome.FAILED])
    times = ended.order_by("-pk").values_list("started_at", "ended_at")[:RECENT]
    took = [max((end - start).total_seconds(), 0.0) for start, end in times if end]
    if not took:
        return
    yield GaugeMetricFamily("quo_admin_last_sync_seconds", "Seconds of the last sync of every number.", took[0])
    took.sort()
    recent = [([str(percent)], took[ceil(percent * len(took) / 100) - 1]) for percent in PERCENTILES]
    text = f"Seconds of the last {RECENT} syncs of every number."
    yield _labelled("quo_admin_recent_sync_seconds", text, ["percentile"], recent)


def _memory() -> Iterator[Metric]:
    yield GaugeMetricFamily("quo_admin_numbers", "Numbers that are known now.", numbers_at(NOW).count())
    unusual = described_unusually(numbers_at(NOW)).count()
    yield GaugeMetricFamily("quo_admin_numbers_unusual", "Numbers that Quo describes unusually.", unusual)
    teammates = teammates_at(NOW)
    yield GaugeMetricFamily("quo_admin_teammates", "Teammates who are known now.", teammates.count())
    syncs = Sync.objects.filter(
        scope=Sync.Scope.TEAMMATE, subject=OuterRef("teammate__quo_id"), outcome=Sync.Outcome.SUCCEEDED
    )
    last = teammates.values(last=Subquery(syncs.order_by("-pk").values("pk")[:1]))
    lists = Sync.objects.filter(pk__in=last).exclude(mismatches=[]).order_by().values_list("mismatches", flat=True)
    yield GaugeMetricFamily(
        "quo_admin_mismatches",
        "Places where Quo's lists for teammates and the numbers' own records disagree.",
        sum(len(mismatches) for mismatches in lists),
    )


def _runs() -> Iterator[Metric]:
    """Yield how the commands of timers last ended. One that never ran has no age."""
    now = timezone.now()
    runs = list(LastRun.objects.all())
    failed = dict.fromkeys(LastRun.Command.values, 0.0) | {run.command: float(bool(run.failure)) for run in runs}
    text = "1 if the last run of this command failed, else 0."
    yield _labelled("quo_admin_last_run_failed", text, ["command"], [([name], of) for name, of in failed.items()])
    ages = [([run.command], _age(run.ended_at, now)) for run in runs]
    yield _labelled("quo_admin_last_run_age_seconds", "Time since the last run of this command.", ["command"], ages)
    ages = [([run.command], _age(run.succeeded_at, now)) for run in runs if run.succeeded_at]
    text = "Time since the last good run of this command."
    yield _labelled("quo_admin_last_good_run_age_seconds", text, ["command"], ages)


def _age(time: datetime, now: datetime) -> float:
    """Return the seconds since `time`; infinite if the clock was set back."""
    return (now - time).total_seconds() if time <= now else inf


def _disk() -> Iterator[Metric]:
    with suppress(OSError):  # /readyz reports a missing folder
        free = min(disk_usage(folder).free for folder in writable_folders())
        yield GaugeMetricFamily(
            "quo_admin_disk_free_bytes", "Bytes free where the data and the database are, the lesser of the two.", free
        )
