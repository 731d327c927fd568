"""The response to an unhandled exception."""

import errno
import sys

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.csrf import requires_csrf_token
from redis.exceptions import RedisError

from quo_admin import request_id

# A disk that is full, read-only or broken, or a folder owned by another user.
_DISK_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM})


@requires_csrf_token
def server_error(_request: HttpRequest) -> HttpResponse:
    """Return a page that says what is down (503), or that something went wrong (500). It needs no database or cache."""
    error = sys.exc_info()[1]
    if isinstance(error, Error):
        return HttpResponse(render_to_string("503.html"), status=503)
    if isinstance(error, RedisError):
        return HttpResponse(render_to_string("503-cache.html"), status=503)
    if isinstance(error, OSError) and error.errno in _DISK_ERRORS:
        return HttpResponse(render_to_string("503-disk.html"), status=503)
    return HttpResponse(render_to_string("500.html", {"request_id": request_id.current()}), status=500)
