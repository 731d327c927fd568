"""Quo Admin's URLs and the floors. A floor returns the bytes of a page to the same user without rendering."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from quo_admin import urls

handler500 = urls.handler500


@require_safe
def floor(_request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse(_bytes(name))


@cache
def _bytes(name: str) -> bytes:
    return (Path(settings.DATA_DIR) / "floors" / name).read_bytes()


urlpatterns = [path("bench/floor/<slug:name>", floor), *urls.urlpatterns]
