"""The one place that decides between a whole page and a fragment of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers


def wants_fragment(request: HttpRequest) -> bool:
    """Say whether htmx asks for a part: a boosted link and a restored history entry want the whole page."""
    htmx = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def page_or_fragments(
    request: HttpRequest, page: str, fragments: Iterable[str], context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """Render the template `page`, or for htmx its `fragments` one after the other, from the same context."""
    asked = wants_fragment(request)
    names = list(fragments) if asked else [page]
    body = "".join(render_to_string(name, {**context, "is_fragment": asked}, request) for name in names)
    response = HttpResponse(body, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Boosted", "HX-History-Restore-Request"])
    response.headers["Cache-Control"] = "private, no-cache"
    return response
