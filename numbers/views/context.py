"""What every page knows of the site."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from numbers.views.appearance import THEMES, theme_of


def site(request: HttpRequest) -> dict[str, Any]:
    """Return `site.demo`, for the banner that tells demo data from the office's own, and how the reader likes it."""
    return {"site": {"demo": settings.DEMO, "theme": theme_of(request), "themes": tuple(THEMES.items())}}
