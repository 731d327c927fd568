"""The answer where nothing else could answer."""

import sys

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.csrf import requires_csrf_token


@requires_csrf_token
def server_error(_request: HttpRequest) -> HttpResponse:
    """Say that the database does not answer (503) or that something went wrong (500), from static pages."""
    is_database = isinstance(sys.exc_info()[1], Error)
    name, status = ("503.html", 503) if is_database else ("500.html", 500)
    return HttpResponse(render_to_string(name), status=status)
