"""What every answer tells the browser not to do, beside the Content-Security-Policy."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# Nothing here needs a sensor or a device. Passkeys are for these pages alone.
_OFF = (
    *("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen"),
    *("geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi"),
    *("payment", "picture-in-picture", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
)
_OURS = ("publickey-credentials-get", "publickey-credentials-create", "clipboard-write")

HEADERS = {
    # With Django's Cross-Origin-Opener-Policy: the pages share a process with no other site.
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Origin-Agent-Cluster": "?1",
    # What no view says otherwise is somebody's own: no cache keeps it, nor the browser after signing out.
    "Cache-Control": "private, no-store",
}

# Of a page, and of whatever else a browser might show as one. It is as long as many a style or script is, packed.
PERMISSIONS = ", ".join([*(f"{name}=()" for name in _OFF), *(f"{name}=(self)" for name in _OURS)])
_NO_PAGES = ("text/css", "text/javascript")


class HeadersMiddleware:
    """Sets HEADERS on every answer, static files and errors included, where nothing else has set them.

    PERMISSIONS are said with all but styles and scripts, of which a browser never asks.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if not response.headers.get("Content-Type", "").startswith(_NO_PAGES):
            response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response
