"""The parts of template contexts that pages share."""

from typing import Any

from django.conf import settings
from django.db import Error
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from numbers import services
from numbers.memory.sync_target import SyncTarget
from numbers.memory.version import Version
from numbers.memory.workspace import HeldWorkspace, held_workspace
from numbers.views.appearance import COOKIE_SECONDS, THEMES, TIME_ZONE_COOKIE, theme_of


def site(request: HttpRequest) -> dict[str, Any]:
    """Return `site`: what concerns the demo, the themes, and how a script may store the time zone.

    `demo` is what the settings say, `demo_data` what the database holds.
    """
    look = {"theme": theme_of(request), "themes": tuple(THEMES.items())}
    cookie = {"time_zone_cookie": TIME_ZONE_COOKIE, "cookie_seconds": COOKIE_SECONDS}
    # Lazy: fragments do not show it.
    return {"site": {"demo": settings.DEMO, "demo_data": SimpleLazyObject(_demo_data), **look, **cookie}}


def _demo_data() -> str:
    """Return "demo" or "mixed" if the database holds demo data or will soon, else ""."""
    try:
        held = held_workspace()
    except Error:  # pages that explain errors work without a database
        held = HeldWorkspace.NONE
    if held is HeldWorkspace.NONE and settings.DEMO:
        held = HeldWorkspace.DEMO
    return held if held in {HeldWorkspace.DEMO, HeldWorkspace.MIXED} else ""


def freshness_context(
    target: SyncTarget, version: Version, here: str, *, is_known: bool | None = None
) -> dict[str, Any]:
    """Return what `components/_freshness.html` takes. Looks up `is_known` unless it is given."""
    freshness = services.freshness(target, is_known=is_known)
    return {"target": target, "freshness": freshness, "version": version, "here": here}
