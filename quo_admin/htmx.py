"""What htmx tells of the browser, for every app."""

from urllib.parse import SplitResult, urlsplit

from django.http import HttpRequest


def shown_address(request: HttpRequest) -> SplitResult:
    """Return the address in the browser's bar, as htmx sends it: empty where it sends none, or nonsense."""
    try:
        return urlsplit(request.headers.get("HX-Current-URL", ""))
    except ValueError:
        return urlsplit("")
