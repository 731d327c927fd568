"""The security headers of every response, except the Content-Security-Policy of pages."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# No page needs sensors or devices. Only these pages may use passkeys.
_DISABLED = (
    *("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen"),
    *("geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi"),
    *("payment", "picture-in-picture", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
)
_OWN_ORIGIN = ("publickey-credentials-get", "publickey-credentials-create", "clipboard-write")

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    # By default a response is private: no cache stores it, nor the browser after signing out.
    "Cache-Control": "private, no-store",
}

# For everything that a browser may show as a page. They are as long as some compressed styles and scripts.
PERMISSIONS = ", ".join([*(f"{name}=()" for name in _DISABLED), *(f"{name}=(self)" for name in _OWN_ORIGIN)])
PAGE_HEADERS = {
    # With these, the pages share no process with other sites.
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Origin-Agent-Cluster": "?1",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
}
# For what no view made, such as monitoring endpoints and some error pages. Middleware has set those of pages.
_WITHOUT_A_VIEW = {
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
}
_NO_PAGES = ("text/css", "text/javascript")
# No browser asks again for a file that never changes. The headers of twenty such files weigh 1.3 kB.
_VALIDATORS = ("ETag", "Last-Modified")


class HeadersMiddleware:
    """Sets HEADERS on every response, including static files and errors, unless they are already set.

    All but styles and scripts also get PAGE_HEADERS, which browsers ignore there. Without https, browsers ignore HSTS.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = not response.headers.get("Content-Type", "").startswith(_NO_PAGES)
        for name, value in {**HEADERS, **(PAGE_HEADERS | _WITHOUT_A_VIEW if is_page else {})}.items():
            response.headers.setdefault(name, value)
        if settings.SECURE_HSTS_SECONDS:
            subdomains = "; includeSubDomains" if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else ""
            response.headers.setdefault(
                "Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}{subdomains}"
            )
        if "immutable" in response.headers["Cache-Control"]:
            for name in _VALIDATORS:
                response.headers.pop(name, None)
        return response
