"""The floor: the same bytes, from the same project, to the same person, without making them."""

import os
from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

FOLDER = "BENCH_FLOORS"  # the variable that names the folder with the bytes


@require_safe
def floor(_request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse(_bytes(name))


@cache
def _bytes(name: str) -> bytes:
    return (Path(os.environ[FOLDER]) / name).read_bytes()
