"""What htmx asks for, and what its answers tell the browser."""

from dataclasses import dataclass

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, QueryDict

from quo_admin.htmx import shown_address

# The ids of what asks for a list: the form that filters it, and what fetches it again because the memory changed.
FORM, REFRESH = "filters", "refresh"


def wants_fragment(request: HttpRequest) -> bool:
    """Say whether htmx asks for a part: a boosted link and a restored history entry want the whole page."""
    htmx = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def shown_query(request: HttpRequest) -> QueryDict:
    """Return the query of what the browser shows before it is swapped."""
    try:
        return QueryDict(shown_address(request).query)
    except TooManyFieldsSent:
        return QueryDict()


@dataclass(frozen=True)
class ListTemplates:
    """The parts of a list's page: the rows, what follows from them, the fields of the form, and its search."""

    results: str
    follow: tuple[str, ...]
    fields: tuple[str, ...]
    search: str

    def to_swap(self, request: HttpRequest, *, is_other_search: bool, is_other_teammate: bool = False) -> list[str]:
        """Return what to swap. A refresh swaps only the rows, and the form never swaps its own fields.

        Another teammate's list has another picker, and another freshness, which is about that teammate.
        """
        trigger = request.htmx.trigger  # type: ignore[attr-defined]
        parts = [self.results]
        if trigger != REFRESH:
            parts += self.follow
            if is_other_teammate:
                parts += ["components/_teammate_filter.html", "components/_freshness.html"]
            if trigger != FORM:
                parts += [*self.fields, self.search] if is_other_search else self.fields
        return parts


def tell_address(
    request: HttpRequest, response: HttpResponse, url: str, *, before: str, asked: str, is_same: bool
) -> None:
    """Have the browser show `url` once a list was swapped. A refresh leaves the address as it is.

    Where the search for `before` is refined to `asked`, or repeated, `url` replaces the address: Back leads out of it.
    """
    if wants_fragment(request) and request.htmx.trigger != REFRESH:  # type: ignore[attr-defined]
        is_refined = before and asked and (asked != before or is_same)
        response.headers["HX-Replace-Url" if is_refined else "HX-Push-Url"] = url
