"""What htmx asks for, and what its answers tell the browser."""

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, QueryDict

from quo_admin.htmx import shown_address


def wants_fragment(request: HttpRequest) -> bool:
    """Say whether htmx asks for a part: a boosted link and a restored history entry want the whole page."""
    htmx = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


FORM, REFRESH = "filters", "refresh"  # the ids of the form that filters a list, and of what fetches the list again


def is_from_form(request: HttpRequest) -> bool:
    """Say whether the form that filters the list asks: what somebody types and chooses in it must stay as it is."""
    return bool(request.htmx.trigger == FORM)  # type: ignore[attr-defined]


def is_refresh(request: HttpRequest) -> bool:
    """Say whether a list only fetches itself anew because the memory changed: its address stays."""
    return bool(request.htmx.trigger == REFRESH)  # type: ignore[attr-defined]


def shown_query(request: HttpRequest) -> QueryDict:
    """Return the query of what the browser shows before it is swapped."""
    try:
        return QueryDict(shown_address(request).query)
    except TooManyFieldsSent:
        return QueryDict()


def tell_address(request: HttpRequest, response: HttpResponse, url: str, *, is_refined: bool) -> None:
    """Have the browser show `url` once a list was swapped; refining a search replaces it, so that Back leads out."""
    if wants_fragment(request) and not is_refresh(request):
        response.headers["HX-Replace-Url" if is_refined else "HX-Push-Url"] = url


def refines(before: str, asked: str, *, is_same: bool) -> bool:
    """Say whether a search goes on from the one before: with other words, or nothing else having changed."""
    return bool(asked and before and (asked != before or is_same))
