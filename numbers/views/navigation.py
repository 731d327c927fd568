"""Addresses of pages, and where a form's answer leads back to."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import MAX_URL_LENGTH, MAX_URL_REDIRECT_LENGTH, url_has_allowed_host_and_scheme


def address(name: str, query: str) -> str:
    """Return the address of the page `name` with a query string, which may be empty."""
    return f"{reverse(name)}{'?' if query else ''}{query}"


def page_before(request: HttpRequest) -> str:
    """Return the page of ours that the form's `next` names; without one, the list of numbers."""
    url = (request.POST if request.method == "POST" else request.GET).get("next", "")
    # The page of a long id or search has a longer address than Django vouches for: what its beginning leads to decides.
    is_ours = url.startswith("/") and url.isascii() and url.isprintable() and len(url) < MAX_URL_REDIRECT_LENGTH
    is_ours &= url_has_allowed_host_and_scheme(url[:MAX_URL_LENGTH], {request.get_host()}, request.is_secure())
    return url if is_ours else reverse("numbers:list")
