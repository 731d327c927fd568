"""Which addresses are pages of this site, for every app."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import MAX_URL_LENGTH, MAX_URL_REDIRECT_LENGTH, url_has_allowed_host_and_scheme


def is_own_page(request: HttpRequest, url: str) -> bool:
    """Return whether the URL is a path of this site, to which a redirect may lead."""
    # A long id or search makes an address longer than Django checks, so only the beginning is checked.
    is_path = url.startswith("/") and url.isascii() and url.isprintable() and len(url) < MAX_URL_REDIRECT_LENGTH
    return is_path and url_has_allowed_host_and_scheme(url[:MAX_URL_LENGTH], {request.get_host()}, request.is_secure())


def own_origins(request: HttpRequest) -> tuple[str, str]:
    """Return our origin by this request, and by SITE_URL: a proxy may leave the port out of Host.

    Raises DisallowedHost.
    """
    return f"{request.scheme}://{request.get_host()}", settings.SITE_URL
