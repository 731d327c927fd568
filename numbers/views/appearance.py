"""The theme and the time zone of pages, stored in cookies of the browser."""

from collections.abc import Callable
from zoneinfo import ZoneInfo, available_timezones

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from numbers.views.htmx import HtmxHttpRequest, wants_fragment
from numbers.views.navigation import page_before
from quo_admin.times import zone_name

THEME_COOKIE = "theme"
TIME_ZONE_COOKIE = "timezone"
TIME_ZONE_HEADER = "X-Time-Zone"
THEMES = {"system": "System", "light": "Light", "dark": "Dark"}
COOKIE_SECONDS = 365 * 24 * 3600


def theme_of(request: HttpRequest) -> str:
    """Return the theme chosen in this browser; "system" by default."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return theme if theme in THEMES else "system"


@require_POST
def choose_theme(request: HtmxHttpRequest) -> HttpResponse:
    theme = request.POST.get("theme", "")
    response = HttpResponse(status=204) if wants_fragment(request) else HttpResponseRedirect(page_before(request))
    if theme in THEMES:
        response.set_cookie(
            THEME_COOKIE, theme, max_age=COOKIE_SECONDS, secure=request.is_secure(), httponly=True, samesite="Lax"
        )
    return response


class TimeZoneMiddleware:
    """Shows times in the browser's time zone, read from a cookie; without one, in the office's.

    A fragment uses the zone of its page, which the page's script sends in a header.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.known = available_timezones()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        names = (request.headers.get(TIME_ZONE_HEADER), request.COOKIES.get(TIME_ZONE_COOKIE))
        zone = next((ZoneInfo(name) for name in names if name in self.known), timezone.get_default_timezone())
        with timezone.override(zone):
            return self.get_response(request)


def is_readers_zone(request: HttpRequest) -> bool:
    """Return whether times are in the zone that the browser told."""
    return request.COOKIES.get(TIME_ZONE_COOKIE) == zone_name()
