"""The list of syncs on the status page."""

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page

from numbers.database.paging import PAGE_SIZE, page_of, rows_on
from numbers.memory.cache import per_version
from numbers.memory.moment import NOW, Moment
from numbers.memory.numbers import described_unusually, numbers_at
from numbers.memory.version import Version
from numbers.models import Sync


@dataclass(frozen=True, eq=False)
class SyncPage:
    """A page of syncs, newest first."""

    rows: tuple[Sync, ...]
    page: Page[int]


@per_version
def unusual_numbers(_version: Version, moment: Moment = NOW) -> int:
    """Return how many numbers Quo describes unusually."""
    return described_unusually(numbers_at(moment)).count()


def sync_page(number: int) -> SyncPage:
    """Return a page of syncs; past the end, the last page."""
    return _sync_page(number, Sync.objects.order_by("-pk").values_list("pk", "started_at", "outcome").first())


@per_version
def _sync_page(number: int, _latest: tuple[int, datetime, str] | None) -> SyncPage:
    """Cached until the latest sync changes: an older sync never does, and a stopped one only when the next begins."""
    syncs = Sync.objects.all()
    page = page_of(syncs.count(), PAGE_SIZE, number)
    return SyncPage(tuple(rows_on(page, syncs, syncs)), page)
