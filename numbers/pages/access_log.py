"""The query string of the access log's page, and the lines that it asks for."""

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
    """What is asked for; `notices` name, in sentences, what could not be read."""

    q: str
    event: str
    page: int
    notices: tuple[str, ...]

    @property
    def kept(self) -> str:
        """The query string without the page."""
        return urlencode([(name, value) for name, value in (("q", self.q), ("event", self.event)) if value])


def parse(asked: QueryDict) -> AccessQuery:
    """Read the query string; what cannot be meant is ignored and named."""
    notices: list[str] = []
    q = query_string.text_of(asked, "q", "search", notices)
    event = query_string.choice_of(asked, "event", _EVENTS, notices)
    page = query_string.page_of(asked, notices)
    query_string.name_repeated(asked, ("q", "event", "page"), notices)
    query_string.name_others(asked, {"q", "event", "page"}, notices)
    return AccessQuery(q, event, page, tuple(notices))


def access_lines(asked: AccessQuery) -> tuple[Page[AccessEvent], AccessQuery]:
    """Return the page of lines that is asked for, the newest first; one beyond the last is the last, and said so.

    A line whose time is over is not shown any more, also where nothing has dropped it yet.
    """
    found = AccessEvent.objects.matching(asked.q).filter(at__gte=retention_start())
    if asked.event:
        found = found.filter(event=asked.event)
    page = Paginator(found, LINES_PER_PAGE).get_page(asked.page)
    if asked.page > page.paginator.num_pages:
        notice = f"There is no page {asked.page}, so the last one is shown."
        asked = replace(asked, page=page.number, notices=(*asked.notices, notice))
    return page, asked
