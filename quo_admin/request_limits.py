"""Refuses large requests before anything of them is read: Django would spool an upload of any size to the disk."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

MAX_BODY = 64 * 1024  # bytes; the largest form of Quo Admin has a few thousand


class RequestLimitMiddleware:
    """Answers 413 to a request with a body that is too large, or does not say how large it is. Browsers always do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "HTTP_TRANSFER_ENCODING" in request.META or _length(request) > MAX_BODY:
            return HttpResponse(render_to_string("413.html", {"limit": MAX_BODY // 1024}), status=413)
        return self.get_response(request)


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0  # as Django reads it
