"""Whether the app and its database answer, for load balancers and monitors."""

from collections.abc import Callable

from django.db import Error
from django.http import HttpRequest, HttpResponse

from numbers.models import Sync

HEALTH_PATH = "/healthz"


class HealthMiddleware:
    """Answers `/healthz` before anything else does.

    A monitor asks by address, from inside, without a session: the check must not depend on the Host header, on
    https or on sign-in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == HEALTH_PATH:
            return healthz(request)
        return self.get_response(request)


def healthz(request: HttpRequest) -> HttpResponse:
    """Return 200 while the database answers, else 503."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponse("Only GET.\n", status=405, content_type="text/plain", headers={"Allow": "GET, HEAD"})
    try:
        # A table of ours: of a file that was deleted, SQLite would make an empty one and answer.
        Sync.objects.exists()
    except Error:
        return HttpResponse("The database does not answer.\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})
