import resource
from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from quo_admin.stack import roomy_stack

CALLS = 500


def _page_faults_at(depth: int) -> int:
    """Return the page faults while a loop at this stack depth called a function."""
    if depth:
        return _page_faults_at(depth - 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(CALLS):
        _callee("a", "b", "c")
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def _callee(first: str, _second: str, _third: str) -> str:
    return first


def _at_all_depths() -> Iterator[int]:
    yield from map(_page_faults_at, range(300))


def test_without_the_middleware_some_loop_allocates_memory_with_every_call() -> None:
    """If this fails, Python has fixed the problem and the middleware can be removed."""
    assert max(_at_all_depths()) >= CALLS


def test_no_loop_in_a_request_allocates_memory_with_every_call() -> None:
    seen: list[int] = []

    def get_response(_request: HttpRequest) -> HttpResponse:
        seen.extend(_at_all_depths())
        return HttpResponse()

    roomy_stack(get_response)(HttpRequest())

    assert max(seen) < CALLS / 10


def test_only_the_request_id_stands_outside_the_middleware() -> None:
    assert settings.MIDDLEWARE.index("quo_admin.stack.roomy_stack") == 1
