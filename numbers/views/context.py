"""The parts of template contexts that pages share."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from numbers import services
from numbers.memory.sync_target import SyncTarget
from numbers.memory.version import Version
from numbers.views.appearance import COOKIE_SECONDS, THEMES, TIME_ZONE_COOKIE, theme_of


def site(request: HttpRequest) -> dict[str, Any]:
    """Return `site`: whether the data is demo data, the themes, and how a script may store the time zone."""
    look = {"theme": theme_of(request), "themes": tuple(THEMES.items())}
    cookie = {"time_zone_cookie": TIME_ZONE_COOKIE, "cookie_seconds": COOKIE_SECONDS}
    return {"site": {"demo": settings.DEMO, **look, **cookie}}


def freshness_context(
    target: SyncTarget, version: Version, here: str, *, is_known: bool | None = None
) -> dict[str, Any]:
    """Return what `components/_freshness.html` takes. Looks up `is_known` unless it is given."""
    freshness = services.freshness(target, is_known=is_known)
    return {"target": target, "freshness": freshness, "version": version, "here": here}
