"""The one place that decides between a whole page and fragments of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

from numbers.views.htmx import wants_fragment


def page_or_fragments(
    request: HttpRequest, page: str, fragments: Iterable[str], context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render the template `page`, or for htmx its `fragments` one after the other, from the same context."""
    is_fragment = wants_fragment(request)
    names = fragments if is_fragment else [page]
    body = "".join(render_to_string(name, {**context, "is_fragment": is_fragment}, request) for name in names)
    response = HttpResponse(body, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Boosted", "HX-History-Restore-Request"])
    return response
