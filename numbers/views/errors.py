"""The answer where nothing else could answer."""

import sys

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.csrf import requires_csrf_token

from quo_admin import request_id


@requires_csrf_token
def server_error(_request: HttpRequest) -> HttpResponse:
    """Say that the database does not answer (503) or that something went wrong (500), from pages that ask nothing."""
    is_database = isinstance(sys.exc_info()[1], Error)
    if is_database:
        return HttpResponse(render_to_string("503.html"), status=503)
    return HttpResponse(render_to_string("500.html", {"request_id": request_id.current()}), status=500)
