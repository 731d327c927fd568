"""The status page: the syncs, the newest first."""

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page

from numbers.database.paging import PAGE_SIZE, page_of, rows_on
from numbers.memory.cache import per_version
from numbers.models import Sync


@dataclass(frozen=True, eq=False)
class SyncPage:
    """A page of the syncs, the newest first."""

    rows: tuple[Sync, ...]
    page: Page[int]


def sync_page(number: int) -> SyncPage:
    """Return a page of the syncs; a page beyond the last is the last."""
    return _sync_page(number, Sync.objects.order_by("-pk").values_list("pk", "started_at", "outcome").first())


@per_version
def _sync_page(number: int, _last: tuple[int, datetime, str] | None) -> SyncPage:
    """Only the last sync still changes, by its outcome; one that was stopped changes when the next one begins."""
    syncs = Sync.objects.all()
    page = page_of(syncs.count(), PAGE_SIZE, number)
    return SyncPage(tuple(rows_on(page, syncs, syncs)), page)
