"""Reads htmx's request headers, for every app."""

from urllib.parse import SplitResult, urlsplit

from django.http import HttpRequest


def shown_address(request: HttpRequest) -> SplitResult:
    """Return the address in the browser's address bar, as htmx sends it; empty if it is missing or invalid."""
    try:
        return urlsplit(request.headers.get("HX-Current-URL", ""))
    except ValueError:
        return urlsplit("")
