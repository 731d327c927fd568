"""The service layer: views, pages and commands reach Quo only through this module."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from numbers.memory.freshness import Freshness, freshness_of
from numbers.memory.sync_target import SyncTarget
from numbers.models import PhoneNumber, Sync, Teammate
from numbers.quo.client import QuoClient
from numbers.quo.degraded import raw_restrictions
from numbers.quo.ids import is_number_id, is_user_id
from numbers.quo.payloads import parse_timestamp
from numbers.quo.records import Oddity, oddities_of
from numbers.quo.throttle import Throttle
from numbers.syncing import demo
from numbers.syncing import run as sync
from numbers.syncing.log import SyncLine
from numbers.syncing.mixing import workspace_problem
from numbers.syncing.recording import Progress
from numbers.syncing.run import SyncBusy, SyncRefused
from quo_admin import __version__

__all__ = ["Oddity", "Progress", "SyncBusy", "SyncRefused", "is_number_id", "is_user_id", "oddities_of"]
__all__ += ["parse_timestamp", "raw_restrictions"]
__all__ += ["freshness", "has_found", "quo_client", "run_sync", "workspace_problem"]


def quo_client() -> QuoClient:
    """Return a client for the workspace in the settings. Raises SyncRefused if no workspace is available."""
    url, key = settings.QUO_API_URL, settings.QUO_API_KEY
    if settings.DEMO:
        address = demo.noted_address()
        if address is None:
            raise SyncRefused(
                "No QUO_API_KEY is set and the demo workspace is not running. Start it with `make run`, or set the key."
            )
        url, key = address.url, address.key
    return QuoClient(
        api_key=key,
        base_url=url,
        throttle=Throttle(settings.DATA_DIR / "quo-requests"),
        timeout=settings.QUO_TIMEOUT,
        max_bytes=settings.QUO_MAX_ANSWER_BYTES,
        version=__version__,
    )


def run_sync(target: SyncTarget, *, accept_removals: bool = False, progress: Progress | None = None) -> Sync:
    """Run a sync and return it, succeeded or failed.

    Raises SyncRefused (SyncBusy while another sync runs), and DatabaseError or OSError if nothing could be recorded.
    """
    with SyncLine(target) as line:
        if problem := workspace_problem():
            raise SyncRefused(problem)
        with quo_client() as line.client:
            line.sync = sync.run(
                target, line.client, demo=settings.DEMO, accept_removals=accept_removals, progress=progress
            )
            return line.sync


def freshness(target: SyncTarget, *, is_known: bool | None = None) -> Freshness:
    """Return how old the copy of the target's subject is. Looks up `is_known` unless it is given."""
    interval = timedelta(seconds=settings.SYNC_INTERVAL)
    if is_known is None:
        is_known = has_found(target)
    return freshness_of(target, timezone.now(), interval, is_known=is_known)


def has_found(target: SyncTarget) -> bool:
    """Return whether a sync has found the target's subject."""
    if target.scope == Sync.Scope.NUMBER:
        return PhoneNumber.objects.filter(quo_id=target.subject).exists()
    if target.scope == Sync.Scope.TEAMMATE:
        return Teammate.objects.filter(quo_id=target.subject).exists()
    return True
