"""The answer where nothing else could answer."""

import errno
import sys

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.csrf import requires_csrf_token
from redis.exceptions import RedisError

from quo_admin import request_id

# What is said by a disk that is full, read-only or broken, and by a folder that somebody else owns.
_OF_THE_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM})


@requires_csrf_token
def server_error(_request: HttpRequest) -> HttpResponse:
    """Say what is down (503) or that something went wrong (500), from pages that ask nothing."""
    error = sys.exc_info()[1]
    if isinstance(error, Error):
        return HttpResponse(render_to_string("503.html"), status=503)
    if isinstance(error, RedisError):
        return HttpResponse(render_to_string("503-cache.html"), status=503)
    if isinstance(error, OSError) and error.errno in _OF_THE_DISK:
        return HttpResponse(render_to_string("503-disk.html"), status=503)
    return HttpResponse(render_to_string("500.html", {"request_id": request_id.current()}), status=500)
