"""The page to return to after a form."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import MAX_URL_LENGTH, MAX_URL_REDIRECT_LENGTH, url_has_allowed_host_and_scheme


def page_before(request: HttpRequest) -> str:
    """Return the address in the form's `next` if it is one of ours; else the list of numbers."""
    url = (request.POST if request.method == "POST" else request.GET).get("next", "")
    # A long id or search makes an address longer than Django checks, so only the beginning is checked.
    is_ours = url.startswith("/") and url.isascii() and url.isprintable() and len(url) < MAX_URL_REDIRECT_LENGTH
    is_ours &= url_has_allowed_host_and_scheme(url[:MAX_URL_LENGTH], {request.get_host()}, request.is_secure())
    return url if is_ours else reverse("numbers:list")
