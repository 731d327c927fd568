"""A stack of Python frames that is large enough for a request.

CPython 3.11 and later keep the frames of Python functions in chunks of 16 kB, and give a chunk back to the system as
soon as it is empty. A loop whose calls cross the end of a chunk therefore pays for new memory in every round: half of
the time that some pages take. A function that declares a large stack gets a chunk of that size, and its callees share
the rest of it.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# Of 8 bytes. CPython doubles a chunk until the frame fits, so this makes 256 kB with 96 kB left: a request takes 50.
_SLOTS = 20_000

GetResponse = Callable[[HttpRequest], HttpResponse]


def roomy_stack(get_response: GetResponse) -> GetResponse:
    """Middleware: everything inside it runs in one chunk of the stack."""

    def respond(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    respond.__code__ = respond.__code__.replace(co_stacksize=_SLOTS)
    return respond
