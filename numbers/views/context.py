"""The template context that every page has."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from numbers.views.appearance import THEMES, theme_of


def site(request: HttpRequest) -> dict[str, Any]:
    """Return `site`: whether the data is demo data, and the themes."""
    return {"site": {"demo": settings.DEMO, "theme": theme_of(request), "themes": tuple(THEMES.items())}}
