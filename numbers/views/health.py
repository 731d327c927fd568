"""Endpoints for monitors: liveness, readiness and metrics."""

from collections.abc import Callable, Container

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from numbers.operations.metrics import exposition
from numbers.operations.readiness import ESSENTIAL, readiness


class HealthMiddleware:
    """Answers monitors before any other middleware runs.

    A monitor connects by IP address, without a session, so the response must not depend on the Host header, on https
    or on sign-in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = VIEWS.get(request.path.removeprefix("/"))
        return view(request) if view else self.get_response(request)


def healthz(request: HttpRequest) -> HttpResponse:
    """Return 200: the process answers. A database that is down is no reason to restart it."""
    return _refused(request) or _answer("ok\n")


def readyz(request: HttpRequest) -> HttpResponse:
    """Return 200 if pages can be shown, else 503: for load balancers. What else is wrong is a warning."""
    return _refused(request) or _checks(essential=ESSENTIAL)


def checkz(request: HttpRequest) -> HttpResponse:
    """Return 200 if nothing is wrong, else 503: for alerts."""
    return _refused(request) or _checks()


def metrics(request: HttpRequest) -> HttpResponse:
    """Return the metrics to a client that sends METRICS_TOKEN; 404 if it is not set."""
    if not settings.METRICS_TOKEN:
        return _answer("There are no metrics here: METRICS_TOKEN is not set.\n", 404)
    if refusal := _refused(request):
        return refusal
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not constant_time_compare(token.strip(), settings.METRICS_TOKEN):
        response = _answer("Show METRICS_TOKEN to read the metrics: Authorization: Bearer …\n", 401)
        response.headers["WWW-Authenticate"] = 'Bearer realm="Quo Admin metrics"'
        return response
    try:
        return _answer(exposition(), content_type=CONTENT_TYPE_PLAIN_0_0_4)
    except Error:
        return _answer("The database does not answer.\n", 503)


VIEWS: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "healthz": healthz,
    "readyz": readyz,
    "checkz": checkz,
    "metrics": metrics,
}


def _checks(essential: Container[str] | None = None) -> HttpResponse:
    """Return a line for each check. Those that are not essential cannot fail; without a value, all are."""
    lines, has_failed = [], False
    for check in readiness():
        is_failure = not check.ok and (essential is None or check.subject in essential)
        word = "ok" if check.ok else "FAILED" if is_failure else "warning"
        lines.append(f"{word}: {check.subject} {check.text}\n")
        has_failed |= is_failure
    return _answer("".join(lines), 503 if has_failed else 200)


def _refused(request: HttpRequest) -> HttpResponse | None:
    if request.method in {"GET", "HEAD"}:
        return None
    response = _answer("Only GET.\n", 405)
    response.headers["Allow"] = "GET, HEAD"
    return response


def _answer(text: str | bytes, status: int = 200, content_type: str = "text/plain; charset=utf-8") -> HttpResponse:
    return HttpResponse(text, status=status, content_type=content_type, headers={"Cache-Control": "no-store"})
