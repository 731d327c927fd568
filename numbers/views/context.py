"""What every page knows of the site."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(_request: HttpRequest) -> dict[str, Any]:
    """Return `site.demo`, for the banner that tells demo data from the office's own."""
    return {"site": {"demo": settings.DEMO}}
