"""The start page."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from numbers.filters import query_string
from numbers.memory.freshness import Level
from numbers.memory.sync_target import WORKSPACE
from numbers.memory.version import memory_version
from numbers.pages.overview import RECENT_PERIOD, overview
from numbers.views.context import freshness_context
from numbers.views.htmx import HtmxHttpRequest, page_or_fragments


@require_safe
def home(request: HtmxHttpRequest) -> HttpResponse:
    """Show whether anything needs attention, and what changed lately."""
    notices: list[str] = []
    query_string.name_others(request.GET, (), notices)
    version = memory_version()  # before the page is read, so that the page is never older than its version
    about_copy = freshness_context(WORKSPACE, version, request.get_full_path())
    freshness = about_copy["freshness"]
    page = overview(timezone.now(), version)
    context = {
        "page": page,
        "days": RECENT_PERIOD.days,
        "notices": notices,
        # The page then cannot say that all is well, so it reloads after the next sync.
        "is_doubtful": freshness.failure is not None or freshness.level in {Level.STALE, Level.NEVER},
        **about_copy,
    }
    return page_or_fragments(request, "overview/overview.html", ["overview/_overview.html"], context)
