"""The steps that every list takes to answer a request, as a page or as fragments for htmx."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpResponse, QueryDict
from django.urls import reverse

from numbers.audit.query import AuditQuery
from numbers.filters.base import ListFilters
from numbers.memory.sync_target import WORKSPACE, SyncTarget
from numbers.memory.version import Version, memory_version
from numbers.models import Sync
from numbers.views.context import freshness_context
from numbers.views.htmx import HtmxHttpRequest, page_or_fragments, wants_fragment
from quo_admin.htmx import shown_address

# The ids of elements that request a list: its filter form, and the element that fetches it again after a sync.
FORM, REFRESH = "filters", "refresh"


@dataclass(frozen=True)
class ListView:
    """One list: its URL, how its query string is read, and its templates.

    htmx swaps the fragments: `results`, what depends on them (`follow`), and the form's `fields` and `search`.
    """

    url_name: str
    parse: Callable[[QueryDict], ListFilters | AuditQuery]
    template: str
    results: str
    follow: tuple[str, ...]
    fields: tuple[str, ...]
    search: str
    canonical: Callable[[Any], str] = attrgetter("filters.query")  # the page's query string

    def read(self, request: HtmxHttpRequest) -> tuple[Any, Version]:
        """Return what the query string asks for, and the version. Call it first: a page is never older than that."""
        return self.parse(request.GET), memory_version()

    def respond(
        self, request: HtmxHttpRequest, asked: ListFilters | AuditQuery, version: Version, context: Mapping[str, Any]
    ) -> HttpResponse:
        """Render the list or fragments of it. `context` has the "page" and what only this list needs."""
        page, query = context["page"], QueryDict(asked.query)
        target = SyncTarget(Sync.Scope.TEAMMATE, query["user"]) if "user" in query else WORKSPACE
        is_known = target == WORKSPACE or page.is_known_teammate
        shared = freshness_context(target, version, request.get_full_path(), is_known=is_known)
        before = QueryDict(self.parse(_query_in_browser(request)).query) if wants_fragment(request) else query
        fragments = self._fragments(request.htmx.trigger, before, query)
        response = page_or_fragments(request, self.template, fragments, {"filters": page.filters, **shared, **context})
        if wants_fragment(request) and request.htmx.trigger != REFRESH:
            header = "HX-Replace-Url" if _is_same_search(before, query) else "HX-Push-Url"
            response.headers[header] = reverse(self.url_name, query=QueryDict(self.canonical(page)))
        return response

    def _fragments(self, trigger: str | None, before: QueryDict, query: QueryDict) -> list[str]:
        """Return the templates to swap. A refresh swaps only the results, and the form never swaps its own fields."""
        if trigger == REFRESH:
            return [self.results]
        fragments = [self.results, *self.follow]
        if before.get("user") != query.get("user"):
            fragments += ["components/_teammate_filter.html", "components/_freshness.html"]
        if trigger != FORM:
            fragments += [*self.fields, self.search] if before.get("q") != query.get("q") else self.fields
        return fragments


def _query_in_browser(request: HtmxHttpRequest) -> QueryDict:
    """Return the query string in the browser's address bar."""
    try:
        return QueryDict(shown_address(request).query)
    except TooManyFieldsSent:
        return QueryDict()


def _is_same_search(before: QueryDict, query: QueryDict) -> bool:
    """Return whether `query` refines or repeats the search before it. Then Back leads out of the search."""
    return "q" in before and "q" in query and (query["q"] != before["q"] or query == before)
