"""The access log: its query string and its lines."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import QueryDict

from accounts.access import retention_start
from accounts.models import AccessEvent
from numbers.filters import query_string

LINES_PER_PAGE = 100
_EVENTS = {value: value for value in AccessEvent.Event.values}


@dataclass(frozen=True)
class AccessQuery:
    """A validated query. `notices` are sentences about the parts that were ignored."""

    q: str
    event: str
    page: int
    notices: tuple[str, ...]

    @property
    def base_query(self) -> str:
        """The query string without the page."""
        return urlencode([(name, value) for name, value in (("q", self.q), ("event", self.event)) if value])


def parse(params: QueryDict) -> AccessQuery:
    """Parse the query string. Invalid parts are ignored and named in `notices`."""
    notices: list[str] = []
    q = query_string.text_of(params, "q", "search", notices)
    event = query_string.choice_of(params, "event", _EVENTS, notices)
    page = query_string.page_of(params, notices)
    query_string.name_repeated(params, ("q", "event", "page"), notices)
    query_string.name_others(params, {"q", "event", "page"}, notices)
    return AccessQuery(q, event, page, tuple(notices))


def access_lines(query: AccessQuery) -> tuple[Page[AccessEvent], AccessQuery]:
    """Return the requested page of lines, newest first; past the end, the last page with a notice.

    Expired lines are left out even before they are deleted.
    """
    lines = AccessEvent.objects.matching(query.q).filter(at__gte=retention_start())
    if query.event:
        lines = lines.filter(event=query.event)
    page = Paginator(lines, LINES_PER_PAGE).get_page(query.page)
    if query.page > page.paginator.num_pages:
        notice = f"There is no page {query.page}, so the last one is shown."
        query = replace(query, page=page.number, notices=(*query.notices, notice))
    return page, query
