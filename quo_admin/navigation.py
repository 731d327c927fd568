"""Which addresses are pages of this site, for every app."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import MAX_URL_LENGTH, MAX_URL_REDIRECT_LENGTH, url_has_allowed_host_and_scheme


def is_own_page(request: HttpRequest, url: str) -> bool:
    """Return whether the URL is a path of this site, to which a redirect may lead."""
    return url.startswith("/") and url.isascii() and url.isprintable() and leads_to_own_host(request, url)


def leads_to_own_host(request: HttpRequest, url: str) -> bool:
    """Return whether the URL, a path or a whole address, leads to this site, and a redirect can hold it."""
    # A long id or search makes an address longer than Django checks, so only the beginning is checked.
    beginning = url[:MAX_URL_LENGTH] if len(url) < MAX_URL_REDIRECT_LENGTH else ""
    return url_has_allowed_host_and_scheme(beginning, {request.get_host()}, require_https=request.is_secure())


def own_origins(request: HttpRequest) -> tuple[str, str]:
    """Return our origin by this request, and by SITE_URL: a proxy may leave the port out of Host.

    Raises DisallowedHost.
    """
    return f"{request.scheme}://{request.get_host()}", settings.SITE_URL
