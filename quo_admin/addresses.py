"""Requests whose address does not fit SITE_URL, or whose proxy hides that the browser uses https: says why.

The page and the log have the same sentences, but the log names no unknown host.
"""

import ipaddress
import logging
import re
import time
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import bad_request

from quo_admin.http.environment import is_loopback
from quo_admin.navigation import own_origins
from quo_admin.proxies import is_from_proxy

INTERVAL = 60  # seconds: anybody can send such requests, as often as they like
LOGGED: dict[str, float] = {}  # when this process last logged each kind of them

_ADDRESS = re.compile(r"[A-Za-z0-9.:/_%\[\]-]{1,200}")
_SCHEMES = re.compile(r"(https?|wss?|on|off)(, ?(https?|wss?|on|off)){0,9}", re.IGNORECASE)

_HIDDEN_HTTPS = "The browser came over https, but Quo Admin does not learn of it, so every page would lead to itself."
_NO_PAGE = (
    "The browser does not say which page sent the form (headers Origin and Referer). A setting or an extension for "
    "privacy hides it: switch it off for this site."
)

_ADVICE = (
    "If people open Quo Admin at the first address, SITE_URL has to be that address, and a proxy has to pass the "
    "header Host on unchanged."
)

log = logging.getLogger(__name__)


class HttpsMiddleware:
    """Believes a trusted proxy that the browser used https.

    If the browser did, but no proxy says so, answers with the cause: SecurityMiddleware would redirect every page to
    itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_believed = is_from_proxy(request.META, settings.TRUSTED_PROXIES)
        if is_believed and request.headers.get("X-Forwarded-Proto") == "https":
            request.META["wsgi.url_scheme"] = "https"
        is_redirected = settings.SECURE_SSL_REDIRECT and not request.path.startswith(settings.STATIC_URL)
        if is_redirected and not request.is_secure() and _came_over_https(request):
            problem = f"{_HIDDEN_HTTPS} {_proxy_fault(request)}"
            _warn("https", problem)
            return _page("Quo Admin does not see that this is https", problem)
        return self.get_response(request)


def bad_request_page(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the page for a request that Django refuses; for an address that is not ours, one that says so."""
    if not isinstance(exception, DisallowedHost):
        return bad_request(request, exception)
    _warn("host", _wrong_host(request, _loggable))
    # On another machine, an address of this one leads nowhere.
    address = "" if is_loopback(urlsplit(settings.SITE_URL).hostname or "") else settings.SITE_URL
    return _page("Quo Admin is at another address", _wrong_host(request, _showable), address)


def wrong_origin(request: HttpRequest) -> str:
    """Return why the page that sent a form is none of ours, as sentences; log it. Return "" if it is."""
    origin = request.headers.get("Origin") or (_origin_of_referer(request) if request.is_secure() else "")
    if not origin or origin in own_origins(request):
        return ""
    _warn("origin", _wrong_origin(request, origin, _loggable))
    return _wrong_origin(request, origin, _showable)


def _wrong_origin(request: HttpRequest, origin: str, wording: Callable[[str], str]) -> str:
    page, ours = wording(origin), settings.SITE_URL
    if origin == "null":
        problem = _NO_PAGE
    elif request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}:
        problem = f"The form is on a page of another site, at {page}. Quo Admin is at {ours} (SITE_URL)."
    elif origin == f"https://{request.get_host()}":
        problem = (
            f"The form is on a page at {page}, but Quo Admin gets it without https, and SITE_URL is {ours}. "
            f"SITE_URL has to begin with https. {_proxy_fault(request)}"
        )
    else:
        problem = f"The form is on a page at {page}, but Quo Admin is at {ours}. {_ADVICE}"
    return problem


def _origin_of_referer(request: HttpRequest) -> str:
    try:
        parts = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return "null"
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else "null"


def _came_over_https(request: HttpRequest) -> bool:
    """Return whether the browser used https, although the connection does not.

    Browsers send `Sec-Fetch-Mode` only over https and to their own machine.
    """
    try:
        host = request.get_host()
    except DisallowedHost:
        return False
    is_own_machine = is_loopback(urlsplit(f"http://{host}").hostname or "")
    return (
        ("Sec-Fetch-Mode" in request.headers and not is_own_machine)
        or request.headers.get("Origin") == f"https://{host}"
        or "https" in request.headers.get("X-Forwarded-Proto", "").lower()
    )


def _proxy_fault(request: HttpRequest) -> str:
    """Return what a proxy in front of us does wrong, as a sentence."""
    sent = request.headers.get("X-Forwarded-Proto")
    if sent is None:
        return "The proxy in front of Quo Admin sends no X-Forwarded-Proto: let it send X-Forwarded-Proto: https."
    if sent == "https":
        return "The proxy in front of Quo Admin sends X-Forwarded-Proto: https, but TRUSTED_PROXIES lacks its address."
    value = sent if _SCHEMES.fullmatch(sent) else "a value that cannot be shown"
    return f"The proxy in front of Quo Admin sends X-Forwarded-Proto: {value}. Let it send https and nothing else."


def _wrong_host(request: HttpRequest, wording: Callable[[str], str]) -> str:
    sent = request.META.get("HTTP_HOST")
    if sent is None:
        return f"The request named no address (header Host). Quo Admin is at {settings.SITE_URL} (SITE_URL)."
    return f"A request came to {wording(sent)}, but Quo Admin is at {settings.SITE_URL}. {_ADVICE}"


def _showable(address: str) -> str:
    return address if _ADDRESS.fullmatch(address) else "an address that cannot be shown"


def _loggable(address: str) -> str:
    """Return a network address or a variant of SITE_URL. Any other name could hold personal data."""
    with suppress(ValueError):
        name = urlsplit(address if "//" in address else f"//{address}").hostname or ""
        if _ADDRESS.fullmatch(address) and (_is_network_address(name) or name == urlsplit(settings.SITE_URL).hostname):
            return address
    return "another name"


def _is_network_address(name: str) -> bool:
    with suppress(ValueError):
        return bool(ipaddress.ip_address(name))
    return name == "localhost"


def _page(heading: str, problem: str, address: str = "") -> HttpResponse:
    context = {"heading": heading, "problem": problem, "address": address}
    return HttpResponse(render_to_string("400-address.html", context), status=400)


def _warn(kind: str, problem: str) -> None:
    """Log a problem, at most once per INTERVAL, kind and process."""
    now = time.monotonic()
    if kind not in LOGGED or now - LOGGED[kind] >= INTERVAL:
        LOGGED[kind] = now
        log.warning("%s", problem)
