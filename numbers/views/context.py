"""The template context that every page has."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from numbers.views.appearance import COOKIE_SECONDS, THEMES, TIME_ZONE_COOKIE, theme_of


def site(request: HttpRequest) -> dict[str, Any]:
    """Return `site`: whether the data is demo data, the themes, and how a script may store the time zone."""
    look = {"theme": theme_of(request), "themes": tuple(THEMES.items())}
    cookie = {"time_zone_cookie": TIME_ZONE_COOKIE, "cookie_seconds": COOKIE_SECONDS}
    return {"site": {"demo": settings.DEMO, **look, **cookie}}
