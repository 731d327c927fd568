"""Decides between a whole page and the fragments of it that htmx asks for."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class HtmxHttpRequest(HttpRequest):
    """The request as the middleware leaves it: every page requires sign-in. For annotations only."""

    htmx: HtmxDetails
    user: User


def wants_fragment(request: HtmxHttpRequest) -> bool:
    """Return whether htmx asks for a fragment. A boosted link and a restored history entry want the whole page."""
    return bool(request.htmx) and not request.htmx.boosted and not request.htmx.history_restore_request


def page_or_fragments(
    request: HtmxHttpRequest, page: str, fragments: Iterable[str], context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render the template `page`, or for htmx its `fragments` one after the other, from the same context."""
    is_fragment = wants_fragment(request)
    names = fragments if is_fragment else [page]
    body = "".join(render_to_string(name, {**context, "is_fragment": is_fragment}, request) for name in names)
    response = HttpResponse(body, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Boosted", "HX-History-Restore-Request"])
    return response
